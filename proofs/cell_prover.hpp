// SPDX-License-Identifier: GPL-2.0-only
// The prover's unit of work: one cell of one theorem, explored several times. Units know
// nothing of each other, so they can run in any order and anywhere.
#pragma once

#include <functional>

#include "proofs/prove.hpp"
#include "proofs/theorem.hpp"

namespace gupdiff {

/// What a pass over a cell explores. Each has an exploration of its own: in one, their paths
/// would multiply. Their terms and what the solver said of them are common.
enum class Pass : std::uint8_t {
  relation,     ///< the newer walk is what is expected of it, facet by facet, and is safe
  older_alone,  ///< the older walk is safe
  /// Each row that speaks on a path makes a difference there, and only in its facets: without
  /// it what is expected is something else. No row is wider than its difference. Of an era switch that is recorded
  /// wherever it is asked: no facet but those that it names is another one.
  tight,
};

std::string_view pass_name(Pass pass);

/// Whether `tight` is a pass of its own. Of memory that is not hugetlb rows speak seldom: there
/// the pass over the relation asks them.
bool has_tight_pass(const Theorem& theorem);

/// One cell, and its passes in order.
struct Unit {
  const Theorem* theorem = nullptr;
  int number = 0;  ///< of the cell
  std::vector<Pass> passes{};
  const Cell& cell() const { return theorem->cells[static_cast<std::size_t>(number)]; }
};

/// Told now and then how many paths a unit has begun.
using UnitProgress = std::function<void(std::uint64_t paths)>;

/// Runs one unit with `options.threads` threads; `budget` gives its paths to each pass, its time to all. The result holds the unit's share alone:
/// verdict, counts, rows, counterexamples; name and summary are the caller's to fill in.
TheoremResult prove_unit(const Unit& unit, const ProveOptions& options, Budget budget, const UnitProgress& progress);

}  // namespace gupdiff
