// SPDX-License-Identifier: GPL-2.0-only
// How far row V09 goes: the one row that takes the place of a whole function.
#pragma once

#include "oracle/expected_walk.hpp"
#include "oracle/facet.hpp"
#include "oracle/request_flags.hpp"

namespace gupdiff {

/// What row V09 may stand for, once it spoke. Its switch replaces v6.1's whole loop over a hugetlb mapping, but its
/// text speaks of the protocol of a dump alone: in every other facet, and of every other request in that
/// one too, the loop itself must do with all other rows what `expected` did.
struct V09Scope {
  const World<Concrete>& initial;
  const ExpectedWalk& x;
  const Machine<Concrete>& expected;

  bool to_be_asked() const { return x.asks_own_loop && expected.known_applied[static_cast<std::size_t>(Known::V09)]; }
  bool covers(Facet f) const {
    return f == Facet::protocol && (effective_flags(initial) & FOLL_DUMP) != 0u;
  }
  /// The first facet of `own`, which ran x.with_own_loop(), that the row does not cover; -1: there is none.
  int facet_beyond(const Machine<Concrete>& own) const {
    for (int f = 0; f < kFacets; ++f)
      if (!covers(static_cast<Facet>(f)) && !facet_equal<Concrete>(static_cast<Facet>(f), initial, own, expected)) return f;
    return -1;
  }
};

}  // namespace gupdiff
