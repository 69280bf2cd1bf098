// SPDX-License-Identifier: GPL-2.0-only
// The comparison with a real kernel on the terminal.
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// The three counts by call and by kind of memory, why records are not modelled,
/// and, if `list`, every mismatch (otherwise the first few).
void print_conform(const Json& section, bool list);

}  // namespace gupdiff
