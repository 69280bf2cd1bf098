// SPDX-License-Identifier: GPL-2.0-only
// The random engine: scenarios from the generator and the mutator, run as fast as the walks
// themselves allow. No coverage, no corpus, no bytes: what it lacks in guidance it has in pairs.
#pragma once

#include "fuzz/child.hpp"

namespace gupdiff {

/// Memories made of one base: itself and mutants of it, 1..4 changes each. Every one of them is asked
/// a round of calls (scenario/request_variation.hpp): so of 32 pairs one is the first on its memory, 18
/// differ from it in one or two FOLL_ flags, 9 in the range, 2 in the API, 2 in what the environment of
/// the faults answers. A quarter of the memories are the generator's own, three quarters mutants.
inline constexpr unsigned kMemoriesOfABase = 4;

/// The EngineChild. Bases come from the generator, and by turns from the corpus folder if there
/// is one; nothing is added to that. Runs exactly options.runs pairs if asked to, and is a function of
/// options.seed then. Returns at its limits or at the first finding.
void run_random(const FuzzOptions& options, FuzzCounters& counters, int report_fd);

}  // namespace gupdiff
