// SPDX-License-Identifier: GPL-2.0-only
// The registry of walks: one line a kernel. Names are what --pair takes; two
// walks make a pair.
#pragma once

#include <optional>
#include <string>
#include <span>
#include <string_view>

#include "model/kernel/era.hpp"
#include "model/machine/world.hpp"

namespace gupdiff {

/// Which source a walk is made of (oracle/run_walk.hpp dispatches on it).
enum class WalkCode : unsigned char { legacy_v6_1, legacy_v6_9, unified };

/// One registered walk. The order of walks() is the order of kernels.
struct WalkEntry {
  std::string_view name;
  std::string_view alias;  ///< empty: none; several with a space between
  WalkCode code;
  const Era* era;
  std::string_view summary;
};

/// Every walk, oldest kernel first.
std::span<const WalkEntry> walks();
/// Index of the walk with this name or alias; -1: there is none.
int find_walk(std::string_view name_or_alias);

/// Whether the walk is modelled on the machine of `c`: powerpc's hugepd is gone from v6.11 on
/// (8268614b408b), and neither what replaced it nor v6.1's loop on it is modelled.
bool runs_on(const WalkEntry& walk, const Config& c);
/// The machine in a word, and the walks that run on it: "powerpc 8xx: v6.9, v6.10".
std::string walks_on(const Config& c);

/// Two walks to compare: indices into walks(), in the order they were asked for.
struct WalkPair {
  int a = 0;
  int b = 0;
  friend bool operator==(const WalkPair&, const WalkPair&) = default;
};
/// "v6.9:v6.10" -> pair; nothing when either name is unknown or there is no colon.
std::optional<WalkPair> parse_pair(std::string_view text);
/// The name of a walk by its index.
std::string walk_name(int walk);
/// The other way round.
std::string pair_name(WalkPair pair);
/// v6.9:v6.10, the series itself.
WalkPair default_pair();

}  // namespace gupdiff
