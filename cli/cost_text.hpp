// SPDX-License-Identifier: GPL-2.0-only
// The cost section as text, for `cost` and `report`.
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// A table for each geometry, and what the tables show.
void print_cost(const Json& section);

}  // namespace gupdiff
