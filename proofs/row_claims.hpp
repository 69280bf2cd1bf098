// SPDX-License-Identifier: GPL-2.0-only
// What is claimed of a catalogue row where it speaks: that it is tight, or, of an era switch that is recorded
// wherever it is asked, that it shows in no facet but those that its text names.
#pragma once

#include "oracle/catalogue.hpp"
#include "oracle/facet.hpp"
#include "oracle/run_walk.hpp"

namespace gupdiff {

/// Whether a condition is false, or true, without anything being asked.
inline bool plainly_false(bool c) { return !c; }
inline bool plainly_true(bool c) { return c; }
template <class Cond>
bool plainly_false(const Cond& c) { return c.constant() && !c.value(); }
template <class Cond>
bool plainly_true(const Cond& c) { return c.constant() && c.value(); }

/// Whether row `row` (index into catalogue()) names facet `f` (0 to kFacets - 1).
inline bool row_names(int row, int f) { return (catalogue()[static_cast<std::size_t>(row)].facets >> f & 1u) != 0; }
/// Whether it names all of them, so that it keeps to its facets whatever it does.
inline bool row_names_all(int row) { return catalogue()[static_cast<std::size_t>(row)].facets == (1u << kFacets) - 1; }

/// Whether `with`, an expected run on which row `row` spoke, differs from `without`, the same
/// without that row, and in no facet that the row does not name.
template <class D>
typename D::Cond row_differs(int row, const World<D>& initial, const Machine<D>& with, const Machine<D>& without) {
  auto same = typename D::Cond(true), elsewhere = typename D::Cond(true);
  // From cost, which is numbers, to effect and result: one that plainly differs is enough, and
  // the entries that a split wrote need not be compared one by one.
  for (int f = kFacets - 1; f >= 0; --f) {
    const bool named = row_names(row, f);
    if (named && plainly_false(same)) continue;
    const auto equal = facet_equal<D>(static_cast<Facet>(f), initial, with, without);
    (named ? same : elsewhere) = (named ? same : elsewhere) && equal;
  }
  return !same && elsewhere;
}

/// Whether row `row` shows in no facet that it does not name: `with`, an expected run of `world`, and `without`, the same
/// without the row, are equal in all others. Rows that speak only where this one is in force (those of the later
/// lookup, in the loop that V09 puts in) are not held against it. Of terms the walks' runs without such rows may fork.
template <class D>
typename D::Cond row_keeps_to_its_facets(int row, const World<D>& world, WalkPair pair, const RowSet& enabled,
                                         const Machine<D>& with, const Machine<D>& without) {
  const auto kept = [&](const Machine<D>& a, const Machine<D>& b) {
    auto equal = typename D::Cond(true);
    for (int f = kFacets - 1; f >= 0 && !plainly_false(equal); --f)
      if (!row_names(row, f)) equal = equal && facet_equal<D>(static_cast<Facet>(f), world, a, b);
    return equal;
  };
  auto holds = kept(with, without);
  if (plainly_true(holds)) return holds;
  // Where one of them is left out another may come to speak.
  RowSet rows = enabled;
  RowSet company = with.known_applied & ~without.known_applied;
  Machine<D> alone, none;
  while (company.reset(static_cast<std::size_t>(row)).any() && !D::truth(holds)) {
    rows &= ~company;
    run_expected(pair, rows, world, alone);
    RowSet others = rows;
    run_expected(pair, others.reset(static_cast<std::size_t>(row)), world, none);
    holds = kept(alone, none);
    company = alone.known_applied & ~none.known_applied;
  }
  return holds;
}

}  // namespace gupdiff
