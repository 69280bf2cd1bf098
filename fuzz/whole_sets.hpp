// SPDX-License-Identifier: GPL-2.0-only
// The walk that no pair names, for programs that run every walk there is.
#pragma once

#include "model/machine/machine.hpp"

namespace gupdiff {

/// unified::FollowWholeSets on v6.10, which the cost table runs (report/cost_section.cpp).
void run_whole_sets(const World<Concrete>& initial, Machine<Concrete>& out);

}  // namespace gupdiff
