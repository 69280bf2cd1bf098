// SPDX-License-Identifier: GPL-2.0-only
// Programs that draw: text on standard input, SVG on standard output.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace gupdiff {

/// Runs `command` (no shell) on `input`. Nothing, and a sentence in `warning` that begins with
/// "no `what`", when the program is not installed (then it names `package`) or fails.
std::optional<std::string> draw_svg(const std::vector<std::string>& command, const std::string& input, const std::string& what,
                                    const std::string& package, std::string& warning);

}  // namespace gupdiff
