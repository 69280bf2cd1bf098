// SPDX-License-Identifier: GPL-2.0-only
// Who kills a mutant: built, fuzzed, proved by this very program in child processes, and what came
// of it written down.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mutants/build.hpp"
#include "proofs/result_json.hpp"
#include "proofs/runner.hpp"

namespace gupdiff {

/// When a mutant's theorem is tried.
enum class WhenProved : std::uint8_t {
  usually,  ///< of the historical set always, else when fuzzing has not killed it
  always,
  never,
};

struct MutantRunOptions {
  std::filesystem::path folder = "out/mutants";  ///< NAME/ in it gets the witnesses
  double fuzz_seconds = 60;                      ///< wall clock, of fuzzing one
  double proof_seconds = 120;                    ///< wall clock, of proving one theorem's unit
  std::uint64_t seed = 1;
  WhenProved proved = WhenProved::usually;
  bool check_equivalent = false;                 ///< run also what is marked equivalent; it must survive
  unsigned jobs = 1;                             ///< mutants at a time
  std::function<bool()> interrupted;             ///< asked ten times a second: end in order?
  std::function<void(const RunnerProgress&)> progress;
};

/// What came of a run: the entries of the `mutants` section of results.json, in the order of the
/// mutants, and what differs from one run to the next of each, by name.
struct MutantsRun {
  Json entries = Json::array();
  Json times = Json::object();
  std::string wrong_sources;  ///< why no verdict can be had at all; else empty
  bool interrupted = false;   ///< those that were not finished are left out
  double seconds = 0;         ///< wall clock
};

/// Runs them. First it makes sure that without any patch the stand-in changes nothing. An entry's
/// verdict is one of
///   killed             fuzzing or a proof shows it
///   survived           neither does
///   needs concurrency, not modelled, equivalent  as its file says; never run
///   stillborn          a generated one that does not compile
///   failed             a tool did not do its work; "reason" says which
MutantsRun run_mutants(std::span<const Mutant> mutants, const MutantBuilder& builder, const MutantRunOptions& options);

}  // namespace gupdiff
