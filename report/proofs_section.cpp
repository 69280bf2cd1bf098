// SPDX-License-Identifier: GPL-2.0-only
// Writes down what each theorem came to.
#include "report/proofs_section.hpp"

#include <fmt/format.h>

namespace gupdiff {
namespace {

std::string detail(const TheoremResult& t) {
  if (!t.internal_error.empty()) return t.internal_error;
  if (t.verdict == Verdict::inconclusive) {
    std::string text = fmt::format("unfinished: {}", shortfall_name(t.shortfall));
    return t.shortfall_detail.empty() ? text : text + " " + t.shortfall_detail;
  }
  std::string text = t.refutation;
  for (const Counterexample& c : t.counterexamples)
    text += fmt::format("{}fails: {}{}", text.empty() ? "" : "; ", c.claim, c.cell.empty() ? "" : " (" + c.cell + ")");
  return text;
}

RunVerdict run_verdict(const TheoremResult& t) {
  if (!t.internal_error.empty()) return RunVerdict::internal_error;
  switch (t.verdict) {
    case Verdict::proved: return RunVerdict::holds;
    case Verdict::refuted: return RunVerdict::divergence;
    case Verdict::vacuous: return RunVerdict::vacuous;
    case Verdict::inconclusive: break;
  }
  return RunVerdict::inconclusive;
}

}  // namespace

Json proofs_section(std::span<const TheoremResult> results, const std::vector<std::vector<std::string>>& files) {
  RunVerdict worst = RunVerdict::holds;
  int amount[4] = {};
  Json theorems = Json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const TheoremResult& t = results[i];
    const RunVerdict v = run_verdict(t);
    worst = worse(worst, v);
    if (v != RunVerdict::internal_error) ++amount[static_cast<int>(t.verdict)];
    Json rows = Json::array(), assumptions = Json::array(), outcomes = Json::object();
    for (const auto& [id, paths] : t.rows_used) rows.push_back(id);
    for (const AssumptionText& a : t.assumptions) assumptions.push_back({{"name", a.name}, {"source", a.source}});
    for (const auto& [outcome, paths] : t.outcomes) outcomes[outcome] = paths;
    Json theorem = {{"theorem", t.name},
                    {"statement", t.summary},
                    {"verdict", v == RunVerdict::internal_error ? verdict_word(v) : verdict_name(t.verdict)},
                    {"paths", t.counts.paths},
                    {"checks", t.counts.checks},
                    {"rows", std::move(rows)},
                    {"assumptions", std::move(assumptions)},
                    {"outcomes", std::move(outcomes)}};
    if (const std::string text = detail(t); !text.empty()) theorem["detail"] = text;
    if (!t.witnesses.empty()) {
      Json apart = Json::object();
      for (const auto& [part, input] : t.witnesses) apart[part] = input;
      theorem["apart"] = std::move(apart);
    }
    if (i < files.size() && !files[i].empty()) theorem["counterexamples"] = files[i];
    theorems.push_back(std::move(theorem));
  }
  return {{"verdict", verdict_word(worst)},
          {"proved", amount[static_cast<int>(Verdict::proved)]},
          {"refuted", amount[static_cast<int>(Verdict::refuted)]},
          {"vacuous", amount[static_cast<int>(Verdict::vacuous)]},
          {"inconclusive", amount[static_cast<int>(Verdict::inconclusive)]},
          {"theorems", std::move(theorems)}};
}

Json theorem_seconds(std::span<const TheoremResult> results) {
  Json out = Json::object();
  for (const TheoremResult& t : results) out[t.name] = t.seconds;
  return out;
}

}  // namespace gupdiff
