// SPDX-License-Identifier: GPL-2.0-only
// Two walks' traces side by side as lines of text, for the terminal and for files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/results.hpp"

namespace gupdiff {

/// One line, and what it is: whoever prints it may colour it.
struct TraceLine {
  enum class Kind : unsigned char { heading, same, parted, repeat } kind;
  std::string text;  ///< no line break, no spaces at the end
};

/// The `trace` object of a replay entry under the names of its walks: what both do is marked `=`,
/// where they part `|`, and of a block that repeats itself one copy is shown.
std::vector<TraceLine> trace_lines(const Json& trace, std::string_view a_name, std::string_view b_name);

/// Columns that `text` takes (UTF-8 characters count as one).
std::size_t text_columns(std::string_view text);
/// `text` followed by spaces up to `width` columns.
std::string text_padded(std::string_view text, std::size_t width);

}  // namespace gupdiff
