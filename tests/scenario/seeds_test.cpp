// SPDX-License-Identifier: GPL-2.0-only
// Every scenario of corpus/seeds and corpus/regressions is what its [expect] says, and so are the
// twins of tests/mutants as long as nobody plants the bug they are about.
#include <gtest/gtest.h>

#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

constexpr const char* kStates[] = {"equal", "known", "divergent"};

void check(const std::filesystem::path& path) {
  SCOPED_TRACE(path.string());
  const ScenarioFile file = load(path);
  EXPECT_FALSE(file.title.empty());
  ASSERT_TRUE(file.expect);
  const auto pair = parse_pair(file.expect->pair);
  ASSERT_TRUE(pair);
  Machine<Concrete> a, b;
  run_walk(pair->a, file.world, a);
  run_walk(pair->b, file.world, b);
  const Judgement j = judge(file.world, *pair, a, b, all_rows());
  EXPECT_TRUE(j.safety.empty());
  for (int f = 0; f < kFacets; ++f) {
    const std::string state = kStates[static_cast<int>(j.facet[f].state)];
    if (!file.expect->facet[f].empty()) {
      EXPECT_EQ(state, file.expect->facet[f]) << facet_name(static_cast<Facet>(f)) << ": " << j.facet[f].first_difference;
    }
  }
}

TEST(Corpus, SeedsAreAsExpected) {
  int files = 0;
  for (const char* folder : {"seeds", "regressions"})
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(GUPDIFF_CORPUS) / folder))
      if (entry.path().extension() == ".toml") {
        check(entry.path());
        ++files;
      }
  EXPECT_GE(files, 39);
}

TEST(Corpus, TwinsOfMutantsAreQuietWithoutTheBug) {
  int files = 0;
  for (const auto& mutant : std::filesystem::directory_iterator(std::filesystem::path(GUPDIFF_CORPUS) / "../tests/mutants"))
    for (const char* twin : {"bad.toml", "good.toml"})
      if (std::filesystem::exists(mutant.path() / twin)) {
        check(mutant.path() / twin);
        ++files;
      }
  EXPECT_GE(files, 34);
  EXPECT_EQ(files % 2, 0) << "a twin is missing";
}

}  // namespace
}  // namespace gupdiff
