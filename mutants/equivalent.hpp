// SPDX-License-Identifier: GPL-2.0-only
// Generated mutants that change nothing, and the proof that they do not: the registered walk is
// held against its mutant, as a pair of a walk with itself, over the cells of theorems.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutants/build.hpp"
#include "mutants/mutant.hpp"
#include "proofs/result_json.hpp"

namespace gupdiff {

/// A mark of tests/mutants/equivalent.toml.
struct EquivalentMark {
  std::string name;                   ///< the mutant
  std::string reason;                 ///< why nothing can show, in words
  std::vector<std::string> theorems;  ///< globs; each must be proved of the walk and its mutant
  int line = 0;                       ///< in the file
};

/// Where the marks of the sources `root` are.
std::filesystem::path equivalent_file(const std::filesystem::path& root);

/// Reads the marks. Throws InputError, with file and line.
std::vector<EquivalentMark> load_equivalent(const std::filesystem::path& file);

/// Sets Mutant::equivalent of those that are marked. Throws InputError: a mark is of no mutant in
/// `mutants` (the line it was made from has changed: look at it again).
void mark_equivalent(std::vector<Mutant>& mutants, const std::vector<EquivalentMark>& marks, const std::filesystem::path& file);

/// The generated mutants of `root` with the marks of its tests/mutants/equivalent.toml.
std::vector<Mutant> marked_mutants(const std::filesystem::path& root);

/// What became of a mark: {"mutant", "reason", "theorems", "verdict": proved, refuted or failed,
/// "proved": number of theorems, "detail"}.
Json prove_equivalent(const Mutant& mutant, const EquivalentMark& mark, const MutantBuilder& builder, double seconds);

}  // namespace gupdiff
