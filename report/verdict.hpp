// SPDX-License-Identifier: GPL-2.0-only
// The words a run can end with and the exit codes that stand for them. One
// table: the command line, results.json and every projection read it.
#pragma once

#include <cstdint>
#include <string_view>

namespace gupdiff {

/// How a run, or one section of it, ended; from best to worst.
enum class RunVerdict : std::uint8_t {
  holds,           ///< every facet equal, or different exactly as a catalogue row says
  inconclusive,    ///< a time limit or a solver that gave up: nothing is known
  vacuous,         ///< a proof whose assumptions nothing satisfies: it says nothing
  divergence,      ///< a difference no enabled row explains, or a broken safety property
  internal_error,  ///< gupdiff contradicts itself (a counterexample that does not replay)
};
inline constexpr int kRunVerdicts = 5;

/// The word printed and stored in results.json.
constexpr std::string_view verdict_word(RunVerdict v) {
  constexpr std::string_view words[kRunVerdicts] = {"holds", "inconclusive", "vacuous", "divergence",
                                                 "internal error"};
  return words[static_cast<int>(v)];
}

/// The process's exit code. 70 to 77 are libFuzzer's own and stay unused.
constexpr int exit_code(RunVerdict v) {
  constexpr int codes[kRunVerdicts] = {0, 5, 11, 10, 6};
  return codes[static_cast<int>(v)];
}

/// Exit codes that are not verdicts.
inline constexpr int kExitUsage = 1;     ///< the command line is incomplete or malformed
inline constexpr int kExitBadInput = 2;  ///< something named does not exist or cannot be read

/// The worse of two verdicts: what a run made of both ends with.
constexpr RunVerdict worse(RunVerdict a, RunVerdict b) { return a < b ? b : a; }

/// The verdict a word stands for; an unknown word is an internal error.
constexpr RunVerdict verdict_of(std::string_view word) {
  for (int i = 0; i < kRunVerdicts; ++i)
    if (verdict_word(static_cast<RunVerdict>(i)) == word) return static_cast<RunVerdict>(i);
  return RunVerdict::internal_error;
}

}  // namespace gupdiff
