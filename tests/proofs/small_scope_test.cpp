// SPDX-License-Identifier: GPL-2.0-only
// Small bounds: their worlds are ones a kernel could have made, and their enumeration and their
// proof say the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "oracle/premise.hpp"
#include "proofs/counterexample.hpp"
#include "proofs/exhaust.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

SmallScope scope_named(const std::string& name, std::uint64_t flags) {
  for (SmallScope& s : small_scopes())
    if (s.name == name) {
      s.flags = flags;
      return std::move(s);
    }
  ADD_FAILURE() << name;
  return {};
}
constexpr std::uint64_t kFew = FOLL_WRITE | FOLL_FORCE | FOLL_LONGTERM;
bool has(const RowSet& rows, Known row) { return rows.test(static_cast<std::size_t>(row)); }

TEST(SmallScope, EveryWindowIsAScenarioThatAKernelCouldHaveWritten) {
  const std::vector<SmallScope> all = small_scopes();
  ASSERT_GE(all.size(), 20u);
  for (const SmallScope& s : all) {
    EXPECT_GE(s.letters[0].size(), 6u) << s.name;
    for (std::size_t i = 0; i < s.letters[0].size(); ++i)
      for (std::size_t j = 0; j < s.letters[1].size(); ++j) {
        Scenario w = s.base;
        set_world(s, i, j, Wanted::get, FOLL_GET, w);
        const std::string what = s.name + ": " + s.letters[0][i].name + ", " + s.letters[1][j].name;
        ASSERT_TRUE(written_by_a_kernel<Concrete>(w)) << what;
        tidy(w);
        const auto wrong = validate(w);
        ASSERT_FALSE(wrong) << what << ": " << *wrong;
      }
  }
}

TEST(SmallScope, FlagsGoThroughAllCombinationsThatACallCanHave) {
  SmallScope s = scope_named("x86_64/pte/anonymous", FOLL_WRITE | FOLL_LONGTERM | FOLL_PCI_P2PDMA);
  EXPECT_EQ(s.flag_words(Wanted::get).size(), 4u);
  EXPECT_EQ(s.flag_words(Wanted::pin).size(), 6u);
  EXPECT_EQ(s.size(), (4u + 4u + 6u) * s.letters[0].size() * s.letters[1].size());
}

TEST(Exhaust, EnumerationAndProofOfABoundSayTheSame) {
  for (const char* name : {"x86_64/hugetlb-2M/private", "x86_64/hugetlb-1G/no-access", "arm64/hugetlb-2M/shared", "x86_64/thp/anonymous"}) {
    const SmallScope s = scope_named(name, kFew);
    ExhaustOptions options;
    const ExhaustResult r = exhaust(s, options);
    EXPECT_FALSE(r.divergence) << name;
    EXPECT_EQ(r.worlds, s.size());
    EXPECT_EQ(differs_from_proof(s, r, options), "") << name;
  }
}

TEST(Exhaust, ARowThatIsNeededIsMissed) {
  const SmallScope s = scope_named("x86_64/hugetlb-1G/no-access", kFew);
  ExhaustOptions options;
  EXPECT_TRUE(has(exhaust(s, options).needed, Known::D17));
  options.enabled.reset(static_cast<std::size_t>(Known::D17));
  const ExhaustResult r = exhaust(s, options);
  ASSERT_TRUE(r.divergence);
  EXPECT_FALSE(validate(*r.divergence));
  EXPECT_EQ(differs_from_proof(s, r, options), "");
}

TEST(Exhaust, AnEnumerationThatIsWrongIsContradictedByTheProof) {
  const SmallScope s = scope_named("x86_64/hugetlb-1G/no-access", kFew);
  const ExhaustOptions options;
  const ExhaustResult right = exhaust(s, options);
  ASSERT_TRUE(right.needed.any());
  ExhaustResult wrong = right;
  wrong.needed.reset();
  EXPECT_NE(differs_from_proof(s, wrong, options).find("the proof that it does not"), std::string::npos);
  wrong = right;
  wrong.spoke.reset();
  EXPECT_NE(differs_from_proof(s, wrong, options), "");
  wrong = right;
  wrong.divergence = s.base;
  EXPECT_NE(differs_from_proof(s, wrong, options), "");
}

TEST(Exhaust, IsTheSameOnAnyNumberOfThreads) {
  const SmallScope s = scope_named("x86_64/hugetlb-2M/private", kFew | FOLL_TOUCH);
  ExhaustOptions options;
  const ExhaustResult one = exhaust(s, options);
  options.threads = 3;
  const ExhaustResult three = exhaust(s, options);
  EXPECT_EQ(one.worlds, three.worlds);
  EXPECT_EQ(one.spoke, three.spoke);
  EXPECT_EQ(one.needed, three.needed);
}

}  // namespace
}  // namespace gupdiff
