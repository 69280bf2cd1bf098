// SPDX-License-Identifier: GPL-2.0-only
// Writes down what a campaign did and found.
#include "report/fuzz_section.hpp"

#include "model/arch/words.hpp"

namespace gupdiff {

Json fuzz_section(const FuzzOptions& options, const FuzzResult& result) {
  RunVerdict v = RunVerdict::holds;
  if (!result.findings.empty()) v = RunVerdict::divergence;
  else if (!result.failure.empty()) v = RunVerdict::internal_error;
  else if (result.interrupted) v = RunVerdict::inconclusive;
  Json findings = Json::array();
  for (const FuzzFinding& f : result.findings)
    findings.push_back({{"identity", f.identity},
                        {"first_difference", f.summary},
                        {"file", f.text_file.string()},
                        {"binary", f.binary_file.string()},
                        {"replay", f.replay_command}});
  Json section = {{"verdict", verdict_word(v)}, {"architectures", architecture_names(options.architectures)}, {"seed", options.seed}, {"executions", result.executions},
                  {"coverage", result.coverage}, {"corpus", result.corpus}, {"findings", std::move(findings)}};
  if (!result.failure.empty()) section["failure"] = result.failure;
  if (result.signal != 0) section["signal"] = result.signal;
  return section;
}

Json fuzz_times(const FuzzResult& result) {
  Json out = {{"seconds", result.seconds}, {"rate", result.rate()}};
  if (result.findings.empty()) return out;
  out["found"] = Json::array();
  for (const FuzzFinding& f : result.findings) out["found"].push_back({{"search_seconds", f.search_seconds}, {"shrink_seconds", f.shrink_seconds}});
  return out;
}

}  // namespace gupdiff
