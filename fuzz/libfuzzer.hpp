// SPDX-License-Identifier: GPL-2.0-only
// libFuzzer as an engine: it runs in our process, and never returns.
#pragma once

#include "fuzz/child.hpp"

namespace gupdiff {

/// How many neighbours of each input are run with it: mutants that its bytes decide, on the
/// walks without coverage counters. libFuzzer's own work for an input costs as much as some
/// thirty pairs of walks.
inline constexpr unsigned kNeighbours = 48;

/// The EngineChild. Ends the process.
[[noreturn]] void run_libfuzzer(const FuzzOptions& options, FuzzCounters& counters, int report_fd);

}  // namespace gupdiff
