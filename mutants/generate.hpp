// SPDX-License-Identifier: GPL-2.0-only
// The generated mutants: small mistakes made all over the model sources by program. The same
// sources give the same list; an edit elsewhere changes no name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mutants/mutant.hpp"
#include "mutants/operators.hpp"

namespace gupdiff {

/// A source file of the models: how its mutants are tried.
struct MutatedFile {
  std::string_view path;     ///< from the root of the sources
  std::string_view name;     ///< in the mutants' names
  std::string_view pair, walk;  ///< walks that are compared, and the one whose copy of the file is changed
  std::string_view arch;     ///< architecture of new scenarios; empty: all
  std::string_view theorem;  ///< glob of the theorems that look at it
};
/// Every file that is changed. The other headers of the same folders are data that the program
/// shares with a stand-in, or other domains' (unmutated_files()).
std::vector<MutatedFile> mutated_files();
std::vector<std::string_view> unmutated_files();

/// A site with its mutant's name: every one there is in `s`, taken or not.
struct NamedSite {
  std::string name;  ///< FILE, operator and a hash of the line and of the place in it: G-FILE-drop-check-3fa2
  MutationSite site;
};
std::vector<NamedSite> named_sites(const MutatedFile& file, const CxxSource& s);

/// The mutants of the sources under `root`, in the order of files and places: of each operator the
/// share that its row says, by the name's hash. Throws InputError: a file cannot be read.
std::vector<Mutant> generated_mutants(const std::filesystem::path& root);

/// Forty of them, spread over operators and files, the same every time.
std::vector<Mutant> sample_of(const std::vector<Mutant>& generated, std::size_t count = 40);

/// The unified diff, -p1, of the file at `path` from `before` to `after`: one hunk.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace gupdiff
