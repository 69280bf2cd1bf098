// SPDX-License-Identifier: GPL-2.0-only
// A program run to its end or to its limits, with what it says.
#pragma once

#include <string>
#include <vector>

namespace gupdiff {

struct ProgramLimits {
  double seconds = 600;    ///< wall clock; then it is killed
  unsigned memory_mb = 0;  ///< of data; 0: no limit
};

/// How a program ended, and what it said.
struct ProgramEnd {
  int exit_code = -1;       ///< -1: it did not exit
  int signal = 0;           ///< that ended it; 0: none
  bool late = false;        ///< killed at its time limit
  std::string not_started;  ///< why it could not be started; else empty
  std::string out;          ///< standard output
  std::string error;        ///< standard error: its first 64 KiB
  double seconds = 0;       ///< wall clock
  double cpu_seconds = 0;   ///< its own and of its children that it waited for

  /// "ended by signal 9 (Killed)", "exit code 2: LAST LINE OF STANDARD ERROR".
  std::string how() const;
};

/// Runs `command` (found on PATH, no shell, no input). It dies with this process.
ProgramEnd run_program(const std::vector<std::string>& command, const ProgramLimits& limits);

}  // namespace gupdiff
