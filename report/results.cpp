// SPDX-License-Identifier: GPL-2.0-only
// Assembles results.json from its sections and draws the overall verdict.
#include "report/results.hpp"

#include <fmt/format.h>

#include "report_build.hpp"

namespace gupdiff {
namespace {

/// One sentence for the head of every projection.
std::string sentence(const Json& sections, RunVerdict v) {
  if (v == RunVerdict::holds)
    return "Every facet compared is equal, or differs exactly as a catalogue row states.";
  std::string where;
  for (const auto& [name, section] : sections.items()) {
    if (!section.is_object() || section.value("verdict", "") != verdict_word(v)) continue;
    where += where.empty() ? name : " and " + name;
  }
  switch (v) {
    case RunVerdict::divergence:
      if (where == "mutants") return "A seeded bug that was not detected: see mutants.";
      return fmt::format("A difference that no catalogue row explains, or a broken property: see {}.", where);
    case RunVerdict::vacuous:
      return fmt::format("A statement whose assumptions nothing satisfies: see {}.", where);
    case RunVerdict::inconclusive:
      return fmt::format("Some questions were left without an answer: see {}.", where);
    default:
      if (where == "mutants") return "A seeded bug could not be tried: see mutants.";
      return fmt::format("gupdiff contradicts itself, which is a bug in gupdiff: see {}.", where);
  }
}

}  // namespace

Json results(const RunHead& head, Sections s, Json run) {
  Json sections = Json::object();
  RunVerdict v = RunVerdict::holds;
  const auto add = [&](const char* name, Json& section) {
    if (section.is_null()) return;
    if (section.is_object() && section.contains("verdict")) v = worse(v, verdict_of(section.value("verdict", "")));
    sections[name] = std::move(section);
  };
  add("replay", s.replay);
  add("fuzz", s.fuzz);
  add("campaign", s.campaign);
  add("proofs", s.proofs);
  add("mutants", s.mutants);
  add("conform", s.conform);
  add("cost", s.cost);
  add("catalogue", s.catalogue);

  Json doc;
  doc["schema"] = kResultsSchema;
  doc["tool"] = {{"name", "gupdiff"}, {"version", tool_version()}, {"commit", tool_commit()}};
  doc["pair"] = {{"a", head.pair_a}, {"b", head.pair_b}};
  doc["seed"] = head.seed;
  doc["without"] = head.without;
  doc["verdict"] = {{"word", verdict_word(v)}, {"exit_code", exit_code(v)}, {"sentence", sentence(sections, v)}};
  for (auto& [name, section] : sections.items()) doc[name] = std::move(section);
  if (!run.is_null()) doc["run"] = std::move(run);
  return doc;
}

RunVerdict overall(const Json& document) {
  return verdict_of(document.at("verdict").at("word").get<std::string>());
}

std::string_view tool_version() { return GUPDIFF_VERSION; }
std::string_view tool_commit() { return GUPDIFF_COMMIT; }

std::string json_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gupdiff
