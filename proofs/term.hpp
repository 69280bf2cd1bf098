// SPDX-License-Identifier: GPL-2.0-only
// The prover's own terms, ahead of the solver: hash-consed 64-bit words and truth
// values with known bits, simplified as they are built.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gupdiff {

class TermArena;

/// Node kinds. A disjunction is a negated conjunction of negations; `a <= b` is
/// a negated `b < a`; so each condition has one form and one polarity.
enum class Op : std::uint8_t {
  constant,  ///< word constant `value`
  word_var,  ///< word variable number `value`
  band,
  bor,
  bxor,
  add,
  sub,
  shl,   ///< a << value, 0 < value < 64
  lshr,  ///< a >> value, 0 < value < 64
  ite,   ///< word: cond ? a : b
  truth,     ///< Boolean constant `value`
  bool_var,  ///< Boolean variable number `value`
  eq,        ///< words a == b
  ult,       ///< words a < b, unsigned
  conj,      ///< a && b
  neg,       ///< !a
};

/// Bits known of a word (of a truth value: bit 0). Never both zero and one.
struct KnownBits {
  std::uint64_t zeros = 0;
  std::uint64_t ones = 0;
  std::uint64_t known() const { return zeros | ones; }
  bool constant() const { return known() == ~std::uint64_t{0}; }
  /// Smallest and largest value the word can have.
  std::uint64_t least() const { return ones; }
  std::uint64_t most() const { return ~zeros; }
};

/// One node. Equal terms of one arena are the same pointer; terms live as long
/// as their arena. `hash` depends on structure alone, so it is the same in every
/// arena and every run (replay and work sharing rely on it). One cache line: most of the
/// prover's time goes by in waiting for one.
struct alignas(64) Term {
  const Term* a;
  const Term* b;
  union {
    const Term* cond;     ///< of `ite`
    std::uint64_t value;  ///< of all others: of a constant, number of a variable, distance of a shift; else 0
  };
  KnownBits bits;
  std::uint64_t hash;
  std::uint32_t id;  ///< position in the arena; operands have smaller ones
  Op op;
  std::uint64_t variables;  ///< those that its value can depend on: variable n is bit n % 64, shared with others

  /// The arena that owns it, without a look at the term itself.
  TermArena& arena() const;
  /// The condition of `ite`; of all others none.
  const Term* condition() const { return op == Op::ite ? cond : nullptr; }
  bool boolean() const { return op >= Op::truth; }
  bool constant() const { return op == Op::constant || op == Op::truth; }
};

/// Bits that follow for a node from what is known of its operands.
KnownBits transfer(Op op, std::uint64_t value, KnownBits a, KnownBits b, KnownBits cond);

/// Who decides a condition met in `if`: the running explorer.
class Decider {
 public:
  virtual bool decide(const Term* condition) = 0;

 protected:
  ~Decider() = default;
};

/// Variables a condition depends on, bit by bit: `mask` bits of variable `var`.
struct Dependence {
  std::uint32_t var;
  std::uint64_t mask;
};

/// A variable as it was declared.
struct Variable {
  std::string name;
  const Term* term;
  bool boolean;
};

/// A word as an operation is given it: a term, or (no term) a number.
struct Operand {
  const Term* term = nullptr;
  std::uint64_t value = 0;
  friend bool operator==(const Operand&, const Operand&) = default;
};

/// Owns the terms of one exploration. Not shared between threads.
class TermArena {
 public:
  TermArena();
  TermArena(const TermArena&) = delete;
  TermArena& operator=(const TermArena&) = delete;

  const Term* word(std::uint64_t value);
  const Term* truth(bool value) { return value ? true_ : false_; }
  /// A new variable; numbers follow the order of declaration.
  const Term* word_variable(std::string_view name);
  const Term* bool_variable(std::string_view name);

