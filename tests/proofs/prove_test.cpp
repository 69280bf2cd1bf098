// SPDX-License-Identifier: GPL-2.0-only
// Verdicts of the prover on real theorems, kept to what a few seconds allow.
#include "proofs/prove.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "oracle/safety.hpp"
#include "proofs/cell_prover.hpp"
#include "proofs/concretise.hpp"
#include "proofs/counterexample.hpp"
#include "proofs/prove_reader.hpp"
#include "proofs/request_shapes.hpp"
#include "proofs/row_claims.hpp"
#include "proofs/symbolic_walks.hpp"
#include "proofs/theorem.hpp"
#include "proofs/world_builder.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

ProveOptions options(std::string glob) {
  ProveOptions o;
  o.glob = std::move(glob);
  o.timeout_seconds = 60;
  return o;
}

TEST(Prove, UnknownGlobMatchesNothing) {
  EXPECT_TRUE(prove(options("no such theorem")).empty());
}

TEST(Prove, NamesCarryThePair) {
  const auto names = list_theorems(default_pair());
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names.front(), "x86_64/v6.9:v6.10/hugetlb-2M/one-page");
}

TEST(Prove, GlobMatchesAsAShellWouldAcrossSlashes) {
  EXPECT_TRUE(glob_matches("*", "a/b"));
  EXPECT_TRUE(glob_matches("a*/one-?age", "a/b/one-page"));
  EXPECT_FALSE(glob_matches("a", "a/b"));
  EXPECT_FALSE(glob_matches("", "a"));
  EXPECT_TRUE(glob_matches("x86_64/*hugetlb-1G*", "x86_64/v6.9:v6.10/hugetlb-1G/one-page"));
}

/// With its row off, a known divergence is found, replayed and shrunk.
void finds_without(std::string_view row, std::string glob) {
  ProveOptions o = options(std::move(glob));
  o.enabled.reset(static_cast<std::size_t>(find_row(row)));
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].internal_error, "");
  ASSERT_EQ(results[0].verdict, Verdict::refuted);
  ASSERT_FALSE(results[0].counterexamples.empty());
  const Counterexample& c = results[0].counterexamples[0];
  for (int f = 0; f < kFacets; ++f) {
    const Claim claim{static_cast<Facet>(f), -1, -1};
    EXPECT_FALSE(claim.name() == c.claim && claim_holds(claim, c.world, o.pair, o.enabled));
  }
}

TEST(Prove, FindsTheProtNoneGigabytePageWhenD17IsOff) { finds_without("D17", "x86_64/*/hugetlb-1G/one-page"); }
TEST(Prove, FindsTheHugetlbSplitWhenD42IsOff) { finds_without("D42", "x86_64/*/hugetlb-2M/one-page"); }

TEST(Prove, ProvesOneGigabytePageAndProcessesDoNotChangeTheExploration) {
  ProveOptions o = options("x86_64/*/hugetlb-1G/one-page");
  o.timeout_seconds = 300;  // seconds, but for sanitizers and busy machines
  std::uint64_t paths = 0;
  for (const unsigned jobs : {1u, 3u}) {
    o.jobs = jobs;
    const auto results = prove(o);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].internal_error, "");
    EXPECT_EQ(results[0].verdict, Verdict::proved_except);
    EXPECT_TRUE(results[0].counterexamples.empty());
    EXPECT_GT(results[0].rows_needed.at("D17"), 0u);
    EXPECT_EQ(results[0].rows_needed, results[0].rows_used);
    EXPECT_GT(results[0].outcomes.at("v6.10: returns 1"), 0u);
    if (jobs == 1) paths = results[0].counts.paths;
    EXPECT_EQ(results[0].counts.paths, paths);
  }
}

TEST(Prove, AWalkAgreesWithItself) {
  ProveOptions o = options("x86_64/*/hugetlb-1G/one-page");
  o.timeout_seconds = 300;
  o.pair = *parse_pair("v6.10:v6.10");
  o.enabled = excusing_rows();
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].verdict, Verdict::proved);
  EXPECT_TRUE(results[0].rows_used.empty());
}

/// D32 and D33 are code of the old walk against C0, and switches from there on: tight as either.
TEST(Prove, TheStepsToV610AreTightBelowDirectories) {
  for (const char* pair : {"v6.9:v6.10-C0", "v6.10-C0:v6.10-C1", "v6.10-C1:v6.10"}) {
    SCOPED_TRACE(pair);
    ProveOptions o = options("powerpc-8xx/*/hugetlb-8M/longterm-one-page");
    o.pair = *parse_pair(pair);
    const auto results = prove(o);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].internal_error, "");
    EXPECT_EQ(results[0].verdict, Verdict::proved_except);
    EXPECT_EQ(results[0].rows_needed, results[0].rows_used);
  }
}

