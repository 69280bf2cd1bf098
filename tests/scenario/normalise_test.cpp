// SPDX-License-Identifier: GPL-2.0-only
// normalise() makes anything valid, changes nothing valid, and agrees with validate().
#include <gtest/gtest.h>

#include "model/arch/geometry_name.hpp"
#include "model/arch/usual_config.hpp"
#include "scenario/normalise.hpp"
#include "tests/scenario/any_scenario.hpp"

namespace gupdiff {
namespace {

TEST(Normalise, MakesAnyWorldNormal) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Scenario w = any_world(seed);
    normalise(w);
    RC_ASSERT(is_normal(w));
    RC_ASSERT(!validate(w));
  }));
}

TEST(Normalise, IsIdempotent) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Scenario once = any_world(seed);
    normalise(once);
    Scenario twice = once;
    normalise(twice);
    RC_ASSERT(same_scenario(once, twice));
  }));
}

TEST(Normalise, AnyNormalWorldHasAnEncoding) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Scenario w = any_world(seed), back;
    normalise(w);
    RC_ASSERT(decode(encode(w), back));
    RC_ASSERT(same_scenario(w, back));
  }));
}

TEST(Normalise, AnAbnormalWorldIsEncodedAsItsRepair) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Scenario w = any_world(seed), back;
    decode(encode(w), back);
    normalise(w);
    RC_ASSERT(same_scenario(w, back));
  }));
}

Scenario one_page() {
  Scenario w;
  w.folios.resize(3);
  w.folios[0] = {geometry_of(w.config).zero_pfn, 1, 0, 0, FolioKind::zero_page, 0, false, false, false, false, false, false, false, false};
  w.folios[1] = {geometry_of(w.config).huge_zero_pfn, 1, 0, 0, FolioKind::huge_zero, 9, false, false, false, false, false, false, false, false};
  w.folios[2].refcount = w.folios[2].mapcount = 1;
  w.folios[2].pfn = default_pfn(w, 2);
  Vma<Concrete> v;
  v.start = 0x200000000000;
  v.end = v.start + 0x1000;
  v.flags = VM_READ | VM_MAYREAD;
  w.vmas.push_back(v);
  Slot<Concrete> s;
  s.first = v.start >> 12;
  s.value = with_frame(w, x86_64::PRESENT | x86_64::USER, default_pfn(w, 2));
  w.slots[0].push_back(s);
  w.request.start = v.start;
  return w;
}

TEST(Normalise, FillsInTheTablesAboveAnEntry) {
  Scenario w = one_page();
  normalise(w);
  for (int l = 1; l < kLevels; ++l) {
    ASSERT_EQ(w.slots[l].size(), 1u);
    EXPECT_EQ(w.slots[l][0].value, plain_table(w, static_cast<Level>(l), w.slots[l][0].first));
  }
}

TEST(Normalise, ALeafThatPointsNowhereIsMovedIntoAFolio) {
  Scenario w = one_page();
  w.slots[0][0].value = with_frame(w, x86_64::PRESENT | x86_64::USER, 0x12345678);
  normalise(w);
  EXPECT_GE(folio_of(w, leaf_frame(w, w.slots[0][0].value)), 0);
}

TEST(Normalise, TheFrameOfAProtNoneLeafIsStoredInverted) {
  Scenario w = one_page();
  w.slots[0][0].value = with_frame(w, x86_64::kPageNone, default_pfn(w, 2));
  normalise(w);
  // The vector of facts 8.5: frame 0x80000 in a PROT_NONE entry.
  EXPECT_EQ(w.slots[0][0].value & x86_64::kPfnMask, 0x000fffff7ffff000ull);
  EXPECT_EQ(leaf_frame(w, w.slots[0][0].value), 0x80000u);
}

TEST(Normalise, EntriesBelowALeafAreDropped) {
  Scenario w = one_page();
  w.folios[2].order = 9;
  Slot<Concrete> pmd;
  pmd.first = w.vmas[0].start >> 21;
  pmd.value = with_frame(w, x86_64::PRESENT | x86_64::USER | x86_64::PSE, default_pfn(w, 2));
  w.slots[1].push_back(pmd);
  EXPECT_TRUE(validate(w));
  normalise(w);
  EXPECT_TRUE(w.slots[0].empty());
  ASSERT_EQ(w.slots[1].size(), 1u);
}

TEST(Normalise, HugetlbMappingsAreAlignedToTheirPages) {
  Scenario w = one_page();
  w.vmas[0].kind = VmaKind::hugetlb;
  w.vmas[0].huge_order = 18;
  w.vmas[0].start += 0x5000;
  normalise(w);
  EXPECT_EQ(w.vmas[0].start % (1u << 30), 0u);
  EXPECT_EQ(w.vmas[0].end % (1u << 30), 0u);
  EXPECT_TRUE(w.vmas[0].flags & VM_HUGETLB);
}

// A counterexample that lost a folio nobody used keeps the others where they were; on powerpc 8xx that is
// below the zero pages of larger machines.
TEST(Normalise, FoliosStayAnywhereAboveTheZeroPages) {
  for (int arch = 0; arch < kArchitectures; ++arch)
    for (std::uint8_t variant = 0; variant < geometries(static_cast<Architecture>(arch)).size(); ++variant) {
      Scenario w, back;
      w.config = usual_config(static_cast<Architecture>(arch), variant);
      w.folios.resize(3);
      normalise(w);
      const std::uint64_t frame = geometry_of(w.config).default_pfn(3);
      w.folios[2].pfn = frame;
      ASSERT_FALSE(validate(w)) << geometry_name(w.config);
      normalise(w);
      EXPECT_EQ(w.folios[2].pfn, frame) << geometry_name(w.config);
      ASSERT_TRUE(decode(encode(w), back));
      EXPECT_TRUE(same_scenario(w, back)) << geometry_name(w.config);
    }
}

}  // namespace
}  // namespace gupdiff
