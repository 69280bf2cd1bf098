// SPDX-License-Identifier: GPL-2.0-only
// The narrated runs of a finding, and where they part.
#include "oracle/identity.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "model/machine/world_cast.hpp"
#include "oracle/difference.hpp"
#include "oracle/facet.hpp"
#include "oracle/run_walk.hpp"
#include "oracle/safety.hpp"
#include "oracle/v09_scope.hpp"

namespace gupdiff {
namespace {

/// What a note of the narrative is to the comparison.
enum class Weight : std::uint8_t {
  none,    ///< in an order of each walk's own where all is well: locks given back, the VMA lock;
           ///< and notes of the oracle's
  reason,  ///< why a walk goes where it goes, which each says in its own way
  deed,    ///< what both must do alike
};

Weight weight(const Narrative& n) {
  static constexpr std::string_view kNone[] = {"unlocks page table", "takes hugetlb VMA lock (read)",
                                               "releases hugetlb VMA lock"};
  static constexpr std::string_view kReason[] = {"reads", "not present", "write refused by the entry",
                                                 "the entry does not permit the access"};
  const std::string_view what = n.what;
  if (std::strcmp(n.function, "catalogue") == 0 || std::find(std::begin(kNone), std::end(kNone), what) != std::end(kNone))
    return Weight::none;
  // Below a directory the new walk reads once more than the old one (D35).
  const bool read_below = n.has_level && n.level == Level::hugepte && what == "reads under lock";
  return read_below || std::find(std::begin(kReason), std::end(kReason), what) != std::end(kReason) ? Weight::reason
                                                                                                   : Weight::deed;
}

/// A deed that needs no other reason: "NUMA hint must be honoured".
bool says_why(const Narrative& n) {
  return !n.has_value && std::strcmp(n.function, "hugetlbfs_pagecache_present") != 0;
}

/// The same deed, whatever the function is called that does it.
bool same_deed(const Narrative& x, const Narrative& y) {
  return std::strcmp(x.what, y.what) == 0 && x.has_level == y.has_level && (!x.has_level || x.level == y.level) &&
         x.address >> x.shift == y.address >> y.shift && x.value == y.value;
}

std::string step_words(const Narrative& s) {
  static constexpr const char* kLevels[kSlotLists] = {"pte", "pmd", "pud", "p4d", "pgd", "hugepte"};
  return fmt::format("{}: {}{}{}", s.function, s.what, s.has_level ? " " : "",
                     s.has_level ? kLevels[static_cast<int>(s.level)] : "");
}

/// The next deed from `n` on.
const Narrative* deed(const Narrative* n, const Narrative* end) {
  return std::find_if(n, end, [](const Narrative& s) { return weight(s) == Weight::deed; });
}

/// The step of `newer` that parts the two: its first other deed or, if the walk gives one, the
/// reason for it. Empty if they do the same.
std::string parting_step(const std::vector<Narrative>& expected, const std::vector<Narrative>& newer) {
  const Narrative *x = expected.data(), *x_end = x + expected.size(), *y = newer.data(), *y_end = y + newer.size();
  const Narrative* common = nullptr;
  for (;;) {
    const Narrative *const next_x = deed(x, x_end), *const next_y = deed(y, y_end);
    if (next_x == x_end && next_y == y_end) return {};
    if (next_x == x_end || next_y == y_end || !same_deed(*next_x, *next_y)) {
      if (next_y != y_end && says_why(*next_y)) return step_words(*next_y);
      for (const Narrative* n = next_y; n-- > y;)
        if (weight(*n) == Weight::reason) return step_words(*n);
      if (next_y != y_end) return step_words(*next_y);
      return common ? "ends after " + step_words(*common) : "ends at once";
    }
    common = next_y;
    x = next_x + 1;
    y = next_y + 1;
  }
}

/// Both runs of a pair: what is expected of the newer walk, and that walk.
struct Runs {
  const World<Concrete>& initial;
  WalkPair pair;
  Machine<Concrete>&expected, &newer, &scratch;

