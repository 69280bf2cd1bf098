// SPDX-License-Identifier: GPL-2.0-only
// What a run of the prover came to, for the terminal.
#pragma once

#include <string>

#include "report/results.hpp"

namespace gupdiff {

/// A few theorems: a line each. Many: a line for each group of them (architecture, pair and
/// kind of memory), unless `every`. What is not proved is always printed in full.
/// `run` is prove_times() of the same run.
void print_proofs(const Json& section, const Json& run, const std::string& program, bool every);

}  // namespace gupdiff
