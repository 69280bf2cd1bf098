// SPDX-License-Identifier: GPL-2.0-only
// The symbolic value domain: words and conditions that may be terms. The same
// model source that fuzzing runs over Concrete runs over this in a proof.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "model/domain/domain.hpp"
#include "proofs/branch_site.hpp"
#include "proofs/term.hpp"

namespace gupdiff {

/// What a symbolic word may be built from: integers and unscoped enumerators
/// (flag names), never a truth value.
template <class T>
concept WordLiteral = (std::integral<T> && !std::same_as<T, bool>) ||
                      (std::is_enum_v<T> && std::convertible_to<T, std::uint64_t>);

/// A 64-bit word: a number, or a term of the running exploration's arena.
class SymbolicWord {
 public:
  constexpr SymbolicWord() = default;
  template <WordLiteral T>
  constexpr SymbolicWord(T value) : value_(static_cast<std::uint64_t>(value)) {}
  explicit SymbolicWord(const Term* t)
      : term_(t->constant() ? nullptr : t), value_(t->constant() ? t->value : 0) {}
  /// What an operation gave.
  explicit SymbolicWord(Operand o) : term_(o.term), value_(o.value) {}
  /// A word has no truth value; explicit, or `w & 1` would be ambiguous.
  explicit operator bool() const = delete;

  bool constant() const { return term_ == nullptr; }
  /// The number, if constant().
  std::uint64_t value() const { return value_; }
  /// The term, if not constant().
  const Term* term() const { return term_; }
  const Term* in(TermArena& arena) const { return term_ ? term_ : arena.word(value_); }

 private:
  const Term* term_ = nullptr;
  std::uint64_t value_ = 0;
};

/// A truth value: known, or a term. Asking it in `if` decides the path.
class SymbolicCond {
 public:
  constexpr SymbolicCond() = default;
  template <std::same_as<bool> T>
  constexpr SymbolicCond(T value) : value_(value) {}
  explicit SymbolicCond(const Term* t)
      : term_(t->constant() ? nullptr : t), value_(t->constant() && t->value != 0) {}
  /// What an operation gave.
  explicit SymbolicCond(Operand o) : term_(o.term), value_(o.value != 0) {}
  /// In the code around it, so that each place that asks has a record of its own.
  [[gnu::always_inline]] explicit operator bool() const {
    BranchSite* here;
    GUPDIFF_BRANCH_SITE(here);
    GUPDIFF_NOMERGE return decide_at(*here);
  }

  bool constant() const { return term_ == nullptr; }
  bool value() const { return value_; }
  const Term* term() const { return term_; }
  const Term* in(TermArena& arena) const { return term_ ? term_ : arena.truth(value_); }

 private:
  [[gnu::noinline]] bool decide_at(BranchSite& here) const {
    const bool answer = term_ ? term_->arena().decider->decide(term_) : value_;
    here.note(answer);
    return answer;
  }

