// SPDX-License-Identifier: GPL-2.0-only
// What llvm-cov says of instances of a template becomes lines and edges of a file.
#include <gtest/gtest.h>

#include <fstream>

#include <unistd.h>

#include "fuzz/coverage.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

class CoverageFold : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("gupdiff-coverage-test-" + std::to_string(getpid()));
    fs::create_directories(root_ / "legacy");
    std::ofstream(root_ / "legacy/walk.hpp") << "template <class R>\n"          // 1
                                                "int walk(bool b) {\n"           // 2
                                                "  // only a comment\n"          // 3
                                                "  if (b)\n"                     // 4
                                                "    return 1;\n"                // 5
                                                "\n"                             // 6
                                                "  if constexpr (R::active) {\n" // 7
                                                "    return 2;\n"                // 8
                                                "  }\n"                          // 9
                                                "  return 3;\n"                  // 10
                                                "}\n";                           // 11
  }
  void TearDown() override { fs::remove_all(root_); }

  /// One instance: it was entered `in` times, `b` held in `taken` of them; `active` has line 8, run `rows` times.
  std::string instance(int in, int taken, bool active, int rows) const {
    const auto n = [](int x) { return std::to_string(x); };
    std::string regions = "[2,18,11,2," + n(in) + ",0,0,0],[5,5,5,14," + n(taken) + ",0,0,0],";
    regions += active ? "[7,28,9,4," + n(rows) + ",0,0,0]" : "[7,28,9,4,0,0,0,2]";
    return R"({"name":"walk","count":1,"filenames":[")" + (root_ / "legacy/walk.hpp").string() + R"("],"regions":[)" + regions +
           R"(],"branches":[[4,7,4,8,)" + n(taken) + "," + n(in - taken) + ",0,0,4]]}";
  }
  Coverage fold(const std::string& functions) const {
    return fold_coverage(R"({"data":[{"functions":[)" + functions + "]}]}", root_);
  }
  fs::path root_;
};

TEST_F(CoverageFold, ALineRanIfAnyInstanceRanIt) {
  const Coverage c = fold(instance(3, 0, false, 0) + "," + instance(2, 2, true, 0));
  ASSERT_EQ(c.files.size(), 1u);
  EXPECT_EQ(c.files[0].file, "legacy/walk.hpp");
  const std::map<int, bool> lines = {{2, true}, {4, true}, {5, true}, {7, true}, {8, false}, {10, true}};
  EXPECT_EQ(c.files[0].lines, lines);
  EXPECT_EQ(covered(c.files[0].branches).covered, 2u);
  ASSERT_EQ(c.gaps.size(), 1u);
  EXPECT_EQ(c.gaps[0].line, 8);
  EXPECT_EQ(c.gaps[0].code, "return 2;");
}

TEST_F(CoverageFold, ADiscardedBranchIsNoLineOfItsInstance) {
  const Coverage c = fold(instance(3, 1, false, 0));
  EXPECT_EQ(c.files[0].lines.count(8), 0u);
  EXPECT_TRUE(c.gaps.empty());
  EXPECT_EQ(lines_of(c, "legacy").share(), 1);
  EXPECT_EQ(lines_of(c, "unified").total, 0u);
}

TEST_F(CoverageFold, AnOutcomeOfAConditionThatNeverCameIsAnEdgeNotRun) {
  EXPECT_EQ(covered(fold(instance(3, 3, false, 0)).files[0].branches).covered, 1u);
}

TEST_F(CoverageFold, EveryGapHasAReasonAndEveryReasonAGap) {
  const std::vector<GapReason> reasons = {{"legacy/walk.hpp", "walk", {"return 2;"}, "nobody does", 3}};
  Coverage gap = fold(instance(1, 1, true, 0));
  EXPECT_TRUE(give_reasons(gap, reasons, "list").empty());
  EXPECT_EQ(gap.gaps[0].reason, "nobody does");
  gap = fold(instance(1, 1, true, 0));
  EXPECT_EQ(give_reasons(gap, {}, "list").size(), 1u);
  Coverage none = fold(instance(1, 1, true, 1));
  const auto wrong = give_reasons(none, reasons, "list");
  ASSERT_EQ(wrong.size(), 1u);
  EXPECT_EQ(wrong[0], "list:3: 'return 2;' of legacy/walk.hpp is reached, or not there: take it off the list");
}

TEST_F(CoverageFold, WhatIsNotOfLlvmCovIsRefused) {
  EXPECT_THROW(fold_coverage("no JSON", root_), InputError);
  EXPECT_THROW(fold_coverage(R"({"data":[]})", root_), InputError);
  EXPECT_THROW(fold_coverage(R"({"data":[{"functions":[]}]})", root_), InputError);
}

}  // namespace
}  // namespace gupdiff
