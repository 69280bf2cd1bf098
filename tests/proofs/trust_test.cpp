// SPDX-License-Identifier: GPL-2.0-only
// What makes verdicts worth something: reached branches, kept paths, the corpus of paths.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "oracle/judge.hpp"
#include "proofs/branch_lines.hpp"
#include "proofs/concretise.hpp"
#include "proofs/kept_path.hpp"
#include "proofs/prove.hpp"
#include "proofs/theorem.hpp"
#include "scenario/normalise.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

ProveOptions small_theorem() {
  ProveOptions o;
  o.glob = "x86_64/*/hugetlb-1G/one-page/faults-0";
  o.timeout_seconds = 300;
  return o;
}

bool any_in(const BranchWays& ways, const std::string& file, std::uint8_t way) {
  for (const auto& [line, taken] : ways)
    if (line.rfind(file + ":", 0) == 0 && taken == way) return true;
  return false;
}

TEST(Branches, AreLinesOfTheModels) {
  EXPECT_GT(model_branches().size(), 200u);
  for (const auto& [line, ways] : model_branches()) {
    EXPECT_TRUE(line.rfind("model/", 0) == 0 || line.rfind("legacy/", 0) == 0 || line.rfind("unified/", 0) == 0) << line;
    EXPECT_EQ(std::count(line.begin(), line.end(), ':'), 2) << line;
    EXPECT_EQ(ways, 0);
  }
}

TEST(Branches, AProofTakesThoseOfItsWalksAndNoOthers) {
  const auto results = prove(small_theorem());
  ASSERT_EQ(results.size(), 1u);
  const BranchWays& taken = results[0].branches;
  EXPECT_TRUE(any_in(taken, "unified/follow_page.hpp", kTakenBoth));
  EXPECT_TRUE(any_in(taken, "legacy/v6_9_hugetlb.hpp", kTakenBoth));
  EXPECT_TRUE(any_in(model_branches(), "legacy/v6_1.hpp", 0));
  for (const auto& [line, ways] : taken) {
    EXPECT_EQ(model_branches().count(line), 1u) << line;
    EXPECT_NE(line.rfind("legacy/v6_1.hpp", 0), 0u) << line;
    EXPECT_NE(line.rfind("legacy/v6_9_hugepd.hpp", 0), 0u) << line;
  }
}

TEST(Corpus, EveryPathIsAScenarioThatHolds) {
  const fs::path folder = fs::temp_directory_path() / ("gupdiff-corpus-" + std::to_string(getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  ProveOptions o = small_theorem();
  o.corpus = folder.string();
  o.side_effects = true;
  o.jobs = 3;
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].verdict, Verdict::proved_except);
  std::set<std::string> names;
  PairMachines machines;
  for (const auto& entry : fs::directory_iterator(folder)) {
    ASSERT_EQ(entry.path().extension(), ".bin");
    names.insert(entry.path().filename());
    const World<Concrete> world = load(entry.path()).world;
    EXPECT_TRUE(is_normal(world)) << entry.path();
    EXPECT_TRUE(holds(world, o.pair, o.enabled, machines)) << entry.path();
  }
  EXPECT_GT(names.size(), 100u);
  o.jobs = 1;
  (void)prove(o);  // again: the same names
  for (const auto& entry : fs::directory_iterator(folder)) EXPECT_EQ(names.count(entry.path().filename()), 1u);
  fs::remove_all(folder);
}

TEST(Corpus, AFolderThatCannotBeWrittenToEndsTheRun) {
  ProveOptions o = small_theorem();
  o.corpus = "/nowhere/at/all";
  o.side_effects = true;
  EXPECT_THROW((void)prove(o), InputError);
}

TEST(KeptPath, IsAScenarioWithTheAssignmentAndTheLiterals) {
  const Theorem& t = theorems()[0];
  TermArena arena;
  const Setting s = t.build(arena, t.cells[0], t.order);
  const Assignment zero(arena.variables().size(), 0);
  const Term* x = s.assumptions.front().holds.in(arena);
  const Term* path[] = {x, arena.neg(x)};
  const std::string text = kept_path("what was wrong", s, zero, path, arena);
  EXPECT_EQ(parse_text(text, "kept").note, "what was wrong");
  EXPECT_NE(text.find("#   " + arena.variables()[0].name + " = 0x0\n"), std::string::npos);
  std::size_t decided = 0;
  for (std::size_t at = 0; (at = text.find("decided: ", at)) != std::string::npos; ++at) ++decided;
  EXPECT_EQ(decided, 2u);
}

}  // namespace
}  // namespace gupdiff
