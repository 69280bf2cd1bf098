// SPDX-License-Identifier: GPL-2.0-only
// Lays the conform section out for the terminal.
#include "cli/conform_text.hpp"

#include <algorithm>
#include <vector>

#include "cli/terminal.hpp"

namespace gupdiff {
namespace {

std::uint64_t number(const Json& t, const char* key) { return t.value(key, std::uint64_t{0}); }

void print_table(const char* what, const Json& table) {
  say("  {}  {:>9}  {:>9}  {:>13}\n", padded(what, 12), "match", "mismatch", "not modelled");
  for (const auto& [name, t] : table.items())
    say("  {}  {:>9}  {:>9}  {:>13}\n", padded(name, 12), number(t, "match"), number(t, "mismatch"), number(t, "not_modelled"));
  say("\n");
}

}  // namespace

void print_conform(const Json& s, bool list) {
  print_table("slow path on", s.at("by_machine"));
  print_table("call", s.at("by_call"));
  print_table("memory", s.at("by_state_kind"));
  std::vector<std::pair<std::uint64_t, std::string>> reasons;
  for (const auto& [reason, n] : s.at("not_modelled_reasons").items()) reasons.emplace_back(n.get<std::uint64_t>(), reason);
  std::sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  if (!reasons.empty()) say("  not modelled, because\n");
  for (const auto& [n, reason] : reasons) say("  {:>9}  {}\n", n, wrapped(reason, 13));
  if (!reasons.empty()) say("\n");

  constexpr std::size_t kFew = 10;
  const Json& mismatches = s.at("mismatches");
  const std::size_t shown = list ? mismatches.size() : std::min(kFew, mismatches.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Json& m = mismatches[i];
    say("{}  {}:{}  {}  {}  {}: {}\n", verdict("mismatch"), m.at("file").get<std::string>(), m.at("line").get<int>(),
        m.at("state").get<std::string>(), m.at("call").get<std::string>(), m.at("field").get<std::string>(),
        m.at("detail").get<std::string>());
  }
  if (shown < mismatches.size()) say("... and {} more; --list shows them all\n", mismatches.size() - shown);

  const Json& scope = s.at("in_scope");
  const double of = static_cast<double>(number(scope, "match") + number(scope, "mismatch") + number(scope, "not_modelled"));
  if (of > 0)
    say("slow-path calls: {} of {:.0f} match ({:.2f} %)\n", number(scope, "match"), of,
        100.0 * static_cast<double>(number(scope, "match")) / of);
  say("{}: {} match, {} mismatch, {} not modelled\n", verdict(s.at("verdict").get<std::string>()), number(s, "match"),
      number(s, "mismatch"), number(s, "not_modelled"));
}

}  // namespace gupdiff
