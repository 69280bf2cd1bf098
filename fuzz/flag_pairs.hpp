// SPDX-License-Identifier: GPL-2.0-only
// Which FOLL_ flags a lookup runs with: what the caller gave and what the API added, as far
// as the API lets them through. And which pairs of flags any API lets through at all.
#pragma once

#include <array>
#include <cstdint>

#include "model/machine/machine.hpp"
#include "scenario/entry_shape.hpp"

namespace gupdiff {

/// Bit numbers FOLL_ flags have (kAllFollFlags).
inline constexpr int kFollBits = 23;

/// flags_together(): [i] holds the flags that were set together with flag number i.
using FlagPairs = std::array<std::uint32_t, kFollBits>;

/// Runs the request of `w` through the walk of v6.10, which runs on every machine, and adds to
/// `pairs` the flags of each lookup it makes.
void add_flag_pairs(const Scenario& w, Machine<Concrete>& machine, FlagPairs& pairs);

/// The pairs that the APIs let through, __get_user_pages() itself apart: it takes whatever mm/ hands
/// it. Found by asking: every API, with every one and two flags, on memory where the first
/// lookup is answered and memory where a fault drops mmap_lock.
const FlagPairs& possible_flag_pairs();

}  // namespace gupdiff
