// SPDX-License-Identifier: GPL-2.0-only
// Which finding a finding is: the same on every run and machine, before shrinking and after.
#pragma once

#include <string>

#include "model/domain/domain.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"

namespace gupdiff {

/// Two inputs whose identities are equal show the same finding. Nothing in it is an address, a
/// frame or a count of one input.
struct FindingIdentity {
  std::string pair;   ///< "v6.9:v6.10"
  std::string facet;  ///< the first facet that diverges, or "v6.10 breaks PROPERTY"
  /// What the newer walk does where it first parts from what the catalogue expects of it:
  /// "follow_pud_mask: reads pud". Where both take the same steps, what is left differently.
  std::string step;
  /// The rows that explain it: such as are switched off ("D17", "D05+D14"), or one that is on and
  /// claims a difference which is not there ("not D17"). "no row": it is new.
  std::string row;

  bool empty() const { return facet.empty(); }
  /// All four in a line; empty if there is no finding.
  std::string text() const;
  friend bool operator==(const FindingIdentity&, const FindingIdentity&) = default;
};

/// The identity of what `pair` shows on `initial` with the rows `enabled`; empty if that holds.
FindingIdentity identify(const World<Concrete>& initial, WalkPair pair, const RowSet& enabled);

}  // namespace gupdiff
