// SPDX-License-Identifier: GPL-2.0-only
// gupdiff mutants --equivalent: the marks of generated mutants, proved once more.
#pragma once

#include <string>
#include <vector>

#include "mutants/build.hpp"

namespace gupdiff {

/// What of the marks is proved.
struct ProveMarksOptions {
  std::vector<std::string> names;  ///< globs; all if empty
  double seconds = 120;            ///< for each theorem of a mark, on average
  bool json = false;
};

/// Proves every mark of tests/mutants/equivalent.toml, in the sources that `builder` builds of, and prints what came
/// of each. Exit code 0: all are proved; 10: one is refuted, the mutant is none; 5: one could not be proved.
int prove_marks(const MutantBuilder& builder, const ProveMarksOptions& options);

}  // namespace gupdiff
