// SPDX-License-Identifier: GPL-2.0-only
// Terms as SMT-LIB 2.6 text (logic QF_BV), for any solver.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "proofs/solver.hpp"
#include "proofs/term.hpp"

namespace gupdiff {

/// Declarations, definitions and assertions that say "each of `conditions` holds". A node that is
/// used more than once is defined once (`define-fun`), so the text is as long as the DAG is large;
/// the order of the assertions follows from the conditions' structure. Without `(check-sat)`.
std::string smt_assertions(const TermArena& arena, std::span<const Term* const> conditions);

/// What a query file says about itself.
struct SmtHeader {
  std::string theorem;  ///< its name
  std::string cell;     ///< empty: it has only one
  std::string asked;    ///< what is asked, in words
  Answer expected = Answer::unknown;  ///< what our own layer or Z3 said: sat or unsat
};

/// A whole script: header comment, `(set-info :status ...)`, `assertions`, `(check-sat)`.
std::string smt_script(const SmtHeader& header, std::string_view assertions);

}  // namespace gupdiff
