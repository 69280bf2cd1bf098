// SPDX-License-Identifier: GPL-2.0-only
// Writes down what each theorem came to.
#include "report/proofs_section.hpp"

#include <fmt/format.h>

#include <map>

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
    case Verdict::proved:
    case Verdict::proved_except: return RunVerdict::holds;
    case Verdict::refuted: return RunVerdict::divergence;
    case Verdict::vacuous: return RunVerdict::vacuous;
    case Verdict::inconclusive: break;
  }
  return RunVerdict::inconclusive;
}

}  // namespace

Json proofs_section(std::span<const TheoremResult> results, const std::vector<std::vector<std::string>>& files) {
  RunVerdict worst = RunVerdict::holds;
  std::uint64_t amount[kVerdicts] = {};
  Json theorems = Json::array(), assumed = Json::array();
  std::map<std::pair<std::string, std::string>, std::string> ids;  // of assumptions, by name and source
  for (std::size_t i = 0; i < results.size(); ++i) {
    const TheoremResult& t = results[i];
    const RunVerdict v = run_verdict(t);
    worst = worse(worst, v);
    if (v != RunVerdict::internal_error) ++amount[static_cast<int>(t.verdict)];
    Json rows = Json::array(), needed = Json::object(), shown = Json::object(), assumptions = Json::array(), outcomes = Json::object();
    for (const auto& [id, paths] : t.rows_used) rows.push_back(id);
    for (const auto& [id, paths] : t.rows_needed) needed[id] = paths;
    for (const auto& [id, facets] : t.rows_shown) shown[id] = facets;
    for (const AssumptionText& a : t.assumptions) {
      std::string& id = ids[{a.name, a.source}];
      if (id.empty()) {
        id = fmt::format("A{}", ids.size());
        assumed.push_back({{"id", id}, {"name", a.name}, {"source", a.source}});
      }
      assumptions.push_back(id);
    }
    for (const auto& [outcome, paths] : t.outcomes) outcomes[outcome] = paths;
    Json theorem = {{"theorem", t.name},
                    {"statement", t.summary},
                    {"verdict", v == RunVerdict::internal_error ? verdict_word(v) : verdict_name(t.verdict)},
                    {"paths", t.counts.paths},
                    {"checks", t.counts.checks},
                    {"rows", std::move(rows)},
                    {"needed", std::move(needed)},
                    {"shown", std::move(shown)},
                    {"assumptions", std::move(assumptions)},
                    {"outcomes", std::move(outcomes)}};
    if (t.counts.beyond_bound != 0) theorem["beyond_bound"] = t.counts.beyond_bound;
    if (const std::string text = detail(t); !text.empty()) theorem["detail"] = text;
    if (!t.witnesses.empty()) {
      Json apart = Json::object();
      for (const auto& [part, input] : t.witnesses) apart[part] = input;
      theorem["apart"] = std::move(apart);
    }
    if (const SecondOpinionCounts& s = t.second; s.queries != 0) {
      theorem["second_opinion"] = {{"queries", s.queries}, {"inferences", s.inferences}, {"agreed", s.agreed}, {"none", s.none}};
      if (s.none != 0) theorem["second_opinion"]["why_none"] = s.why_none;
    }
    if (i < files.size() && !files[i].empty()) theorem["counterexamples"] = files[i];
    theorems.push_back(std::move(theorem));
  }
  Json verdicts = Json::object();
  for (int v = 0; v < kVerdicts; ++v) verdicts[std::string(verdict_name(static_cast<Verdict>(v)))] = amount[v];
  return {{"verdict", verdict_word(worst)},
          {"verdicts", std::move(verdicts)},
          {"assumptions", std::move(assumed)},
          {"theorems", std::move(theorems)}};
}

Json prove_times(std::span<const TheoremResult> results, const ProveUse& use) {
  Json seconds = Json::object();
  for (const TheoremResult& t : results) seconds[t.name] = t.seconds;
  return {{"theorem_seconds", std::move(seconds)},
          {"proofs",
           {{"units", use.units},
            {"cached", use.cached},
            {"cached_units", use.cached_units},
            {"seconds", use.seconds},
            {"cpu_seconds", use.cpu_seconds},
            {"peak_mib", (use.peak_all_kib + 1023) / 1024},
            {"largest_process_mib", (use.peak_kib + 1023) / 1024}}}};
}

}  // namespace gupdiff
