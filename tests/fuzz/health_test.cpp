// SPDX-License-Identifier: GPL-2.0-only
// What inputs reach is counted, what they do not is said, and the generator reaches all of it.
#include <gtest/gtest.h>

#include <algorithm>

#include "fuzz/health.hpp"
#include "scenario/present_page.hpp"

namespace gupdiff {
namespace {

std::string all_of(const std::vector<HealthProblem>& problems) {
  std::string text;
  for (const HealthProblem& p : problems) text += p.kind + ": " + p.sentence + "\n";
  return text;
}
bool says(const std::vector<HealthProblem>& problems, std::string_view sentence) {
  return std::any_of(problems.begin(), problems.end(), [&](const HealthProblem& p) { return p.sentence == sentence; });
}

TEST(Health, TheGeneratorReachesEverything) {
  const HealthScope scope = health_scope({default_pair(), *parse_pair("v6.1:v6.12.117")}, kAllArchitectures);
  HealthCounter counter(scope);
  Scenario w;
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    Random r{seed};
    generate_reachable(r, w, pick(r, kAllArchitectures));
    counter.count(w);
  }
  EXPECT_EQ(all_of(health_problems(counter.health(), scope)), "");
  // So many inputs have every pair of flags, however rare, and every size of every machine.
  for (std::size_t i = 0; i < kFollBits; ++i)
    for (std::size_t j = i + 1; j < kFollBits; ++j)
      if (possible_flag_pairs()[i] >> j & 1u) EXPECT_GT(counter.health().pairs[i][j].reached, 0u) << i << " " << j;
  for (const SizeShare& s : counter.health().sizes) EXPECT_GT(s.inputs.reached, 0u) << s.size;
}

TEST(Health, WhatIsMissingIsSaid) {
  const HealthScope scope = health_scope({default_pair()}, 1u << static_cast<unsigned>(Architecture::x86_64));
  HealthCounter counter(scope);
  Scenario w = present_huge_page(usual_config(Architecture::x86_64), geometry_of(Config{}).hugetlb[0], 1);
  for (std::uint64_t i = 0; i < kHealthInputs; ++i) {
    w.request.flags = i % 2 ? FOLL_WRITE : FOLL_FORCE;
    counter.count(w);
    if (i + 2 == kHealthInputs)
      EXPECT_TRUE(says(health_problems(counter.health(), scope), "499 inputs are too few to be judged; 500 are needed"));
  }
  const auto problems = health_problems(counter.health(), scope);
  for (const char* sentence :
       {"no input has FOLL_LONGTERM", "no input has FOLL_WRITE with FOLL_FORCE", "no input comes to a fault in v6.9",
        "no input comes to a lookup elsewhere in v6.10", "no input lies on THP", "no input calls pin",
        "no input lies on 1G hugetlb pages of x86-64 5-level", "no input ends in: livelock"})
    EXPECT_TRUE(says(problems, sentence)) << sentence << " is not among\n" << all_of(problems);
  for (const HealthProblem& p : problems) EXPECT_EQ(p.sentence.find("2M hugetlb pages of x86-64 5-level"), std::string::npos);
  HealthScope unstable = scope;
  unstable.stability = 0.98;
  EXPECT_EQ(health_problems(counter.health(), unstable).size(), problems.size() + 1);
}

TEST(Health, OnlyPairsThatSomeApiLetsThroughAreAskedFor) {
  const FlagPairs& possible = possible_flag_pairs();
  const auto together = [&](std::uint32_t a, std::uint32_t b) {
    for (std::size_t i = 0; i < kFollBits; ++i)
      if (a == 1u << i) return (possible[i] & b) != 0;
    return false;
  };
  EXPECT_TRUE(together(FOLL_LONGTERM, FOLL_PIN));
  EXPECT_TRUE(together(FOLL_TRIED, FOLL_UNLOCKABLE));
  EXPECT_FALSE(together(FOLL_GET, FOLL_PIN));
  EXPECT_FALSE(together(FOLL_LONGTERM, FOLL_GET));
  EXPECT_FALSE(together(FOLL_LONGTERM, FOLL_PCI_P2PDMA));
  EXPECT_FALSE(together(FOLL_FAST_ONLY, FOLL_FAST_ONLY));
}

}  // namespace
}  // namespace gupdiff
