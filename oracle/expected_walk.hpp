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
        era(expected_era(*walks()[static_cast<std::size_t>(older)].era, *walks()[static_cast<std::size_t>(newer)].era, r)) {}
  WalkPair pair;
  RowSet rows;
  int older, newer;  ///< of the pair, by kernel
  Era era;           ///< the older kernel's switches, those of `rows` taken over
};

}  // namespace gupdiff
