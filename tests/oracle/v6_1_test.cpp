// SPDX-License-Identifier: GPL-2.0-only
// The oldest walk: what its own loop does, and that the rows between it and v6.9
// say each one thing only.
#include <filesystem>
#include <utility>

#include <gtest/gtest.h>

#include "oracle/era_rows.hpp"
#include "oracle/identity.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/generator.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(GUPDIFF_CORPUS) / "divergences";
constexpr int kScenarios = 4000;

Machine<Concrete> run(const char* walk, const Scenario& w) {
  Machine<Concrete> m;
  run_walk(find_walk(walk), w, m);
  return m;
}

template <class Check>
void each_scenario(Check check) {
  Scenario w;
  for (int seed = 0; seed < kScenarios && !testing::Test::HasFailure(); ++seed) {
    Random r(static_cast<std::uint64_t>(seed));
    if (seed % 2 == 0)
      generate_reachable(r, w, Architecture::x86_64);
    else
      generate_anything(r, w, Architecture::x86_64);
    check(w, seed);
  }
}

/// V09 alone: the loop of v6.1 is the later lookup in everything but where it asks the page cache.
TEST(V61, ItsOwnLoopChangesNoResultNoEffectAndNoCost) {
  RowSet only;
  only.set(static_cast<std::size_t>(Known::V09));
  Machine<Concrete> common;
  each_scenario([&](const Scenario& w, int seed) {
    const Machine<Concrete> own = run("v6.1", w);
    run_expected(*parse_pair("v6.1:v6.9"), only, w, common);
    for (const Facet f : {Facet::result, Facet::effect, Facet::cost})
      EXPECT_TRUE(facet_equal<Concrete>(f, w, own, common)) << facet_name(f) << ", seed " << seed;
    if ((w.request.flags & FOLL_DUMP) == 0 && w.request.api != Api::dump_page) {
      EXPECT_TRUE(facet_equal<Concrete>(Facet::protocol, w, own, common)) << "seed " << seed;
    }
  });
}

/// With every row on nothing is left over, towards each later kernel; V and D rows compose.
TEST(V61, TheRowsExplainEverything) {
  PairMachines machines;
  each_scenario([&](const Scenario& w, int seed) {
    for (const char* pair : {"v6.1:v6.9", "v6.1:v6.10", "v6.1:v6.12", "v6.1:v6.12.117"})
      EXPECT_TRUE(holds(w, *parse_pair(pair), all_rows(), machines)) << pair << ", seed " << seed;
  });
}

TEST(V61, ItIsSafeAlone) {
  each_scenario([&](const Scenario& w, int seed) {
    const Machine<Concrete> m = run("v6.1", w);
    for (int p = 0; p < kProperties; ++p)
      EXPECT_TRUE(property_holds<Concrete>(p, w, m)) << properties()[static_cast<std::size_t>(p)].id << ", seed " << seed;
  });
}

/// Each switch is taken over by its own row alone, and all of them make v6.1 into v6.9.
TEST(V61, EachSwitchHasItsRow) {
  Era all = kV6_1;
  for (const EraRow& r : kEraRows) {
    RowSet one;
    one.set(static_cast<std::size_t>(r.row));
    const Era e = expected_era(kV6_1, kV6_9, one);
    for (const EraRow& other : kEraRows)
      EXPECT_EQ(e.*other.field, other.row == r.row ? kV6_9.*r.field : kV6_1.*other.field);
    all.*r.field = kV6_9.*r.field;
  }
  EXPECT_TRUE(expected_era(kV6_1, kV6_9, RowSet{}).taken_over.none());
  const Era full = expected_era(kV6_1, kV6_9, all_rows());
  for (const EraRow& r : kEraRows) EXPECT_EQ(full.*r.field, all.*r.field);
}

/// A stand-in of v6.1 whose own loop, and only that, says one page less than it took.
void one_page_less(const void* expected_walk, const void* initial, void* out) {
  const auto& x = *static_cast<const ExpectedWalk*>(expected_walk);
  auto& m = *static_cast<Machine<Concrete>*>(out);
  const int of = std::exchange(StandIn<Concrete>::of, -1);
  run_expected(x, *static_cast<const World<Concrete>*>(initial), m);
  StandIn<Concrete>::of = of;
  if (!x.era.hugetlb_in_common_loop) --m.ret;
}

