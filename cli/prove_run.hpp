// SPDX-License-Identifier: GPL-2.0-only
// A run of the prover as `prove` and `report` both need it: progress, and every
// counterexample written as a scenario.
#pragma once

#include <string>
#include <vector>

#include "proofs/prove.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// What a run of the prover leaves.
struct ProveRun {
  std::vector<TheoremResult> results;
  std::vector<std::vector<std::string>> files;  ///< counterexamples written, by theorem
  ProveUse use;
};

/// Proves every theorem that one of `globs` matches (none given: all). Throws
/// InputError if a glob matches none, naming those there are. Counterexamples go
/// into `folder`, which is made when there is one. `options.glob` is ignored.
/// SIGINT and SIGTERM end the run early: what is there then is returned, and
/// `use.interrupted` is set.
ProveRun prove_matching(ProveOptions options, const std::vector<std::string>& globs, const std::string& folder,
                        bool show_progress);

/// One line for each theorem, and the counterexamples with the command that replays them.
void print_proofs(const Json& section, const Json& seconds, const std::string& program);

}  // namespace gupdiff
