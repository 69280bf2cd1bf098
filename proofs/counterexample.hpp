// SPDX-License-Identifier: GPL-2.0-only
// From a failing assignment to a scenario: replayed concretely, shrunk, and in
// the normal form that scenario files have.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "oracle/catalogue.hpp"
#include "oracle/facet.hpp"
#include "oracle/registry.hpp"
#include "proofs/assignment.hpp"
#include "proofs/theorem.hpp"

namespace gupdiff {

/// One thing claimed of every path: that a facet is equal, that a safety property holds of
/// one walk, or that a row which speaks makes a difference.
struct Claim {
  Facet facet = Facet::result;
  int property = -1;  ///< >= 0: a property, of walk `walk`
  int walk = -1;
  int row = -1;       ///< >= 0: the row (index into catalogue()) is tight; or, where that is not claimed of it, shows in no facet but those it names
  std::string name() const;
};

/// The claim about row `row` (index into catalogue()).
inline Claim row_claim(int row) {
  Claim claim;
  claim.row = row;
  return claim;
}

/// Whether a condition is false without anything being asked.
inline bool plainly_false(bool c) { return !c; }
inline bool plainly_false(const SymbolicCond& c) { return c.constant() && !c.value(); }

/// Whether `with`, an expected run on which row `row` spoke, differs from `without`, the same
/// without that row, and in no facet that the row does not name.
template <class D>
typename D::Cond row_differs(int row, const World<D>& initial, const Machine<D>& with, const Machine<D>& without) {
  const unsigned facets = catalogue()[static_cast<std::size_t>(row)].facets;
  auto same = typename D::Cond(true), elsewhere = typename D::Cond(true);
  // From cost, which is numbers, to effect and result: one that plainly differs is enough, and
  // the entries that a split wrote need not be compared one by one.
  for (int f = kFacets - 1; f >= 0; --f) {
    const bool named = (facets >> f & 1u) != 0;
    if (named && plainly_false(same)) continue;
    const auto equal = facet_equal<D>(static_cast<Facet>(f), initial, with, without);
    (named ? same : elsewhere) = (named ? same : elsewhere) && equal;
  }
  return !same && elsewhere;
}

/// Whether row `row` shows in no facet that it does not name: `with`, an expected run of `world`, and `without`, the same
/// without the row, are equal in all others. Rows that speak only where this one is in force (those of the later
/// lookup, in the loop that V09 puts in) are not held against it. Asked of each row, however widely it is recorded.
bool row_keeps_to_its_facets(int row, const World<Concrete>& world, WalkPair pair, const RowSet& enabled,
                             const Machine<Concrete>& with, const Machine<Concrete>& without);

/// Does `claim` hold of the concrete world? The judge's answer, nobody else's.
bool claim_holds(const Claim& claim, const World<Concrete>& world, WalkPair pair,
                 const RowSet& enabled);

/// Removes what a scenario may not hold: empty slots, entries under no table,
/// what a migration would restore where there is none.
void tidy(World<Concrete>& world);

/// The scenario of a failing assignment, shrunk towards zero bits while the
/// assumptions hold and the claim fails. Nothing: it does not fail when replayed.
std::optional<World<Concrete>> counterexample(const Setting& setting, const Claim& claim,
                                              WalkPair pair, const RowSet& enabled,
                                              const Assignment& failing, TermArena& arena);

}  // namespace gupdiff
