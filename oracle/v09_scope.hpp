// SPDX-License-Identifier: GPL-2.0-only
// How far row V09 goes: the one row that takes the place of a whole function.
#pragma once

#include "oracle/facet.hpp"
#include "oracle/request_flags.hpp"
#include "oracle/run_walk.hpp"

namespace gupdiff {

/// The first facet in which row V09 covers more than it states, `expected` having run `x`; -1: there is none, or the
/// row did not speak. Its switch replaces v6.1's whole loop over a hugetlb mapping, but its text speaks of the
/// protocol of a dump alone: in every other facet, and of every other request in that one too, the loop
/// itself, which is run into `own`, must do with all other rows what `expected` did.
inline int facet_beyond_v09(const World<Concrete>& initial, const ExpectedWalk& x, const Machine<Concrete>& expected,
                            Machine<Concrete>& own) {
  if (!x.asks_own_loop || !expected.known_applied[static_cast<std::size_t>(Known::V09)]) return -1;
  run_expected(x.with_own_loop(), initial, own);
  const bool dump = (effective_flags(initial) & FOLL_DUMP) != 0u;
  for (int f = 0; f < kFacets; ++f) {
    const Facet facet = static_cast<Facet>(f);
    if (!(dump && facet == Facet::protocol) && !facet_equal<Concrete>(facet, initial, own, expected)) return f;
  }
  return -1;
}

}  // namespace gupdiff
