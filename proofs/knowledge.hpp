// SPDX-License-Identifier: GPL-2.0-only
// What a path has decided so far: facts about conditions and bits, from which
// many later branches follow without asking the solver.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "proofs/term.hpp"

namespace gupdiff {

/// Facts of one path over one arena. Everything it says follows from what it was
/// told, so an inferred branch is sound.
class Knowledge {
 public:
  explicit Knowledge(TermArena& arena) : arena_(&arena) {}

  /// What has been learnt so far, as a place to come back to.
  std::size_t mark() const { return undo_.size(); }
  /// Forgets what was learnt since `mark`, which is no later than now.
  void rewind(std::size_t mark);
  /// Makes what has been learnt so far part of every path: mark() is 0 again.
  void keep() { undo_.clear(); }
  /// `condition` holds on this path (or, with `value` false, does not).
  void learn(const Term* condition, bool value = true);
  enum class Truth : std::uint8_t { no, yes, open };
  /// What the path's facts say of `condition`.
  Truth infer(const Term* condition);
  bool implies(const Term* condition) { return infer(condition) == Truth::yes; }
  /// Bits of `t` that the path's facts fix.
  KnownBits bits(const Term* t);
  /// A term equal to `t` on this path: what the facts fix is a constant in it.
  const Term* simplify(const Term* t);
  /// `t` with the fixed bits of each variable in place of them. Unlike simplify(), uses
  /// no other fact: t and the bits together say what ground(t) and the bits say.
  const Term* ground(const Term* t);

 private:
  void refine(const Term* word, std::uint64_t mask, std::uint64_t value);
  /// `word` is at most `most`: it has no bit above those of that number.
  void refine_high(const Term* word, std::uint64_t most);
  void grow();
  const Term* rebuild(const Term* t, const Term* a, const Term* b, const Term* cond);

  void derived_is_stale();

  /// What is kept of one term: facts, and what was derived from all facts when the stamp was
  /// the current version.
  struct alignas(64) Cell {
    KnownBits fact, memo;
    const Term* simpler;
    const Term* grounded;
    std::uint32_t memo_stamp = 0, simpler_stamp = 0, grounded_stamp = 0;
  };
  Cell& cell(const Term* t) {
    if (t->id >= cells_.size()) grow();
    return cells_[t->id];
  }

  TermArena* arena_;
  std::vector<Cell> cells_;    // by term id
  std::vector<std::pair<std::uint32_t, KnownBits>> undo_;  // facts as they were before each change, by term id
  std::uint32_t version_ = 1;  // of the facts
};

}  // namespace gupdiff
