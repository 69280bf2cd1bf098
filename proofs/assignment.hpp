// SPDX-License-Identifier: GPL-2.0-only
// A value for every variable, terms evaluated under it, and the cheap search for
// a nearby assignment that spares most calls of the solver.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "proofs/knowledge.hpp"
#include "proofs/term.hpp"

namespace gupdiff {

/// One value a variable, by variable number; a truth value is 0 or 1.
/// Variables beyond its end are 0.
using Assignment = std::vector<std::uint64_t>;

/// Evaluates terms of one arena; remembers every node's value until a variable
/// changes that it depends on.
class Evaluator {
 public:
  explicit Evaluator(const TermArena& arena) : arena_(&arena) {}

  /// Starts with `assignment`, which is copied.
  void set(const Assignment& assignment);
  const Assignment& assignment() const { return values_; }
  /// Changes the value of one variable.
  void assign(std::uint64_t variable, std::uint64_t value);
  /// The value of `t`, 0 or 1 for a truth value.
  std::uint64_t value(const Term* t);
  bool holds(const Term* condition) { return value(condition) != 0; }

 private:
  void changed(std::uint64_t variables);

  const TermArena* arena_;
  Assignment values_;
  /// Assignments back to which values are good, if nothing that they depend on has changed.
  static constexpr std::uint32_t kEpochs = 32;
  /// The value of a node under assignment number `epoch`.
  struct Memo {
    std::uint64_t value = 0;
    std::uint32_t epoch = 0;  ///< 0: never
  };
  std::vector<Memo> memo_;  // by term id
  std::uint32_t epoch_ = kEpochs;  ///< number of the present assignment
  std::array<std::uint64_t, kEpochs> changed_since_{};  ///< by epoch % kEpochs: Term::variables that changed after it
};

/// Changes the assignment of `e` so that `condition` becomes `wanted`, by following
/// the condition down to variables. Where there is a choice (which conjunct, which
/// bit), bits of `variant` make it, and bits that `knowledge` has fixed are left
/// alone. A guess: the caller checks what came out. False: no idea.
bool nudge(const Term* condition, bool wanted, Evaluator& e, Knowledge& knowledge, unsigned variant);

}  // namespace gupdiff
