// SPDX-License-Identifier: GPL-2.0-only
// The operators of the generated mutants: every small mistake that a function's text offers.
// They work on text alone; what does not compile is told by the compiler.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mutants/cxx_scan.hpp"

namespace gupdiff {

/// What a mutant does to the source.
enum class MutantOperator : unsigned char {
  swap_comparison,  ///< == and !=, < and <=, > and >= for each other
  negate_check,     ///< if (c) becomes if (!(c))
  drop_check,       ///< an `if` that leaves is dropped; one that declares an error keeps its call
  drop_operand,     ///< one side of && or || is dropped
  drop_lock,        ///< a lock is not taken
  drop_unlock,      ///< a lock is not released
  exchange,         ///< two neighbouring statements change places
  off_by_one,       ///< a mask or a count is one off
  swap_flag,        ///< a flag, an error or a predicate for its neighbour
  drop_bit,         ///< one of several flags or'ed together is left out
  drop_call,        ///< a call or a change whose value nobody uses is dropped
};
inline constexpr int kMutantOperators = 11;
/// The operator as in a mutant's id: "drop-check".
std::string_view mutant_operator_name(MutantOperator o);

/// Replaces bytes [begin, end) of the source.
struct TextEdit {
  std::size_t begin = 0, end = 0;
  std::string text;
};

/// One place where an operator applies.
struct MutationSite {
  MutantOperator op = MutantOperator::swap_comparison;
  const Function* function = nullptr;  ///< of the source
  std::size_t token = 0;               ///< where it applies
  std::string title;                   ///< what it does, in a few words
  std::vector<TextEdit> edits;         ///< in the order of the source, none overlapping
};

/// Every site in `f`, a function of `s`, in the order of the source. Left out: what does not
/// belong to the walk over machine words (`if constexpr`, the narrative, what records catalogue
/// rows), what an `if` about the kernel that runs guards (`m.era`, `m.since()`), and guards of the
/// model itself (`folio < 0`, `!m.enter_table(...)`), which no kernel has.
std::vector<MutationSite> mutation_sites(const CxxSource& s, const Function& f);

/// The source with the edits made.
std::string edited(std::string_view source, std::span<const TextEdit> edits);

}  // namespace gupdiff
