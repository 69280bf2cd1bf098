// SPDX-License-Identifier: GPL-2.0-only
// Storage for the longest walks before the first input: what a run allocates would otherwise depend on
// those before it, and with it what AFL++ sees of it (its stability).
#pragma once

#include <initializer_list>

#include "oracle/judge.hpp"
#include "scenario/limits.hpp"
#include "scenario/mutator.hpp"

namespace gupdiff {

/// Lets every list of `machines`, of their worlds and of `scenarios` grow to what no walk exceeds.
inline void warm_up(PairMachines& machines, std::initializer_list<Scenario*> scenarios) {
  constexpr std::size_t kMost = std::size_t{1} << 16;
  const auto grow = [](auto& list, std::size_t n) {
    list.resize(n);
    list.clear();
  };
  const auto grow_world = [&](World<Concrete>& w) {
    for (auto& level : w.slots) grow(level, kMost);
    grow(w.folios, kMost);
    grow(w.vmas, 4 * kMaxVmas);
    grow(w.page_cache, kMost);
  };
  for (auto* m : {&machines.expected, &machines.newer, &machines.older}) {
    m->pages.reserve(kMost);
    m->faults.reserve(kMost);
    m->hugetlb_faults.reserve(kMost);
    m->acquired.reserve(kMost);
    m->accesses.reserve(kMost);
    grow_world(m->w);
  }
  for (Scenario* s : scenarios) grow_world(*s);
}

}  // namespace gupdiff
