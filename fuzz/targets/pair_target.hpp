// SPDX-License-Identifier: GPL-2.0-only
// What every fuzz target of this folder does: a file each, so that clusters that know no
// arguments (OSS-Fuzz, ClusterFuzzLite) have one program a pair.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gupdiff {

/// Runs one input, a scenario in binary form (any bytes are one), through both walks of `pair`
/// ("v6.9:v6.10") with every row of the catalogue in force but those that the environment variable
/// GUPDIFF_WITHOUT names ("D17,D42"). What the judge does not hold good is
/// said on standard error and ends in abort(). Returns 0, or -1 for an input that is not to be
/// built upon (libFuzzer's meaning).
int run_pair_target(const char* pair, const std::uint8_t* data, std::size_t size);

}  // namespace gupdiff
