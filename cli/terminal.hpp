// SPDX-License-Identifier: GPL-2.0-only
// The terminal: colour only where a person is looking, plain text in a pipe.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace gupdiff {

/// Writes text to standard output; a closed pipe ends the program quietly.
void say(std::string_view text);
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  say(std::string_view(fmt::format(format, std::forward<Args>(args)...)));
}
/// Writes a line for the user's eyes only (progress, warnings) to standard error.
void remark(std::string_view line);

/// Whether standard output is a terminal that wants colour: NO_COLOR unset or
/// empty, TERM not "dumb" (no-color.org).
bool coloured();

/// `text` in bold, or as it is where colour is off.
std::string bold(std::string_view text);
std::string dim(std::string_view text);
/// A verdict word in the colour of its kind (good, known, unsure or bad), padded to `width`.
std::string verdict(std::string_view word, std::size_t width = 0);

/// `text` followed by spaces up to `width` columns (UTF-8 characters count as one).
std::string padded(std::string_view text, std::size_t width);
/// Columns that `text` takes.
std::size_t columns(std::string_view text);
/// `text` broken at spaces into lines of at most `width` columns, each but the
/// first after `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 100);

}  // namespace gupdiff
