// SPDX-License-Identifier: GPL-2.0-only
// Symbolic execution as textbooks have it, for comparison with the prover's explorer: the
// program is run once a path, and the solver says which sides of a branch are feasible.
#pragma once

#include <ctime>
#include <cstdint>
#include <functional>
#include <vector>

#include "proofs/solver.hpp"
#include "proofs/term.hpp"

namespace gupdiff {

/// Which textbook.
struct TextbookStrategy {
  bool cores = false;                 ///< remember contradictory subsets across paths
  bool fork_on_conjunctions = false;  ///< a fork for each operand of && and ||
  bool check_at_end = false;          ///< ask once a path, when it has ended
};

/// What an exploration came to.
struct TextbookOutcome {
  std::uint64_t paths = 0;   ///< feasible ones, run to their end
  std::uint64_t checks = 0;  ///< questions to the solver
  bool finished = false;     ///< within the time
  bool proved = true;        ///< the claim held on every path run
};

/// Depth-first exploration by replay over the same terms and the same solver. It infers
/// nothing: what a path has decided before is the one thing it remembers.
class TextbookExplorer final : public Decider {
 public:
  /// `seconds` of processor time bound the whole exploration.
  TextbookExplorer(TermArena& arena, TextbookStrategy strategy, double seconds);
  ~TextbookExplorer();

  /// Runs `path` for each path; it returns the claim to be proved of it.
  TextbookOutcome explore(const std::vector<const Term*>& assumptions, const std::function<const Term*()>& path);
  bool decide(const Term* condition) override;

 private:
  bool out_of_time() const { return std::clock() >= deadline_; }
  bool feasible(const Term* literal);
  bool known_contradiction(const Term* literal) const;

  TermArena& arena_;
  TextbookStrategy strategy_;
  const std::clock_t deadline_;
  Solver solver_;
  std::vector<const Term*> literals_;  ///< assumptions, then what the path has decided
  std::vector<bool> prefix_, taken_;
  std::vector<std::vector<bool>> pending_;
  std::vector<std::vector<const Term*>> cores_;
};

}  // namespace gupdiff
