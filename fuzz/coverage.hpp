// SPDX-License-Identifier: GPL-2.0-only
// Which lines and branches of the models a set of scenarios ran: what llvm-cov counted,
// folded over the instances of each template, and held against the list of gaps that have a reason.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/input_error.hpp"

namespace gupdiff {

/// A place in a file: line and column, from 1.
using Place = std::pair<int, int>;

/// One file of the source. A line or edge counts as covered if any instance of the template it is in ran it.
struct FileCoverage {
  std::string file;               ///< "legacy/v6_9.hpp"
  std::map<int, bool> lines;      ///< lines of code and whether they ran; blank lines, comments and lone braces are none
  std::map<Place, bool> regions;  ///< stretches of code that run as one
  std::map<std::pair<Place, bool>, bool> branches;  ///< a condition's place and one of its outcomes
  std::string_view room() const { return std::string_view(file).substr(0, file.find('/')); }
};

/// How much of something ran.
struct Covered {
  std::size_t covered = 0;
  std::size_t total = 0;
  double share() const { return total ? static_cast<double>(covered) / static_cast<double>(total) : 1; }
};
template <class Key>
Covered covered(const std::map<Key, bool>& things) {
  Covered c;
  for (const auto& [key, ran] : things) {
    ++c.total;
    c.covered += ran;
  }
  return c;
}
inline Covered operator+(Covered a, Covered b) { return {a.covered + b.covered, a.total + b.total}; }

/// A line that no scenario ran.
struct CoverageGap {
  std::string file;
  int line = 0;
  std::string code;    ///< the line, without the space around it
  std::string reason;  ///< why it may stay; empty: none is given
};

/// Why lines of one place are not reached ([[gap]] of fuzz/uncovered.toml).
struct GapReason {
  std::string file;
  std::string function;  ///< for people
  std::vector<std::string> code;  ///< the lines, without the space around them
  std::string reason;
  int line = 0;          ///< where it stands in the list
};

struct Coverage {
  std::vector<FileCoverage> files;  ///< in the order of their names
  std::vector<CoverageGap> gaps;    ///< in the order of files and lines
  std::uint64_t scenarios = 0;
};

/// Rooms whose every gap needs a reason, and the share of their lines that must run.
inline constexpr std::string_view kCoveredRooms[] = {"legacy", "unified"};
inline constexpr double kLeastCovered = 0.99;

/// Folds `exported`, what `llvm-cov export` says, over the instances of templates. Files outside
/// `source` are left out; the lines are read from the files there. Throws InputError: not of that
/// form, a file that is gone.
Coverage fold_coverage(std::string_view exported, const std::filesystem::path& source);

/// Reads a list of reasons. Throws InputError.
std::vector<GapReason> read_reasons(const std::filesystem::path& path);

/// Gives each gap its reason. Returns what is wrong with the list, a sentence each: a gap of a
/// covered room without a reason, a reason for a line that ran or is not there.
std::vector<std::string> give_reasons(Coverage& coverage, const std::vector<GapReason>& reasons, std::string_view list);

/// The lines of `room`; of all rooms if it is empty.
Covered lines_of(const Coverage& c, std::string_view room);
Covered regions_of(const Coverage& c, std::string_view room);
Covered branches_of(const Coverage& c, std::string_view room);

}  // namespace gupdiff
