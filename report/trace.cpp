// SPDX-License-Identifier: GPL-2.0-only
// Alignment of two traces (longest common subsequence) and their words.
#include "report/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace gupdiff {
namespace {

constexpr const char* kLevelNames[kSlotLists] = {"pte", "pmd", "pud", "p4d", "pgd", "hugepte"};

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

std::vector<Repeat> repeats(const std::vector<TraceRow>& rows, const std::vector<Narrative>& a,
                            const std::vector<Narrative>& b) {
  constexpr int kLongestBlock = 64, kFewest = 3;
  const auto cell_same = [](const std::vector<Narrative>& steps, int i, int j) {
    if (i < 0 || j < 0) return i == j;
    return same_step(steps[i], steps[j]) && std::strcmp(steps[i].function, steps[j].function) == 0;
  };
  const auto row_same = [&](int i, int j) {
    return rows[i].same == rows[j].same && cell_same(a, rows[i].a, rows[j].a) && cell_same(b, rows[i].b, rows[j].b);
  };
  std::vector<Repeat> out;
  const int n = static_cast<int>(rows.size());
  for (int i = 0; i < n;) {
    Repeat best;
    for (int length = 1; length <= kLongestBlock && i + kFewest * length <= n; ++length) {
      int same = 0;
      while (i + length + same < n && row_same(i + same, i + length + same)) ++same;
      const int times = 1 + same / length;
      if (times >= kFewest && times * length > best.times * best.length) best = {i, length, times};
    }
    if (best.times) {
      out.push_back(best);
      i += best.times * best.length;
    } else {
      ++i;
    }
  }
  return out;
}

std::string step_text(const Narrative& s, std::uint64_t home) {
  if (s.has_level) {
    const std::string where = s.address >> s.shift == home >> s.shift ? "" : fmt::format("[{:#x}]", s.address);
    return fmt::format("{} {}{} = {:#018x}", s.what, kLevelNames[static_cast<int>(s.level)], where, s.value);
  }
  // The one lock of its kind: its object number says nothing.
  if (s.has_value && s.value == 0 && std::strncmp(s.what, "takes ", 6) == 0) return s.what;
  if (s.has_value) return s.value < 10 ? fmt::format("{} ({})", s.what, s.value) : fmt::format("{} ({:#x})", s.what, s.value);
  return s.what;
}

Json trace_json(const std::vector<Narrative>& a, const std::vector<Narrative>& b, std::uint64_t home) {
  const auto steps = [&](const std::vector<Narrative>& trace) {
    Json list = Json::array();
    for (const Narrative& s : trace) list.push_back(Json::array({s.function, step_text(s, home)}));
    return list;
  };
  const std::vector<TraceRow> aligned = align(a, b);
  Json rows = Json::array(), again = Json::array();
  for (const TraceRow& r : aligned) rows.push_back(Json::array({r.a, r.b, r.same}));
  for (const Repeat& r : repeats(aligned, a, b)) again.push_back(Json::array({r.first, r.length, r.times}));
  return {{"a", steps(a)}, {"b", steps(b)}, {"rows", std::move(rows)}, {"repeats", std::move(again)}};
}

Json folded_rows(const Json& trace) {
  const Json& rows = trace.at("rows");
  Json out = Json::array();
  std::size_t at = 0;
  const auto copy_until = [&](std::size_t end) {
    for (; at < end; ++at) {
      Json row = rows.at(at);
      row.push_back(at + 1);
      out.push_back(std::move(row));
    }
  };
  for (const Json& repeat : trace.at("repeats")) {
    const std::size_t first = repeat.at(0), length = repeat.at(1), times = repeat.at(2);
    copy_until(first + length);
    out.push_back(length == 1 ? fmt::format("step {} again, {} times", first + 1, times - 1)
                              : fmt::format("steps {} to {} again, {} times", first + 1, first + length, times - 1));
    at = first + length * times;
  }
  copy_until(rows.size());
  return out;
}

}  // namespace gupdiff
