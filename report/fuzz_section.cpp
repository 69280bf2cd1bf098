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
  return section;
}

Json fuzz_times(const FuzzResult& result) { return {{"seconds", result.seconds}, {"rate", result.rate()}}; }

}  // namespace gupdiff
