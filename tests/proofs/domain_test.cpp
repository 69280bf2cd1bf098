// SPDX-License-Identifier: GPL-2.0-only
// The encoder agrees with the concrete domain: every entry predicate, and random
// expressions, through simplification, evaluation and the solver.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "model/arch/arch.hpp"
#include "proofs/assignment.hpp"
#include "proofs/knowledge.hpp"
#include "proofs/solver.hpp"
#include "proofs/symbolic.hpp"

namespace gupdiff {
namespace {

const Arch<Concrete> EC;
const Arch<Symbolic> ES;

/// Words with few or structured bits set, where predicates change their mind.
std::uint64_t odd_word(std::mt19937_64& rng) {
  switch (rng() % 4) {
    case 0: return rng();
    case 1: return std::uint64_t{1} << (rng() % 64) | std::uint64_t{1} << (rng() % 64);
    case 2: return (rng() & rng() & rng() & ~x86_64::kPfnMask) | ((rng() & 0xffff) << 12);
    default: return ~(std::uint64_t{1} << (rng() % 64));
  }
}

struct Predicate {
  const char* name;
  bool (*concrete)(const Arch<Concrete>&, std::uint64_t);
  SymbolicCond (*symbolic)(const Arch<Symbolic>&, SymbolicWord);
};
#define PREDICATE(f)                                                     \
  {#f, [](const Arch<Concrete>& a, std::uint64_t e) { return a.f(e); }, \
   [](const Arch<Symbolic>& a, SymbolicWord e) { return a.f(e); }}
const Predicate kPredicates[] = {
    PREDICATE(none),       PREDICATE(pgd_none), PREDICATE(pte_present),    PREDICATE(pmd_present),
    PREDICATE(pud_present), PREDICATE(protnone), PREDICATE(pmd_bad),        PREDICATE(pud_bad),
    PREDICATE(p4d_bad),    PREDICATE(pgd_bad),  PREDICATE(pmd_leaf),       PREDICATE(pmd_trans_huge),
    PREDICATE(p4d_present), PREDICATE(pgd_present), PREDICATE(pud_trans_huge), PREDICATE(contiguous),
    PREDICATE(swp_soft_dirty), PREDICATE(swp_uffd_wp), PREDICATE(swp_exclusive), PREDICATE(plain_table),
    PREDICATE(devmap),     PREDICATE(special),  PREDICATE(write),          PREDICATE(dirty),
    PREDICATE(young),      PREDICATE(soft_dirty), PREDICATE(uffd_wp),      PREDICATE(is_swap),
};
#define EDIT(f)                                                          \
  {#f, [](const Arch<Concrete>& a, std::uint64_t e) { return a.f(e); }, \
   [](const Arch<Symbolic>& a, SymbolicWord e) { return a.f(e); }}
struct Edit {
  const char* name;
  std::uint64_t (*concrete)(const Arch<Concrete>&, std::uint64_t);
  SymbolicWord (*symbolic)(const Arch<Symbolic>&, SymbolicWord);
};
#define LEAF_PFN(l)                                                                             \
  {"leaf_pfn " #l, [](const Arch<Concrete>& a, std::uint64_t e) { return a.leaf_pfn(Level::l, e); }, \
   [](const Arch<Symbolic>& a, SymbolicWord e) { return a.leaf_pfn(Level::l, e); }}
const Edit kEdits[] = {
    LEAF_PFN(pte), LEAF_PFN(pmd), LEAF_PFN(pud), EDIT(pte_pfn), EDIT(pmd_pfn), EDIT(without_frame),
    EDIT(pud_pfn),    EDIT(table_frame), EDIT(swp_type),  EDIT(swp_offset),    EDIT(mkyoung),
    EDIT(mkold),      EDIT(mkdirty),  EDIT(mkclean),      EDIT(mkwrite),       EDIT(mkwrite_novma),
    EDIT(wrprotect),  EDIT(mkuffd_wp), EDIT(clear_uffd_wp), EDIT(table_entry),
};

TEST(SymbolicDomain, EveryEntryPredicateEvaluatesAsTheConcreteOne) {
  for (int arch = 0; arch < kArchitectures; ++arch) {
    Config c;
    c.arch = static_cast<Architecture>(arch);
    const Arch<Concrete> concrete(c);
    const Arch<Symbolic> symbolic(c);
    TermArena arena;
    const SymbolicWord e(arena.word_variable("e"));
    Evaluator at(arena);
    std::mt19937_64 rng(1);
    for (int i = 0; i < 4000; ++i) {
      const std::uint64_t w = odd_word(rng);
      at.set({w});
      for (const Predicate& p : kPredicates)
        ASSERT_EQ(at.holds(p.symbolic(symbolic, e).in(arena)), p.concrete(concrete, w))
            << architecture_name(c.arch) << " " << p.name << " of " << std::hex << w;
      for (const Edit& p : kEdits)
        ASSERT_EQ(at.value(p.symbolic(symbolic, e).in(arena)), p.concrete(concrete, w))
            << architecture_name(c.arch) << " " << p.name << " of " << std::hex << w;
    }
  }
}

TEST(SymbolicDomain, SwapPredicatesEvaluateAsTheConcreteOnes) {
  TermArena arena;
  const SymbolicWord e(arena.word_variable("e"));
  Evaluator at(arena);
  std::mt19937_64 rng(2);
  const SwapTypes types = swap_types(Config{});
  for (int i = 0; i < 4000; ++i) {
    const std::uint64_t w = (rng() % 32) << 59 | (odd_word(rng) & ~(0x1full << 59) & ~std::uint64_t{0x101});
    at.set({w});
    ASSERT_EQ(at.holds(ES.is_migration(types, e).in(arena)), EC.is_migration(types, w));
    ASSERT_EQ(at.holds(ES.is_hwpoison(types, e).in(arena)), EC.is_hwpoison(types, w));
    ASSERT_EQ(at.holds(ES.is_marker(types, e).in(arena)), EC.is_marker(types, w));
  }
}

/// A random expression built in both domains at once.
struct Pair {
  SymbolicWord symbolic;
  std::uint64_t concrete;
};
Pair random_word(std::mt19937_64& rng, const std::vector<Pair>& leaves, int depth);
std::pair<SymbolicCond, bool> random_cond(std::mt19937_64& rng, const std::vector<Pair>& leaves,
                                          int depth) {
  if (depth > 0 && rng() % 3 == 0) {
    auto [a, x] = random_cond(rng, leaves, depth - 1);
    auto [b, y] = random_cond(rng, leaves, depth - 1);
    if (rng() % 2) return {a && b, x && y};
    return {a || !b, x || !y};
  }
  const Pair a = random_word(rng, leaves, depth - 1), b = random_word(rng, leaves, depth - 1);
  switch (rng() % 4) {
    case 0: return {a.symbolic == b.symbolic, a.concrete == b.concrete};
    case 1: return {a.symbolic < b.symbolic, a.concrete < b.concrete};
    case 2: return {(a.symbolic & b.symbolic) != 0u, (a.concrete & b.concrete) != 0u};
    default: return {a.symbolic <= b.symbolic, a.concrete <= b.concrete};
  }
}
Pair random_word(std::mt19937_64& rng, const std::vector<Pair>& leaves, int depth) {
  if (depth <= 0) {
    if (rng() % 3 == 0) {
      const std::uint64_t c = odd_word(rng);
      return {SymbolicWord(c), c};
    }
    return leaves[rng() % leaves.size()];
  }
  const Pair a = random_word(rng, leaves, depth - 1), b = random_word(rng, leaves, depth - 1);
  const unsigned n = static_cast<unsigned>(rng() % 64);
  switch (rng() % 9) {
    case 0: return {a.symbolic & b.symbolic, a.concrete & b.concrete};
    case 1: return {a.symbolic | b.symbolic, a.concrete | b.concrete};
    case 2: return {a.symbolic ^ b.symbolic, a.concrete ^ b.concrete};
    case 3: return {a.symbolic + b.symbolic, a.concrete + b.concrete};
    case 4: return {a.symbolic - b.symbolic, a.concrete - b.concrete};
    case 5: return {a.symbolic << n, a.concrete << n};
    case 6: return {a.symbolic >> n, a.concrete >> n};
    case 7: return {~a.symbolic, ~a.concrete};
    default: {
      auto [c, v] = random_cond(rng, leaves, depth - 1);
      return {Symbolic::select(c, a.symbolic, b.symbolic), v ? a.concrete : b.concrete};
    }
  }
}

TEST(Terms, SimplificationNeverChangesTheValue) {
  std::mt19937_64 rng(3);
  for (int round = 0; round < 3000; ++round) {
    TermArena arena;
    Evaluator at(arena);
    Assignment values;
    std::vector<Pair> leaves;
    for (const char* name : {"x", "y"}) {
      const std::uint64_t v = odd_word(rng);
      leaves.push_back({SymbolicWord(arena.word_variable(name)), v});
      values.push_back(v);
    }
    at.set(values);
    for (int i = 0; i < 4; ++i) {
      const Pair w = random_word(rng, leaves, 4);
      const Term* t = w.symbolic.in(arena);
      ASSERT_EQ(at.value(t), w.concrete);
      ASSERT_EQ(w.concrete & t->bits.zeros, 0u);
      ASSERT_EQ(~w.concrete & t->bits.ones, 0u);
      auto [c, v] = random_cond(rng, leaves, 3);
      ASSERT_EQ(at.holds(c.in(arena)), v);
    }
  }
}

TEST(Terms, DependencesNameEveryBitThatMatters) {
  std::mt19937_64 rng(4);
  for (int round = 0; round < 500; ++round) {
    TermArena arena;
    Evaluator at(arena);
    const std::vector<Pair> leaves{{SymbolicWord(arena.word_variable("x")), 0},
                                   {SymbolicWord(arena.word_variable("y")), 0}};
    const Term* t = random_cond(rng, leaves, 3).first.in(arena);
    std::uint64_t mask[2] = {0, 0};
    for (const Dependence& d : arena.dependences(t)) mask[d.var] = d.mask;
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t x = odd_word(rng), y = odd_word(rng);
      at.set({x, y});
      const bool before = at.holds(t);
      at.set({(x & mask[0]) | (rng() & ~mask[0]), (y & mask[1]) | (rng() & ~mask[1])});
      ASSERT_EQ(at.holds(t), before);
    }
  }
}

/// Whatever a path learns is true of the assignment that takes it; so must be whatever follows.
TEST(Knowledge, NeverContradictsTheAssignmentItLearntFrom) {
  std::mt19937_64 rng(6);
  for (int round = 0; round < 1500; ++round) {
    TermArena arena;
    Evaluator at(arena);
    Knowledge knowledge(arena);
    const std::uint64_t x = odd_word(rng), y = odd_word(rng);
    const std::vector<Pair> leaves{{SymbolicWord(arena.word_variable("x")), x},
                                   {SymbolicWord(arena.word_variable("y")), y}};
    at.set({x, y});
    for (int i = 0; i < 12; ++i) {
      // Masked comparisons, the shape of entry predicates; ranges, that of counts; and anything at all.
      const std::uint64_t m = odd_word(rng);
      const SymbolicWord w = leaves[rng() % 2].symbolic & m;
      const unsigned shape = rng() % 4;
      const SymbolicCond c = shape < 2 ? w == SymbolicWord(odd_word(rng) & m)
                             : shape < 3 ? w != 0u && w <= (odd_word(rng) >> rng() % 64)
                                         : random_cond(rng, leaves, 2).first;
      if (c.constant()) continue;
      knowledge.learn(c.term(), at.holds(c.term()));
      const Term* t = random_word(rng, leaves, 3).symbolic.in(arena);
      const Term* d = random_cond(rng, leaves, 3).first.in(arena);
      const KnownBits k = knowledge.bits(t);
      ASSERT_EQ(at.value(t) & k.zeros, 0u);
      ASSERT_EQ(~at.value(t) & k.ones, 0u);
      ASSERT_EQ(at.value(knowledge.simplify(t)), at.value(t));
      ASSERT_EQ(at.value(knowledge.ground(t)), at.value(t));
      ASSERT_EQ(at.holds(knowledge.simplify(d)), at.holds(d));
      ASSERT_EQ(at.holds(knowledge.ground(d)), at.holds(d));
    }
  }
}

/// A count that is positive and small stays so however many are added: no question for the solver.
TEST(Knowledge, ARangeAboveZeroFixesTheHighBits) {
  TermArena arena;
  Knowledge knowledge(arena);
  const SymbolicWord count(arena.word_variable("count"));
  const SymbolicCond range = count != 0u && count <= 0xfffffu;
  knowledge.learn(range.term());
  EXPECT_EQ(knowledge.bits(count.term()).zeros, ~std::uint64_t{0xfffff});
  for (const std::uint64_t added : {1u, 511u, 8191u}) {
    const SymbolicWord sum = count + added;
    EXPECT_EQ(knowledge.infer((sum == 0u).term()), Knowledge::Truth::no);
    EXPECT_EQ(knowledge.infer(((sum >> 63) != 0u).term()), Knowledge::Truth::no);
  }
  knowledge.rewind(0);
  EXPECT_EQ(knowledge.bits(count.term()).known(), 0u);
  knowledge.learn(range.term(), false);
  EXPECT_EQ(knowledge.bits(count.term()).known(), 0u);
}

TEST(Solver, AgreesWithEvaluationOnRandomConditions) {
  std::mt19937_64 rng(5);
  for (int round = 0; round < 60; ++round) {
    TermArena arena;
    Solver solver(arena, 5000);
    Evaluator at(arena);
    const std::uint64_t x = odd_word(rng), y = odd_word(rng);
    const std::vector<Pair> leaves{{SymbolicWord(arena.word_variable("x")), x},
                                   {SymbolicWord(arena.word_variable("y")), y}};
    auto [c, v] = random_cond(rng, leaves, 3);
    if (c.constant()) continue;
    const Term* fixed[] = {arena.eq(leaves[0].symbolic.term(), arena.word(x)),
                           arena.eq(leaves[1].symbolic.term(), arena.word(y)), c.term()};
    Assignment model;
    std::vector<std::size_t> core;
    ASSERT_EQ(solver.check("fixed", fixed, &model, &core), v ? Answer::sat : Answer::unsat);
    const Term* alone[] = {c.term()};
    if (solver.check("free", alone, &model, nullptr) == Answer::sat) {
      at.set(model);
      ASSERT_TRUE(at.holds(c.term()));
    }
  }
}

TEST(Terms, MaskedFormsMeet) {
  TermArena arena;
  const SymbolicWord e(arena.word_variable("e"));
  // A bit set is the negation of the bit clear, however it is asked.
  EXPECT_EQ(((e & 2u) != 0u).term(), ((e & 2u) == 2u).term());
  EXPECT_EQ((((e >> 1) & 1u) == 1u).term(), ((e & 2u) != 0u).term());
  EXPECT_TRUE(((e + 4096u) == (e + 8192u)).constant());
  EXPECT_TRUE(((e | 1u) == (e & ~std::uint64_t{1})).constant());
  EXPECT_EQ((((e << 12) >> 12)).term(), (e & 0x000fffffffffffffull).term());
}

}  // namespace
}  // namespace gupdiff
