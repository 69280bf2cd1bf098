// SPDX-License-Identifier: GPL-2.0-only
// A finding's identity names pair, facet, step and row, and nothing that differs from one input
// that shows it to the next.
#include <gtest/gtest.h>

#include "oracle/identity.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/generator.hpp"
#include "scenario/normalise.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

ScenarioFile witness(std::string_view name) {
  return load(std::filesystem::path(GUPDIFF_CORPUS) / "divergences" / name);
}

RowSet without(std::initializer_list<const char*> ids) {
  RowSet rows = all_rows();
  for (const char* id : ids) rows.reset(static_cast<std::size_t>(find_row(id)));
  return rows;
}

TEST(Identity, EveryWitnessIsAFindingOfItsRowAndOfNoOther) {
  for (const Row& row : catalogue()) {
    const ScenarioFile f = witness(row.witness);
    const WalkPair pair = *parse_pair(f.expect->pair);
    EXPECT_TRUE(identify(f.world, pair, all_rows()).empty()) << row.id;
    const FindingIdentity id = identify(f.world, pair, without({std::string(row.id).c_str()}));
    EXPECT_EQ(id.row, row.id);
    EXPECT_EQ(id.pair, f.expect->pair);
    EXPECT_FALSE(id.step.empty());
    EXPECT_EQ(id.step.find("0x"), std::string::npos) << id.step;
    // Further rows that are off and have no part in it change nothing.
    if (row.id != "D42") EXPECT_EQ(identify(f.world, pair, without({std::string(row.id).c_str(), "D42"})), id) << row.id;
  }
}

TEST(Identity, HoldsExactlyWhereTheJudgeHolds) {
  const RowSet rows = without({"D17", "D42", "V07"});
  int found = 0;
  for (const char* name : {"v6.9:v6.10", "v6.1:v6.9", "v6.10:v6.9"})
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      Random r{seed};
      Scenario w;
      generate_reachable(r, w, Architecture::x86_64);
      const WalkPair pair = *parse_pair(name);
      Machine<Concrete> a, b;
      run_walk(pair.a, w, a);
      run_walk(pair.b, w, b);
      const FindingIdentity id = identify(w, pair, rows);
      EXPECT_EQ(id.empty(), judge(w, pair, a, b, rows).holds()) << name << " " << seed;
      found += !id.empty();
    }
  EXPECT_GT(found, 5);
}

TEST(Identity, AddressFrameAndCountsOfAnInputAreNotInIt) {
  ScenarioFile f = witness("D17.toml");
  const WalkPair pair = default_pair();
  const FindingIdentity here = identify(f.world, pair, without({"D17"}));
  EXPECT_EQ(here.text(), "v6.9:v6.10 result, follow_pud_mask: reads pud, D17");
  const std::uint64_t by = std::uint64_t{3} << 30;
  for (auto& v : f.world.vmas) v.start += by, v.end += by;
  for (auto& s : f.world.slots[static_cast<int>(Level::pud)]) s.first += 3;
  for (const int l : {3, 4}) f.world.slots[l].clear();
  f.world.request.start += by + 0x5000;
  f.world.folios[2].refcount += 7;
  add_ancestors(f.world);
  EXPECT_EQ(validate(f.world).value_or(""), "");
  EXPECT_EQ(identify(f.world, pair, without({"D17"})), here);
}

TEST(Identity, ABreachOfSafetyIsNamedWithItsWalkAndItsRow) {
  // Both walks return the same wrong page: no facet differs.
  const FindingIdentity breach = identify(witness("D18.toml").world, *parse_pair("v6.10:v6.12"), without({"D18"}));
  EXPECT_EQ(breach.facet, "v6.12 breaks hardware-translation");
  EXPECT_EQ(breach.row, "D18");
}

}  // namespace
}  // namespace gupdiff
