// SPDX-License-Identifier: GPL-2.0-only
#include "cli/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gupdiff {
namespace {

std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

/// "40 s", "3 min": more would be false precision.
std::string duration(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", std::ceil(seconds));
  return fmt::format("{:.0f} min", std::ceil(seconds / 60));
}

/// A task's name without architecture and pair: there is little room.
std::string_view short_name(std::string_view name) {
  for (int part = 0; part < 2; ++part)
    if (const std::size_t slash = name.find('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  return name;
}

}  // namespace

std::string progress_text(const RunnerProgress& p, std::size_t columns) {
  std::string text = fmt::format("{}/{} units, {} paths, {}/s, {} left", p.done, p.total, grouped(p.paths),
                                 grouped(static_cast<std::uint64_t>(static_cast<double>(p.paths) / std::max(p.seconds, 0.1))),
                                 duration(p.seconds_left));
  const char* between = ": ";
  for (const RunningJob& job : p.running) {
    text += fmt::format("{}{} ({:.0f} s)", between, short_name(job.name), job.seconds);
    between = "; ";
  }
  if (text.size() > columns) text = text.substr(0, columns > 3 ? columns - 3 : 0) + "...";
  return text;
}

}  // namespace gupdiff
