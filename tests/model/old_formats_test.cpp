// SPDX-License-Identifier: GPL-2.0-only
// Entries in the formats of older kernels: the recorded vectors, and predicates that answer
// the same about a word before and after it is written in the old format.
#include <gtest/gtest.h>

#include <vector>

#include "model/arch/arch.hpp"
#include "model/arch/arm64/lpa2.hpp"
#include "model/arch/arm64/v6_1.hpp"
#include "model/arch/x86_64/v6_1.hpp"
#include "model/domain/domain.hpp"

namespace gupdiff {
namespace {

using arm64::to_v6_1;

/// Every combination of the given bits, on top of `base`.
std::vector<std::uint64_t> combinations(const std::vector<std::uint64_t>& bits, std::uint64_t base) {
  std::vector<std::uint64_t> all{base};
  for (const std::uint64_t bit : bits) {
    const std::size_t n = all.size();
    for (std::size_t i = 0; i < n; ++i) all.push_back(all[i] | bit);
  }
  return all;
}

/// What both formats are asked about one entry, in one order.
template <class Entry>
std::vector<bool> answers(const Entry& e, std::uint64_t w, bool pud_leaf) {
  return {e.none(w),      e.pmd_present(w), e.protnone(w),  e.pmd_bad(w),  e.pud_bad(w),
          e.p4d_bad(w),   e.p4d_present(w), e.pmd_leaf(w),  e.pmd_trans_huge(w),
          e.write(w),     e.dirty(w),       e.young(w),     e.special(w),  e.devmap(w),
          e.contiguous(w), e.access_permitted(w, false), e.access_permitted(w, true), pud_leaf};
}

TEST(Arm64V61, VectorsOfTheFactSheet) {
  // facts 8.5: marker, hwpoison and migration, newest format against v6.1's.
  const arm64::Entry<Concrete> now{arm64::kGeometries[0]};
  const arm64::v6_1::Entry<Concrete> old{arm64::kGeometries[0]};
  EXPECT_EQ(old.swp_entry(30, 1), 0x1f0u);
  EXPECT_EQ(to_v6_1(now.swp_entry(22, 0x5678)), 0x5678b0u);
  EXPECT_EQ(to_v6_1(now.swp_entry(23, 0x1234)), 0x1234b8u);
  EXPECT_EQ(old.swp_type(0x5678b0), 22u);
  EXPECT_EQ(old.swp_offset(0x5678b0), 0x5678u);
}

TEST(Arm64V61, WordsOfTheCaptures) {
  // A leaf, read-only; PROT_NONE by PMD and by PTE; poisoned; migrating.
  EXPECT_EQ(to_v6_1(0x00e0000000000fc1), 0x00e0000000000fc1u);
  EXPECT_EQ(to_v6_1(0x00e0000000000f80), 0x04e0000000000f80u);
  EXPECT_EQ(to_v6_1(0x0160000000000f82), 0x0560000000000f82u);
  EXPECT_EQ(to_v6_1(0x43e006c0), 0x43e00d8u);
  EXPECT_EQ(to_v6_1(0x43e00780), 0x43e00f0u);
}

TEST(Arm64V61, EveryPredicateAnswersAsBefore) {
  using namespace arm64;
  const std::vector<std::uint64_t> flags{VALID, TABLE, USER, RDONLY, AF,     NG,      WRITE,  CONT,
                                         PXN,   UXN,   DIRTY, SPECIAL, DEVMAP, UFFD_WP, SHARED, 1ull << 2};
  for (const Geometry& g : kGeometries) {
    const arm64::Entry<Concrete> now{g};
    const v6_1::Entry<Concrete> old{g};
    for (const std::uint64_t w : combinations(flags, 0x80000000)) {
      if ((w & (VALID | PRESENT_INVALID)) == 0) continue;  // the swap format, below
      const std::uint64_t o = to_v6_1(w);
      const bool splitting = now.pte_present(w) && (w & VALID) == 0 && !now.protnone(w);
      ASSERT_EQ(now.pte_present(w) && !splitting, old.pte_present(o)) << std::hex << w;
      ASSERT_EQ(now.pud_present(w) && !splitting, old.pud_present(o)) << std::hex << w;
      const bool now_leaf = now.pud_leaf(Era{}, w) && !splitting;
      ASSERT_EQ(answers(now, w, now_leaf), answers(old, o, old.pud_leaf(o))) << std::hex << w;
      ASSERT_FALSE(old.uffd_wp(o));
      ASSERT_EQ(now.pte_pfn(w), now.pte_pfn(o));
    }
  }
}

TEST(Arm64V61, SwapFormatKeepsTypeOffsetAndExclusive) {
  using namespace arm64;
  const arm64::Entry<Concrete> now{kGeometries[0]};
  const v6_1::Entry<Concrete> old{kGeometries[0]};
  for (std::uint64_t type = 0; type < 32; ++type) {
    for (const std::uint64_t offset : {0ull, 1ull, 0x5678ull, 0x3ffffffffffffull}) {
      for (const std::uint64_t w : combinations({SWP_EXCLUSIVE, SWP_UFFD_WP}, now.swp_entry(type, offset))) {
        const std::uint64_t o = to_v6_1(w);
        EXPECT_EQ(old.swp_type(o), w ? type : 0);
        EXPECT_EQ(old.swp_offset(o), w ? offset : 0);
        EXPECT_EQ(old.swp_exclusive(o), now.swp_exclusive(w));
        EXPECT_FALSE(old.pte_present(o) || old.pmd_present(o) || old.protnone(o));
        EXPECT_EQ(o & ~(v6_1::kSwapOffsetField | 0xf8 | SWP_EXCLUSIVE), 0u);
      }
    }
  }
}

TEST(Arm64V61, HugeIsSaidOfSwapEntriesToo) {
  const arm64::v6_1::Entry<Concrete> old{arm64::kGeometries[0]};
  EXPECT_TRUE(old.huge(0x43e00d8));
  EXPECT_TRUE(old.huge(0x00e8000000000f41));
  EXPECT_FALSE(old.huge(0x1003));
  EXPECT_FALSE(old.huge(0));
}

TEST(Arm64Lpa2, ShareabilityIsNotInTheWord) {
  EXPECT_EQ(arm64::to_lpa2(0x00e8000040000f41), 0x00e8000040000c41u);
  EXPECT_EQ(arm64::to_lpa2(0x00e0000000000f80), 0x00e0000000000c80u);
  EXPECT_EQ(arm64::to_lpa2(0x17c0), 0x17c0u);
}

TEST(X86V61, VectorsOfTheFactSheet) {
  const Config with_device{.device_private = true};
  const SwapTypes t = swap_types(with_device);
  EXPECT_EQ(x86_64::to_v6_1(t, 0xfffffffffffffc00), 0xf7fffffffffffc00u);
  EXPECT_EQ(x86_64::to_v6_1(t, 0xbfffffffff530e00), 0xb7ffffffff530e00u);
  EXPECT_EQ(x86_64::to_v6_1(t, 0xc7ffffffffdb9600), 0xbfffffffffdb9600u);
}

TEST(X86V61, DirtyAndDevmapHaveOneBitEach) {
  using namespace x86_64;
  const SwapTypes t = swap_types(Config{});
  const std::uint64_t leaf = PRESENT | USER | ACCESSED | PSE;
  EXPECT_EQ(x86_64::to_v6_1(t, leaf | SAVED_DIRTY), leaf | DIRTY);
  EXPECT_EQ(x86_64::to_v6_1(t, leaf | RW | DIRTY), leaf | RW | DIRTY);
  EXPECT_EQ(x86_64::to_v6_1(t, leaf | DEVMAP), leaf | (1ull << 58));
  EXPECT_EQ(x86_64::to_v6_1(t, 0), 0u);
}

}  // namespace
}  // namespace gupdiff
