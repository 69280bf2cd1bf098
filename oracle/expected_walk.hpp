// SPDX-License-Identifier: GPL-2.0-only
// A pair of walks and the catalogue rows in force, made ready to be run many times.
#pragma once

#include "oracle/era_rows.hpp"
#include "oracle/registry.hpp"

namespace gupdiff {

/// What the newer walk of a pair must show, with some rows in force: worked out once for many
/// scenarios.
struct ExpectedWalk {
  ExpectedWalk(WalkPair p, const RowSet& r)
      : pair(p),
        rows(r),
        older(p.a < p.b ? p.a : p.b),
        newer(p.a < p.b ? p.b : p.a),
        era(expected_era(*walks()[static_cast<std::size_t>(older)].era, *walks()[static_cast<std::size_t>(newer)].era, r)),
        asks_own_loop(walks()[static_cast<std::size_t>(older)].code == WalkCode::legacy_v6_1 &&
                      walks()[static_cast<std::size_t>(newer)].code == WalkCode::legacy_v6_9 && r[static_cast<std::size_t>(Known::V09)]) {}

  /// The same without row V09: v6.1's hugetlb loop itself, made to behave like the newer walk by all other rows.
  ExpectedWalk with_own_loop() const {
    ExpectedWalk own = *this;
    own.rows.reset(static_cast<std::size_t>(Known::V09));
    own.era.taken_over.reset(static_cast<std::size_t>(Known::V09));
    own.era.hugetlb_in_common_loop = walks()[static_cast<std::size_t>(older)].era->hugetlb_in_common_loop;
    return own;
  }

  WalkPair pair;
  RowSet rows;
  int older, newer;  ///< of the pair, by kernel
  Era era;           ///< the older kernel's switches, those of `rows` taken over
  bool asks_own_loop;  ///< row V09 takes the place of v6.1's loop: that it hides nothing else is asked (oracle/v09_scope.hpp)
};

}  // namespace gupdiff
