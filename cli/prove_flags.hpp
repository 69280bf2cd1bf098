// SPDX-License-Identifier: GPL-2.0-only
// The options that `prove` and `report` share: how far the prover goes, on how much of the
// machine, and where results of earlier runs are kept.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "proofs/prove.hpp"

namespace gupdiff {

/// As they stand on the command line. Numbers are wide, so that one out of range is refused in
/// words rather than cut.
struct ProveFlags {
  double timeout = 600;
  std::int64_t max_paths = 20'000'000;
  std::int64_t jobs = 0;       ///< 0: one for each CPU
  std::int64_t memory_mb = 0;  ///< 0: 750 for each job
  std::string cache;           ///< empty: default_proof_cache()
  bool no_cache = false;
  bool given_jobs = false, given_memory = false;
};

/// Adds them to a subcommand; `timeout` is the default of --timeout.
void add_prove_flags(CLI::App& sub, ProveFlags& flags, double timeout);

/// Puts them into `options`. Throws InputError, with the range, for what cannot be meant.
void apply(const ProveFlags& flags, ProveOptions& options);

/// The folder of results of earlier runs; empty: none is to be used.
std::string cache_folder(const ProveFlags& flags);

}  // namespace gupdiff
