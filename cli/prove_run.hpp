// SPDX-License-Identifier: GPL-2.0-only
// A run of the prover as `prove` and `report` both need it: progress, a cache, and every
// counterexample written as a scenario.
#pragma once

#include <string>
#include <vector>

#include "proofs/prove.hpp"
#include "proofs/shard.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// What a run of the prover leaves.
struct ProveRun {
  std::vector<TheoremResult> results;
  std::vector<std::vector<std::string>> files;  ///< counterexamples written, by theorem
  ProveUse use;
};

/// Where a run keeps what it finds.
struct ProvePlaces {
  std::string counterexamples;  ///< folder, made when there is one; checked before the run
  std::string cache;            ///< folder of earlier results; empty: none
  bool progress = false;        ///< a line on standard error, if that is a terminal
};

/// Names of the theorems that one of `globs` matches (none given: all). Throws InputError if a
/// glob matches none, naming those there are.
std::vector<std::string> matching(WalkPair pair, const std::vector<std::string>& globs);

/// Proves the theorems `options.names`. SIGINT and SIGTERM end the run early: what is there
/// then is returned, and `use.interrupted` is set.
ProveRun prove_named(ProveOptions options, const ProvePlaces& places);

/// Proves one shard of them and writes it to `file`, which is checked before the run. Returned
/// is what the shard's own units come to.
ProveRun prove_shard(ProveOptions options, const ProvePlaces& places, Shard shard, const std::string& file);

/// Reads the shards and puts them together; counterexamples are written as if found now.
/// `options` gets the pair and the rows they were made with.
ProveRun merge_files(const std::vector<std::string>& files, const std::string& counterexamples, ProveOptions& options);

}  // namespace gupdiff
