// SPDX-License-Identifier: GPL-2.0-only
// What a word and a condition are: the value domain every kernel model is
// written over, and the two concrete domains that fuzzing and replay run.
#pragma once

#include <concepts>
#include <cstdint>

namespace gupdiff {

/// A value domain. `Word` is a 64-bit unsigned machine word with the wrapping
/// arithmetic of C (`& | ^ ~ + -`, `<< >>` by a concrete count below 64,
/// `== != < <= > >=` unsigned, each also against an integer literal); `Cond` is
/// a truth value with `! && ||`. A `Cond` used in `if`/`while` decides the path.
///
/// Rules for code written over a domain (docs/add-a-walk.md): control flow only
/// by `if`/`while` on a Cond; pure predicates build expressions and never
/// branch; `&&`/`||` may evaluate both sides; values are merged with
/// `D::select`, never with `?:`, `std::min` or `switch`.
template <class D>
concept ValueDomain = requires(typename D::Word w, typename D::Cond c) {
  { D::select(c, w, w) } -> std::same_as<typename D::Word>;
  { D::select(c, c, c) } -> std::same_as<typename D::Cond>;
  { D::truth(c) } -> std::same_as<bool>;
  { D::clip(w, 1u) } -> std::same_as<std::uint32_t>;
  { D::narrated } -> std::convertible_to<bool>;
  { D::symbolic } -> std::convertible_to<bool>;
  { (w & 1u) == 0u };
  { c && c };
  { c || true };
  { !c };
};

/// Plain machine words. This is what the fuzzers run.
struct Concrete {
  using Word = std::uint64_t;
  using Cond = bool;
  /// Whether models write the step-by-step trace that `replay` prints.
  static constexpr bool narrated = false;
  /// Whether words may be solver terms.
  static constexpr bool symbolic = false;

  /// `a` where `c` holds, else `b`; never a branch of the model.
  static constexpr Word select(Cond c, Word a, Word b) { return c ? a : b; }
  static constexpr Cond select(Cond c, Cond a, Cond b) { return c ? a : b; }
  /// Decides `c`; in a symbolic domain this is where a path forks.
  static constexpr bool truth(Cond c) { return c; }
  /// The smaller of `w` and `limit` as a plain count; a symbolic domain forks on it.
  static constexpr std::uint32_t clip(Word w, std::uint32_t limit) {
    return w < limit ? static_cast<std::uint32_t>(w) : limit;
  }
};

/// The same words with the narrative trace switched on: replay and reports.
/// The verdict is the same as under `Concrete`; a test holds the two together.
struct Narrated : Concrete {
  static constexpr bool narrated = true;
};

static_assert(ValueDomain<Concrete> && ValueDomain<Narrated>);

}  // namespace gupdiff
