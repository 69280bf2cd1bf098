// SPDX-License-Identifier: GPL-2.0-only
// The prover's check of itself: every walk against itself, where nothing may differ.
#pragma once

#include "cli/prove_run.hpp"

namespace gupdiff {

/// Proves every walk against itself with no row, in the theorems that `globs` match (none
/// given: all). Anything but `proved` that is not inconclusive becomes an internal error. Throws InputError if a
/// glob matches no theorem of any walk.
ProveRun prove_identity(ProveOptions options, const std::vector<std::string>& globs, const ProvePlaces& places);

}  // namespace gupdiff
