// SPDX-License-Identifier: GPL-2.0-only
// A mutant: a seeded bug, as a patch of the models with what it re-enacts and where it must show
// (docs/mutants.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/registry.hpp"

namespace gupdiff {

/// Where a mutant comes from.
enum class MutantKind : std::uint8_t {
  real,       ///< a bug that kernels had
  derived,    ///< one that follows from a difference the fact sheet states
  synthetic,  ///< a neighbour of a real one, thought up
  generated,  ///< made from the sources by program
};
inline constexpr int kMutantKinds = 4;
std::string_view mutant_kind_name(MutantKind k);
/// "real, derived, synthetic, generated": for a sentence that says what there is.
std::string mutant_kind_names();
/// Whether a kind is of the historical set: real and derived.
constexpr bool historical(MutantKind k) { return k == MutantKind::real || k == MutantKind::derived; }

/// A seeded bug. Texts are as in its file; empty: the file does not say.
struct Mutant {
  std::string name;         ///< "M06": also what its folder is called
  std::string title;        ///< one line
  MutantKind kind = MutantKind::real;
  std::string re_enacts;    ///< commit, or "none"
  std::string source;       ///< section of the fact sheet, or the place it was generated from
  WalkPair pair = default_pair();
  int walk = 0;             ///< index into walks() of the walk of `pair` that is patched; of a pair of one walk, as it is
                            ///< against as it would be
  std::vector<std::string> architectures;  ///< that new scenarios are of, as fuzz --arch takes them
  std::vector<std::string> facets;         ///< facets or safety properties, one of which it must show in
  std::string theorem;      ///< glob of the theorem that refutes it; empty: none does
  std::string no_theorem;   ///< why none does
  std::string needs;        ///< "concurrency": what must be modelled before it can show
  std::string not_modelled; ///< why there is nothing to patch, or nothing to see
  std::string equivalent;   ///< why it changes nothing
  std::string text;         ///< the free text
  std::string diff;         ///< unified, -p1; empty only if it is not modelled or needs something
  std::vector<std::string> touched;  ///< files of the diff, by their path from the root
  std::filesystem::path folder;      ///< where its file and its twins are; empty: generated

  /// Why it is never counted as killed or survived: "needs concurrency", "not modelled", "equivalent";
  /// empty: it is.
  std::string_view apart() const;
};

/// Reads a mutant.patch. `file` is what sentences call it. Throws InputError, `FILE:LINE: what is
/// wrong and what to do`.
Mutant parse_mutant(std::string_view text, const std::string& file);

/// What a folder of mutants holds: subfolders with a mutant.patch, by name.
struct MutantSet {
  std::vector<Mutant> mutants;
  std::vector<std::pair<std::string, std::string>> wrong;  ///< name, and why its file cannot be read
};
/// Reads all of them. A mutant whose file is wrong costs itself alone. Throws InputError: no such
/// folder, or none in it.
MutantSet load_mutants(const std::filesystem::path& folder);

}  // namespace gupdiff
