// SPDX-License-Identifier: GPL-2.0-only
// Random scenarios come to the same in the symbolic and in the concrete domain, and the check
// notices where they do not.
#include <gtest/gtest.h>

#include "proofs/encoder_check.hpp"

namespace gupdiff {
namespace {

TEST(Encoder, RandomScenariosComeToTheSameInBothDomains) {
  EncoderOptions options;
  options.threads = 2;
  const EncoderResult r = fuzz_encoder(options);
  ASSERT_FALSE(r.mismatch) << r.mismatch->number << ": " << r.mismatch->what;
  EXPECT_EQ(r.counts.scenarios, 10'000u);
  EXPECT_GT(r.counts.decided, 1'000'000u);
  EXPECT_GT(r.counts.inferred, 100'000u);
  EXPECT_GT(r.counts.neighbours, 5'000u);
  EXPECT_GT(r.counts.facts, 1'000'000u);
}

TEST(Encoder, AnOutputThatDiffersIsFoundAndNamed) {
  EncoderOptions options;
  options.runs = 100;
  options.threads = 2;
  options.disturb = [](Machine<Symbolic>& m, Evaluator&) { m.w.env.huge_pool += 1u; };
  const EncoderResult r = fuzz_encoder(options);
  ASSERT_TRUE(r.mismatch);
  EXPECT_EQ(r.mismatch->number, 0u);
  EXPECT_NE(r.mismatch->what.find("huge page pool"), std::string::npos) << r.mismatch->what;
}

TEST(Encoder, AnOutputThatForgotWhatItDependsOnIsFoundBesideTheScenario) {
  EncoderOptions options;
  options.runs = 20'000;  // ends at the first
  options.disturb = [](Machine<Symbolic>& m, Evaluator& at) {
    for (auto& page : m.pages)
      if (!page.pfn.constant()) page.pfn = SymbolicWord(at.value(page.pfn.term()));
  };
  const EncoderResult r = fuzz_encoder(options);
  ASSERT_TRUE(r.mismatch);
  EXPECT_NE(r.mismatch->what.find("pages, at another input of the same path"), std::string::npos) << r.mismatch->what;
}

TEST(Encoder, AScenarioIsRepeatedByItsNumber) {
  EncoderOptions options;
  options.disturb = [](Machine<Symbolic>& m, Evaluator&) {
    if (m.faults.size() > 1) m.ret += 1u;
  };
  const EncoderResult found = fuzz_encoder(options);
  ASSERT_TRUE(found.mismatch);
  ASSERT_GT(found.mismatch->number, 0u);
  options.first = found.mismatch->number;
  options.runs = 1;
  const EncoderResult again = fuzz_encoder(options);
  ASSERT_TRUE(again.mismatch);
  EXPECT_EQ(again.mismatch->number, found.mismatch->number);
  EXPECT_EQ(again.mismatch->what, found.mismatch->what);
}

}  // namespace
}  // namespace gupdiff
