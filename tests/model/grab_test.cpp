// SPDX-License-Identifier: GPL-2.0-only
// Reference rules (facts 1.7), the unshare rule (1.9) and the increment of the
// GUP loop (vectors of 8.5).
#include "model/kernel/grab.hpp"

#include <gtest/gtest.h>

#include "model/kernel/follow_permission.hpp"

namespace gupdiff {
namespace {

using M = Machine<Concrete>;

M machine_with(Folio<Concrete> f, std::uint64_t vm_flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE) {
  World<Concrete> w;
  w.folios.resize(3);
  w.folios[kZeroFolio].kind = FolioKind::zero_page;
  w.folios[kHugeZeroFolio].kind = FolioKind::huge_zero;
  w.folios[kHugeZeroFolio].order = 9;
  w.folios[2] = f;
  Vma<Concrete> v;
  v.flags = vm_flags;
  w.vmas.push_back(v);
  M m;
  m.reset(w, kV6_10);
  return m;
}

Folio<Concrete> folio(std::uint8_t order) {
  Folio<Concrete> f;
  f.order = order;
  f.refcount = 1;
  return f;
}

TEST(Grab, GetAddsReferences) {
  M m = machine_with(folio(9));
  EXPECT_EQ(try_grab_folio(m, 2, 511, FOLL_GET), 0);
  EXPECT_EQ(m.folio(2).refcount, 512u);
  EXPECT_EQ(m.folio(2).pincount, 0u);
}

TEST(Grab, PinOfALargeFolioCountsPins) {
  M m = machine_with(folio(9));
  EXPECT_EQ(try_grab_folio(m, 2, 3, FOLL_PIN), 0);
  EXPECT_EQ(m.folio(2).refcount, 4u);
  EXPECT_EQ(m.folio(2).pincount, 3u);
}

TEST(Grab, PinOfASmallFolioIsBiased) {
  M m = machine_with(folio(0));
  EXPECT_EQ(try_grab_folio(m, 2, 1, FOLL_PIN), 0);
  EXPECT_EQ(m.folio(2).refcount, 1u + kPinCountingBias);
  gup_put_folio(m, 2, 1, FOLL_PIN);
  EXPECT_EQ(m.folio(2).refcount, 1u);
}

TEST(Grab, TheZeroPageIsPinnedForFreeTheHugeOneIsNot) {
  M m = machine_with(folio(0));
  m.folio(kZeroFolio).refcount = m.folio(kHugeZeroFolio).refcount = 1;
  EXPECT_EQ(try_grab_folio(m, kZeroFolio, 1, FOLL_PIN), 0);
  EXPECT_EQ(m.folio(kZeroFolio).refcount, 1u);
  EXPECT_EQ(try_grab_folio(m, kHugeZeroFolio, 1, FOLL_PIN), 0);
  EXPECT_EQ(m.folio(kHugeZeroFolio).pincount, 1u);
}

TEST(Grab, DeadFoliosAndPeerMemoryAreRefused) {
  Folio<Concrete> dead = folio(0);
  dead.refcount = 0;
  M m = machine_with(dead);
  EXPECT_EQ(try_grab_folio(m, 2, 1, FOLL_GET), E_NOMEM);
  EXPECT_TRUE(m.warned(Warn::grab_refcount));
  m.folio(2).refcount = ~std::uint64_t{0};
  EXPECT_EQ(try_grab_folio(m, 2, 1, FOLL_GET), E_NOMEM);
  m.folio(2).refcount = 1;
  m.folio(2).p2pdma = true;
  EXPECT_EQ(try_grab_folio(m, 2, 1, FOLL_GET), E_REMOTEIO);
  EXPECT_EQ(try_grab_folio(m, 2, 1, FOLL_GET | FOLL_PCI_P2PDMA), 0);
}

TEST(Grab, OnlyTheFastGrabRefusesUnpinnableFolios) {
  Folio<Concrete> f = folio(9);
  f.unpinnable = true;
  M m = machine_with(f);
  EXPECT_FALSE(try_grab_folio_fast(m, 2, 1, FOLL_PIN | FOLL_LONGTERM));
  EXPECT_EQ(try_grab_folio(m, 2, 1, FOLL_PIN | FOLL_LONGTERM), 0);
  EXPECT_FALSE(try_grab_folio_fast(m, 2, 1, 0));
  EXPECT_TRUE(m.warned(Warn::fast_grab_no_flag));
}

TEST(Unshare, ReadOnlyPinOfSharedAnonUnshares) {
  Folio<Concrete> f = folio(9);
  f.anon = true;
  M m = machine_with(f);
  EXPECT_TRUE(gup_must_unshare(m, 0, FOLL_PIN, 2));
  EXPECT_FALSE(gup_must_unshare(m, 0, FOLL_PIN | FOLL_WRITE, 2));
  EXPECT_FALSE(gup_must_unshare(m, 0, FOLL_GET, 2));
  m.folio(2).exclusive = true;
  EXPECT_FALSE(gup_must_unshare(m, 0, FOLL_PIN, 2));
}

TEST(Unshare, ReadOnlyLongtermPinOfPageCacheUnsharesInCowMappingsOnly) {
  M priv = machine_with(folio(9));
  EXPECT_TRUE(gup_must_unshare(priv, 0, FOLL_PIN | FOLL_LONGTERM, 2));
  EXPECT_FALSE(gup_must_unshare(priv, 0, FOLL_PIN, 2));
  M shared = machine_with(folio(9), VM_READ | VM_MAYWRITE | VM_SHARED | VM_MAYSHARE);
  EXPECT_FALSE(gup_must_unshare(shared, 0, FOLL_PIN | FOLL_LONGTERM, 2));
}

TEST(CanFollowWrite, ForceNeedsAnExclusiveAnonPageOfAReadOnlyPrivateMapping) {
  Folio<Concrete> f = folio(0);
  f.anon = f.exclusive = true;
  M m = machine_with(f, VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_SOFTDIRTY);
  const std::uint64_t e = x86_64::PRESENT | x86_64::USER;
  EXPECT_FALSE(can_follow_write(m, 0, FOLL_WRITE, e, 2));
  EXPECT_TRUE(can_follow_write(m, 0, FOLL_WRITE | FOLL_FORCE, e, 2));
  m.w.vmas[0].flags |= VM_UFFD_WP;
  EXPECT_FALSE(can_follow_write(m, 0, FOLL_WRITE | FOLL_FORCE, e | x86_64::UFFD_WP, 2));
  m.w.vmas[0].flags = VM_READ | VM_MAYWRITE;  // soft-dirty tracking on
  EXPECT_FALSE(can_follow_write(m, 0, FOLL_WRITE | FOLL_FORCE, e, 2));
  EXPECT_TRUE(can_follow_write(m, 0, FOLL_WRITE | FOLL_FORCE, e | x86_64::SOFT_DIRTY, 2));
  m.folio(2).exclusive = false;
  EXPECT_FALSE(can_follow_write(m, 0, FOLL_WRITE | FOLL_FORCE, e | x86_64::SOFT_DIRTY, 2));
}

TEST(Increment, VectorsOfTheFactSheet) {
  const auto inc = [](std::uint64_t address, std::uint64_t mask, std::uint32_t nr) {
    return Concrete::clip((~(address >> 12) & mask) + 1, nr);
  };
  EXPECT_EQ(inc(0x200000, 511, 1000), 512u);
  EXPECT_EQ(inc(0x2ab000, 511, 1000), 341u);
  EXPECT_EQ(inc(0x3ff000, 511, 1000), 1u);
  EXPECT_EQ(inc(0x12345000, 15, 100), 11u);
  EXPECT_EQ(inc(0x40000000, 262143, 1000000), 262144u);
  EXPECT_EQ(inc(0x2000000, 8191, 10000), 8192u);
  EXPECT_EQ(inc(0x200000, 511, 7), 7u);
  EXPECT_EQ(inc(0x201234, 511, 1000), 511u);
}

}  // namespace
}  // namespace gupdiff
