// SPDX-License-Identifier: GPL-2.0-only
// Makes a scenario smaller while something about it stays true: what a finding
// needs to be read by a person.
#pragma once

#include <functional>

#include "scenario/entry_shape.hpp"

namespace gupdiff {

/// Greedily leaves out and simplifies parts of `w` (mappings, entries, folios, page
/// cache, environment, flags, page counts, addresses) as long as `keeps(w)` holds.
/// `keeps(w)` must hold at the start. Asks at most `budget` times. The result is normal.
void shrink(Scenario& w, const std::function<bool(const Scenario&)>& keeps, int budget = 4000);

/// Entries of the page tables as a reader counts them: filled slots of every level, tables too; a run
/// of neighbours is one.
std::size_t table_entries(const Scenario& w);

}  // namespace gupdiff
