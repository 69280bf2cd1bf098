// SPDX-License-Identifier: GPL-2.0-only
// gupdiff replay: runs scenarios through both walks of a pair.
#include "cli/command.hpp"
#include "cli/names.hpp"
#include "cli/replay_text.hpp"
#include "cli/scenario_files.hpp"
#include "cli/stand_in.hpp"
#include "cli/terminal.hpp"
#include "report/catalogue_section.hpp"
#include "report/replay_section.hpp"
#include "scenario/input_error.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

struct Options {
  PairOptions comparison;
  StandInOption stand_in;
  std::vector<std::string> names;
  bool json = false, quiet = false;
};

int replay(const Options& o) {
  const WalkPair asked = o.comparison.walks();  // an unknown pair is refused before anything runs
  if (o.stand_in.any() && !o.comparison.given)
    throw InputError{"replay --stand-in: name the pair that it is for with --pair."};
  load_stand_in(o.stand_in, asked);
  const RowSet rows = o.comparison.rows();
  const std::vector<std::string> files = scenario_files(o.names);
  const bool one = files.size() == 1;
  const Json catalogue = catalogue_section(nullptr, nullptr);
  std::vector<Json> entries;
  Json skipped = Json::array();
  for (const std::string& file : files) {
    const ScenarioFile scenario = load(file);
    const WalkPair pair = o.comparison.walks_of(scenario);
    if (one) require_walks(pair, scenario.world.config, file);
    if (std::string reason = not_modelled(pair, scenario.world.config); !reason.empty()) {
      if (!o.json) print_not_modelled_line(file, reason);
      skipped.push_back({{"file", file}, {"reason", std::move(reason)}});
      continue;
    }
    entries.push_back(replay_entry(file, scenario, pair, rows, {.always = one}));
    if (o.json) continue;
    const Json& entry = entries.back();
    if (!o.quiet && (one || entry.at("verdict") == "divergent" || entry.at("verdict") == "unexpected"))
      print_entry(entry, catalogue);
    else if (!one || o.quiet)
      print_entry_line(entry);
  }
  // Nothing at all could be run: that is a pair that does not fit, not a verdict.
  if (entries.empty() && !skipped.empty())
    throw InputError{fmt::format("{}: {}.", skipped[0].at("file").get<std::string>(), skipped[0].at("reason").get<std::string>())};
  const Json section = replay_section(std::move(entries), std::move(skipped));
  if (o.json)
    say("{}", json_text(section));
  else
    print_replay_summary(section);
  return exit_code(verdict_of(section.at("verdict").get<std::string>()));
}

}  // namespace

void add_replay(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("replay", "Run scenarios through both walks and judge the difference");
  auto o = std::make_shared<Options>();
  sub->add_option("FILE", o->names, "Scenario files (text or binary), or folders of them")->required();
  add_comparison(*sub, o->comparison);
  add_stand_in(*sub, o->stand_in);
  sub->add_flag("--json", o->json, "Print the replay section of results.json");
  sub->add_flag("--quiet", o->quiet, "One line a scenario");
  sub->callback([o, &exit] { exit.code = replay(*o); });
}

}  // namespace gupdiff
