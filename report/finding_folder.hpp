// SPDX-License-Identifier: GPL-2.0-only
// What a reader wants of a finding, beside its scenario in the finding's folder.
#pragma once

#include "fuzz/engine.hpp"

namespace gupdiff {

/// Completes the folder that write_finding() (fuzz/finding.hpp) left `finding`'s scenario in:
///   finding.txt     identity, first difference, replay command, picture, both traces side by side
///   finding.json    the same for programs: identity, and the entry of `gupdiff replay --json`
///   picture.svg     the page tables with the paths of both walks; not without Graphviz
///   regression.toml the scenario for corpus/regressions/, with what every row makes of it today as
///                   its expected verdict, and "equal" for what no row explains
/// Each is written whole or not at all, over what an earlier call left. `pair` and `enabled` are
/// those of the run. Throws InputError: the scenario cannot be read, a file cannot be written.
void write_finding_folder(const FuzzFinding& finding, WalkPair pair, const RowSet& enabled);

}  // namespace gupdiff
