// SPDX-License-Identifier: GPL-2.0-only
// The document's verdict: the worst of its sections', and its exit code.
#include "report/results.hpp"

#include <gtest/gtest.h>

namespace gupdiff {
namespace {

Json with_verdict(std::string_view word) { return {{"verdict", word}}; }

TEST(Results, VerdictIsTheWorstOfTheSections) {
  Sections s;
  s.replay = with_verdict("holds");
  s.fuzz = with_verdict("inconclusive");
  s.proofs = with_verdict("vacuous");
  EXPECT_EQ(overall(results({"v6.9", "v6.10"}, s, nullptr)), RunVerdict::vacuous);
  s.conform = with_verdict("divergence");
  const Json doc = results({"v6.9", "v6.10"}, s, nullptr);
  EXPECT_EQ(overall(doc), RunVerdict::divergence);
  EXPECT_EQ(doc["verdict"]["exit_code"], 10);
  EXPECT_NE(doc["verdict"]["sentence"].get<std::string>().find("conform"), std::string::npos);
}

TEST(Results, ASectionThatWasNotRunIsAbsent) {
  Sections s;
  s.replay = with_verdict("holds");
  const Json doc = results({"v6.9", "v6.10"}, s, nullptr);
  EXPECT_TRUE(doc.contains("replay"));
  for (const char* key : {"fuzz", "proofs", "conform", "catalogue", "run"}) EXPECT_FALSE(doc.contains(key)) << key;
}

TEST(Results, AnUnknownVerdictWordIsAnInternalError) {
  EXPECT_EQ(verdict_of("fine"), RunVerdict::internal_error);
  for (int i = 0; i < kRunVerdicts; ++i)
    EXPECT_EQ(verdict_of(verdict_word(static_cast<RunVerdict>(i))), static_cast<RunVerdict>(i));
}

TEST(Results, ExitCodesAreTheDocumentedOnes) {
  EXPECT_EQ(exit_code(RunVerdict::holds), 0);
  EXPECT_EQ(exit_code(RunVerdict::inconclusive), 5);
  EXPECT_EQ(exit_code(RunVerdict::vacuous), 11);
  EXPECT_EQ(exit_code(RunVerdict::divergence), 10);
  EXPECT_EQ(exit_code(RunVerdict::internal_error), 6);
}

TEST(Results, TextOfBytesThatAreNotUtf8DoesNotThrow) {
  EXPECT_NO_THROW(json_text(Json{{"name", std::string("\xff\xfe")}}));
}

}  // namespace
}  // namespace gupdiff
