// SPDX-License-Identifier: GPL-2.0-only
// The judge: is the newer walk of a pair what the catalogue expects of it, and is
// each walk safe. One fast answer for fuzzing, one with sentences for people.
#pragma once

#include <string>
#include <vector>

#include "oracle/catalogue.hpp"
#include "oracle/expected_walk.hpp"
#include "oracle/facet.hpp"
#include "oracle/registry.hpp"
#include "oracle/safety.hpp"

namespace gupdiff {

/// State of one facet: the walks agree and no enabled row says otherwise; they differ exactly as
/// rows say; or neither (a row that claims a difference where there is none is one, too).
enum class FacetState : std::uint8_t { equal, known, divergent };

struct FacetVerdict {
  FacetState state = FacetState::equal;
  std::vector<int> rows;         ///< known: the rows needed, each of them (indices into catalogue())
  std::string first_difference;  ///< known, divergent: a sentence
};

struct SafetyFinding {
  int walk = 0;      ///< index into walks()
  int property = 0;  ///< index into properties()
  std::string detail;
  int row = -1;      ///< the enabled row that says so (index into catalogue()); -1: none does
};

struct Judgement {
  FacetVerdict facet[kFacets];
  std::vector<SafetyFinding> safety;        ///< breaches no enabled row speaks of
  std::vector<SafetyFinding> known_safety;  ///< breaches exactly as an enabled row says
  /// No facet is divergent and no property is violated.
  bool holds() const;
  /// Every row some facet needed, ascending.
  std::vector<int> rows() const;
};

/// Judges `a` and `b`, the machines that ran `initial` through pair.a and pair.b.
Judgement judge(const World<Concrete>& initial, WalkPair pair, const Machine<Concrete>& a,
                const Machine<Concrete>& b, const RowSet& enabled);

/// Runs `initial` through both walks of `pair` and judges them.
Judgement judge(const World<Concrete>& initial, WalkPair pair, const RowSet& enabled);

/// The machines of a pair's runs, kept from scenario to scenario for their storage.
struct PairMachines {
  Machine<Concrete> expected;  ///< ran what is expected of the newer walk
  Machine<Concrete> newer;
  Machine<Concrete> older;  ///< of the last scenario in which a row spoke: elsewhere the older walk did what `expected` did
};

/// Runs both walks of a pair; whether the newer one is in every facet what is expected of it, and both
/// are safe. The older one is run only where a row spoke. For fuzzing: allocates nothing once
/// the machines have grown. Who asks often makes the ExpectedWalk ready once.
bool holds(const World<Concrete>& initial, const ExpectedWalk& x, PairMachines& m);
bool holds(const World<Concrete>& initial, WalkPair pair, const RowSet& enabled, PairMachines& m);

}  // namespace gupdiff
