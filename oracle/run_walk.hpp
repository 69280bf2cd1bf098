// SPDX-License-Identifier: GPL-2.0-only
// Runs a request through a registered walk, and through the old walk of a pair
// "as the catalogue says the new one behaves": what the new walk is held against.
#pragma once

#include "legacy/v6_1.hpp"
#include "legacy/v6_9.hpp"
#include "model/kernel/api.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/expected_walk.hpp"
#include "oracle/registry.hpp"
#include "oracle/stand_in.hpp"
#include "unified/follow_page.hpp"

namespace gupdiff {

/// Runs `initial.request` on a copy of `initial` through walk number `walk`.
template <class D>
void run_walk(int walk, const World<D>& initial, Machine<D>& out) {
  if (stand_in_walk(walk, initial, out)) return;
  const WalkEntry& w = walks()[static_cast<std::size_t>(walk)];
  out.reset(initial, *w.era);
  switch (w.code) {
    case WalkCode::legacy_v6_1: return run_request(out, legacy_v6_1::FollowPage<>{});
    case WalkCode::legacy_v6_9: return run_request(out, legacy_v6_9::FollowPage<>{});
    case WalkCode::unified: return run_request(out, unified::FollowPage{});
  }
}

/// Runs what is expected of the newer walk: the older one run with every row of `x.rows`
/// in force where its condition holds. With no rows it is the older walk itself.
template <class D>
void run_expected(const ExpectedWalk& x, const World<D>& initial, Machine<D>& out) {
  if (stand_in_expected(x, initial, out)) return;
  out.reset(initial, x.era);
  // Rows of the walk itself are code in the legacy walks; only the unified walk differs by them.
  const bool same_walk = walks()[static_cast<std::size_t>(x.newer)].code != WalkCode::unified;
  switch (walks()[static_cast<std::size_t>(x.older)].code) {
    case WalkCode::legacy_v6_1:
      if (same_walk) return run_request(out, legacy_v6_1::FollowPage<>{});
      return run_request(out, legacy_v6_1::FollowPage<KnownRows>{{{x.rows}}});
    case WalkCode::legacy_v6_9:
      if (same_walk) return run_request(out, legacy_v6_9::FollowPage<>{});
      return run_request(out, legacy_v6_9::FollowPage<KnownRows>{{x.rows}});
    case WalkCode::unified: return run_request(out, unified::FollowPage{});
  }
}
template <class D>
void run_expected(WalkPair pair, const RowSet& rows, const World<D>& initial, Machine<D>& out) {
  run_expected(ExpectedWalk(pair, rows), initial, out);
}

/// The same for a reader: runs walk `walk` on a concrete scenario with the narrative on.
void run_narrated(int walk, const World<Concrete>& initial, Machine<Narrated>& out);

#ifndef GUPDIFF_STAND_IN_MODULE
extern template void run_walk(int, const World<Concrete>&, Machine<Concrete>&);
extern template void run_expected(const ExpectedWalk&, const World<Concrete>&, Machine<Concrete>&);
extern template void run_expected(WalkPair, const RowSet&, const World<Concrete>&, Machine<Concrete>&);
#endif

}  // namespace gupdiff
