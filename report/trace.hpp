// SPDX-License-Identifier: GPL-2.0-only
// Two walks' traces side by side: which step of one stands beside which step of
// the other, and where they part.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/machine/machine.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// One line of the comparison: indices into the two traces, -1 where a walk has
/// no step here. `same`: both do the same thing there (the kernel functions that
/// do it may have different names, that being what the series changed).
struct TraceRow {
  int a = -1;
  int b = -1;
  bool same = false;
};

/// Aligns two traces (Machine<Narrated>::narrative) on their longest common
/// subsequence of equal steps; steps between two common ones stand side by side.
/// Quadratic in the shorter of the traces once their common ends are taken off.
std::vector<TraceRow> align(const std::vector<Narrative>& a, const std::vector<Narrative>& b);

/// One step as words: what it does and, where it has them, level, address, value:
/// "reads pud[0x7f0040000000] = 0x000fffffbffff1a0".
std::string step_text(const Narrative& step);

/// The `trace` object of a replay entry: {"a":[[function, text]...], "b":[...],
/// "rows":[[index or -1, index or -1, same]...]}.
Json trace_json(const std::vector<Narrative>& a, const std::vector<Narrative>& b);

}  // namespace gupdiff
