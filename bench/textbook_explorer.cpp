// SPDX-License-Identifier: GPL-2.0-only
// Both sides of each branch are asked of the solver; nothing cleverer is done.
#include "bench/textbook_explorer.hpp"

#include <algorithm>

namespace gupdiff {
namespace {

/// Ends a run: its path is infeasible, or time is up.
struct Ended {};

}  // namespace

TextbookExplorer::TextbookExplorer(TermArena& arena, TextbookStrategy strategy, double seconds)
    : arena_(arena),
      strategy_(strategy),
      deadline_(std::clock() + static_cast<std::clock_t>(seconds * CLOCKS_PER_SEC)),
      solver_(arena, 20000) {
  arena_.decider = this;
}

TextbookExplorer::~TextbookExplorer() { arena_.decider = nullptr; }

TextbookOutcome TextbookExplorer::explore(const std::vector<const Term*>& assumptions, const std::function<const Term*()>& path) {
  TextbookOutcome out;
  pending_.push_back({});
  while (!pending_.empty() && !out_of_time()) {
    prefix_ = std::move(pending_.back());
    pending_.pop_back();
    taken_.clear();
    literals_ = assumptions;
    try {
      const Term* claim = path();
      if (strategy_.check_at_end && solver_.check("path", literals_, nullptr, nullptr) == Answer::unsat) continue;
      ++out.paths;
      if (claim != arena_.truth(true) && feasible(arena_.neg(claim))) out.proved = false;
    } catch (const Ended&) {
    }
  }
  out.checks = solver_.use().checks;
  out.finished = pending_.empty() && !out_of_time();
  return out;
}

bool TextbookExplorer::known_contradiction(const Term* literal) const {
  return std::any_of(cores_.begin(), cores_.end(), [&](const std::vector<const Term*>& core) {
    return std::all_of(core.begin(), core.end(), [&](const Term* t) {
      return t == literal || std::find(literals_.begin(), literals_.end(), t) != literals_.end();
    });
  });
}

bool TextbookExplorer::feasible(const Term* literal) {
  if (strategy_.cores && known_contradiction(literal)) return false;
  std::vector<const Term*> query = literals_;
  query.push_back(literal);
  std::vector<std::size_t> core;
  if (solver_.check("branch", query, nullptr, strategy_.cores ? &core : nullptr) != Answer::unsat) return true;
  if (strategy_.cores) {
    std::vector<const Term*> terms;
    for (const std::size_t i : core) terms.push_back(query[i]);
    cores_.push_back(std::move(terms));
  }
  return false;
}

bool TextbookExplorer::decide(const Term* condition) {
  if (condition->constant()) return condition->value != 0;
  if (strategy_.fork_on_conjunctions) {
    if (condition->op == Op::neg) return !decide(condition->a);
    if (condition->op == Op::conj) return decide(condition->a) && decide(condition->b);
  }
  const Term* other = arena_.neg(condition);
  if (std::find(literals_.begin(), literals_.end(), condition) != literals_.end()) return true;
  if (std::find(literals_.begin(), literals_.end(), other) != literals_.end()) return false;
  bool side = true;
  if (taken_.size() < prefix_.size()) {
    side = prefix_[taken_.size()];
  } else {
    if (out_of_time()) {
      pending_.push_back({});  // left undone
      throw Ended{};
    }
    const bool yes = strategy_.check_at_end || feasible(condition);
    const bool no = strategy_.check_at_end || !yes || feasible(other);
    side = yes;
    if (yes && no) {
      std::vector<bool> flipped = taken_;
      flipped.push_back(false);
      pending_.push_back(std::move(flipped));
    }
  }
  taken_.push_back(side);
  literals_.push_back(side ? condition : other);
  return side;
}

}  // namespace gupdiff
