// SPDX-License-Identifier: GPL-2.0-only
// Rebuilt states on machines whose 2 MiB hugetlb pages are contiguous sets: whatever the
// program does to the page is done to every entry that maps it.
#include <gtest/gtest.h>

#include "guest/memory_builder.hpp"
#include "guest/state_builder.hpp"
#include "model/arch/arm64/geometry.hpp"

namespace gupdiff {
namespace {

/// The machine of arm64's granule `name`.
RecordedMachine granule(std::string_view name) {
  RecordedMachine machine;
  machine.config.arch = Architecture::arm64;
  machine.config.soft_dirty = machine.config.pud_devmap = false;
  for (std::size_t i = 0; i < std::size(arm64::kGeometries); ++i) {
    if (arm64::kGeometries[i].name == name) machine.config.variant = static_cast<std::uint8_t>(i);
  }
  return machine;
}

/// The state `word` on arm64 with the 16K granule, where 2 MiB are 128 PTEs.
MemoryBuilder memory(const char* word) {
  MemoryBuilder b(granule("16K"), kV6_12_117);
  const StateWord s = parse_state(word);
  std::uint64_t start = kCaptureBase;
  EXPECT_EQ(build_mapping(b, s), "");
  EXPECT_EQ(apply_change(b, s, start), "");
  return b;
}

/// The entry of base page `i`, frame apart.
std::uint64_t flags_of(const MemoryBuilder& b, std::uint64_t i) {
  const LeafEntry e = walk_entry(b.m, kCaptureBase + i * b.m.arch.page_size());
  EXPECT_EQ(e.level, Level::pte);
  return b.m.arch.without_frame(e.value);
}

TEST(Sets, EveryEntryOfThePageMapsItsOwnPart) {
  MemoryBuilder b = memory("h2.ap.rw.w");
  const std::uint64_t head = b.m.folio(b.folio_at(kCaptureBase)).pfn;
  for (const std::uint64_t i : {0u, 1u, 127u}) {
    const LeafEntry e = walk_entry(b.m, kCaptureBase + i * b.m.arch.page_size());
    EXPECT_EQ(b.m.arch.pte_pfn(e.value), head + i);
    EXPECT_TRUE(b.m.arch.contiguous(e.value));
  }
  EXPECT_EQ(b.m.folio(b.folio_at(kCaptureBase)).mapcount, 1u);
}

TEST(Sets, ChangesReachEveryEntryAndCountThePageOnce) {
  const MemoryBuilder none = memory("h2.ap.rw.w.mpnone");
  EXPECT_EQ(flags_of(none, 127), flags_of(none, 0));
  EXPECT_FALSE(none.m.arch.access_permitted(flags_of(none, 64), false));

  MemoryBuilder forked = memory("h2.ap.rw.w.forkP");
  EXPECT_FALSE(forked.m.arch.write(flags_of(forked, 127)));
  EXPECT_EQ(forked.m.folio(forked.folio_at(kCaptureBase)).mapcount, 2u);

  MemoryBuilder zapped = memory("h2.ap.rw.w");
  const int folio = zapped.folio_at(kCaptureBase);
  zapped.zap(kCaptureBase, 2u << 20);
  EXPECT_EQ(zapped.m.folio(folio).mapcount, 0u);
  EXPECT_EQ(walk_entry(zapped.m, kCaptureBase + 127 * zapped.m.arch.page_size()).value, 0u);
}

TEST(Sets, MarkersAndPoisonAreInEveryEntry) {
  const MemoryBuilder marked = memory("h2.as.rw.0.uffdwp");
  EXPECT_TRUE(marked.m.arch.is_marker(marked.m.swap, walk_entry(marked.m, kCaptureBase + (127u << 14)).value));
  const MemoryBuilder poisoned = memory("h2.ap.rw.w.hwentry");
  EXPECT_TRUE(poisoned.m.arch.is_hwpoison(poisoned.m.swap, walk_entry(poisoned.m, kCaptureBase + (64u << 14)).value));
}

TEST(Sets, PageSizesTheMachineDoesNotHaveAreSaid) {
  MemoryBuilder b(granule("64K"), kV6_12_117);
  EXPECT_EQ(build_mapping(b, parse_state("h1.ap.rw.w")), "the machine has no hugetlb pages of this size");
}

}  // namespace
}  // namespace gupdiff
