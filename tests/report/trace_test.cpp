// SPDX-License-Identifier: GPL-2.0-only
// Alignment of two traces: every step once, in order, equal ones side by side.
#include "report/trace.hpp"

#include <gtest/gtest.h>

namespace gupdiff {
namespace {

Narrative step(const char* function, const char* what, std::uint64_t value = 0) {
  return {function, what, Level::pmd, true, true, 0x200000, value, 21};
}

/// Every index of both traces appears exactly once, in order.
void expect_complete(const std::vector<TraceRow>& rows, int na, int nb) {
  int a = 0, b = 0;
  for (const TraceRow& r : rows) {
    if (r.a >= 0) { EXPECT_EQ(r.a, a++); }
    if (r.b >= 0) { EXPECT_EQ(r.b, b++); }
    EXPECT_TRUE(r.a >= 0 || r.b >= 0);
  }
  EXPECT_EQ(a, na);
  EXPECT_EQ(b, nb);
}

TEST(Trace, EqualStepsStandSideBySideWhateverTheFunctionIsCalled) {
  const std::vector<Narrative> a = {step("hugetlb_walk", "reads", 7)}, b = {step("follow_pmd_mask", "reads", 7)};
  const auto rows = align(a, b);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].same);
}

TEST(Trace, ADifferentValueIsNotTheSameStep) {
  const auto rows = align({step("f", "reads", 7)}, {step("f", "reads", 8)});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows[0].same);
}

TEST(Trace, AnExtraStepLeavesAGapAndTheRestAligned) {
  const std::vector<Narrative> a = {step("f", "one"), step("f", "two"), step("f", "three")};
  const std::vector<Narrative> b = {step("f", "one"), step("f", "extra"), step("f", "two"), step("f", "three")};
  const auto rows = align(a, b);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[1].a, -1);
  EXPECT_TRUE(rows[0].same && rows[2].same && rows[3].same);
  expect_complete(rows, 3, 4);
}

TEST(Trace, EmptyAndUnequalTracesAreComplete) {
  expect_complete(align({}, {}), 0, 0);
  expect_complete(align({step("f", "one")}, {}), 1, 0);
  const std::vector<Narrative> a = {step("f", "x"), step("f", "y"), step("f", "x")}, b = {step("f", "y"), step("f", "x"), step("f", "z")};
  expect_complete(align(a, b), 3, 3);
}

TEST(Trace, AVeryLongTraceIsStillComplete) {
  const std::vector<Narrative> a(5000, step("f", "x")), b(3000, step("f", "y"));
  expect_complete(align(a, b), 5000, 3000);
}

TEST(Trace, AStepNamesLevelAddressAndValue) {
  EXPECT_EQ(step_text(step("follow_pmd_mask", "reads", 0x67), 0x800000), "reads pmd[0x200000] = 0x0000000000000067");
}

TEST(Trace, TheAddressOfTheRequestIsLeftOut) {
  EXPECT_EQ(step_text(step("follow_pmd_mask", "reads", 0x67), 0x212000), "reads pmd = 0x0000000000000067");
}

TEST(Trace, ALoopIsFoldedToOneCopyAndKeepsItsStepNumbers) {
  std::vector<Narrative> a = {step("f", "start")}, b = a;
  for (int i = 0; i < 8; ++i) {
    b.push_back(step("g", "fault"));
    b.push_back(step("g", "retry"));
  }
  b.push_back(step("g", "gives up"));
  const Json trace = trace_json(a, b, 0x200000);
  EXPECT_EQ(trace["rows"].size(), 18u);
  ASSERT_EQ(trace["repeats"], Json::array({Json::array({1, 2, 8})}));
  const Json rows = folded_rows(trace);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[3], "steps 2 to 3 again, 7 times");
  EXPECT_EQ(rows[4][3], 18);
}

TEST(Trace, TwoCopiesAreNotALoop) {
  const std::vector<Narrative> b = {step("f", "x"), step("f", "y"), step("f", "x"), step("f", "y")};
  EXPECT_TRUE(trace_json({}, b, 0)["repeats"].empty());
}

}  // namespace
}  // namespace gupdiff
