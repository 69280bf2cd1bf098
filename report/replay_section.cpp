// SPDX-License-Identifier: GPL-2.0-only
// Runs a pair of walks on a scenario and writes down verdict, outcomes and traces.
#include "report/replay_section.hpp"

#include <fmt/format.h>

#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "oracle/safety.hpp"
#include "report/outcome.hpp"
#include "report/trace.hpp"
#include "scenario/picture.hpp"

namespace gupdiff {
namespace {

constexpr std::string_view kStateWords[] = {"equal", "known", "divergent"};

std::string_view state_word(const FacetVerdict& v) { return kStateWords[static_cast<int>(v.state)]; }

Json facets_json(const Judgement& judgement) {
  Json facets = Json::array();
  for (int f = 0; f < kFacets; ++f) {
    const FacetVerdict& v = judgement.facet[f];
    Json rows = Json::array();
    for (const int row : v.rows) rows.push_back(catalogue()[row].id);
    facets.push_back({{"facet", facet_name(static_cast<Facet>(f))}, {"state", state_word(v)},
                      {"rows", std::move(rows)}, {"first_difference", v.first_difference}});
  }
  return facets;
}

Json safety_json(const Judgement& judgement) {
  Json list = Json::array();
  for (const auto* findings : {&judgement.safety, &judgement.known_safety})
    for (const SafetyFinding& f : *findings) {
      list.push_back({{"walk", walks()[f.walk].name}, {"property", properties()[f.property].id},
                      {"title", properties()[f.property].title}, {"detail", f.detail}});
      if (f.row >= 0) list.back()["row"] = catalogue()[static_cast<std::size_t>(f.row)].id;
    }
  return list;
}

/// Where a judgement is not what the scenario's file says; empty: nowhere.
std::string unmet(const Expectation& expect, const Judgement& judgement) {
  std::string seen;
  for (int f = 0; f < kFacets; ++f) {
    const std::string& wanted = expect.facet[static_cast<std::size_t>(f)];
    if (!wanted.empty() && wanted != state_word(judgement.facet[f]))
      return fmt::format("{} should be {} and is {}", facet_name(static_cast<Facet>(f)), wanted,
                         state_word(judgement.facet[f]));
    for (const int row : judgement.facet[f].rows) seen += fmt::format(" {} ", catalogue()[row].id);
  }
  for (const std::string& id : expect.divergence)
    if (seen.find(fmt::format(" {} ", id)) == std::string::npos) return fmt::format("row {} should explain it and does not", id);
  return "";
}

std::string_view entry_verdict(const Judgement& judgement) {
  if (!judgement.holds()) return "divergent";
  for (const FacetVerdict& v : judgement.facet)
    if (v.state == FacetState::known) return "known";
  return judgement.known_safety.empty() ? "equal" : "known";
}

}  // namespace

Json replay_entry(const std::string& file, const ScenarioFile& scenario, WalkPair pair, const RowSet& enabled,
                  EntryDetail detail) {
  Machine<Concrete> a, b;
  run_walk<Concrete>(pair.a, scenario.world, a);
  run_walk<Concrete>(pair.b, scenario.world, b);
  const Judgement judgement = judge(scenario.world, pair, a, b, enabled);
  Machine<Narrated> told_a, told_b;
  run_narrated(pair.a, scenario.world, told_a);
  run_narrated(pair.b, scenario.world, told_b);

  std::string_view verdict = entry_verdict(judgement);
  std::string unexpected;
  if (scenario.expect && parse_pair(scenario.expect->pair) == pair && enabled == all_rows())
    unexpected = unmet(*scenario.expect, judgement);
  if (!unexpected.empty() && verdict != "divergent") verdict = "unexpected";

  Json entry = {{"file", file}, {"title", scenario.title}, {"note", scenario.note}, {"verdict", verdict},
                {"summary", request_text(scenario.world.request)}};
  if (!unexpected.empty()) entry["unexpected"] = unexpected;
  entry["facets"] = facets_json(judgement);
  entry["safety"] = safety_json(judgement);
  entry["outcomes"] = {outcome_json(walks()[pair.a].name, told_a), outcome_json(walks()[pair.b].name, told_b)};
  entry["command"] = fmt::format("gupdiff replay {} --pair {}:{}", file, walks()[pair.a].name, walks()[pair.b].name);
  if (detail.always || verdict != "equal") {
    entry["scenario"] = scenario.binary ? to_text(scenario.world) : to_text(scenario);
    entry["picture"] = {{"text", picture_text(scenario.world)}};
    if (detail.draw_warning) {
      const WalkPath paths[] = {walk_path(std::string(walks()[pair.a].name), told_a),
                                walk_path(std::string(walks()[pair.b].name), told_b)};
      if (auto svg = dot_to_svg(picture_dot(scenario.world, paths), *detail.draw_warning))
        entry["picture"]["svg"] = std::move(*svg);
    }
    entry["trace"] = trace_json(told_a.narrative, told_b.narrative, scenario.world.request.start);
  }
  return entry;
}

Json replay_section(std::vector<Json> entries, Json not_modelled) {
  int equal = 0, known = 0, divergent = 0;  // an unexpected scenario counts as divergent
  for (const Json& entry : entries) {
    const std::string& word = entry.at("verdict").get_ref<const std::string&>();
    ++(word == "equal" ? equal : word == "known" ? known : divergent);
  }
  Json section = {{"verdict", verdict_word(divergent ? RunVerdict::divergence : RunVerdict::holds)},
          {"files", entries.size()},
          {"equal", equal},
          {"known", known},
          {"divergent", divergent},
          {"entries", std::move(entries)}};
  if (!not_modelled.empty()) section["not_modelled"] = std::move(not_modelled);
  return section;
}

}  // namespace gupdiff
