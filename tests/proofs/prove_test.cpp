// SPDX-License-Identifier: GPL-2.0-only
// Verdicts of the prover on real theorems, kept to what a few seconds allow.
#include "proofs/prove.hpp"

#include <gtest/gtest.h>

#include "proofs/counterexample.hpp"

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
  for (int f = 0; f < kFacets; ++f)
    if (const Claim claim{static_cast<Facet>(f), -1, -1}; claim.name() == c.claim)
      EXPECT_FALSE(claim_holds(claim, c.world, o.pair, o.enabled));
}

TEST(Prove, FindsTheProtNoneGigabytePageWhenD17IsOff) { finds_without("D17", "*/hugetlb-1G/one-page"); }
TEST(Prove, FindsTheHugetlbSplitWhenD42IsOff) { finds_without("D42", "*/hugetlb-2M/one-page"); }

TEST(Prove, PathBudgetIsInconclusiveNeverProved) {
  ProveOptions o = options("*/hugetlb-2M/one-page");
  o.max_paths = 20;
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(results[0].shortfall, Shortfall::path_budget);
}

}  // namespace
}  // namespace gupdiff
