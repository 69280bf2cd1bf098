// SPDX-License-Identifier: GPL-2.0-only
#include "report/mutants_section.hpp"

#include <fmt/format.h>

#include "report/view_text.hpp"

namespace gupdiff {
namespace {

constexpr const char* kApart[] = {"needs concurrency", "not modelled", "equivalent", "stillborn", "failed"};

/// One line of the summary: the counts of the entries that `wanted` takes.
template <class Wanted>
Json count(const Json& entries, std::string_view kind, Wanted wanted) {
  std::uint64_t all = 0, counted = 0, fuzz = 0, proof = 0, either = 0, both = 0, survived = 0, named = 0;
  Json apart = Json::object();
  for (const char* word : kApart) apart[word] = 0;
  for (const Json& e : entries) {
    if (!wanted(e)) continue;
    ++all;
    const std::string verdict = e.at("verdict");
    if (!mutant_counts(e)) {
      apart[verdict] = apart.value(verdict, 0) + 1;
      continue;
    }
    const bool f = killed_by_fuzz(e), p = killed_by_proof(e);
    ++counted;
    fuzz += f;
    proof += p;
    either += f || p;
    both += f && p;
    survived += verdict == "survived";
    for (const char* killer : {"fuzz", "proof"})
      if (e.contains(killer) && e.at(killer).value("as_named", false)) {
        ++named;
        break;
      }
  }
  return {{"kind", kind}, {"mutants", all}, {"counted", counted}, {"fuzz", fuzz}, {"proof", proof}, {"either", either}, {"both", both},
          {"survived", survived}, {"as_named", named}, {"apart", std::move(apart)}};
}

RunVerdict verdict_of_entries(const Json& entries) {
  RunVerdict v = RunVerdict::holds;
  for (const Json& e : entries) {
    if (e.at("verdict") == "failed") return RunVerdict::internal_error;
    if (e.at("verdict") == "survived" || !mutant_twin_wrong(e).empty()) v = RunVerdict::divergence;
  }
  return v;
}

}  // namespace

bool mutant_counts(const Json& entry) { return entry.at("verdict") == "killed" || entry.at("verdict") == "survived"; }
bool killed_by_fuzz(const Json& entry) { return entry.contains("fuzz") && entry.at("fuzz").at("outcome") != "none"; }
bool killed_by_proof(const Json& entry) { return entry.contains("proof") && entry.at("proof").at("outcome") == "refuted"; }

std::string mutant_seconds(double seconds) {
  return seconds < 0.1 ? fmt::format("{:.0f} ms", 1000 * seconds) : view_text::seconds(seconds);
}

std::string mutant_twin_wrong(const Json& entry) {
  std::string out;
  if (!entry.contains("twins")) return out;
  for (const auto& [name, twin] : entry.at("twins").items())
    if (twin.contains("wrong")) out += (out.empty() ? "" : "; ") + twin.at("wrong").get<std::string>();
  return out;
}

Json mutants_section(const MutantsRun& run, const std::vector<std::pair<std::string, std::string>>& wrong, const MutantRunOptions& options) {
  Json entries = Json::array();
  for (const auto& [name, sentence] : wrong) entries.push_back({{"mutant", name}, {"verdict", "failed"}, {"reason", sentence}});
  for (const Json& e : run.entries) entries.push_back(e);
  Json summary = Json::array();
  for (int k = 0; k < kMutantKinds; ++k) {
    const std::string_view kind = mutant_kind_name(static_cast<MutantKind>(k));
    Json line = count(entries, kind, [&](const Json& e) { return e.value("kind", "") == kind; });
    if (line.at("mutants") != 0) summary.push_back(std::move(line));
  }
  Json all = count(entries, "all", [](const Json&) { return true; });
  if (summary.size() != 1 || all.at("mutants") != summary[0].at("mutants")) summary.push_back(std::move(all));
  return {{"verdict", verdict_word(verdict_of_entries(entries))}, {"seed", options.seed}, {"fuzz_seconds", options.fuzz_seconds},
          {"proof_seconds", options.proof_seconds}, {"summary", std::move(summary)}, {"mutants", std::move(entries)}};
}

Json mutants_times(const MutantsRun& run, const MutantRunOptions& options) {
  return {{"seconds", run.seconds}, {"jobs", options.jobs}, {"mutants", run.times}};
}

}  // namespace gupdiff
