// SPDX-License-Identifier: GPL-2.0-only
// Bounds small enough to enumerate: two neighbouring entries, each one of a few words that
// stand for everything a walk can tell apart, under every combination of FOLL_ flags.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proofs/theorem.hpp"
#include "scenario/entry_shape.hpp"

namespace gupdiff {

/// One of the words an entry of a window can hold.
struct Letter {
  std::string name;
  std::uint64_t word = 0;
  std::uint64_t restored = 0;  ///< see Slot::restored
};

/// FOLL_ flags that a bound can vary: all that a model reads, GET and PIN apart (they are
/// Wanted). ANON is read by no code of the pair, FAST_ONLY never reaches __get_user_pages().
std::uint64_t variable_foll_flags();

/// One bound. Everything but the two entries, the flags and what is wanted is as in `base`.
struct SmallScope {
  std::string name;            ///< "x86_64/hugetlb-2M/private"
  Scenario base;               ///< both entries none
  Level level = Level::pte;    ///< of the window
  std::size_t slot[2] = {};    ///< where base.slots[level] has the two entries
  std::vector<Letter> letters[2];
  std::uint64_t flags = variable_foll_flags();  ///< those that take both values; the others are 0

  /// Combinations of flags that a call with `wanted` can have.
  std::vector<std::uint32_t> flag_words(Wanted wanted) const;
  /// Worlds of the bound.
  std::uint64_t size() const;
};

/// Every bound, in order: hugetlb entries of each size that is one entry, THPs, PTEs, each in a
/// few kinds of mapping.
std::vector<SmallScope> small_scopes();

/// `world` (a copy of scope.base) with the two letters and the call.
void set_world(const SmallScope& scope, std::size_t first, std::size_t second, Wanted wanted, std::uint32_t flags,
               Scenario& world);

/// The same bound as a theorem: the entries are words that equal one of the letters. A cell for
/// each Wanted. `scope` must outlive it.
Theorem theorem_of(const SmallScope& scope);

}  // namespace gupdiff
