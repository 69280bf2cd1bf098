// SPDX-License-Identifier: GPL-2.0-only
// x86-64 entries: the fact sheet's vectors (8.5), and every combination of flag
// bits against the predicates written a second way.
#include "model/machine/slots.hpp"

#include <gtest/gtest.h>

namespace gupdiff {
namespace {

const Arch<Concrete> E{Config{}};
using namespace x86_64;

constexpr Config kDebian{.memory_failure = true, .device_private = true};

TEST(X86Entry, SwapTypesFollowTheConfiguration) {
  const SwapTypes full = swap_types(kDebian);
  EXPECT_EQ(full.max_swapfiles, 23u);
  EXPECT_EQ(full.hwpoison, 23u);
  EXPECT_EQ(full.migration_read, 24u);
  EXPECT_EQ(full.migration_write, 26u);
  EXPECT_EQ(full.device_write, 27u);
  EXPECT_EQ(full.marker, 31u);
  // Cloud kernels have no DEVICE_PRIVATE: as captured, migR is e7.. (type 28).
  const SwapTypes cloud = swap_types(Config{});
  EXPECT_EQ(cloud.hwpoison, 27u);
  EXPECT_EQ(cloud.migration_read, 28u);
  EXPECT_EQ(cloud.migration_write, 30u);
}

TEST(X86Entry, SwapVectors) {
  const SwapTypes t = swap_types(kDebian);
  EXPECT_EQ(E.marker(t, kMarkerUffdWp), 0xfffffffffffffc00u);
  EXPECT_EQ(E.marker(t, kMarkerPoisoned), 0xfffffffffffffa00u);
  EXPECT_EQ(E.swp_entry(t.hwpoison, 0x5678), 0xbfffffffff530e00u);
  EXPECT_EQ(E.swp_entry(t.migration_read, 0x1234), 0xc7ffffffffdb9600u);
  EXPECT_EQ(E.swp_entry(t.migration_write, 0x1234), 0xd7ffffffffdb9600u);
  EXPECT_EQ(E.swp_offset(0xc7ffffffffdb9600u), 0x1234u);
  EXPECT_EQ(E.swp_type(0xc7ffffffffdb9600u), t.migration_read);
  EXPECT_TRUE(E.is_migration(t, 0xc7ffffffffdb9600u));
  EXPECT_TRUE(E.is_hwpoison(t, 0xbfffffffff530e00u));
  EXPECT_TRUE(E.is_marker(t, 0xfffffffffffffc00u));
}

TEST(X86Entry, LeafAndTableVectors) {
  const std::uint64_t leaf = 0x80000000800000e7u;
  EXPECT_TRUE(E.pmd_bad(leaf));
  EXPECT_TRUE(E.pmd_leaf(leaf));
  EXPECT_EQ(E.pmd_pfn(leaf), 0x80000u);
  EXPECT_FALSE(E.pmd_bad(0x0000000001234067u));
  EXPECT_EQ(E.table_frame(0x0000000001234067u), 0x1234u);
}

TEST(X86Entry, ProtNoneLeafIsPresentAtPmdButNotAtPudLevel) {
  for (const std::uint64_t e : {0x000fffff7ffff1a0u, 0x000fffffbffff1a0u}) {
    EXPECT_TRUE(E.pmd_present(e));
    EXPECT_TRUE(E.pmd_leaf(e));
    EXPECT_TRUE(E.protnone(e));
    EXPECT_FALSE(E.pud_present(e));
    EXPECT_TRUE(E.pte_present(e));
  }
  EXPECT_EQ(E.pmd_pfn(0x000fffff7ffff1a0u), 0x80000u);
  EXPECT_EQ(E.pud_pfn(0x000fffffbffff1a0u), 0x40000u);
}

TEST(X86Entry, PudLeafNeedsPresenceBeforeV612) {
  const std::uint64_t protnone_leaf = 0x000fffffbffff1a0u;
  EXPECT_FALSE(E.pud_leaf(kV6_10, protnone_leaf));
  EXPECT_TRUE(E.pud_leaf(kV6_12, protnone_leaf));
}

/// Entry with bits 0..11 from `low` and 57, 58, 63 from `high`.
std::uint64_t with_flags(unsigned low, unsigned high, std::uint64_t frame) {
  return low | (frame << 12) | (std::uint64_t{high & 1u} << 57) | (std::uint64_t{(high >> 1) & 1u} << 58) |
         (std::uint64_t{(high >> 2) & 1u} << 63);
}

TEST(X86Entry, EveryFlagCombinationAgreesWithTheManualReading) {
  for (unsigned low = 0; low < 4096; ++low)
    for (unsigned high = 0; high < 8; ++high)
      for (const std::uint64_t frame : {std::uint64_t{0}, std::uint64_t{0x80000}}) {
        const std::uint64_t e = with_flags(low, high, frame);
        const bool p = low & 1, rw = low & 2, user = low & 4, a = low & 0x20, d = low & 0x40, pse = low & 0x80,
                   global = low & 0x100;
        const bool devmap = high & 1, saved = high & 2, nx = high & 4;
        const bool odd = (low & ~0x67u) != 0 || high != 0;  // anything a table entry never has
        ASSERT_EQ(E.none(e), (low & ~0x60u) == 0 && high == 0 && frame == 0) << std::hex << e;
        ASSERT_EQ(E.pte_present(e), p || global) << std::hex << e;
        ASSERT_EQ(E.pmd_present(e), p || global || pse) << std::hex << e;
        ASSERT_EQ(E.pud_present(e), p) << std::hex << e;
        ASSERT_EQ(E.protnone(e), global && !p) << std::hex << e;
        ASSERT_EQ(E.pmd_bad(e), !(p && rw && d && !odd)) << std::hex << e;
        ASSERT_EQ(E.pud_bad(e), odd) << std::hex << e;
        ASSERT_EQ(E.p4d_bad(e), (low & ~0x67u) != 0 || devmap || saved) << std::hex << e;
        ASSERT_EQ(E.pgd_bad(e), !(p && rw && a && d && (low & ~0x67u) == 0 && !devmap && !saved)) << std::hex << e;
        ASSERT_EQ(E.pmd_leaf(e), pse) << std::hex << e;
        ASSERT_EQ(E.pmd_trans_huge(e), pse && !devmap) << std::hex << e;
        ASSERT_EQ(E.dirty(e), d || saved) << std::hex << e;
        ASSERT_EQ(E.access_permitted(e, true), p && user && rw) << std::hex << e;
        ASSERT_EQ(E.access_permitted(e, false), p && user) << std::hex << e;
        (void)nx;
      }
}

TEST(X86Entry, DirtyMovesToTheSavedBitWhereTheEntryIsReadOnly) {
  EXPECT_EQ(E.mkdirty(PRESENT | RW), PRESENT | RW | DIRTY | SOFT_DIRTY);
  EXPECT_EQ(E.mkdirty(PRESENT), PRESENT | SAVED_DIRTY | SOFT_DIRTY);
  EXPECT_EQ(E.wrprotect(PRESENT | RW | DIRTY), PRESENT | SAVED_DIRTY);
  EXPECT_EQ(E.mkwrite(PRESENT | SAVED_DIRTY), PRESENT | RW | DIRTY);
  EXPECT_EQ(E.mkwrite_novma(PRESENT | SAVED_DIRTY), PRESENT | RW | SAVED_DIRTY);
}

TEST(X86Entry, FramesOfNotPresentEntriesAreInverted) {
  for (const std::uint64_t pfn : {std::uint64_t{0x200}, std::uint64_t{0x80000}, std::uint64_t{1} << 38}) {
    const std::uint64_t e = ((~(pfn << 12)) & kPfnMask) | kPageNone;
    EXPECT_EQ(E.pte_pfn(e), pfn);
    EXPECT_EQ(E.pte_pfn(slot_value<Concrete>({0, e, 0, 8, E.stride(e, Level::pte)}, 3)), pfn + 3);
  }
}

}  // namespace
}  // namespace gupdiff
