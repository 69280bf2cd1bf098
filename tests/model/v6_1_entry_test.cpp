// SPDX-License-Identifier: GPL-2.0-only
// The x86-64 words of v6.1: every predicate of v6.1 says of a translated entry what the
// newest kernel's predicate says of the entry itself.
#include <gtest/gtest.h>

#include "model/arch/arch.hpp"
#include "model/arch/x86_64/v6_1.hpp"

namespace gupdiff {
namespace {

using namespace x86_64;
using Old = v6_1::Entry;
const x86_64::Entry<Concrete> kNew{kGeometries[0]};
constexpr std::uint64_t kFrame = std::uint64_t{0x80000} << 12;

constexpr SwapTypes types(bool memory_failure, bool device_private) {
  Config c;
  c.memory_failure = memory_failure;
  c.device_private = device_private;
  return swap_types(c);
}

/// Every combination of the 24 flag bits that an entry which is not in the swap format can hold.
template <class Check>
void each_entry(Check check) {
  const SwapTypes t = types(true, true);
  for (std::uint64_t f = 0; f < std::uint64_t{1} << 24; ++f) {
    const std::uint64_t e = from_flag_bits(kGeometries[0], f) | kFrame;
    if ((e & (PRESENT | PROTNONE | PSE)) == 0) continue;
    if (!check(e, to_v6_1(t, e))) {
      ADD_FAILURE() << std::hex << e << " becomes " << to_v6_1(t, e);
      return;
    }
  }
}

TEST(X86EntryV61, PredicatesOfLeavesCommute) {
  each_entry([](std::uint64_t e, std::uint64_t old) {
    return Old::none(old) == kNew.none(e) && Old::pte_present(old) == kNew.pte_present(e) &&
           Old::pmd_present(old) == kNew.pmd_present(e) && Old::pud_present(old) == kNew.pud_present(e) &&
           Old::protnone(old) == kNew.protnone(e) && Old::pmd_leaf(old) == kNew.pmd_leaf(e) &&
           Old::pud_leaf(old) == kNew.pud_leaf(kV6_1, e) && Old::pmd_trans_huge(old) == kNew.pmd_trans_huge(e) &&
           Old::devmap(old) == kNew.devmap(e) && Old::special(old) == kNew.special(e);
  });
}

TEST(X86EntryV61, PermissionsStateAndFramesCommute) {
  each_entry([](std::uint64_t e, std::uint64_t old) {
    return Old::write(old) == kNew.write(e) && Old::dirty(old) == kNew.dirty(e) && Old::young(old) == kNew.young(e) &&
           Old::soft_dirty(old) == kNew.soft_dirty(e) && Old::uffd_wp(old) == kNew.uffd_wp(e) &&
           Old::access_permitted(old, false) == kNew.access_permitted(e, false) &&
           Old::access_permitted(old, true) == kNew.access_permitted(e, true) && Old::pte_pfn(old) == kNew.pte_pfn(e);
  });
}

/// Where an entry is no leaf, its device and saved-dirty bits are clear: no kernel sets
/// them in a table entry.
TEST(X86EntryV61, BadTableEntriesAreTheSame) {
  each_entry([](std::uint64_t e, std::uint64_t old) {
    if ((e & PSE) == 0 && (e & (DEVMAP | SAVED_DIRTY)) != 0) return true;
    return Old::pmd_bad(old) == kNew.pmd_bad(e) && Old::pud_bad(old) == kNew.pud_bad(e);
  });
}

/// pmd_huge() of v6.1 to v6.9 took swap entries for huge pages (facts 4.1; d0973cb9b475).
TEST(X86EntryV61, SwapEntriesCountAsHuge) {
  const SwapTypes t = types(true, true);
  EXPECT_TRUE(Old::huge(to_v6_1(t, kNew.swp_entry(t.migration_read, 0x1234))));
  EXPECT_FALSE(Old::huge(0));
  EXPECT_FALSE(Old::huge(kTableFlags | kFrame));
  EXPECT_TRUE(Old::huge(kPageNone | PSE | kFrame));
}

/// The vectors of facts 8.5, v6.12 on the left.
TEST(X86EntryV61, SwapFormatVectors) {
  const SwapTypes t = types(true, true);
  EXPECT_EQ(kNew.swp_entry(t.marker, kMarkerUffdWp), 0xfffffffffffffc00u);
  EXPECT_EQ(to_v6_1(t, 0xfffffffffffffc00u), 0xf7fffffffffffc00u);
  EXPECT_EQ(kNew.swp_entry(t.hwpoison, 0x5678), 0xbfffffffff530e00u);
  EXPECT_EQ(to_v6_1(t, 0xbfffffffff530e00u), 0xb7ffffffff530e00u);
  EXPECT_EQ(kNew.swp_entry(t.migration_read, 0x1234), 0xc7ffffffffdb9600u);
  EXPECT_EQ(to_v6_1(t, 0xc7ffffffffdb9600u), 0xbfffffffffdb9600u);
}

/// Every type but those of swap areas is one lower, whatever is configured, and offset and
/// state bits stay.
TEST(X86EntryV61, SwapTypesAreOneLower) {
  for (const bool failure : {false, true})
    for (const bool device : {false, true}) {
      const SwapTypes t = types(failure, device);
      for (std::uint64_t type = 0; type < 32; ++type) {
        const std::uint64_t e = kNew.swp_entry(type, 0x4321) | SWP_EXCLUSIVE, old = to_v6_1(t, e);
        EXPECT_EQ(kNew.swp_type(old), type < t.max_swapfiles ? type : type - 1) << type;
        EXPECT_EQ(old & 0x07ffffffffffffffu, e & 0x07ffffffffffffffu);
      }
    }
}

/// The two formats differ in words a kernel writes: a read-only dirty leaf, a device leaf.
TEST(X86EntryV61, DirtyAndDeviceBitsMove) {
  const SwapTypes t = types(true, true);
  EXPECT_EQ(to_v6_1(t, PRESENT | SAVED_DIRTY | PSE | kFrame), PRESENT | DIRTY | PSE | kFrame);
  EXPECT_EQ(to_v6_1(t, PRESENT | RW | DIRTY | DEVMAP | PSE | kFrame), PRESENT | RW | DIRTY | PSE | kFrame | v6_1::kDevmap);
  EXPECT_EQ(to_v6_1(t, kTableFlags | kFrame), kTableFlags | kFrame);
  EXPECT_EQ(to_v6_1(t, 0), 0u);
}

}  // namespace
}  // namespace gupdiff
