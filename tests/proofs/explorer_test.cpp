// SPDX-License-Identifier: GPL-2.0-only
// The path explorer on toys whose paths can be counted by hand.
#include "proofs/explorer.hpp"

#include <gtest/gtest.h>

#include <set>

#include "model/machine/machine.hpp"
#include "proofs/symbolic.hpp"

namespace gupdiff {
namespace {

struct Toy {
  TermArena arena;
  Frontier frontier{Budget{}};
  Explorer explorer{arena};
  Answer start() {
    PendingPath first;
    const Answer a = explorer.satisfy(first.assignment);
    if (a == Answer::sat) frontier.put(std::move(first));
    return a;
  }
};

TEST(Explorer, TakesEachFeasiblePathOnce) {
  Toy t;
  const SymbolicWord x(t.arena.word_variable("x"));
  std::multiset<int> seen;
  ASSERT_EQ(t.start(), Answer::sat);
  t.explorer.explore(t.frontier, [&] {
    int path = 0;
    if ((x & 1u) != 0u) path |= 1;
    if ((x & 6u) == 6u) path |= 2;
    if ((x & 2u) == 0u) path |= 4;  // excludes 2
    seen.insert(path);
  });
  EXPECT_EQ(seen, (std::multiset<int>{0, 1, 2, 3, 4, 5}));
}

TEST(Explorer, AssumptionsBoundThePaths) {
  Toy t;
  const SymbolicWord x(t.arena.word_variable("x"));
  t.explorer.assume((x < 3u).term());
  ASSERT_EQ(t.start(), Answer::sat);
  std::multiset<std::uint32_t> seen;
  t.explorer.explore(t.frontier, [&] { seen.insert(Symbolic::clip(x, 8)); });
  EXPECT_EQ(seen, (std::multiset<std::uint32_t>{0, 1, 2}));
}

TEST(Explorer, ContradictoryAssumptionsAreSeen) {
  Toy t;
  const SymbolicWord x(t.arena.word_variable("x")), y(t.arena.word_variable("y"));
  t.explorer.assume((x < y).term());
  t.explorer.assume((y < x).term());
  EXPECT_EQ(t.start(), Answer::unsat);
}

TEST(Explorer, RefutesOnlyWhatCanFail) {
  Toy t;
  const SymbolicWord x(t.arena.word_variable("x"));
  ASSERT_EQ(t.start(), Answer::sat);
  int held = 0, failed = 0;
  t.explorer.explore(t.frontier, [&] {
    const bool small = Symbolic::truth(x < 100u);
    Assignment bad;
    const Answer a = t.explorer.refute("x != 0x1234", (x != 0x1234u).in(t.arena), bad);
    (a == Answer::unsat ? held : failed)++;
    EXPECT_EQ(a, small ? Answer::unsat : Answer::sat);
    EXPECT_TRUE(a != Answer::sat || bad[0] == 0x1234u);
  });
  EXPECT_EQ(held, 1);
  EXPECT_EQ(failed, 1);
}

TEST(Explorer, ReplayThatDecidesOtherwiseIsAnError) {
  Toy t;
  const SymbolicWord x(t.arena.word_variable("x")), y(t.arena.word_variable("y"));
  ASSERT_EQ(t.start(), Answer::sat);
  bool first = true;  // what a static in a model would do
  EXPECT_THROW(t.explorer.explore(t.frontier, [&] {
    if (first ? x == 1u : y == 1u) first = false;
    first = false;
  }),
               ProverError);
}

TEST(Explorer, StopsAtThePathBudget) {
  TermArena arena;
  Frontier frontier{Budget{.max_paths = 5}};
  Explorer explorer{arena};
  const SymbolicWord x(arena.word_variable("x"));
  frontier.put({});
  explorer.explore(frontier, [&] { (void)Symbolic::clip(x, 1000); });
  EXPECT_EQ(frontier.shortfall(), Shortfall::path_budget);
  EXPECT_EQ(explorer.counts().paths, 5u);
}

TEST(Explorer, PathsBeyondTheBoundAreCountedApart) {
  Toy t;
  const SymbolicWord x(t.arena.word_variable("x"));
  int ones = 0, finished = 0;
  t.explorer.beyond_bound = [&] { return ones > 1; };
  ASSERT_EQ(t.start(), Answer::sat);
  t.explorer.explore(t.frontier, [&] {
    ones = 0;
    for (unsigned bit = 0; bit < 4; ++bit)
      if ((x & (1u << bit)) != 0u) ++ones;
    t.explorer.stay_within_bound();
    ++finished;
  });
  EXPECT_EQ(finished, 5);  // no bit, or one
  EXPECT_EQ(t.explorer.counts().paths, 5u);
  EXPECT_EQ(t.explorer.counts().beyond_bound, 6u);  // each as far as its second bit
}

TEST(Explorer, WhatARunSharesWithTheOneBeforeIsNotDecidedTwice) {
  Toy t;
  const SymbolicWord x(t.arena.word_variable("x"));
  ASSERT_EQ(t.start(), Answer::sat);
  std::multiset<std::uint64_t> seen;
  t.explorer.explore(t.frontier, [&] {
    std::uint64_t path = 0;
    for (unsigned bit = 0; bit < 6; ++bit)
      if ((x & (1u << bit)) != 0u) path |= 1u << bit;
    for (unsigned bit = 0; bit < 6; ++bit)
      if ((x & (1u << bit)) != 0u) path ^= 1u << bit;  // follows
    EXPECT_EQ(path, 0u);
    seen.insert(t.explorer.now().value(x.term()) & 63u);
  });
  EXPECT_EQ(seen.size(), 64u);
  EXPECT_EQ(std::set<std::uint64_t>(seen.begin(), seen.end()).size(), 64u);
  EXPECT_LE(t.explorer.counts().inferred, 64u * 6 + 64);  // the repeated questions, and none of a shared beginning
}

/// Two toy walks over real machine state: they agree except on a PROT_NONE PUD.
struct Walked {
  std::uint64_t paths = 0, disagreements = 0, checks = 0;
};
Walked toy_walks(bool cores, bool nudges) {
  const Arch<Symbolic> E;
  TermArena arena;
  Frontier frontier{Budget{}};
  Explorer explorer{arena};
  explorer.use_cores = cores;
  explorer.use_nudges = nudges;
  World<Symbolic> w;
  const std::uint64_t address = 0x7f0000000000;
  for (const Level l : {Level::pgd, Level::p4d, Level::pud}) {
    Slot<Symbolic> s;
    s.first = SymbolicWord(address >> geometry_of(w.config).shift(l));
    s.value = SymbolicWord(arena.word_variable("slot" + std::to_string(static_cast<int>(l))));
    w.slots[static_cast<int>(l)].push_back(s);
  }
  w.request.flags = SymbolicWord(arena.word_variable("flags"));
  PendingPath first;
  EXPECT_EQ(explorer.satisfy(first.assignment), Answer::sat);
  frontier.put(std::move(first));
  auto walk = [&](Machine<Symbolic>& m, bool pte_level_presence) {
    m.reset(w, kV6_9);
    for (const Level l : {Level::pgd, Level::p4d}) {
      const auto e = m.read("toy", l, address);
      if (!E.pud_present(e)) return 0;
      if (!m.enter_table("toy", static_cast<Level>(static_cast<int>(l) - 1), e, address)) return -1;
    }
    const auto e = m.read("toy", Level::pud, address);
    if (pte_level_presence ? !E.pte_present(e) : !E.pud_present(e)) return 0;
    if (!E.write(e) && (m.w.request.flags & FOLL_WRITE) != 0u) return 0;
    return 1;
  };
  Walked r;
  Machine<Symbolic> a, b;
  explorer.explore(frontier, [&] {
    const int x = walk(a, true), y = walk(b, false);
    r.disagreements += x != y;
  });
  r.paths = explorer.counts().paths;
  r.checks = explorer.counts().checks;
  return r;
}

TEST(Explorer, CoresAndNudgesSpareChecksAndChangeNoVerdict) {
  const Walked plain = toy_walks(false, false);
  for (const bool cores : {false, true})
    for (const bool nudges : {false, true}) {
      const Walked w = toy_walks(cores, nudges);
      EXPECT_EQ(w.paths, plain.paths);
      EXPECT_EQ(w.disagreements, plain.disagreements);
      EXPECT_LE(w.checks, plain.checks);
    }
  EXPECT_EQ(plain.disagreements, 1u);  // PROT_NONE and permitted
}

}  // namespace
}  // namespace gupdiff
