// SPDX-License-Identifier: GPL-2.0-only
// Columns for two traces: step number, kernel function and deed of one, the same of the other.
#include "report/trace_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/trace.hpp"

namespace gupdiff {
namespace {

/// One side of a trace row: the kernel function, then what it does.
struct Side {
  std::size_t function = 0, what = 0;  ///< widths
};

const std::string& word(const Json& step, std::size_t i) { return step.at(i).get_ref<const std::string&>(); }

Side widths(const Json& steps) {
  Side side;
  for (const Json& step : steps) {
    side.function = std::max(side.function, text_columns(word(step, 0)));
    side.what = std::max(side.what, text_columns(word(step, 1)));
  }
  return side;
}

std::string cell(const Json& steps, int index, const Side& side) {
  if (index < 0) return std::string(side.function + 2 + side.what, ' ');
  const Json& step = steps.at(static_cast<std::size_t>(index));
  return text_padded(word(step, 0), side.function) + "  " + text_padded(word(step, 1), side.what);
}

}  // namespace

std::size_t text_columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string text_padded(std::string_view text, std::size_t width) {
  const std::size_t n = text_columns(text);
  return std::string(text) + std::string(n < width ? width - n : 0, ' ');
}

std::vector<TraceLine> trace_lines(const Json& trace, std::string_view a_name, std::string_view b_name) {
  using Kind = TraceLine::Kind;
  Side a = widths(trace.at("a")), b = widths(trace.at("b"));
  a.what = std::max(a.what, a_name.size());
  std::vector<TraceLine> out;
  out.push_back({Kind::heading, fmt::format("       {}     {}", text_padded(a_name, a.function + 2 + a.what), b_name)});
  for (const Json& row : folded_rows(trace)) {
    if (row.is_string()) {
      out.push_back({Kind::repeat, fmt::format("       ... {}", row.get_ref<const std::string&>())});
      continue;
    }
    const bool same = row.at(2);
    std::string line = fmt::format("  {:>3}  {}  {}  {}", row.at(3).get<int>(), cell(trace.at("a"), row.at(0), a),
                                   same ? "=" : "|", cell(trace.at("b"), row.at(1), b));
    line.erase(line.find_last_not_of(' ') + 1);
    out.push_back({same ? Kind::same : Kind::parted, std::move(line)});
  }
  return out;
}

}  // namespace gupdiff
