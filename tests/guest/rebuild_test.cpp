// SPDX-License-Identifier: GPL-2.0-only
// Captured states rebuilt: the entries come out bit for bit, and nothing that
// contradicts its record passes for rebuilt.
#include "guest/rebuild.hpp"

#include <gtest/gtest.h>

#include "guest/memory_builder.hpp"
#include "guest/state_builder.hpp"
#include "model/kernel/era.hpp"
#include "model/kernel/split.hpp"

namespace gupdiff {
namespace {

/// The first entry of a state, frame bits apart.
std::uint64_t first_entry(const char* word) {
  MemoryBuilder b(RecordedMachine{}, kV6_12_117);
  const StateWord s = parse_state(word);
  std::uint64_t start = kCaptureBase;
  EXPECT_EQ(build_mapping(b, s), "");
  EXPECT_EQ(apply_change(b, s, start), "");
  return walk_entry(b.m, start).value & ~x86_64::kPfnMask;
}

TEST(Rebuild, EntriesComeOutBitForBit) {
  EXPECT_EQ(first_entry("k4.ap.rw.w"), 0x8000000000000867u);
  EXPECT_EQ(first_entry("k4.ap.rw.r"), 0x8000000000000225u);
  EXPECT_EQ(first_entry("k4.ap.rw.w.forkC"), 0x8400000000000805u);
  EXPECT_EQ(first_entry("k4.ap.rw.w.pkeyna"), 0x8800000000000867u);
  EXPECT_EQ(first_entry("t2.ap.rw.w.mpr"), 0x84000000000008a5u);
  EXPECT_EQ(first_entry("t2.fs1.rw.r"), 0x80000000000000a7u);
  EXPECT_EQ(first_entry("h2.ap.rw.w"), 0x84000000000008e7u);
  EXPECT_EQ(first_entry("h1.ap.rw.w.mpnone"), 0x04000000000009a0u);
  EXPECT_EQ(first_entry("h2.as.rw.0.uffdwp"), 0xfffffffffffffc00u & ~x86_64::kPfnMask);
}

TEST(Rebuild, SplitAnonymousHugePageKeepsItsStateInEveryPte) {
  MemoryBuilder b(RecordedMachine{}, kV6_12_117);
  ASSERT_EQ(build_mapping(b, parse_state("t2.ap.rw.w")), "");
  const int folio = b.folio_at(kCaptureBase);
  split_huge_pmd(b.m, 0, kCaptureBase);
  for (const std::uint64_t page : {0u, 1u, 511u}) {
    const LeafEntry e = walk_entry(b.m, kCaptureBase + page * 4096);
    EXPECT_EQ(e.level, Level::pte);
    EXPECT_EQ(e.value & ~x86_64::kPfnMask, 0x8000000000000867u);
    EXPECT_EQ(b.m.arch.pte_pfn(e.value), b.m.folio(folio).pfn + page);
  }
  EXPECT_EQ(b.m.folio(folio).refcount, 512u);
}

TEST(Rebuild, SharedHugePageIsOnlyUnmappedByASplit) {
  MemoryBuilder b(RecordedMachine{}, kV6_12_117);
  ASSERT_EQ(build_mapping(b, parse_state("t2.fs1.rw.w")), "");
  const int folio = b.folio_at(kCaptureBase);
  EXPECT_EQ(b.m.folio(folio).refcount, 513u);
  split_huge_pmd(b.m, 0, kCaptureBase);
  EXPECT_TRUE(walk_entry(b.m, kCaptureBase).table_missing);
  EXPECT_EQ(b.m.folio(folio).refcount, 512u);
}

TEST(Rebuild, RecordThatContradictsItsStateWordIsNotRebuilt) {
  CaptureRecord r;
  r.state = "k4.ap.rw.0";
  r.call = "gup";
  r.nr_pages = 1;
  r.vma = "rw-p,mayw +4";
  r.before = {Level::p4d, "none", -1, 0};
  r.pages_before = {CapturedRun{}};
  const CallWord call = parse_call(r.call);
  RecordedMachine recorded;
  recorded.config.device_private = false;
  EXPECT_EQ(rebuild(r, call, kV6_12_117, recorded).reason, "");

  CaptureRecord other = r;
  other.vma = "r--p,mayw +4";
  EXPECT_EQ(rebuild(other, call, kV6_12_117, recorded).reason, "the rebuilt VMA is not the recorded one");
  other = r;
  other.before.level = Level::pte;
  EXPECT_EQ(rebuild(other, call, kV6_12_117, recorded).reason, "the rebuilt entry is not the recorded one");
  other = r;
  other.pages_before[0] = {CapturedRun::Kind::folio, 0, 0, 1};
  EXPECT_EQ(rebuild(other, call, kV6_12_117, recorded).reason, "the rebuilt pages are not the recorded ones");
  other = r;
  other.foll = FOLL_WRITE;
  EXPECT_EQ(rebuild(other, call, kV6_12_117, recorded).reason, "the flags do not fit the call word");
  other = r;
  other.state = "k4.ap.rw.w.unheard";
  EXPECT_NE(rebuild(other, call, kV6_12_117, recorded).reason, "");
}

}  // namespace
}  // namespace gupdiff
