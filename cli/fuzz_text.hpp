// SPDX-License-Identifier: GPL-2.0-only
// A campaign on the terminal.
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// Each finding with the command that replays it, then one line of counts.
/// `times` is what fuzz_times() gives.
void print_fuzz(const Json& section, const Json& times);

}  // namespace gupdiff
