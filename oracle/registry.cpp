// SPDX-License-Identifier: GPL-2.0-only
// The registered walks.
#include "oracle/registry.hpp"

#include <fmt/format.h>

#include "model/arch/words.hpp"

namespace gupdiff {
namespace {

bool is_alias(std::string_view aliases, std::string_view name) {
  while (!aliases.empty()) {
    const auto end = aliases.find(' ');
    if (aliases.substr(0, end) == name) return true;
    aliases.remove_prefix(end == std::string_view::npos ? aliases.size() : end + 1);
  }
  return false;
}

constexpr WalkEntry kWalks[] = {
    {"v6.1", "", WalkCode::legacy_v6_1, &kV6_1,
     "follow_hugetlb_page, a loop of its own for hugetlb; late stable, as the captures (6.1.192)"},
    {"v6.9", "legacy", WalkCode::legacy_v6_9, &kV6_9,
     "hugetlb_follow_page_mask in the common loop: the series' baseline"},
    {"v6.10-C0", "C0", WalkCode::unified, &kV6_10_C0, "the series as merged: hugepd as first written"},
    {"v6.10-C1", "C1", WalkCode::unified, &kV6_10_C1, "with the hugepd fix 01d89b93e176, before f442fa614137"},
    {"v6.10", "unified C2", WalkCode::unified, &kV6_10, "one generic walk for all memory, as released"},
    {"v6.11-rc3", "D0", WalkCode::unified, &kV6_11_rc3, "v6.12 before the hugetlb lock fix 5f75cfbd6bb0"},
    {"v6.12", "D1", WalkCode::unified, &kV6_12, "the unified walk without hugepd, as released"},
    {"v6.12.117", "D2", WalkCode::unified, &kV6_12_117,
     "late stable v6.12: the kernel the captures were taken on"},
};

}  // namespace

std::span<const WalkEntry> walks() { return kWalks; }

int find_walk(std::string_view name) {
  if (name.empty()) return -1;
  for (std::size_t i = 0; i < std::size(kWalks); ++i)
    if (kWalks[i].name == name || is_alias(kWalks[i].alias, name)) return static_cast<int>(i);
  return -1;
}

bool runs_on(const WalkEntry& walk, const Config& c) { return walk.era->hugepd || !geometry_of(c).has_hugepd; }

std::string walks_on(const Config& c) {
  std::string names;
  for (const WalkEntry& walk : kWalks)
    if (runs_on(walk, c)) names += fmt::format("{}{}", names.empty() ? "" : ", ", walk.name);
  return fmt::format("{} {}: {}", architecture_label(c.arch), geometry_of(c).name, names);
}

std::optional<WalkPair> parse_pair(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  const int a = find_walk(text.substr(0, colon)), b = find_walk(text.substr(colon + 1));
  if (a < 0 || b < 0) return {};
  return WalkPair{a, b};
}

std::string walk_name(int walk) { return std::string(walks()[static_cast<std::size_t>(walk)].name); }

std::string pair_name(WalkPair pair) { return walk_name(pair.a) + ":" + walk_name(pair.b); }

WalkPair default_pair() { return *parse_pair("v6.9:v6.10"); }

}  // namespace gupdiff