/// What is expected of the newer walk of `pair` on `w`, with all rows and without row `row`.
struct WithAndWithout {
  WithAndWithout(const World<Concrete>& w, WalkPair pair, int row) {
    run_expected(pair, all_rows(), w, with);
    run_expected(pair, all_rows().reset(static_cast<std::size_t>(row)), w, without);
  }
  Machine<Concrete> with, without;
};

/// Where a row speaks and nothing changes, or something its text does not name, it is too wide.
TEST(Claims, ARowIsTightWhereItMakesItsOwnDifference) {
  const World<Concrete> w = load(GUPDIFF_CORPUS "/divergences/D08.toml").world;
  const WalkPair pair = default_pair();
  const int d08 = find_row("D08"), d17 = find_row("D17");
  Claim claim;
  claim.row = d08;
  EXPECT_EQ(claim.name(), "row D08 is tight");
  EXPECT_TRUE(claim_holds(claim, w, pair, all_rows()));
  claim.row = d17;  // does not speak here
  EXPECT_TRUE(claim_holds(claim, w, pair, all_rows()));
  auto [with, without] = WithAndWithout(w, pair, d08);
  ASSERT_TRUE(with.known_applied[static_cast<std::size_t>(d08)]);
  EXPECT_FALSE(row_differs<Concrete>(d08, w, with, with));
  EXPECT_TRUE(row_differs<Concrete>(d08, w, with, without));
  without.ret ^= 1;  // D08 is about protocol and cost
  EXPECT_FALSE(row_differs<Concrete>(d08, w, with, without));
}

/// Of a row that is recorded wherever its switch is asked it is asked whether it shows in a facet that it does not name.
TEST(Claims, ARowThatIsNotTightKeepsToItsFacets) {
  const World<Concrete> w = load(GUPDIFF_CORPUS "/divergences/V01.toml").world;
  const WalkPair pair = *parse_pair("v6.1:v6.9");
  const int v01 = find_row("V01");  // protocol and cost
  EXPECT_EQ(row_claim(v01).name(), "row V01 keeps to its facets");
  EXPECT_TRUE(claim_holds(row_claim(v01), w, pair, all_rows()));
  auto [with, without] = WithAndWithout(w, pair, v01);
  EXPECT_FALSE(all_facets_equal<Concrete>(w, with, without));
  EXPECT_TRUE(row_keeps_to_its_facets<Concrete>(v01, w, pair, all_rows(), with, without));
  without.ret ^= 1;
  EXPECT_FALSE(row_keeps_to_its_facets<Concrete>(v01, w, pair, all_rows(), with, without));
}

/// V28 once left its result out: a fatal signal between two faults shows how many there are.
TEST(Claims, ABadPmdShowsInTheResult) {
  const World<Concrete> w = load(GUPDIFF_CORPUS "/regressions/bad-pmd-saves-a-fault.toml").world;
  const WalkPair pair = *parse_pair("v6.1:v6.9");
  const int v28 = find_row("V28");
  const auto [with, without] = WithAndWithout(w, pair, v28);
  EXPECT_FALSE(facet_equal<Concrete>(Facet::result, w, with, without));
  EXPECT_TRUE(claim_holds(row_claim(v28), w, pair, all_rows()));
}

/// v6.1's own loop knows nothing of the rows of the later lookup: where V09 is left out, D17 cannot speak. That is no
/// difference of V09's.
TEST(Claims, RowsThatSpeakOnlyBesideAnotherAreNotHeldAgainstIt) {
  const World<Concrete> w = load(GUPDIFF_CORPUS "/divergences/D17.toml").world;
  const WalkPair pair = *parse_pair("v6.1:v6.12.117");
  const int v09 = find_row("V09");  // protocol
  const auto [with, without] = WithAndWithout(w, pair, v09);
  EXPECT_FALSE(facet_equal<Concrete>(Facet::result, w, with, without));
  EXPECT_TRUE(claim_holds(row_claim(v09), w, pair, all_rows()));
}

/// Proves the one theorem that `glob` matches.
TheoremResult proved(std::string glob) {
  ProveOptions o = options(std::move(glob));
  o.timeout_seconds = 300;
  const auto results = prove(o);
  EXPECT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].internal_error, "");
  EXPECT_EQ(results[0].verdict, Verdict::proved_except) << results[0].name;
  return results[0];
}

