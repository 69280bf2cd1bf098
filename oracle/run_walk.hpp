// SPDX-License-Identifier: GPL-2.0-only
// Runs a request through a registered walk, and through the old walk of a pair
// "as the catalogue says the new one behaves": what the new walk is held against.
#pragma once

#include "legacy/v6_1.hpp"
#include "legacy/v6_9.hpp"
#include "model/kernel/api.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/era_rows.hpp"
#include "oracle/registry.hpp"
#include "unified/follow_page.hpp"

namespace gupdiff {

/// Runs `initial.request` on a copy of `initial` through walk number `walk`.
template <class D>
void run_walk(int walk, const World<D>& initial, Machine<D>& out) {
  const WalkEntry& w = walks()[static_cast<std::size_t>(walk)];
  out.reset(initial, *w.era);
  switch (w.code) {
    case WalkCode::legacy_v6_1: return run_request(out, legacy_v6_1::FollowPage<>{});
    case WalkCode::legacy_v6_9: return run_request(out, legacy_v6_9::FollowPage<>{});
    case WalkCode::unified: return run_request(out, unified::FollowPage{});
  }
}

/// What the newer walk of `pair` must show: the older one run with every row of `rows`
/// in force where its condition holds. With no rows it is the older walk itself.
template <class D>
void run_expected(WalkPair pair, const RowSet& rows, const World<D>& initial, Machine<D>& out) {
  const int older = pair.a < pair.b ? pair.a : pair.b, newer = pair.a < pair.b ? pair.b : pair.a;
  const WalkEntry& from = walks()[static_cast<std::size_t>(older)];
  const WalkEntry& to = walks()[static_cast<std::size_t>(newer)];
  out.reset(initial, expected_era(*from.era, *to.era, rows));
  // Rows of the walk itself are code in the legacy walks; only the unified walk differs by them.
  const bool same_walk = to.code != WalkCode::unified;
  switch (from.code) {
    case WalkCode::legacy_v6_1:
      if (same_walk) return run_request(out, legacy_v6_1::FollowPage<>{});
      return run_request(out, legacy_v6_1::FollowPage<KnownRows>{{{rows}}});
    case WalkCode::legacy_v6_9:
      if (same_walk) return run_request(out, legacy_v6_9::FollowPage<>{});
      return run_request(out, legacy_v6_9::FollowPage<KnownRows>{{rows}});
    case WalkCode::unified: return run_request(out, unified::FollowPage{});
  }
}

/// The same for a reader: runs walk `walk` on a concrete scenario with the narrative on.
void run_narrated(int walk, const World<Concrete>& initial, Machine<Narrated>& out);

extern template void run_walk(int, const World<Concrete>&, Machine<Concrete>&);
extern template void run_expected(WalkPair, const RowSet&, const World<Concrete>&, Machine<Concrete>&);

}  // namespace gupdiff
