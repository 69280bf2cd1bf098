// SPDX-License-Identifier: GPL-2.0-only
// The fuzz section of results.json.
#pragma once

#include "fuzz/engine.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// The `fuzz` section. Times are not in it: fuzz_times() has them.
Json fuzz_section(const FuzzOptions& options, const FuzzResult& result);

/// {"seconds": .., "rate": pairs a second}.
Json fuzz_times(const FuzzResult& result);

}  // namespace gupdiff
