// SPDX-License-Identifier: GPL-2.0-only
// Judging one scenario.
#include "oracle/judge.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "oracle/difference.hpp"
#include "oracle/run_walk.hpp"
#include "oracle/v09_scope.hpp"

namespace gupdiff {
namespace {

/// Rows that `facet` cannot do without: dropping any one of them breaks the equality.
std::vector<int> needed_rows(const World<Concrete>& initial, WalkPair pair, Facet facet, RowSet rows,
                             const Machine<Concrete>& newer, Machine<Concrete>& scratch) {
  std::vector<int> needed;
  for (int r = kKnownRows - 1; r >= 0; --r) {
    if (!rows.test(static_cast<std::size_t>(r))) continue;
    RowSet without = rows;
    without.reset(static_cast<std::size_t>(r));
    run_expected(pair, without, initial, scratch);
    if (facet_equal<Concrete>(facet, initial, scratch, newer))
      rows = without;
    else
      needed.push_back(r);
  }
  std::reverse(needed.begin(), needed.end());
  return needed;
}

/// Whether `after`, the machine that ran `initial`, breaks no property but as `rows` say.
bool safe(const World<Concrete>& initial, const Machine<Concrete>& after, const RowSet& rows) {
  if (all_claims(initial, after, rows)) return true;
  for (int p = 0; p < kProperties; ++p)
    if (!property_holds<Concrete>(p, initial, after, rows)) return false;
  return true;
}

std::string safety_detail(const Machine<Concrete>& m) {
  return fmt::format("outcome {}, {} runs of pages, {} faults", outcome_text(m), m.pages.size(), m.faults.size());
}

}  // namespace

bool Judgement::holds() const {
  return safety.empty() && std::none_of(std::begin(facet), std::end(facet), [](const FacetVerdict& v) {
           return v.state == FacetState::divergent;
         });
}

std::vector<int> Judgement::rows() const {
  RowSet set;
  for (const auto& v : facet)
    for (int r : v.rows) set.set(static_cast<std::size_t>(r));
  for (const auto& s : known_safety) set.set(static_cast<std::size_t>(s.row));
  std::vector<int> out;
  for (int r = 0; r < kKnownRows; ++r)
    if (set.test(static_cast<std::size_t>(r))) out.push_back(r);
  return out;
}

Judgement judge(const World<Concrete>& initial, WalkPair pair, const Machine<Concrete>& a,
                const Machine<Concrete>& b, const RowSet& enabled) {
  Judgement j;
  const bool in_order = pair.a <= pair.b;
  const Machine<Concrete>& older = in_order ? a : b;
  const Machine<Concrete>& newer = in_order ? b : a;
  Machine<Concrete> expected, scratch;
  const ExpectedWalk x(pair, enabled);
  run_expected(x, initial, expected);
  for (int f = 0; f < kFacets; ++f) {
    const Facet facet = static_cast<Facet>(f);
    FacetVerdict& v = j.facet[f];
    const bool equal = facet_equal<Concrete>(facet, initial, older, newer);
    const Difference unexplained =
        first_difference(facet, initial, expected, newer, "the catalogue", walk_name(in_order ? pair.b : pair.a));
    if (!unexplained.sentence.empty()) {
      // Also where the walks agree: then a row claims a difference that is not there.
      v.state = FacetState::divergent;
      v.first_difference = unexplained.sentence;
    } else if (!equal) {
      v.state = FacetState::known;
      v.rows = needed_rows(initial, pair, facet, enabled, newer, scratch);
    }
    if (!equal)
      v.first_difference = first_difference(facet, initial, a, b, walk_name(pair.a), walk_name(pair.b)).sentence;
  }
  if (const int f = facet_beyond_v09(initial, x, expected, scratch); f >= 0)
    j.facet[f] = {FacetState::divergent, {},
                  "row V09 covers what it does not state: " + first_difference(static_cast<Facet>(f), initial, scratch, expected, "the loop of v6.1", "the common loop").sentence};
  const auto check = [&](int walk, const Machine<Concrete>& m) {
    for (int p = 0; p < kProperties; ++p) {
      if (property_holds<Concrete>(p, initial, m)) continue;
      const int row = excusing_row(p, initial, m, enabled);
      if (row >= 0)
        j.known_safety.push_back({walk, p, safety_detail(m), row});
      else
        j.safety.push_back({walk, p, safety_detail(m)});
    }
  };
  check(pair.a, a);
  if (pair.a != pair.b) check(pair.b, b);
  return j;
}

Judgement judge(const World<Concrete>& initial, WalkPair pair, const RowSet& enabled) {
  Machine<Concrete> a, b;
  run_walk(pair.a, initial, a);
  run_walk(pair.b, initial, b);
  return judge(initial, pair, a, b, enabled);
}

bool holds(const World<Concrete>& initial, const ExpectedWalk& x, PairMachines& m) {
  run_expected(x, initial, m.expected);
  run_walk(x.newer, initial, m.newer);
  if (!all_facets_equal<Concrete>(initial, m.expected, m.newer) || !safe(initial, m.newer, x.rows)) return false;
  if (m.expected.known_applied.none()) return true;
  run_walk(x.older, initial, m.older);
  if (!safe(initial, m.older, x.rows)) return false;
  return facet_beyond_v09(initial, x, m.expected, m.older) < 0;
}

bool holds(const World<Concrete>& initial, WalkPair pair, const RowSet& enabled, PairMachines& m) {
  return holds(initial, ExpectedWalk(pair, enabled), m);
}

}  // namespace gupdiff
