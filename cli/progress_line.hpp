// SPDX-License-Identifier: GPL-2.0-only
// What the line on the terminal says of how far the prover is.
#pragma once

#include <string>

#include "proofs/runner.hpp"

namespace gupdiff {

/// The line, at most `columns` wide: "37/312 units, 1,204,331 paths, 9,874/s, 2 min left: RUNNING".
std::string progress_text(const RunnerProgress& p, std::size_t columns);

}  // namespace gupdiff
