// SPDX-License-Identifier: GPL-2.0-only
// What makes a World a valid scenario, twice: silently repaired for the fuzzers
// (normalise), and explained to a person (validate).
#pragma once

#include <optional>
#include <string>

#include "scenario/entry_shape.hpp"

namespace gupdiff {

/// Whether `w` already is what normalise() makes of it. One pass, tens of
/// nanoseconds for a typical scenario.
bool is_normal(const Scenario& w);

/// Turns any field values into a valid scenario within the bounds of
/// limits.hpp; idempotent; costs one is_normal() for a valid one.
///
/// Valid means: VMAs sorted, disjoint, aligned, below the user address limit,
/// VM_HUGETLB exactly on hugetlb ones; slots sorted and unique a level, under
/// tables that exist, table entries pointing at the table of their key; frames
/// of leaves, migration and hwpoison entries inside a folio; folios aligned,
/// disjoint, the two zero folios first; page cache sorted, disjoint, of existing
/// folios; environment and request in range. It does not mean reachable: the
/// generator knows which states a kernel can get into (facts 8.3).
void normalise(Scenario& w);

/// The first contradiction in `w` as one sentence, or nothing. Holds a scenario
/// to the same rules as normalise(), except the counts, which the text form and
/// captures may exceed.
std::optional<std::string> validate(const Scenario& w);

/// Inserts the table entries that the listed slots need above them and sorts
/// every level; changes nothing else. What the text form leaves implied.
void add_ancestors(Scenario& w);

/// Field-by-field equality.
bool same_scenario(const Scenario& a, const Scenario& b);

}  // namespace gupdiff