TEST(Prove, ABoundOnFaultsIsAnAssumptionAndDropsTheOtherPaths) {
  const TheoremResult r = proved("x86_64/*/hugetlb-1G/one-page/faults-0");
  EXPECT_GT(r.counts.beyond_bound, 0u);
  EXPECT_EQ(r.assumptions.back().name, "the older walk does not fault");
  EXPECT_GT(r.outcomes.at("v6.10: returns 1"), 0u);
  EXPECT_EQ(r.outcomes.count("v6.10: livelock"), 0u);  // D17 is in force in the older walk, which faults for ever then
}
TEST(Prove, CrossesPageTables) {
  EXPECT_GT(proved("x86_64/*/hugetlb-1G/cross-table/faults-0").outcomes.at("v6.10: returns 2"), 0u);
}
TEST(Prove, CrossesMappings) {
  EXPECT_GT(proved("x86_64/*/hugetlb-1G/cross-vma/faults-0").outcomes.at("v6.10: returns 2"), 0u);
}
TEST(Prove, RunsPastTheEndOfAMapping) {
  const TheoremResult r = proved("x86_64/*/hugetlb-2M/past-vma/faults-0");
  EXPECT_GT(r.outcomes.at("v6.10: returns 1"), 0u);
  EXPECT_EQ(r.outcomes.count("v6.10: returns 2"), 0u);
}

/// A cell whose every path is beyond its bound shows nothing.
TEST(Prove, OnlyPathsBeyondTheBoundAreVacuous) {
  Theorem t = theorems()[0];
  t.cells = {t.cells[1]};
  t.cells[0].faults = 0;
  t.build = [](TermArena& arena, const Cell& cell, std::uint8_t order) {
    WorldBuilder b(arena, cell, order);
    b.standard_folios();
    b.vma(1);
    b.folios(0);
    b.upper_tables(1);
    b.huge_entry(0);
    b.environment();
    b.request(b.address(0), 1);
    Setting s = b.take();
    World<Symbolic>& w = s.world;
    // No entry, no signal, and a mapping that can be read: the walk faults.
    s.assumptions.push_back({"no entry", "test", w.slots[static_cast<int>(Level::pmd)][0].value == 0u});
    s.assumptions.push_back({"no signal", "test", w.env.fatal_signal_at == 0u});
    s.assumptions.push_back({"a plain read", "test", (w.request.flags & ~std::uint64_t{FOLL_GET}) == 0u});
    s.assumptions.push_back({"readable", "test", (w.vmas[0].flags & (VM_READ | VM_IO | VM_PFNMAP)) == std::uint64_t{VM_READ}});
    s.assumptions.push_back({"no keys", "test", !w.vmas[0].pkey_no_access});
    return s;
  };
  for (const Pass pass : {Pass::relation, Pass::older_alone, Pass::tight}) {
    const TheoremResult r = prove_unit({&t, 0, {pass}}, options("*"), Budget{}, {});
    EXPECT_EQ(r.internal_error, "");
    EXPECT_EQ(r.verdict, Verdict::vacuous);
    EXPECT_EQ(r.counts.paths, 0u);
    EXPECT_GT(r.counts.beyond_bound, 0u);
  }
}

TEST(Theorems, EveryShapeIsInTheGrid) {
  const auto names = list_theorems(default_pair());
  for (const RequestShape& shape : request_shapes())
    EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const std::string& n) {
      return glob_matches("x86_64/*/hugetlb-1G/" + std::string(shape.name) + "*", n);
    })) << shape.name;
}

TEST(Theorems, TwoPageTablesAreTwo) {
  TermArena arena;
  for (const Theorem& t : theorems()) {
    if (!glob_matches("hugetlb-*/cross-table*", t.name)) continue;
    const Setting s = t.build(arena, t.cells[0], t.order);
    const Geometry& g = geometry_of(t.cells[0].config);
    const Level above = static_cast<Level>(static_cast<int>(own_level(*g.hugetlb_size(t.order))) + 1);
    EXPECT_EQ(s.world.slots[static_cast<int>(above)].size(), 2u) << t.arch << " " << t.name;
  }
}

TEST(Theorems, EveryAssumptionHasANameAndASource) {
  for (const Theorem& t : theorems())
    for (const Cell& cell : t.cells) {
      TermArena arena;
      for (const Assumption& a : t.build(arena, cell, t.order).assumptions) {
        EXPECT_FALSE(a.name.empty());
        EXPECT_FALSE(a.source.empty());
      }
    }
}

TEST(Theorems, AWorldIsBuiltAlikeEachTime) {
  for (const Theorem& t : theorems()) {
    TermArena a, b;
    const Setting x = t.build(a, t.cells[0], t.order), y = t.build(b, t.cells[0], t.order);
    ASSERT_EQ(a.variables().size(), b.variables().size());
    for (std::size_t i = 0; i < a.variables().size(); ++i)
      EXPECT_EQ(a.variables()[i].name, b.variables()[i].name);
    ASSERT_EQ(x.assumptions.size(), y.assumptions.size());
    for (std::size_t i = 0; i < x.assumptions.size(); ++i)
      EXPECT_EQ(x.assumptions[i].holds.in(a)->hash, y.assumptions[i].holds.in(b)->hash);
  }
}

