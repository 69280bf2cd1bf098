// SPDX-License-Identifier: GPL-2.0-only
// Seeded bugs and who killed them, for people.
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// A line for each mutant, then the kill rates. `times` are the section's own in `run`.
void print_mutants(const Json& section, const Json& times);

}  // namespace gupdiff
