// SPDX-License-Identifier: GPL-2.0-only
// The line on standard error that says how far long work is.
#pragma once

#include <cstddef>
#include <string_view>

namespace gupdiff {

/// One line that is replaced by the next, and gone when the object is. Only on a terminal: in a
/// pipe nothing is written.
class LiveLine {
 public:
  /// `wanted`: false where the output is for a program.
  explicit LiveLine(bool wanted = true);
  ~LiveLine() { clear(); }
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  /// Whether anybody sees it.
  bool on() const { return on_; }
  /// Columns that a line may take on this terminal.
  std::size_t columns() const;
  void show(std::string_view text);
  /// Removes the line if there is one.
  void clear();

 private:
  bool on_, shown_ = false;
};

}  // namespace gupdiff
