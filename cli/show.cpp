// SPDX-License-Identifier: GPL-2.0-only
// gupdiff show: a scenario's page tables, as text and as a picture.
#include "cli/command.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "oracle/run_walk.hpp"
#include "report/outcome.hpp"
#include "scenario/picture.hpp"
#include "scenario/text.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

struct Options {
  PairOptions comparison;
  std::string file, svg;
};

void show(const Options& o) {
  o.comparison.walks();  // an unknown pair is refused before anything is read
  const ScenarioFile file = load(o.file);
  const WalkPair pair = o.comparison.walks_of(file);
  say("{}{}\n  {}\n\n{}", bold(o.file), file.title.empty() ? "" : ": " + file.title, request_text(file.world.request),
      picture_text(file.world));
  if (o.svg.empty()) return;
  std::vector<WalkPath> paths;
  for (const int walk : {pair.a, pair.b}) {
    Machine<Narrated> m;
    run_narrated(walk, file.world, m);
    paths.push_back(walk_path(walk_name(walk), m));
  }
  std::string warning;
  if (const auto svg = dot_to_svg(picture_dot(file.world, paths), warning))
    write_whole(o.svg, *svg);
  else
    remark("gupdiff: warning: " + warning);
}

}  // namespace

void add_show(CLI::App& app, Exit&) {
  CLI::App* sub = app.add_subcommand("show", "Draw a scenario's page tables");
  auto o = std::make_shared<Options>();
  sub->add_option("FILE", o->file, "Scenario file")->required();
  sub->add_option("--svg", o->svg, "Also write a picture with the paths of both walks (needs Graphviz)");
  add_pair(*sub, o->comparison);
  sub->callback([o] { show(*o); });
}

}  // namespace gupdiff
