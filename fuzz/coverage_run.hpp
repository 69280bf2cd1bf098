// SPDX-License-Identifier: GPL-2.0-only
// Running scenarios through the coverage build and asking LLVM's tools what it counted.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/coverage.hpp"
#include "oracle/registry.hpp"

namespace gupdiff {

/// What `gupdiff coverage` needs besides the scenarios.
struct CoverageTools {
  std::filesystem::path runner;                 ///< gupdiff_coverage (preset `coverage`)
  std::string profdata = "llvm-profdata-19";    ///< looked up in PATH
  std::string cov = "llvm-cov-19";
};

/// gupdiff_coverage beside this program, else in the build folder `coverage` beside its own. Throws InputError
/// with the commands that build it.
std::filesystem::path find_coverage_runner();

/// Every pair of different walks, older first.
std::vector<WalkPair> all_pairs();

/// Runs the scenarios in `files` under each of `pairs` and folds what was counted. Throws InputError:
/// no such tool, a build older than its source, a scenario that cannot be read, no room for the counts.
Coverage measure_coverage(const std::vector<std::filesystem::path>& files, const std::vector<WalkPair>& pairs,
                          const CoverageTools& tools);

}  // namespace gupdiff
