// SPDX-License-Identifier: GPL-2.0-only
// Alignment of two traces (longest common subsequence) and their words.
#include "report/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace gupdiff {
namespace {

constexpr const char* kLevelNames[kLevels] = {"pte", "pmd", "pud", "p4d", "pgd"};

/// Equal steps: the same deed on the same entry with the same value, whatever the
/// function is called.
bool same_step(const Narrative& x, const Narrative& y) {
  return x.has_level == y.has_level && x.has_value == y.has_value && x.value == y.value &&
         x.address == y.address && (!x.has_level || x.level == y.level) &&
         std::strcmp(x.what, y.what) == 0;
}

/// Puts the steps [a, a_end) and [b, b_end), none of which match, side by side.
void gap(std::vector<TraceRow>& rows, int a, int a_end, int b, int b_end) {
  while (a < a_end || b < b_end) {
    TraceRow row;
    if (a < a_end) row.a = a++;
    if (b < b_end) row.b = b++;
    rows.push_back(row);
  }
}

/// A trace longer than this is aligned at its ends only; a walk has some dozens of steps.
constexpr std::size_t kMaxAligned = 2000;

}  // namespace

std::vector<TraceRow> align(const std::vector<Narrative>& a, const std::vector<Narrative>& b) {
  const int na = static_cast<int>(a.size()), nb = static_cast<int>(b.size());
  int head = 0, tail = 0;
  while (head < na && head < nb && same_step(a[head], b[head])) ++head;
  while (tail < na - head && tail < nb - head && same_step(a[na - 1 - tail], b[nb - 1 - tail])) ++tail;

  std::vector<TraceRow> rows;
  for (int i = 0; i < head; ++i) rows.push_back({i, i, true});
  const int ma = na - head - tail, mb = nb - head - tail;
  int i = head, j = head, gap_a = head, gap_b = head;
  if (ma > 0 && mb > 0 && static_cast<std::size_t>(std::max(ma, mb)) <= kMaxAligned) {
    // common[x][y]: length of the longest common subsequence of a[head+x..] and b[head+y..].
    std::vector<std::vector<int>> common(ma + 1, std::vector<int>(mb + 1, 0));
    for (int x = ma - 1; x >= 0; --x)
      for (int y = mb - 1; y >= 0; --y)
        common[x][y] = same_step(a[head + x], b[head + y]) ? common[x + 1][y + 1] + 1
                                                          : std::max(common[x + 1][y], common[x][y + 1]);
    while (i < na - tail && j < nb - tail) {
      const int x = i - head, y = j - head;
      if (same_step(a[i], b[j]) && common[x][y] == common[x + 1][y + 1] + 1) {
        gap(rows, gap_a, i, gap_b, j);
        rows.push_back({i++, j++, true});
        gap_a = i;
        gap_b = j;
      } else if (common[x + 1][y] >= common[x][y + 1]) {
        ++i;
      } else {
        ++j;
      }
    }
  }
  gap(rows, gap_a, na - tail, gap_b, nb - tail);
  for (int t = tail; t > 0; --t) rows.push_back({na - t, nb - t, true});
  return rows;
}

std::string step_text(const Narrative& s) {
  if (s.has_level)
    return fmt::format("{} {}[{:#x}] = {:#018x}", s.what, kLevelNames[static_cast<int>(s.level)], s.address, s.value);
  if (s.has_value) return fmt::format("{} ({:#x})", s.what, s.value);
  return s.what;
}

Json trace_json(const std::vector<Narrative>& a, const std::vector<Narrative>& b) {
  const auto steps = [](const std::vector<Narrative>& trace) {
    Json list = Json::array();
    for (const Narrative& s : trace) list.push_back(Json::array({s.function, step_text(s)}));
    return list;
  };
  Json rows = Json::array();
  for (const TraceRow& r : align(a, b)) rows.push_back(Json::array({r.a, r.b, r.same}));
  return {{"a", steps(a)}, {"b", steps(b)}, {"rows", std::move(rows)}};
}

}  // namespace gupdiff
