// SPDX-License-Identifier: GPL-2.0-only
// What the same-verdict tests ask about.
#pragma once

#include "tests/fuzz/verdict.hpp"

namespace gupdiff {

/// Every scenario of the corpus on its own pair, and every catalogue row's witness with that row off.
std::vector<VerdictInput> verdict_inputs();

}  // namespace gupdiff
