// SPDX-License-Identifier: GPL-2.0-only
// What decides a proof, asked a second time: each query as SMT-LIB 2 to another solver in a
// process of its own, to a file, or both.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "proofs/smtlib.hpp"

namespace gupdiff {

/// Whom to ask, and what.
struct SecondOpinionOptions {
  std::string solver;               ///< --cross-check: path of a cvc5; empty: nobody is asked
  std::uint64_t inference_rate = 1000;  ///< with `solver`: one of so many inferences is asked, too; 0: none
  std::string folder;               ///< --smt2: every query is written below it; empty: none
  std::string disagreements = "out/disagreements";  ///< folder for a query on which they disagree
  unsigned query_ms = 10'000;       ///< of one query
  bool wanted() const { return !solver.empty() || !folder.empty(); }
};

/// How the second opinions went. A query without one is neither for nor against.
struct SecondOpinionCounts {
  std::uint64_t queries = 0;     ///< asked of the second solver
  std::uint64_t inferences = 0;  ///< of them, samples of what was inferred without a solver
  std::uint64_t agreed = 0;
  std::uint64_t none = 0;        ///< it died, ran out of time or gave up
  std::string why_none;          ///< of the first of these
  void add(const SecondOpinionCounts&);
};

class SecondSolver;

/// The second opinions of one worker on one cell. Nothing is started before the first query, so a
/// process that forks until then is safe.
class SecondOpinion {
 public:
  /// `theorem` and `cell` are what files are named after. Both references outlive it.
  SecondOpinion(const TermArena& arena, const SecondOpinionOptions& options, std::string theorem, std::string cell);
  ~SecondOpinion();

  /// Asks whether the conjunction of `conditions` is satisfiable, which we hold to be `expected`
  /// (sat or unsat). Throws ProverError with both answers and the file if it is not. An `implied`
  /// answer, which follows from another query's, is only written down.
  void ask(std::string_view asked, std::span<const Term* const> conditions, Answer expected, bool implied = false);
  /// Whether the inference with this hash is one of those to be asked.
  bool samples(std::uint64_t hash) const;
  /// The same for an inference: `conditions`, which say that it is wrong, must be contradictory.
  void ask_inference(std::span<const Term* const> conditions);

  const SecondOpinionCounts& counts() const { return counts_; }

 private:
  std::string write(const std::string& folder, std::string_view asked, const std::string& script);

  const TermArena& arena_;
  const SecondOpinionOptions& options_;
  std::string theorem_, cell_;
  SecondOpinionCounts counts_;
  std::set<std::uint64_t> seen_;  ///< content of the queries asked: equal ones are asked once
  std::unique_ptr<SecondSolver> solver_;
};

/// The program `name` (a path, or looked up in PATH) if it can be run; else empty.
std::string find_program(const std::string& name);

}  // namespace gupdiff