TEST(Concretise, ASymbolicRunIsHeldAgainstAConcreteOne) {
  TermArena arena;
  Frontier frontier{Budget{.max_paths = 200}};
  Explorer explorer(arena);
  const Setting s = theorems()[0].build(arena, theorems()[0].cells[1], theorems()[0].order);
  for (const Assumption& a : s.assumptions) explorer.assume(a.holds.in(arena));
  PendingPath first;
  ASSERT_EQ(explorer.satisfy(first.assignment), Answer::sat);
  frontier.put(std::move(first));
  Machine<Symbolic> symbolic;
  Machine<Concrete> concrete;
  World<Concrete> world;
  int agreed = 0;
  explorer.explore(frontier, [&] {
    run_walk(0, s.world, symbolic);
    concretise(s.world, explorer.now(), world);
    run_walk(0, world, concrete);
    EXPECT_EQ(encoder_mismatch(symbolic, explorer.now(), concrete), "");
    ++agreed;
    concrete.ret ^= 1;
    EXPECT_EQ(encoder_mismatch(symbolic, explorer.now(), concrete), "return value");
    concrete.ret ^= 1;
    concrete.w.folios[2].refcount ^= 1;
    EXPECT_EQ(encoder_mismatch(symbolic, explorer.now(), concrete), "folios");
  });
  EXPECT_EQ(agreed, 200);
}

TEST(ReaderTheorems, AllAreProvedAndEachExpectedDifferenceIsShown) {
  const auto results = prove(options("*/reader/*"));
  ASSERT_EQ(results.size(), reader_statements().size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].internal_error, "");
    EXPECT_EQ(results[i].verdict, Verdict::proved) << results[i].name << " " << results[i].refutation;
    EXPECT_EQ(results[i].witnesses.empty(), reader_statements()[i].differs.empty()) << results[i].name;
  }
}

TEST(ReaderTheorems, ADifferenceThatNothingShowsIsARefutation) {
  ReaderStatement s = reader_statements().front();
  ASSERT_EQ(s.claim, ReaderClaim::lock);
  s.differs.push_back("D06");
  const TheoremResult r = prove_reader(s, options("*"));
  EXPECT_EQ(r.verdict, Verdict::refuted);
  EXPECT_EQ(r.refutation, "no input shows D06");
}

TEST(ReaderTheorems, AnUnfinishedOneIsInconclusiveNeverVacuous) {
  for (const std::uint64_t paths : {1u, 2u, 20u}) {
    ProveOptions o = options("x86_64/reader/v6.10/l??k*/1G");
    o.max_paths = paths;
    const auto results = prove(o);
    ASSERT_EQ(results.size(), 2u);
    for (const TheoremResult& r : results) {
      EXPECT_EQ(r.verdict, Verdict::inconclusive) << r.name;
      EXPECT_EQ(r.shortfall, Shortfall::path_budget);
    }
  }
}

TEST(Theorems, OtherConfigurationsAreNamed) {
  const auto names = list_theorems(default_pair());
  for (const char* name : {"x86_64/v6.9:v6.10/hugetlb-1G/one-page/no-thp", "x86_64/v6.9:v6.10/hugetlb-2M/one-page/no-split-locks",
                           "x86_64/reader/v6.10/lookup/1G"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
}

/// The bits of a leaf, as the hooks give them, are those of facts 4.1.
TEST(Theorems, LeafBitsAreTheArchitecturesOwn) {
  using namespace x86_64;
  const Config c;
  const LeafBits b = leaf_bits(c, *geometry_of(c).hugetlb_size(9));
  EXPECT_EQ(b.accessible, std::uint64_t{PRESENT | USER | PSE});
  EXPECT_EQ(b.inaccessible, std::uint64_t{PSE | PROTNONE});
  EXPECT_EQ(b.free, std::uint64_t{RW | ACCESSED | DIRTY | SAVED_DIRTY | SOFT_DIRTY | UFFD_WP | NX} | PKEY_MASK);
  EXPECT_EQ(b.inaccessible_free, std::uint64_t{ACCESSED | SAVED_DIRTY | SOFT_DIRTY | UFFD_WP} | PKEY_MASK);
}

TEST(Prove, PathBudgetIsInconclusiveNeverProved) {
  ProveOptions o = options("x86_64/*/hugetlb-2M/one-page");
  o.max_paths = 20;
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(results[0].shortfall, Shortfall::path_budget);
}

}  // namespace
}  // namespace gupdiff
