// SPDX-License-Identifier: GPL-2.0-only
// The neighbours of an input: what fails among them is an input that fails, the same each time.
#include <gtest/gtest.h>

#include <vector>

#include "fuzz/neighbours.hpp"
#include "oracle/catalogue.hpp"
#include "scenario/binary.hpp"
#include "scenario/generator.hpp"

namespace gupdiff {
namespace {

constexpr int kInputs = 2000;

std::vector<std::vector<std::uint8_t>> inputs() {
  Random random{5};
  Scenario w;
  std::vector<std::vector<std::uint8_t>> all;
  for (int i = 0; i < kInputs; ++i) {
    generate_reachable(random, w, Architecture::x86_64);
    all.push_back(encode(w));
  }
  return all;
}

bool fails(std::span<const std::uint8_t> input, const ExpectedWalk& x) {
  Scenario w;
  PairMachines machines;
  decode(input, w);
  return !holds(w, x, machines);
}

TEST(Neighbours, OneOfThemFailsWhereTheInputHolds) {
  RowSet rows = all_rows();
  rows.reset(static_cast<std::size_t>(find_row("D17")));
  const ExpectedWalk x(default_pair(), rows);
  Neighbours neighbours(x, Bounds::kernel, kAflNeighbours), again(x, Bounds::kernel, kAflNeighbours);
  int found = 0;
  for (const auto& input : inputs()) {
    if (fails(input, x)) continue;
    const auto failing = neighbours.first_failing(input);
    if (failing.empty()) continue;
    ++found;
    EXPECT_TRUE(fails(failing, x));
    const auto same = again.first_failing(input);
    EXPECT_TRUE(std::equal(failing.begin(), failing.end(), same.begin(), same.end()));
  }
  EXPECT_GT(found, 0);
}

TEST(Neighbours, NoneFailsWithEveryRowInForce) {
  Neighbours neighbours(ExpectedWalk(default_pair(), all_rows()), Bounds::kernel, kAflNeighbours);
  for (const auto& input : inputs()) EXPECT_TRUE(neighbours.first_failing(input).empty());
}

}  // namespace
}  // namespace gupdiff
