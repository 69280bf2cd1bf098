// SPDX-License-Identifier: GPL-2.0-only
// Rounds of calls: valid, different, and about the call alone.
#include <gtest/gtest.h>

#include <set>

#include "scenario/binary.hpp"
#include "scenario/generator.hpp"
#include "scenario/normalise.hpp"
#include "scenario/request_variation.hpp"

namespace gupdiff {
namespace {

TEST(CallRound, ChangesTheCallAloneAndStaysNormal) {
  Random random{5};
  Scenario base, w;
  std::set<Api> apis;
  std::size_t all = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto bounds = i % 2 ? Bounds::anything : Bounds::kernel;
    generate_reachable(random, base, pick(random, kAllArchitectures));
    w = base;
    CallRound calls(random, w, bounds);
    unsigned n = 0;
    std::set<std::vector<std::uint8_t>> distinct;
    while (calls.next()) {
      if (n++ == 0) EXPECT_TRUE(same_scenario(w, base));
      ASSERT_TRUE(is_normal(w)) << i << " call " << n;
      distinct.insert(encode(w));
      apis.insert(w.request.api);
      Scenario memory = w;
      memory.request = base.request;
      memory.env = base.env;
      EXPECT_TRUE(same_scenario(memory, base));
    }
    EXPECT_EQ(n, kCallsOfARound);
    // Ranges may meet: of 300,000 rounds about one in ten thousand has fewer than 24 calls, none fewer than 21.
    EXPECT_GE(distinct.size(), kCallsOfARound / 2) << i;
    all += distinct.size();
  }
  EXPECT_EQ(apis.size(), std::size_t{kApis});
  EXPECT_GE(all, 2000u * 29);  // of 32
}

}  // namespace
}  // namespace gupdiff
