// SPDX-License-Identifier: GPL-2.0-only
// The child's side of a campaign: libFuzzer, which never returns, and what it
// tells the parent on the way.
#pragma once

#include <atomic>
#include <cstdint>

#include "fuzz/campaign.hpp"

namespace gupdiff {

/// How many neighbours of each input are run with it: mutants that its bytes decide, on the
/// walks without coverage counters. libFuzzer's own work for an input costs as much as
/// several pairs of walks.
inline constexpr unsigned kNeighbours = 32;

/// Counters in memory shared with the parent.
struct FuzzCounters {
  std::atomic<std::uint64_t> executions{0};
};

/// Runs libFuzzer until its limits, the first finding, or for ever; findings go as
/// lines (encode_finding) to `report_fd`, errors as lines that start with '!'. Ends the
/// process.
[[noreturn]] void run_driver(const FuzzOptions& options, FuzzCounters& counters, int report_fd);

/// One finding as a line of tab-separated fields, and back.
std::string encode_finding(const FuzzFinding& f);
FuzzFinding decode_finding(const std::string& line);

}  // namespace gupdiff
