// SPDX-License-Identifier: GPL-2.0-only
// The registry of walks: one line a kernel. Names are what --pair takes; two
// walks make a pair.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/kernel/era.hpp"

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

/// Two walks to compare: indices into walks(), in the order they were asked for.
struct WalkPair {
  int a = 0;
  int b = 0;
  friend bool operator==(const WalkPair&, const WalkPair&) = default;
};
/// "v6.9:v6.10" -> pair; nothing when either name is unknown or there is no colon.
std::optional<WalkPair> parse_pair(std::string_view text);
/// v6.9:v6.10, the series itself.
WalkPair default_pair();

}  // namespace gupdiff