/// V09 puts the common loop in the place of v6.1's; a bug of the loop itself is found all the same.
TEST(V61, TheRowThatReplacesTheLoopHidesNoBugOfIt) {
  const Scenario w = load(kFolder / "V01.toml").world;
  const WalkPair pair = *parse_pair("v6.1:v6.9");
  PairMachines machines;
  EXPECT_TRUE(holds(w, pair, all_rows(), machines));
  StandIn<Concrete>::of = find_walk("v6.1");
  StandIn<Concrete>::calls.expected = one_page_less;
  const bool held = holds(w, pair, all_rows(), machines);
  const Judgement j = judge(w, pair, all_rows());
  const FindingIdentity identity = identify(w, pair, all_rows());
  StandIn<Concrete>::of = -1;
  StandIn<Concrete>::calls = {};
  EXPECT_FALSE(held);
  EXPECT_EQ(j.facet[static_cast<int>(Facet::result)].state, FacetState::divergent);
  EXPECT_NE(j.facet[static_cast<int>(Facet::result)].first_difference.find("V09"), std::string::npos);
  EXPECT_EQ(identity.row, "beyond V09");
}

/// The older walk of a pair is asked too: a lock that it alone keeps is found where a row speaks.
void keeps_its_lock(int walk, const void* initial, void* out) {
  auto& m = *static_cast<Machine<Concrete>*>(out);
  const int of = std::exchange(StandIn<Concrete>::of, -1);
  run_walk(walk, *static_cast<const World<Concrete>*>(initial), m);
  StandIn<Concrete>::of = of;
  m.lock_ptl("test", m.pud_lockptr());
}
TEST(V61, ItsPropertiesAreAskedInEveryPair) {
  const Scenario w = load(kFolder / "V01.toml").world;
  for (const char* pair : {"v6.1:v6.9", "v6.1:v6.12.117", "v6.9:v6.1"}) {
    PairMachines machines;
    EXPECT_TRUE(holds(w, *parse_pair(pair), all_rows(), machines)) << pair;
    StandIn<Concrete>::of = find_walk("v6.1");
    StandIn<Concrete>::calls.walk = keeps_its_lock;
    const bool held = holds(w, *parse_pair(pair), all_rows(), machines);
    StandIn<Concrete>::of = -1;
    StandIn<Concrete>::calls = {};
    EXPECT_FALSE(held) << pair;
  }
}

TEST(V61, FaultsOnHugetlbPassHandleMmFault) {
  const Machine<Concrete> m = run("v6.1", load(kFolder / "V04.toml").world);
  EXPECT_TRUE(m.faults.empty());
  ASSERT_EQ(m.hugetlb_faults.size(), 1u);
  EXPECT_EQ(m.hugetlb_faults[0].flags & FAULT_FLAG_REMOTE, 0u);
}

TEST(V61, OneGrabTakesTheWholeRun) {
  const ScenarioFile f = load(kFolder / "V06.toml");
  EXPECT_EQ(run("v6.1", f.world).ret, error_word<Concrete>(E_NOMEM));
  Scenario pinnable = f.world;
  for (auto& folio : pinnable.folios) folio.unpinnable = false;
  pinnable.request.nr_pages = 3;
  const Machine<Concrete> m = run("v6.1", pinnable);
  EXPECT_EQ(m.ret, 3u);
  ASSERT_EQ(m.pages.size(), 1u);
  EXPECT_EQ(m.pages[0].count, 3u);
  EXPECT_EQ(m.w.folios[2].pincount, 3u);
}

TEST(V61, SplitPmdIsIgnoredOnHugetlb) {
  const Machine<Concrete> m = run("v6.1", load(kFolder / "D42.toml").world);
  EXPECT_EQ(m.ret, 1u);
}

/// A request that runs from hugetlb into ordinary memory goes on in the common loop.
TEST(V61, TheLoopEndsWithTheVma) {
  Scenario w = load(kFolder / "V01.toml").world;
  Vma<Concrete> after;
  after.start = w.vmas[0].end;
  after.end = after.start + 0x2000;
  after.flags = VM_READ | VM_MAYREAD;
  w.vmas.push_back(after);
  w.request.start = w.vmas[0].end - 0x1000;
  w.request.nr_pages = 3;
  const Machine<Concrete> m = run("v6.1", w);
  EXPECT_EQ(m.ret, 3u);
  EXPECT_EQ(m.faults.size(), 2u);
}

}  // namespace
}  // namespace gupdiff
