// SPDX-License-Identifier: GPL-2.0-only
// The fault side of ordinary memory, one behaviour a test, on states named as the
// captures name them.
#include <gtest/gtest.h>

#include "guest/memory_builder.hpp"
#include "guest/state_builder.hpp"
#include "model/kernel/mm_fault.hpp"

namespace gupdiff {
namespace {

const Arch<Concrete> E;
constexpr std::uint64_t kSecondPage = kCaptureBase + 4096;

/// The memory of a state word.
MemoryBuilder memory(const char* word) {
  MemoryBuilder b(RecordedMachine{}, kV6_12_117);
  const StateWord s = parse_state(word);
  std::uint64_t start = kCaptureBase;
  EXPECT_EQ(build_mapping(b, s), "");
  EXPECT_EQ(apply_change(b, s, start), "");
  return b;
}

std::uint64_t fault(MemoryBuilder& b, std::uint64_t flags, std::uint64_t address = kCaptureBase) {
  return generic_fault(b.m, b.vma_at(address), address, flags);
}

const Folio<Concrete>& mapped(const MemoryBuilder& b, std::uint64_t address = kCaptureBase) {
  return b.m.w.folios[static_cast<std::size_t>(b.folio_at(address))];
}

TEST(AnonymousFault, ReadMapsTheZeroPageAndWriteReplacesIt) {
  MemoryBuilder b = memory("k4.ap.rw.0");
  EXPECT_EQ(fault(b, 0), 0u);
  EXPECT_EQ(b.folio_at(kCaptureBase), kZeroFolio);
  EXPECT_FALSE(E.write(walk_entry(b.m, kCaptureBase).value));
  EXPECT_EQ(fault(b, FAULT_FLAG_WRITE), 0u);
  EXPECT_TRUE(mapped(b).anon && mapped(b).exclusive);
  EXPECT_EQ(mapped(b).refcount, 1u);
  EXPECT_EQ(b.m.w.folios[kZeroFolio].refcount, 1u);
}

TEST(AnonymousFault, UnshareOfTheZeroPageLeavesAnExclusiveReadOnlyPage) {
  MemoryBuilder b = memory("k4.ap.rw.r");
  EXPECT_EQ(fault(b, FAULT_FLAG_UNSHARE), 0u);
  EXPECT_TRUE(mapped(b).exclusive);
  EXPECT_FALSE(E.write(walk_entry(b.m, kCaptureBase).value));
}

TEST(AnonymousFault, ForcedWriteIntoReadOnlyMemoryStaysReadOnly) {
  MemoryBuilder b = memory("k4.ap.rw.w.mpr");
  fault(b, FAULT_FLAG_WRITE);
  EXPECT_FALSE(E.write(walk_entry(b.m, kCaptureBase).value));
  EXPECT_TRUE(mapped(b).exclusive);
}

TEST(WriteProtectFault, SoleReferenceIsReusedSharedPageIsCopied) {
  MemoryBuilder alone = memory("k4.ap.rw.w.forkPalone");
  const int before = alone.folio_at(kCaptureBase);
  EXPECT_EQ(fault(alone, FAULT_FLAG_WRITE), 0u);
  EXPECT_EQ(alone.folio_at(kCaptureBase), before);
  EXPECT_TRUE(mapped(alone).exclusive);

  MemoryBuilder shared = memory("k4.ap.rw.w.forkP");
  const int old = shared.folio_at(kCaptureBase);
  EXPECT_EQ(fault(shared, FAULT_FLAG_WRITE), 0u);
  EXPECT_NE(shared.folio_at(kCaptureBase), old);
  EXPECT_EQ(shared.m.folio(old).refcount, 1u);
}

TEST(WriteProtectFault, ExtraReferenceForcesACopyOfASmallPage) {
  MemoryBuilder b = memory("k4.ap.rw.w.forkPalone");
  const int before = b.folio_at(kCaptureBase);
  b.m.folio(before).refcount += 1;
  EXPECT_EQ(fault(b, FAULT_FLAG_WRITE), 0u);
  EXPECT_NE(b.folio_at(kCaptureBase), before);
}

TEST(WriteProtectFault, SharedHugePageIsSplitBeforeOneOfItsPagesIsCopied) {
  MemoryBuilder b = memory("t2.ap.rw.w.forkP");
  const int huge = b.folio_at(kCaptureBase);
  EXPECT_EQ(fault(b, FAULT_FLAG_WRITE), 0u);
  EXPECT_NE(b.folio_at(kCaptureBase), huge);
  EXPECT_EQ(b.folio_at(kSecondPage), huge);
  EXPECT_EQ(walk_entry(b.m, kSecondPage).level, Level::pte);
}

TEST(FileFault, FaultAroundMapsWhatTheCacheHolds) {
  MemoryBuilder b = memory("k4.fs1.rw.0");
  EXPECT_EQ(fault(b, 0), VM_FAULT_NOPAGE);
  EXPECT_GE(b.folio_at(kCaptureBase + 3 * 4096), 0);
  MemoryBuilder cold = memory("k4.as.rw.0");
  EXPECT_EQ(fault(cold, 0), VM_FAULT_LOCKED);
  EXPECT_LT(cold.folio_at(kSecondPage), 0);
}

TEST(FileFault, PrivateWriteCopiesAndLeavesThePageCacheAlone) {
  MemoryBuilder b = memory("k4.fp1.rw.0");
  EXPECT_EQ(fault(b, FAULT_FLAG_WRITE), VM_FAULT_LOCKED);
  EXPECT_TRUE(mapped(b).anon);
  EXPECT_EQ(b.m.folio(b.m.w.page_cache[0].folio).refcount, 1u);
}

TEST(FileFault, FirstDirtyingGivesTheLockUpWhereItMay) {
  MemoryBuilder b = memory("k4.as.rw.0");
  EXPECT_EQ(fault(b, FAULT_FLAG_WRITE | FAULT_FLAG_ALLOW_RETRY), VM_FAULT_LOCKED | VM_FAULT_COMPLETED);
  EXPECT_FALSE(b.m.mmap_locked);
}

TEST(FileFault, BeyondTheEndIsSigbusAndLeavesNoTable) {
  MemoryBuilder b = memory("k4.fs1.rw.w.trunc");
  EXPECT_EQ(fault(b, 0, kSecondPage), VM_FAULT_SIGBUS);
}

TEST(FileFault, SharedHugePageIsMappedWholeByTheTableThatReplacedItsPmd) {
  MemoryBuilder b = memory("t2.fs1.rw.w");
  const int huge = b.folio_at(kCaptureBase);
  split_huge_pmd(b.m, 0, kCaptureBase);
  ASSERT_TRUE(alloc_tables(b.m, Level::pte, kCaptureBase));
  EXPECT_EQ(fault(b, FAULT_FLAG_WRITE), VM_FAULT_LOCKED);
  EXPECT_EQ(b.m.folio(huge).refcount, 1024u);
  EXPECT_EQ(b.folio_at(kCaptureBase + 511 * 4096), huge);
}

TEST(FileFault, UnshareOfAPmdMappedSharedPageUndoesItselfForEver) {
  // C02: the unshare fault only unmaps, the read fault maps by PMD again.
  MemoryBuilder b = memory("t2.fp1.rw.r");
  EXPECT_EQ(fault(b, FAULT_FLAG_UNSHARE), VM_FAULT_NOPAGE);
  EXPECT_EQ(walk_entry(b.m, kCaptureBase).level, Level::pmd);
  EXPECT_FALSE(mapped(b).anon);
}

TEST(UserfaultFault, MissingPageIsSigbusWithoutRetryAndASleepWithIt) {
  MemoryBuilder b = memory("k4.ap.rw.0.uffdmiss");
  EXPECT_EQ(fault(b, FAULT_FLAG_WRITE), VM_FAULT_SIGBUS);
  EXPECT_FALSE(b.m.halted());
  fault(b, FAULT_FLAG_WRITE | FAULT_FLAG_ALLOW_RETRY);
  EXPECT_EQ(b.m.termination, Termination::sleeps);
}

TEST(UserfaultFault, MarkersPoisonProtectOrAreLeftOver) {
  MemoryBuilder poisoned = memory("k4.ap.rw.0.uffdpoison");
  EXPECT_EQ(fault(poisoned, 0), VM_FAULT_HWPOISON);
  MemoryBuilder wp = memory("k4.as.rw.0.uffdwp");
  EXPECT_EQ(fault(wp, 0), VM_FAULT_LOCKED);
  EXPECT_TRUE(E.uffd_wp(walk_entry(wp.m, kCaptureBase).value));
  MemoryBuilder left_over = memory("k4.as.rw.0.uffdwp");
  left_over.m.w.vmas[0].flags &= ~std::uint64_t{VM_UFFD_WP};
  EXPECT_EQ(fault(left_over, 0), 0u);
  EXPECT_EQ(walk_entry(left_over.m, kCaptureBase).value, 0u);
}

TEST(SwapFault, PageComesBackExclusiveAndWritable) {
  MemoryBuilder b = memory("k4.ap.rw.w.pageout");
  EXPECT_EQ(fault(b, 0), VM_FAULT_MAJOR);
  EXPECT_TRUE(mapped(b).exclusive);
  EXPECT_TRUE(E.write(walk_entry(b.m, kCaptureBase).value));
}

TEST(SwapFault, MigrationEndsOrIsWaitedForForEver) {
  MemoryBuilder b = memory("t2.ap.rw.w.migw");
  EXPECT_EQ(fault(b, 0), 0u);
  EXPECT_EQ(walk_entry(b.m, kCaptureBase).level, Level::pmd);
  EXPECT_GE(b.folio_at(kCaptureBase), 0);
  MemoryBuilder stuck = memory("k4.ap.rw.w.migr");
  for (auto& slot : stuck.m.w.slots[0]) slot.restored = 0;
  fault(stuck, 0);
  EXPECT_EQ(stuck.m.termination, Termination::sleeps);
}

TEST(NumaFault, ProtectionComesBackWithWritePermissionWhereItIsSafe) {
  for (const char* word : {"k4.ap.rw.w.numahint", "t2.ap.rw.w.numahint"}) {
    MemoryBuilder b = memory(word);
    EXPECT_EQ(fault(b, 0), 0u);
    EXPECT_TRUE(E.write(walk_entry(b.m, kCaptureBase).value)) << word;
  }
}

TEST(AnyFault, EveryFailingAllocationIsReportedAndMapsNothing) {
  for (const char* word : {"k4.ap.rw.0", "k4.as.rw.0", "k4.fp1.rw.0", "t2.ap.rw.0"}) {
    for (std::uint64_t n = 1; n <= 4; ++n) {
      MemoryBuilder b = memory(word);
      b.m.w.env.alloc_fail_at = b.m.allocations + n;
      const std::uint64_t r = fault(b, FAULT_FLAG_WRITE);
      // The one exception: without a huge page, a small one will do.
      const bool fell_back = b.folio_at(kCaptureBase) >= 0;
      EXPECT_EQ(r == VM_FAULT_OOM, !fell_back) << word << " " << n;
    }
  }
}

}  // namespace
}  // namespace gupdiff
