// SPDX-License-Identifier: GPL-2.0-only
// A scenario in the narrated domain, so that a walk on it tells its steps.
#pragma once

#include "scenario/entry_shape.hpp"

namespace gupdiff {

/// The same world over Narrated, whose words are the same.
World<Narrated> narrated(const Scenario& w);

}  // namespace gupdiff
