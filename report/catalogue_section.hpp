// SPDX-License-Identifier: GPL-2.0-only
// The catalogue section of results.json: every known divergence and where it was seen.
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// The `catalogue` section. "seen" counts the replayed scenarios and the theorems
/// of these two sections (each may be null) that a row explained.
Json catalogue_section(const Json& replay, const Json& proofs);

}  // namespace gupdiff