  const Term* term_ = nullptr;
  bool value_ = false;
};

namespace symbolic_detail {
inline Operand operand(SymbolicWord w) { return {w.term(), w.value()}; }
inline Operand build(Op op, SymbolicWord a, SymbolicWord b) {
  return (a.constant() ? b : a).term()->arena().apply(op, operand(a), operand(b));
}
}  // namespace symbolic_detail

#define GUPDIFF_WORD_OPERATOR(op, term_op)                                         \
  inline SymbolicWord operator op(SymbolicWord a, SymbolicWord b) {                \
    if (a.constant() && b.constant()) return SymbolicWord(a.value() op b.value()); \
    return SymbolicWord(symbolic_detail::build(term_op, a, b));                    \
  }                                                                                \
  inline SymbolicWord& operator op##=(SymbolicWord& a, SymbolicWord b) { return a = a op b; }
GUPDIFF_WORD_OPERATOR(&, Op::band)
GUPDIFF_WORD_OPERATOR(|, Op::bor)
GUPDIFF_WORD_OPERATOR(^, Op::bxor)
GUPDIFF_WORD_OPERATOR(+, Op::add)
GUPDIFF_WORD_OPERATOR(-, Op::sub)
#undef GUPDIFF_WORD_OPERATOR

inline SymbolicWord operator~(SymbolicWord a) { return a ^ ~std::uint64_t{0}; }
inline SymbolicWord operator<<(SymbolicWord a, unsigned n) {
  if (a.constant()) return SymbolicWord(n < 64 ? a.value() << n : 0);
  return SymbolicWord(a.term()->arena().apply(Op::shl, {a.term(), 0}, {nullptr, n}));
}
inline SymbolicWord operator>>(SymbolicWord a, unsigned n) {
  if (a.constant()) return SymbolicWord(n < 64 ? a.value() >> n : 0);
  return SymbolicWord(a.term()->arena().apply(Op::lshr, {a.term(), 0}, {nullptr, n}));
}
inline SymbolicWord& operator<<=(SymbolicWord& a, unsigned n) { return a = a << n; }
inline SymbolicWord& operator>>=(SymbolicWord& a, unsigned n) { return a = a >> n; }

inline SymbolicCond operator!(SymbolicCond c) {
  return c.constant() ? SymbolicCond(!c.value()) : SymbolicCond(c.term()->arena().apply(Op::neg, {c.term(), 0}, {}));
}
/// Both sides are always evaluated; neither forks.
inline SymbolicCond operator&&(SymbolicCond a, SymbolicCond b) {
  if (a.constant()) return a.value() ? b : a;
  if (b.constant()) return b.value() ? a : b;
  return SymbolicCond(a.term()->arena().apply(Op::conj, {a.term(), 0}, {b.term(), 0}));
}
inline SymbolicCond operator||(SymbolicCond a, SymbolicCond b) { return !(!a && !b); }
inline SymbolicCond operator&&(SymbolicCond a, bool b) { return b ? a : SymbolicCond(false); }
inline SymbolicCond operator&&(bool a, SymbolicCond b) { return b && a; }
inline SymbolicCond operator||(SymbolicCond a, bool b) { return b ? SymbolicCond(true) : a; }
inline SymbolicCond operator||(bool a, SymbolicCond b) { return b || a; }
inline SymbolicCond operator==(SymbolicCond a, SymbolicCond b) {
  return (a && b) || (!a && !b);
}
inline SymbolicCond operator!=(SymbolicCond a, SymbolicCond b) { return !(a == b); }

inline SymbolicCond operator==(SymbolicWord a, SymbolicWord b) {
  if (a.constant() && b.constant()) return SymbolicCond(a.value() == b.value());
  return SymbolicCond(symbolic_detail::build(Op::eq, a, b));
}
inline SymbolicCond operator!=(SymbolicWord a, SymbolicWord b) { return !(a == b); }
inline SymbolicCond operator<(SymbolicWord a, SymbolicWord b) {
  if (a.constant() && b.constant()) return SymbolicCond(a.value() < b.value());
  return SymbolicCond(symbolic_detail::build(Op::ult, a, b));
}
inline SymbolicCond operator>(SymbolicWord a, SymbolicWord b) { return b < a; }
inline SymbolicCond operator<=(SymbolicWord a, SymbolicWord b) { return !(b < a); }
inline SymbolicCond operator>=(SymbolicWord a, SymbolicWord b) { return !(a < b); }

/// Words that may be solver terms. This is what the proofs run.
struct Symbolic {
  using Word = SymbolicWord;
  using Cond = SymbolicCond;
  static constexpr bool narrated = false;
  static constexpr bool symbolic = true;

  static Word select(Cond c, Word a, Word b) {
    if (c.constant()) return c.value() ? a : b;
    return Word(c.term()->arena().apply(Op::ite, symbolic_detail::operand(a), symbolic_detail::operand(b), c.term()));
  }
  static Cond select(Cond c, Cond a, Cond b) {
    if (c.constant()) return c.value() ? a : b;
    TermArena& r = c.term()->arena();
    return Cond(r.ite_bool(c.term(), a.in(r), b.in(r)));
  }
  [[gnu::always_inline]] static bool truth(Cond c) { return static_cast<bool>(c); }
  /// Halves [0, limit) until one count is left: the path stays concrete in it.
  [[gnu::always_inline]] static std::uint32_t clip(Word w, std::uint32_t limit) {
    if (truth(w >= limit)) return limit;
    std::uint32_t low = 0, high = limit;
    while (high - low > 1) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (truth(w < middle)) high = middle; else low = middle;
    }
    return low;
  }
};

static_assert(ValueDomain<Symbolic>);

}  // namespace gupdiff
