// SPDX-License-Identifier: GPL-2.0-only
// arm64 entries: the fact sheet's vectors (8.5), and every combination of the bits that
// predicates look at against the predicates written a second way.
#include "model/machine/slots.hpp"
#include "oracle/hardware.hpp"

#include <gtest/gtest.h>

namespace gupdiff {
namespace {

using namespace arm64;

Arch<Concrete> granule(unsigned variant) {
  return Arch<Concrete>(Config{.arch = Architecture::arm64, .variant = static_cast<std::uint8_t>(variant)});
}
const Arch<Concrete> E = granule(0);

TEST(Arm64Entry, SwapVectors) {
  const SwapTypes t = swap_types(Config{.memory_failure = true, .device_private = true});
  EXPECT_EQ(E.marker(t, kMarkerUffdWp), 0x17c0u);
  EXPECT_EQ(E.swp_entry(t.hwpoison, 0x5678), 0x56785c0u);
  EXPECT_EQ(E.swp_entry(t.migration_read, 0x1234), 0x1234600u);
  EXPECT_EQ(E.swp_offset(0x1234600), 0x1234u);
  EXPECT_EQ(E.swp_type(0x1234600), t.migration_read);
  EXPECT_TRUE(E.is_migration(t, 0x1234600));
  EXPECT_TRUE(E.is_hwpoison(t, 0x56785c0));
  EXPECT_TRUE(E.is_marker(t, 0x17c0));
}

TEST(Arm64Entry, EveryGranuleHasItsSizesAndRoomForItsFrames) {
  for (const Geometry& g : kGeometries) {
    for (const HugetlbSize& s : g.hugetlb)
      EXPECT_EQ(s.order, g.leaf_order(s.level) + s.entries_log2) << g.name << ' ' << s.name;
    EXPECT_EQ(g.address_bits, g.shift(g.top) + g.bits(g.top)) << g.name;
    EXPECT_LE(g.max_order(), g.folio_bits) << g.name;
    EXPECT_EQ(g.huge_zero_pfn & ((std::uint64_t{1} << g.leaf_order(Level::pmd)) - 1), 0u) << g.name;
    // Tables: level above what any key can reach, both below the marking bit, all in 48 bits.
    EXPECT_LE(g.address_bits - g.shift(Level::pmd), g.table_level_shift) << g.name;
    const std::uint64_t last = g.table_pfn(Level::p4d, (std::uint64_t{1} << g.address_bits) >> g.shift(Level::p4d));
    EXPECT_LT(last, std::uint64_t{1} << (48 - g.page_shift)) << g.name;
    EXPECT_LT(g.fresh(1024, 0), g.table_base) << g.name;
    EXPECT_LT(g.default_pfn(64), g.fresh_pfn) << g.name;
  }
}

/// Bits the predicates look at: 0, 1, 6, 7, 10, 11, 51, 52, 54, 55, 56, 57.
std::uint64_t with_flags(unsigned f) {
  constexpr unsigned kBits[] = {0, 1, 6, 7, 10, 11, 51, 52, 54, 55, 56, 57};
  std::uint64_t e = 0;
  for (unsigned i = 0; i < 12; ++i) e |= std::uint64_t{(f >> i) & 1u} << kBits[i];
  return e;
}

TEST(Arm64Entry, EveryFlagCombinationAgreesWithTheManualReading) {
  for (unsigned variant = 0; variant < 3; ++variant)
    for (unsigned f = 0; f < 4096; ++f)
      for (const std::uint64_t frame : {std::uint64_t{0}, std::uint64_t{0x40000000000}}) {
        const Arch<Concrete> a = granule(variant);
        const std::uint64_t e = with_flags(f) | frame;
        const bool valid = f & 1, bit1 = f & 2, user = f & 4, rdonly = f & 8, af = f & 16, ng = f & 32;
        const bool dbm = f & 64, cont = f & 128, uxn = f & 256, sw_dirty = f & 512;
        const bool present = valid || ng;
        ASSERT_EQ(a.none(e), f == 0 && frame == 0) << std::hex << e;
        ASSERT_EQ(a.pte_present(e), present) << std::hex << e;
        ASSERT_EQ(a.pmd_present(e), present) << std::hex << e;
        ASSERT_EQ(a.pud_present(e), present) << std::hex << e;
        ASSERT_EQ(a.p4d_present(e), e != 0) << std::hex << e;
        ASSERT_EQ(a.protnone(e), !valid && ng && !user && uxn) << std::hex << e;
        ASSERT_EQ(a.pmd_bad(e), !(valid && bit1)) << std::hex << e;
        ASSERT_EQ(a.pud_bad(e), !(valid && bit1)) << std::hex << e;
        ASSERT_EQ(a.p4d_bad(e), !bit1) << std::hex << e;
        ASSERT_EQ(a.pmd_leaf(e), (valid && !bit1) || (!valid && ng)) << std::hex << e;
        ASSERT_EQ(a.pud_leaf(kV6_12, e), variant != 2 && ((valid && !bit1) || (!valid && ng))) << std::hex << e;
        ASSERT_EQ(a.pmd_trans_huge(e), present && !bit1) << std::hex << e;
        ASSERT_EQ(a.write(e), dbm) << std::hex << e;
        ASSERT_EQ(a.dirty(e), sw_dirty || (dbm && !rdonly)) << std::hex << e;
        ASSERT_EQ(a.young(e), af) << std::hex << e;
        ASSERT_EQ(a.contiguous(e), cont) << std::hex << e;
        ASSERT_EQ(a.access_permitted(e, false), valid && user) << std::hex << e;
        ASSERT_EQ(a.access_permitted(e, true), valid && user && dbm) << std::hex << e;
        // Edits keep the table of dirty states: clean writable is RDONLY, dirty writable is not.
        ASSERT_EQ(a.dirty(a.wrprotect(e)), a.dirty(e)) << std::hex << e;
        ASSERT_FALSE(a.write(a.wrprotect(e))) << std::hex << e;
        ASSERT_TRUE(a.dirty(a.mkdirty(e))) << std::hex << e;
        ASSERT_FALSE(a.dirty(a.mkclean(e))) << std::hex << e;
        ASSERT_EQ(a.dirty(a.modify(Level::pte, e, a.page_prot(VM_READ, 0))), a.dirty(e)) << std::hex << e;
      }
}

TEST(Arm64Entry, ProtNoneSurvivesEveryHugeLeafButAContiguousPte) {
  for (unsigned variant = 0; variant < 3; ++variant) {
    const Arch<Concrete> a = granule(variant);
    for (const HugetlbSize& s : a.geometry().hugetlb) {
      const std::uint64_t leaf = a.make_huge_pte(std::uint64_t{1} << s.order, a.page_prot(VM_READ, 0), s);
      const std::uint64_t none = a.huge_modify(leaf, a.page_prot(0, 0), s);
      EXPECT_TRUE(a.pte_present(none)) << s.name;
      EXPECT_EQ(a.pte_pfn(none), std::uint64_t{1} << s.order) << s.name;
      EXPECT_FALSE(a.access_permitted(none, false)) << s.name;
      // pte_mkcont() makes the word valid again, so it reads as no PROT_NONE (facts 4.2).
      EXPECT_EQ(a.protnone(none), s.level != Level::pte) << s.name;
      EXPECT_EQ(a.leaf_format(s.level, none), true) << s.name;
    }
  }
}

TEST(Arm64Entry, MembersOfASetHoldTheirOwnAddresses) {
  for (unsigned variant = 0; variant < 3; ++variant) {
    const Arch<Concrete> a = granule(variant);
    for (const HugetlbSize& s : a.geometry().hugetlb) {
      if (s.entries() == 1) continue;
      const std::uint64_t head = std::uint64_t{3} << s.order;
      const std::uint64_t leaf = a.make_huge_pte(head, a.page_prot(VM_READ, 0), s);
      EXPECT_TRUE(a.contiguous(leaf));
      EXPECT_EQ(a.pte_pfn(a.contiguous_member(leaf, s, 5)), head + 5 * (std::uint64_t{1} << a.geometry().leaf_order(s.level)));
      EXPECT_EQ(a.contiguous_member(0x1234600, s, 5), 0x1234600u) << "non-present words are replicated";
    }
  }
}

TEST(Arm64Entry, FlagsAndStatesOfLeavesCorrespond) {
  for (unsigned variant = 0; variant < 3; ++variant)
    for (const Level level : {Level::pte, Level::pmd, Level::pud})
      for (unsigned f = 0; f < 128; ++f) {
        const Geometry& g = kGeometries[variant];
        const LeafState s{.accessible = true, .write = (f & 1) != 0, .young = (f & 2) != 0, .dirty = (f & 4) != 0,
                          .exec = (f & 8) != 0, .uffd_wp = (f & 16) != 0, .special = (f & 32) != 0, .contiguous = (f & 64) != 0};
        const std::uint64_t e = leaf_flags(g, level, s);
        const LeafState back = leaf_state(g, level, e);
        ASSERT_EQ(leaf_flags(g, level, back), e) << std::hex << e;
        ASSERT_EQ(back.write, s.write);
        ASSERT_EQ(back.dirty, s.dirty);
        ASSERT_EQ(from_flag_bits(g, flag_bits(g, e)), e) << std::hex << e;
        ASSERT_TRUE(granule(variant).leaf_format(level, e)) << std::hex << e;
      }
}

TEST(Arm64Entry, TheManualAgreesWithTheKernelOnWhatItWrites) {
  for (unsigned variant = 0; variant < 3; ++variant) {
    const Arch<Concrete> a = granule(variant);
    const Geometry& g = a.geometry();
    const auto table = hardware_step<Concrete>(Architecture::arm64, g, Level::pmd, a.table_entry(0x1234));
    EXPECT_TRUE(table.valid && !table.leaf && table.table == 0x1234u);
    for (const HugetlbSize& s : g.hugetlb) {
      const std::uint64_t e = a.mkyoung(a.make_huge_pte(std::uint64_t{1} << s.order, a.page_prot(VM_READ | VM_WRITE | VM_SHARED, 0), s));
      const auto leaf = hardware_step<Concrete>(Architecture::arm64, g, s.level, e);
      EXPECT_TRUE(leaf.valid && leaf.leaf && leaf.writable) << s.name;
      EXPECT_EQ(leaf.frame, std::uint64_t{1} << s.order) << s.name;
    }
  }
}

}  // namespace
}  // namespace gupdiff
