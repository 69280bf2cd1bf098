// SPDX-License-Identifier: GPL-2.0-only
// libFuzzer as an engine: it runs in our process, and never returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/child.hpp"

namespace gupdiff {

/// Runs libFuzzer's own main with `words`, program name first, on `target`, and ends the process
/// with its exit code: the driver calls exit() when it is done, and none of the parent's exit
/// handlers may run.
[[noreturn]] void drive_libfuzzer(std::vector<std::string> words, int (*target)(const std::uint8_t*, std::size_t));

/// The EngineChild. Ends the process.
[[noreturn]] void run_libfuzzer(const FuzzOptions& options, FuzzCounters& counters, int report_fd);

}  // namespace gupdiff
