// SPDX-License-Identifier: GPL-2.0-only
// Which branches of the models the theorems of a run reach, and which ways.
#pragma once

#include <span>

#include "proofs/prove.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// {"branches": how many the models have, "unreached": [those no theorem reaches], "theorems":
/// {name: {"both": how many went both ways, "false": [those that only went so], "true": [...],
/// "unreached": how many}}}. Branches are "file:line:column"; the lists are sorted. Reader
/// theorems are left out.
Json branches_section(std::span<const TheoremResult> results);

/// The same for a person: a line for each theorem, and the unreached branches by file.
void print_branches(const Json& section);

}  // namespace gupdiff
