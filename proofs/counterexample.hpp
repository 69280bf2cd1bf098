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
  int row = -1;       ///< >= 0: what row_claims.hpp claims of the row (index into catalogue())
  std::string name() const;
};

/// The claim about row `row` (index into catalogue()).
inline Claim row_claim(int row) {
  Claim claim;
  claim.row = row;
  return claim;
}

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
