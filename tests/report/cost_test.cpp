// SPDX-License-Identifier: GPL-2.0-only
// A few numbers of the cost section, pinned: how often each walk looks up.
#include "report/cost_section.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gupdiff {
namespace {

/// Loop iterations of `walk` for `pages` pages of a `size` page of the first geometry of that
/// name ("" : any); -1: not measured.
int loops(const Json& section, const char* arch, const char* geometry, const char* size, const char* walk, int pages) {
  for (const Json& t : section.at("tables")) {
    if (t.at("architecture") != arch || (*geometry != 0 && t.at("geometry") != geometry)) continue;
    for (const Json& s : t.at("sizes")) {
      if (s.at("size") != size) continue;
      for (const Json& w : s.at("walks")) {
        const Json& names = w.at("walks");
        if (std::find(names.begin(), names.end(), walk) == names.end()) continue;
        for (const Json& r : w.at("requests"))
          if (r.at("pages") == pages) return r.at("loops").get<int>();
      }
    }
    return -1;
  }
  return -1;
}

TEST(Cost, AHugePageOfOneEntryIsOneLoopInEveryWalk) {
  const Json s = cost_section(Architecture::x86_64);
  for (const char* walk : {"v6.9", "v6.10", "v6.12"}) {
    EXPECT_EQ(loops(s, "x86_64", "", "2M", walk, 1), 1) << walk;
    EXPECT_EQ(loops(s, "x86_64", "", "2M", walk, 512), 1) << walk;
    EXPECT_EQ(loops(s, "x86_64", "", "1G", walk, 1 << 18), 1) << walk;
  }
}

TEST(Cost, TheGenericWalkReadsEachEntryOnceMore) {
  const Json s = cost_section(Architecture::x86_64);
  Json before, after;
  for (const Json& w : s.at("tables").at(0).at("sizes").at(0).at("walks"))
    for (const Json& name : w.at("walks")) {
      if (name == "v6.9") before = w.at("requests").at(0);
      if (name == "v6.10") after = w.at("requests").at(0);
    }
  EXPECT_EQ(after.at("lockless_reads").get<int>(), before.at("lockless_reads").get<int>() + 1);  // D09
  EXPECT_EQ(after.at("locked_reads"), before.at("locked_reads"));
  EXPECT_EQ(after.at("locks"), before.at("locks"));
}

/// D14: one entry a loop instead of one huge page, and what covering the set would give back.
TEST(Cost, AContiguousSetIsOneLoopBeforeAndOneLoopAnEntryAfter) {
  const Json s = cost_section(Architecture::arm64);
  EXPECT_EQ(loops(s, "arm64", "4K", "64K", "v6.9", 16), 1);
  EXPECT_EQ(loops(s, "arm64", "4K", "64K", "v6.10", 16), 16);
  EXPECT_EQ(loops(s, "arm64", "4K", "64K", "with contiguous sets handled", 16), 1);
  EXPECT_EQ(loops(s, "arm64", "4K", "32M", "v6.9", 8192), 1);
  EXPECT_EQ(loops(s, "arm64", "4K", "32M", "v6.12", 8192), 16);
  EXPECT_EQ(loops(s, "arm64", "4K", "32M", "v6.12", 512), 1);
  EXPECT_EQ(loops(s, "arm64", "64K", "2M", "v6.10", 32), 32);
  EXPECT_EQ(loops(s, "arm64", "64K", "512M", "v6.10", 8192), 1);
}

TEST(Cost, TheSameEachTime) { EXPECT_EQ(cost_section(), cost_section()); }

}  // namespace
}  // namespace gupdiff
