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

/// Rows [first, first + length) are followed by `times` - 1 copies of themselves:
/// a walk that loops. The copies are not worth reading.
struct Repeat {
  int first = 0, length = 0, times = 0;
};

/// Runs of at least three copies of a block of rows, in order and disjoint.
std::vector<Repeat> repeats(const std::vector<TraceRow>& rows, const std::vector<Narrative>& a,
                            const std::vector<Narrative>& b);

/// One step as words: what it does and, where it has them, level, address and value:
/// "reads pud[0x7f0040000000] = 0x000fffffbffff1a0". The address is left out of an
/// entry that the walk to `home` passes.
std::string step_text(const Narrative& step, std::uint64_t home);

/// The `trace` object of a replay entry: {"a":[[function, text]...], "b":[...],
/// "rows":[[index or -1, index or -1, same]...], "repeats":[[first, length, times]...]}.
/// `home` is the first address asked for.
Json trace_json(const std::vector<Narrative>& a, const std::vector<Narrative>& b, std::uint64_t home);

/// The rows of a trace object as they are printed: every repeat is cut down to one
/// copy. A row is [index or -1, index or -1, same, step number], or in place of the
/// copies the sentence "steps 8 to 16 again, 7 times".
Json folded_rows(const Json& trace);

}  // namespace gupdiff
