// SPDX-License-Identifier: GPL-2.0-only
// Runs a request through a registered walk, and through the old walk of a pair
// "as the catalogue says the new one behaves": what the new walk is held against.
#pragma once

#include "legacy/v6_9.hpp"
#include "model/kernel/api.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"
#include "unified/follow_page.hpp"

namespace gupdiff {

/// Runs `initial.request` on a copy of `initial` through walk number `walk`.
template <class D>
void run_walk(int walk, const World<D>& initial, Machine<D>& out) {
  const WalkEntry& w = walks()[static_cast<std::size_t>(walk)];
  out.reset(initial, *w.era);
  if (w.code == WalkCode::legacy_v6_9)
    run_request(out, legacy_v6_9::FollowPage<>{});
  else
    run_request(out, unified::FollowPage{});
}

/// The era switches of `from` with those that a row in `rows` speaks of taken from `to`.
inline Era expected_era(const Era& from, const Era& to, RowSet rows) {
  const auto on = [&](Known k) { return rows.test(static_cast<unsigned>(k)); };
  Era e = from;
  e.unified = to.unified;  // no_page_table() on hugetlb: reached through D27 and D28 only
  e.pud_leaf_is_pse_only = to.pud_leaf_is_pse_only;
  const auto take = [&](Known k, bool Era::*field) {
    if (!on(k) || e.*field == to.*field) return;
    e.*field = to.*field;
    e.taken_over.set(static_cast<std::size_t>(k));
  };
  take(Known::D42, &Era::split_pmd_refused);
  take(Known::M03, &Era::slow_bulk_grab);
  take(Known::S14, &Era::populate_checks_access);
  return e;
}

/// What the newer walk of `pair` must show: the older one run with every row of `rows`
/// in force where its condition holds. With no rows it is the older walk itself.
template <class D>
void run_expected(WalkPair pair, const RowSet& rows, const World<D>& initial, Machine<D>& out) {
  const int older = pair.a < pair.b ? pair.a : pair.b, newer = pair.a < pair.b ? pair.b : pair.a;
  const WalkEntry& from = walks()[static_cast<std::size_t>(older)];
  const WalkEntry& to = walks()[static_cast<std::size_t>(newer)];
  out.reset(initial, expected_era(*from.era, *to.era, rows));
  if (from.code == WalkCode::unified) {
    run_request(out, unified::FollowPage{});
  } else if (to.code == WalkCode::legacy_v6_9) {
    run_request(out, legacy_v6_9::FollowPage<>{});
  } else {
    run_request(out, legacy_v6_9::FollowPage<KnownRows>{{rows}});
  }
}

/// The same for a reader: runs walk `walk` on a concrete scenario with the narrative on.
void run_narrated(int walk, const World<Concrete>& initial, Machine<Narrated>& out);

extern template void run_walk(int, const World<Concrete>&, Machine<Concrete>&);
extern template void run_expected(WalkPair, const RowSet&, const World<Concrete>&, Machine<Concrete>&);

}  // namespace gupdiff
