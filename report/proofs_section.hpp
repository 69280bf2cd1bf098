// SPDX-License-Identifier: GPL-2.0-only
// The proofs section of results.json.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "proofs/prove.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// The `proofs` section. `files[i]` are the scenarios written for the counterexamples
/// of `results[i]` (empty: none were).
Json proofs_section(std::span<const TheoremResult> results, const std::vector<std::vector<std::string>>& files);

/// What the section leaves out because it differs from run to run, for the `run` object: seconds
/// by theorem, what came from the cache, memory.
Json prove_times(std::span<const TheoremResult> results, const ProveUse& use);

}  // namespace gupdiff
