// SPDX-License-Identifier: GPL-2.0-only
// How numbers, lists and verdict words look in every part of a report.
#pragma once

#include <string>
#include <string_view>

#include "report/results.hpp"

namespace gupdiff::view_text {

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t n);
/// The count `key` of a section, 0 if it is not there.
std::string count(const Json& section, const char* key);
/// "1 theorem", "2 theorems".
std::string plural(std::uint64_t n, std::string_view one, std::string_view many);
/// "1.25 s", "17 s".
std::string seconds(double s);
std::string joined(const Json& list, std::string_view between = ", ");
/// How a word is coloured; the word itself is always printed too.
std::string tone(std::string_view word);
/// Sets view[key] unless the list is empty: a template shows a section for what is there.
void set_list(Json& view, const char* key, Json list);

}  // namespace gupdiff::view_text
