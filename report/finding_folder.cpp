// SPDX-License-Identifier: GPL-2.0-only
// A finding's text, its JSON, its picture and its regression file, all from one replay.
#include "report/finding_folder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "oracle/identity.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "report/replay_section.hpp"
#include "report/trace_text.hpp"
#include "scenario/picture.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

std::string finding_text(const FuzzFinding& finding, const FindingIdentity& id, const Json& entry) {
  std::string out = fmt::format("{}\n\n", finding.summary);
  const auto line = [&](std::string_view label, std::string_view text) { out += fmt::format("{:<10} {}\n", label, text); };
  line("pair", id.pair);
  line("facet", id.facet);
  line("parts at", id.step);
  line("row", id.row);
  line("call", entry.at("summary").get_ref<const std::string&>());
  for (const Json& outcome : entry.at("outcomes"))
    line(outcome.at("walk").get_ref<const std::string&>(), outcome.at("sentence").get_ref<const std::string&>());
  line("replay", finding.replay_command);
  out += "\n" + entry.at("picture").at("text").get_ref<const std::string&>() + "\n";
  const Json& outcomes = entry.at("outcomes");
  for (const TraceLine& l : trace_lines(entry.at("trace"), outcomes.at(0).at("walk").get_ref<const std::string&>(),
                                        outcomes.at(1).at("walk").get_ref<const std::string&>()))
    out += l.text + "\n";
  return out;
}

/// What the catalogue, all of it, makes of the scenario today.
Expectation expectation(const Scenario& w, WalkPair pair) {
  constexpr const char* kStates[] = {"equal", "known", "equal"};
  const Judgement j = judge(w, pair, all_rows());
  Expectation out;
  out.pair = pair_name(pair);
  for (int f = 0; f < kFacets; ++f) out.facet[static_cast<std::size_t>(f)] = kStates[static_cast<int>(j.facet[f].state)];
  // A row that speaks for a breach of safety alone is in no facet, where [expect] would look for it.
  for (const int r : j.rows())
    if (std::any_of(std::begin(j.facet), std::end(j.facet), [r](const FacetVerdict& v) {
          return std::find(v.rows.begin(), v.rows.end(), r) != v.rows.end();
        }))
      out.divergence.emplace_back(catalogue()[static_cast<std::size_t>(r)].id);
  return out;
}

std::string regression_text(const FuzzFinding& finding, ScenarioFile file, WalkPair pair) {
  const FindingIdentity left = identify(file.world, pair, all_rows());
  file.title = finding.summary;
  file.note = left.empty() ? fmt::format("Found as: {}. Explained with every row on.", finding.identity)
                           : fmt::format("Found as: {}. Replays as divergent until that is fixed, or a row says why it may be.",
                                         finding.identity);
  file.expect = expectation(file.world, pair);
  return "# SPDX-License-Identifier: GPL-2.0-only\n" + to_text(file);
}

}  // namespace

void write_finding_folder(const FuzzFinding& finding, WalkPair pair, const RowSet& enabled) {
  const std::filesystem::path folder = finding.text_file.parent_path();
  const ScenarioFile file = load(finding.text_file);
  const FindingIdentity id = identify(file.world, pair, enabled);
  std::string no_svg;
  Json entry = replay_entry(finding.text_file.string(), file, pair, enabled, {.always = true, .draw_warning = &no_svg});
  entry["command"] = finding.replay_command;
  if (entry.at("picture").contains("svg"))
    write_whole(folder / "picture.svg", entry.at("picture").at("svg").get_ref<const std::string&>());
  entry.at("picture").erase("svg");
  write_whole(folder / "finding.txt", finding_text(finding, id, entry));
  write_whole(folder / "regression.toml", regression_text(finding, file, pair));
  const Json document = {{"identity", {{"text", finding.identity}, {"pair", id.pair}, {"facet", id.facet}, {"step", id.step}, {"row", id.row}}},
                         {"first_difference", finding.summary},
                         {"replay", finding.replay_command},
                         {"regression", (folder / "regression.toml").string()},
                         {"entry", std::move(entry)}};
  write_whole(folder / "finding.json", json_text(document));
}

}  // namespace gupdiff
