// SPDX-License-Identifier: GPL-2.0-only
// An engine in a process of its own, so that whatever a model does to it, the campaign
// goes on: findings come back as lines, counters through shared memory.
#pragma once

#include <atomic>
#include <cstdint>

#include "fuzz/engine.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {

/// Counters in memory shared with the parent.
struct FuzzCounters {
  std::atomic<std::uint64_t> executions{0};
};

/// What runs in the child: an engine, until its limits, the first finding, or for ever. It sends
/// findings to `report_fd`, logs to standard error ("cov: N corp: N" is read, and lines with
/// ERROR), and may return or end the process.
using EngineChild = void (*)(const FuzzOptions& options, FuzzCounters& counters, int report_fd);

/// Runs `engine` in a child process. Throws InputError: a corpus that is not a folder, findings
/// that cannot be written, no process to be had.
FuzzResult run_in_child(const FuzzOptions& options, EngineChild engine);

/// The child's words to the parent.
void send_finding(int report_fd, const FuzzFinding& f);
void send_error(int report_fd, const InputError& e);

}  // namespace gupdiff
