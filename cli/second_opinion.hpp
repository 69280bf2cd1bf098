// SPDX-License-Identifier: GPL-2.0-only
// The options that ask another solver what a proof rests on.
#pragma once

#include <CLI/CLI.hpp>

#include "proofs/second_opinion.hpp"

namespace gupdiff {

/// Adds --cross-check and its like, and --smt2; `options` must outlive the command line.
void add_second_opinion(CLI::App& sub, SecondOpinionOptions& options);

/// Finds the program and makes the folder. Throws InputError before any work if either fails.
void prepare(SecondOpinionOptions& options);

}  // namespace gupdiff