  bool explained_by(const RowSet& rows, Facet facet) const {
    run_expected(pair, rows, initial, scratch);
    return facet_equal<Concrete>(facet, initial, scratch, newer);
  }

  /// FindingIdentity::row of a facet that diverges.
  std::string rows_of(Facet facet, const RowSet& enabled) const {
    const RowSet all = all_rows();
    if (enabled != all && explained_by(all, facet)) {
      RowSet needed = all;
      std::string out;
      for (std::size_t r = 0; r < kKnownRows; ++r) {
        if (enabled.test(r)) continue;
        needed.reset(r);
        if (explained_by(needed, facet)) continue;
        needed.set(r);
        out += fmt::format("{}{}", out.empty() ? "" : "+", catalogue()[r].id);
      }
      if (!out.empty()) return out;
    }
    for (std::size_t r = 0; r < kKnownRows; ++r) {
      if (!enabled.test(r) || !expected.known_applied.test(r)) continue;
      RowSet without = enabled;
      without.reset(r);
      if (explained_by(without, facet)) return fmt::format("not {}", catalogue()[r].id);
    }
    return "no row";
  }

  std::string step(const RowSet& enabled) const {
    static thread_local Machine<Narrated> told_expected, told_newer;
    const World<Narrated> world = world_cast<Narrated>(initial);
    run_expected(pair, enabled, world, told_expected);
    run_walk(std::max(pair.a, pair.b), world, told_newer);
    return parting_step(told_expected.narrative, told_newer.narrative);
  }
};

/// The property that `after` of `walk` breaks; false if it breaks none.
bool broken_property(const World<Concrete>& initial, int walk, const Machine<Concrete>& after, const RowSet& enabled,
                     FindingIdentity& id) {
  for (int p = 0; p < kProperties; ++p) {
    if (property_holds<Concrete>(p, initial, after, enabled)) continue;
    id.facet = fmt::format("{} breaks {}", walk_name(walk), properties()[static_cast<std::size_t>(p)].id);
    id.step = termination_name(after.termination);
    const int row = excusing_row(p, initial, after, all_rows());
    id.row = row >= 0 ? catalogue()[static_cast<std::size_t>(row)].id : "no row";
    return true;
  }
  return false;
}

}  // namespace

std::string FindingIdentity::text() const {
  return empty() ? std::string() : fmt::format("{} {}, {}, {}", pair, facet, step, row);
}

FindingIdentity identify(const World<Concrete>& initial, WalkPair pair, const RowSet& enabled) {
  static thread_local Machine<Concrete> expected, newer, scratch;
  const ExpectedWalk x(pair, enabled);
  const int newer_walk = std::max(pair.a, pair.b), older_walk = std::min(pair.a, pair.b);
  run_expected(x, initial, expected);
  run_walk(newer_walk, initial, newer);
  FindingIdentity id;
  id.pair = pair_name(pair);
  const Runs runs{initial, pair, expected, newer, scratch};
  for (int f = 0; f < kFacets; ++f) {
    const Facet facet = static_cast<Facet>(f);
    if (facet_equal<Concrete>(facet, initial, expected, newer)) continue;
    id.facet = facet_name(facet);
    id.step = runs.step(enabled);
    if (id.step.empty())
      id.step = "in the end: " + first_difference(facet, initial, expected, newer, "expected", "new").key;
    id.row = runs.rows_of(facet, enabled);
    return id;
  }
  if (const int f = facet_beyond_v09(initial, x, expected, scratch); f >= 0) {
    id.facet = facet_name(static_cast<Facet>(f));
    id.step = "in the end: " + first_difference(static_cast<Facet>(f), initial, scratch, expected, "own", "common").key;
    id.row = "beyond V09";
    return id;
  }
  if (broken_property(initial, newer_walk, newer, enabled, id)) return id;
  if (older_walk != newer_walk) {
    run_walk(older_walk, initial, scratch);
    if (broken_property(initial, older_walk, scratch, enabled, id)) return id;
  }
  return id;
}

}  // namespace gupdiff
