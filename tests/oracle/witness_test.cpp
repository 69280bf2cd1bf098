// SPDX-License-Identifier: GPL-2.0-only
// Every catalogue row has a witness that shows it, needs it, and is a finding
// without it; files of corpus/divergences say what they show.
#include <filesystem>

#include <gtest/gtest.h>

#include "oracle/identity.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(GUPDIFF_CORPUS) / "divergences";

struct Judged {
  ScenarioFile file;
  WalkPair pair;
  Judgement judgement;
};

Judged judge_file(const std::filesystem::path& path, RowSet rows = all_rows()) {
  Judged j{load(path), default_pair(), {}};
  if (j.file.expect) j.pair = parse_pair(j.file.expect->pair).value_or(default_pair());
  Machine<Concrete> a, b;
  run_walk(j.pair.a, j.file.world, a);
  run_walk(j.pair.b, j.file.world, b);
  j.judgement = judge(j.file.world, j.pair, a, b, rows);
  return j;
}

class Witness : public testing::TestWithParam<int> {};

TEST_P(Witness, ShowsItsRowAndNeedsIt) {
  const Row& row = catalogue()[static_cast<std::size_t>(GetParam())];
  const auto with = judge_file(kFolder / row.witness);
  EXPECT_TRUE(with.judgement.holds()) << identify(with.file.world, with.pair, all_rows()).text();
  bool seen = false;
  for (int r : with.judgement.rows()) seen = seen || r == GetParam();
  EXPECT_TRUE(seen) << row.id << " is not needed by " << row.witness;
  RowSet without = all_rows();
  without.reset(static_cast<std::size_t>(GetParam()));
  EXPECT_FALSE(judge_file(kFolder / row.witness, without).judgement.holds());
}

TEST_P(Witness, RowsStayInTheFacetsTheyName) {
  const auto j = judge_file(kFolder / catalogue()[static_cast<std::size_t>(GetParam())].witness);
  for (int f = 0; f < kFacets; ++f)
    for (int r : j.judgement.facet[f].rows) {
      const Row& row = catalogue()[static_cast<std::size_t>(r)];
      EXPECT_TRUE(row.facets & (1u << f)) << row.id << " in " << facet_name(static_cast<Facet>(f));
    }
}

TEST_P(Witness, ItsFileSaysWhatItShows) {
  const auto j = judge_file(kFolder / catalogue()[static_cast<std::size_t>(GetParam())].witness);
  ASSERT_TRUE(j.file.expect);
  constexpr std::string_view states[] = {"equal", "known", "divergent"};
  for (int f = 0; f < kFacets; ++f) {
    const std::string& said = j.file.expect->facet[static_cast<std::size_t>(f)];
    if (!said.empty()) {
      EXPECT_EQ(said, states[static_cast<int>(j.judgement.facet[f].state)]);
    }
  }
  for (const std::string& id : j.file.expect->divergence) {
    bool seen = false;
    for (int r : j.judgement.rows()) seen = seen || catalogue()[static_cast<std::size_t>(r)].id == id;
    EXPECT_TRUE(seen) << id;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, Witness, testing::Range(0, kKnownRows), [](const auto& info) {
  return std::string(catalogue()[static_cast<std::size_t>(info.param)].id);
});

TEST(Divergence, D17IsALivelockFrom610OnAndAPageBefore) {
  const ScenarioFile f = load(kFolder / "D17.toml");
  Machine<Concrete> m;
  for (int w = 0; w < static_cast<int>(walks().size()); ++w) {
    run_walk(w, f.world, m);
    EXPECT_EQ(m.termination, w <= find_walk("v6.9") ? Termination::returned : Termination::livelock) << walks()[w].name;
  }
}

TEST(Divergence, D42DependsOnTheKernel) {
  const ScenarioFile f = load(kFolder / "D42.toml");
  Machine<Concrete> m;
  for (const char* walk : {"v6.1", "v6.9"}) {
    run_walk(find_walk(walk), f.world, m);
    EXPECT_EQ(m.ret, 1u) << walk;
  }
  run_walk(find_walk("v6.10"), f.world, m);
  EXPECT_EQ(m.termination, Termination::bug);
  run_walk(find_walk("v6.12.117"), f.world, m);
  EXPECT_EQ(m.ret, error_word<Concrete>(E_OPNOTSUPP));
}

TEST(Divergence, D18AnswersPageZeroWherePageThreeIsAsked) {
  const ScenarioFile f = load(kFolder / "D18.toml");
  const std::uint64_t head = f.world.folios[2].pfn;
  Machine<Concrete> m;
  for (const auto& [walk, page] : {std::pair{"v6.9", 3}, {"v6.10", 0}, {"v6.12", 0}}) {
    run_walk(find_walk(walk), f.world, m);
    ASSERT_EQ(m.pages.size(), 1u) << walk;
    EXPECT_EQ(m.pages[0].pfn, head + static_cast<unsigned>(page)) << walk;
  }
}

TEST(Divergence, D18IsAKnownBreachOfHardwareTranslationByTheNewWalkAlone) {
  const auto j = judge_file(kFolder / "D18.toml").judgement;
  EXPECT_TRUE(j.safety.empty());
  ASSERT_EQ(j.known_safety.size(), 1u);
  EXPECT_EQ(j.known_safety[0].walk, find_walk("v6.10"));
  EXPECT_EQ(j.known_safety[0].property, static_cast<int>(SafetyProperty::page_is_what_hardware_translates));
  EXPECT_EQ(catalogue()[static_cast<std::size_t>(j.known_safety[0].row)].id, "D18");
  RowSet without = all_rows();
  without.reset(static_cast<std::size_t>(Known::D18));
  EXPECT_FALSE(judge_file(kFolder / "D18.toml", without).judgement.safety.empty());
}

TEST(Divergence, NoOtherWrongPageIsExcusedByD18) {
  constexpr int kTranslation = static_cast<int>(SafetyProperty::page_is_what_hardware_translates);
  const ScenarioFile f = load(kFolder / "D18.toml");
  const std::uint64_t head = f.world.folios[2].pfn;
  Machine<Concrete> m;
  run_walk(find_walk("v6.10"), f.world, m);
  EXPECT_TRUE(property_holds<Concrete>(kTranslation, f.world, m, all_rows()));
  m.pages[0].pfn = head + 1;  // neither the first of the set nor the page asked for
  EXPECT_FALSE(property_holds<Concrete>(kTranslation, f.world, m, all_rows()));
  run_walk(find_walk("v6.9"), f.world, m);
  EXPECT_TRUE(property_holds<Concrete>(kTranslation, f.world, m));
  m.pages[0].pfn = head;  // the old walk has no leave to do so
  EXPECT_FALSE(property_holds<Concrete>(kTranslation, f.world, m, all_rows()));
}

}  // namespace
}  // namespace gupdiff