  const Term* band(const Term* a, const Term* b);
  const Term* bor(const Term* a, const Term* b);
  const Term* bxor(const Term* a, const Term* b);
  const Term* add(const Term* a, const Term* b);
  const Term* sub(const Term* a, const Term* b);
  /// Shifts by 64 or more give 0, as in SMT-LIB and unlike C.
  const Term* shl(const Term* a, unsigned n);
  const Term* lshr(const Term* a, unsigned n);
  const Term* ite(const Term* cond, const Term* a, const Term* b);

  const Term* eq(const Term* a, const Term* b);
  const Term* ult(const Term* a, const Term* b);
  const Term* conj(const Term* a, const Term* b);
  const Term* disj(const Term* a, const Term* b) { return neg(conj(neg(a), neg(b))); }
  const Term* neg(const Term* a);
  const Term* ite_bool(const Term* cond, const Term* a, const Term* b);

  /// The constructor of `op` (a number becomes a term and a constant a number; a shift's is its distance), with a memory
  /// of what it gave lately: paths repeat most of each other's operations. Where it remembers it looks at no term.
  Operand apply(Op op, Operand a, Operand b, const Term* cond = nullptr);

  /// Which bits of which variables `condition` can depend on, sorted by variable.
  /// The reference is good until the next call for another condition.
  const std::vector<Dependence>& dependences(const Term* condition);

  const std::vector<Variable>& variables() const { return variables_; }
  const Term* at(std::uint32_t id) const { return blocks_[id / kBlockTerms]->terms + id % kBlockTerms; }
  std::uint32_t size() const { return size_; }

  Decider* decider = nullptr;  ///< asked by Symbolic conditions

 private:
  const Term* make(Op op, std::uint64_t value, const Term* a = nullptr, const Term* b = nullptr,
                   const Term* cond = nullptr);
  const Term* eq_constant(const Term* a, std::uint64_t c);
  const Term* eq_constant_in_parts(const Term* a, std::uint64_t c);
  const Term* construct(Op op, Operand a, Operand b, const Term* cond);
  void grow();

  /// Terms of one arena, at an address from which each of them finds it.
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
  static constexpr std::uint32_t kBlockTerms = kBlockBytes / sizeof(Term) - 1;
  struct alignas(kBlockBytes) Block {
    TermArena* arena;
    Term terms[kBlockTerms];
  };
  friend struct Term;

  /// One operation and its result.
  struct alignas(64) Applied {
    Operand a, b, result;
    const Term* cond = nullptr;
    Op op = Op::constant;  ///< which apply() is never asked for
  };

  std::vector<std::unique_ptr<Block>> blocks_;
  std::uint32_t size_ = 0;  ///< terms in them
  /// Comparisons that were taken apart: shared parts would be taken apart once a use, which is
  /// exponential in a chain of selects.
  struct Compared {
    std::uint32_t id;
    std::uint64_t constant;
    bool operator==(const Compared& o) const { return id == o.id && constant == o.constant; }
  };
  struct ComparedHash {
    std::size_t operator()(const Compared& c) const {
      return static_cast<std::size_t>((c.constant ^ c.id * 0x9e3779b97f4a7c15ull) * 0xff51afd7ed558ccdull >> 20);
    }
  };
  std::unordered_map<Compared, const Term*, ComparedHash> compared_;
  std::vector<Applied> applied_;  ///< each operation has one place; the newest stays
  std::vector<const Term*> table_;  ///< open addressing, a power of two
  std::vector<Variable> variables_;
  std::deque<std::vector<Dependence>> dependences_;
  std::vector<std::int32_t> dependence_index_;
  const Term* true_ = nullptr;
  const Term* false_ = nullptr;
};

inline TermArena& Term::arena() const {
  const auto block = reinterpret_cast<std::uintptr_t>(this) & ~(std::uintptr_t{TermArena::kBlockBytes} - 1);
  return *reinterpret_cast<const TermArena::Block*>(block)->arena;
}

}  // namespace gupdiff
