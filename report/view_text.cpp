// SPDX-License-Identifier: GPL-2.0-only
#include "report/view_text.hpp"

#include <fmt/format.h>

namespace gupdiff::view_text {

std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(at, ",");
  return digits;
}
std::string count(const Json& section, const char* key) {
  return grouped(section.value(key, std::uint64_t{0}));
}
std::string plural(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", grouped(n), n == 1 ? one : many);
}
std::string seconds(double s) {
  return s < 10 ? fmt::format("{:.2f} s", s) : fmt::format("{:.0f} s", s);
}
std::string joined(const Json& list, std::string_view between) {
  std::string out;
  for (const Json& item : list) {
    if (!out.empty()) out += between;
    out += item.is_string() ? item.get<std::string>() : item.dump();
  }
  return out;
}

std::string tone(std::string_view word) {
  if (word == "holds" || word == "equal" || word == "proved" || word == "match" || word == "killed") return "good";
  if (word == "known" || word == "explained" || word == "proved-except") return "known";
  if (word == "inconclusive" || word == "vacuous" || word == "not modelled" ||
      word == "needs concurrency" || word == "equivalent" || word == "stillborn")
    return "unsure";
  return "bad";
}

void set_list(Json& view, const char* key, Json list) {
  if (!list.empty()) view[key] = std::move(list);
}

}  // namespace gupdiff::view_text
