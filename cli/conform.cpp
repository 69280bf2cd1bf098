// SPDX-License-Identifier: GPL-2.0-only
// gupdiff conform: holds a model to what a real kernel answered.
#include "cli/command.hpp"
#include "cli/conform_text.hpp"
#include "cli/terminal.hpp"
#include "report/conform_section.hpp"

namespace gupdiff {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string kernel;
  bool list = false, json = false;
};

int run_conform(const Options& o) {
  const ConformOptions options{{o.files.begin(), o.files.end()}, o.kernel};
  const Json section = conform_section(options, conform(options));
  if (o.json)
    say("{}", json_text(section));
  else
    print_conform(section, o.list);
  return exit_code(verdict_of(section.at("verdict").get<std::string>()));
}

}  // namespace

void add_conform(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("conform", "Compare a model with answers recorded on a real kernel");
  auto o = std::make_shared<Options>();
  sub->add_option("FILE", o->files, "Captures, .jsonl or .jsonl.gz")->required();
  sub->add_option("--kernel", o->kernel, "The kernel they must all be of; left out, each is held to the one it names");
  sub->add_flag("--list", o->list, "List every mismatch");
  sub->add_flag("--json", o->json, "Print the conform section of results.json");
  sub->callback([o, &exit] { exit.code = run_conform(*o); });
}

}  // namespace gupdiff
