// SPDX-License-Identifier: GPL-2.0-only
// Small bounds enumerated to the last world by the concrete models alone, beside the prover:
// what it says of the same bound must be the same.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"
#include "proofs/small_scope.hpp"

namespace gupdiff {

/// What every world of one bound came to.
struct ExhaustResult {
  std::string name;
  std::uint64_t worlds = 0;     ///< that were run: all, unless a divergence ended it
  RowSet spoke;                 ///< rows that were in force in some world
  RowSet needed;                ///< rows without which some world diverges
  std::optional<Scenario> divergence;  ///< the first, a valid scenario
};

struct ExhaustOptions {
  WalkPair pair = default_pair();
  RowSet enabled = all_rows();
  unsigned threads = 1;
  std::function<void(std::uint64_t worlds)> progress;  ///< of this bound; about four times a second
};

/// Runs every world of `scope`. The same result whatever the number of threads.
ExhaustResult exhaust(const SmallScope& scope, const ExhaustOptions& options);

/// Proves the same bound and compares: whether it holds, which rows speak, and without which it does
/// not hold. Empty: the prover says the same; else where the two differ.
std::string differs_from_proof(const SmallScope& scope, const ExhaustResult& result, const ExhaustOptions& options);

}  // namespace gupdiff
