// SPDX-License-Identifier: GPL-2.0-only
// AFL++ as an engine: afl-fuzz processes of Debian's package around build/afl's target, one main and
// options.jobs - 1 secondaries that share their queues.
#pragma once

#include "fuzz/child.hpp"

namespace gupdiff {

/// A run of the target, neighbours and all, that takes longer is a hang. The longest walk takes milliseconds; machines may be busy.
inline constexpr unsigned kHangMilliseconds = 10000;

/// What the engine needs from the machine, found before anything starts.
struct AflInstallation {
  std::filesystem::path afl_fuzz;  ///< on PATH
  std::filesystem::path target;    ///< gupdiff_afl
  std::filesystem::path cmplog;    ///< gupdiff_afl_cmplog
  std::filesystem::path mutator;   ///< gupdiff_afl_mutator.so
};
/// Finds it: afl-fuzz on `path` (PATH's value), the rest in `folder`, and a core pattern (the content of
/// `core_pattern`) that lets afl-fuzz see crashes. Throws InputError, each time with the remedy.
AflInstallation find_afl(const char* path, const std::filesystem::path& folder, const std::filesystem::path& core_pattern);
/// Where build/afl is: GUPDIFF_AFL if it is set, else beside the source that this program was built from.
std::filesystem::path afl_folder();

/// The lines of a fuzzer_stats file that an engine reports.
struct AflStats {
  std::uint64_t executions = 0, edges = 0, corpus = 0;
  double stability = 100;  ///< percent
};
/// Reads a fuzzer_stats file; a missing one has nothing in it.
AflStats read_afl_stats(const std::filesystem::path& file);

/// Runs the engine: AFL++'s own folder is options.work_dir, kept and taken up again, or a temporary
/// one. Throws InputError: what find_afl() throws, a work folder that is not one or of other options.
FuzzResult run_afl(const FuzzOptions& options);

}  // namespace gupdiff
