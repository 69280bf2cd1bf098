// SPDX-License-Identifier: GPL-2.0-only
#include "cli/live_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

namespace gupdiff {

LiveLine::LiveLine(bool wanted) : on_(wanted && isatty(STDERR_FILENO) == 1) {}

std::size_t LiveLine::columns() const {
  winsize size{};
  return (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80u) - 1;
}

void LiveLine::show(std::string_view text) {
  if (!on_) return;
  fmt::print(stderr, "\r\033[K{}", text);
  std::fflush(stderr);
  shown_ = true;
}

void LiveLine::clear() {
  if (shown_) fmt::print(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace gupdiff
