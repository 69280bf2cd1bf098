// SPDX-License-Identifier: GPL-2.0-only
// The judge's own rules: identity, order of a pair, page runs, safety, the
// hardware walk, and that the narrated machine does what the plain one does.
#include "oracle/judge.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "oracle/difference.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

std::vector<ScenarioFile> witnesses() {
  std::vector<ScenarioFile> out;
  for (const auto& e : std::filesystem::directory_iterator(std::filesystem::path(GUPDIFF_CORPUS) / "divergences"))
    out.push_back(load(e.path()));
  return out;
}

TEST(Judge, AWalkAgreesWithItselfEverywhere) {
  for (const auto& f : witnesses())
    for (int w = 0; w < static_cast<int>(walks().size()); ++w) {
      Machine<Concrete> a, b;
      run_walk(w, f.world, a);
      run_walk(w, f.world, b);
      const Judgement j = judge(f.world, {w, w}, a, b, RowSet{});
      for (const auto& v : j.facet) EXPECT_EQ(v.state, FacetState::equal) << f.path << " " << v.first_difference;
    }
}

TEST(Judge, TheOrderOfAPairDoesNotChangeTheVerdict) {
  for (const auto& f : witnesses()) {
    Machine<Concrete> a, b;
    run_walk(0, f.world, a);
    run_walk(1, f.world, b);
    const Judgement forth = judge(f.world, {0, 1}, a, b, all_rows()), back = judge(f.world, {1, 0}, b, a, all_rows());
    EXPECT_EQ(forth.holds(), back.holds()) << f.path;
    EXPECT_EQ(forth.rows(), back.rows()) << f.path;
  }
}

TEST(Judge, TheFastAnswerIsTheSlowOne) {
  for (const auto& f : witnesses())
    for (const RowSet& rows : {all_rows(), RowSet{}}) {
      if (!runs_on(walks()[0], f.world.config)) continue;
      Machine<Concrete> a, b;
      PairMachines machines;
      run_walk(0, f.world, a);
      run_walk(1, f.world, b);
      EXPECT_EQ(judge(f.world, {0, 1}, a, b, rows).holds(), holds(f.world, {0, 1}, rows, machines)) << f.path;
    }
}

TEST(Judge, NarrationChangesNothing) {
  for (const auto& f : witnesses())
    for (int w = 0; w < static_cast<int>(walks().size()); ++w) {
      Machine<Concrete> plain;
      Machine<Narrated> told;
      run_walk(w, f.world, plain);
      run_narrated(w, f.world, told);
      EXPECT_EQ(plain.termination, told.termination);
      EXPECT_EQ(plain.ret, told.ret);
      EXPECT_EQ(plain.faults.size(), told.faults.size());
      EXPECT_EQ(plain.cost.lockless_reads, told.cost.lockless_reads);
      EXPECT_FALSE(told.narrative.empty());
      EXPECT_TRUE(plain.narrative.empty());
    }
}

TEST(Facet, PageRunsCompareByPageNotByBatch) {
  World<Concrete> w;
  Machine<Concrete> a, b;
  a.pages = {{0, 1, 100}, {1, 2, 101}, {3, 1, 7}};
  b.pages = {{0, 3, 100}, {3, 1, 7}};
  const FacetRelation<Concrete> r{w, a, b};
  EXPECT_TRUE(r.pages());
  b.pages = {{0, 3, 100}, {3, 1, 8}};
  EXPECT_FALSE(r.pages());
  b.pages = {{0, 3, 100}};
  EXPECT_FALSE(r.pages());
  b.pages = {{0, 2, 100}, {3, 1, 7}};
  EXPECT_FALSE(r.pages());
}

TEST(Hardware, TranslatesThroughTheLeafItMeets) {
  const ScenarioFile f = load(std::filesystem::path(GUPDIFF_CORPUS) / "divergences" / "D42.toml");
  const auto t = hardware_walk<Concrete>(f.world, f.world.request.start + 5 * 4096);
  EXPECT_TRUE(t.present);
  EXPECT_TRUE(t.writable);
  EXPECT_EQ(t.pfn, f.world.folios[2].pfn + 5);
  EXPECT_FALSE(hardware_walk<Concrete>(f.world, f.world.request.start + (1u << 30)).present);
}

TEST(Registry, NamesAliasesAndPairs) {
  EXPECT_EQ(find_walk("legacy"), find_walk("v6.9"));
  EXPECT_EQ(find_walk("unified"), find_walk("v6.10"));
  EXPECT_EQ(find_walk("v5.0"), -1);
  EXPECT_EQ(find_walk(""), -1);
  EXPECT_EQ(parse_pair("legacy:unified"), default_pair());
  EXPECT_FALSE(parse_pair("v6.9"));
  EXPECT_FALSE(parse_pair("v6.9:"));
}

}  // namespace
}  // namespace gupdiff
