// SPDX-License-Identifier: GPL-2.0-only
// Shrinking keeps what it is asked to keep and leaves out the rest.
#include <gtest/gtest.h>

#include "scenario/generator.hpp"
#include "scenario/normalise.hpp"
#include "scenario/shrinker.hpp"

namespace gupdiff {
namespace {

TEST(Shrinker, KeepsThePropertyAndDropsTheRest) {
  int shrunk = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random r{seed};
    Scenario w;
    generate_reachable(r, w, Architecture::x86_64);
    const auto keeps = [](const Scenario& s) {
      for (const auto& slot : s.slots[2])
        if (shape(s, Level::pud, slot.value) == Shape::leaf) return true;
      return false;
    };
    if (!keeps(w)) continue;
    ++shrunk;
    shrink(w, keeps);
    EXPECT_TRUE(keeps(w));
    EXPECT_TRUE(is_normal(w));
    EXPECT_TRUE(w.vmas.empty());
    EXPECT_TRUE(w.page_cache.empty());
    EXPECT_EQ(w.slots[2].size(), 1u);
    EXPECT_EQ(w.folios.size(), 3u);
    EXPECT_EQ(w.request.flags, 0u);
  }
  EXPECT_GT(shrunk, 20);
}

TEST(Shrinker, StopsAtItsBudget) {
  Random r{5};
  Scenario w;
  generate_reachable(r, w, Architecture::x86_64);
  int asked = 0;
  shrink(w, [&](const Scenario&) { return ++asked, true; }, 10);
  EXPECT_LE(asked, 10);
}

}  // namespace
}  // namespace gupdiff
