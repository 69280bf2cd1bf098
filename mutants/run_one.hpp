// SPDX-License-Identifier: GPL-2.0-only
// One mutant from its patch to its verdict.
#pragma once

#include "mutants/run.hpp"

namespace gupdiff {

/// Runs one mutant in this process and its children: {"entry": ..., "times": ...}.
Json run_mutant(const Mutant& mutant, const MutantBuilder& builder, const MutantRunOptions& options);

/// What is said of every mutant, whatever comes of it.
Json mutant_head(const Mutant& mutant);

/// Fuzzes the sources as they are, for as long as it takes to see that this program was built of
/// them, on the pair, walk and architectures of `like`. Empty, or why no verdict can be had.
std::string run_unpatched(const Mutant& like, const MutantBuilder& builder, const MutantRunOptions& options);

}  // namespace gupdiff
