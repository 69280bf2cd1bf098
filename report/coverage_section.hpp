// SPDX-License-Identifier: GPL-2.0-only
// The coverage and health sections of results.json.
#pragma once

#include "fuzz/coverage.hpp"
#include "fuzz/health.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// `wrong`: what give_reasons() said. The verdict is inconclusive if it said anything, or if a
/// room that must be covered was held to it and is not.
Json coverage_section(const Coverage& coverage, const std::vector<WalkPair>& pairs, const std::vector<std::string>& wrong);

/// The verdict is inconclusive if there are problems.
Json health_section(const Health& health, const HealthScope& scope);

}  // namespace gupdiff
