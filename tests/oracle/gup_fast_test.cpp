// SPDX-License-Identifier: GPL-2.0-only
// GUP-fast (facts 2): what the lockless walk does, each reason it stops for, and what the APIs
// around it make of that, kernel by kernel.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "oracle/run_walk.hpp"
#include "oracle/safety.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

using M = Machine<Concrete>;
constexpr std::string_view kEveryKernel[] = {"v6.1", "v6.9", "v6.10", "v6.11-rc3", "v6.12", "v6.12.117"};

/// A call and what it finds, in the text form.
struct Memory {
  std::string api = "get_fast_only", flags = "", kind = "anonymous", vma_flags = R"("READ", "WRITE", "MAYREAD", "MAYWRITE")";
  std::string vma_more = "", folio = R"(flags = ["anon", "exclusive"])", level = "pte", bits = R"("PRESENT", "RW", "USER", "ACCESSED", "DIRTY")";
  unsigned pages = 1, refcount = 1;
  bool cached = false;

  Scenario scenario() const {
    const bool huge = level == "pmd";
    std::string t = "[request]\napi = \"" + api + "\"\nstart = 0x200000000000\nnr_pages = " + std::to_string(pages) + "\nflags = [" + flags + "]\n";
    t += "[[vma]]\nstart = 0x200000000000\nend = " + std::string(huge ? "0x200000200000" : "0x200000002000") + "\nkind = \"" + kind +
         "\"\nflags = [" + vma_flags + "]\n" + (kind == "anonymous" ? "" : "file = 1\nfile_pages = 512\n") + vma_more + "\n";
    t += "[[folio]]\nname = \"A\"\nrefcount = " + std::to_string(refcount) + "\nmapcount = 1\n" + (huge ? "size = \"2M\"\n" : "") + folio + "\n";
    if (!level.empty()) t += "[[entry]]\nlevel = \"" + level + "\"\nat = 0x200000000000\nfolio = \"A\"\nbits = [" + bits + "]\n";
    if (cached) t += "[[cache]]\nfile = 1\nindex = 0\nfolio = \"A\"\n";
    return parse_text(t, "test").world;
  }
};
constexpr const char* kReadOnly = R"("PRESENT", "USER", "ACCESSED")";
constexpr const char* kShared = R"("READ", "WRITE", "MAYREAD", "MAYWRITE", "SHARED", "MAYSHARE")";

M after(std::string_view kernel, const Memory& memory) {
  M m;
  const Scenario w = memory.scenario();
  run_walk(find_walk(kernel), w, m);
  for (int p = 0; p < kProperties; ++p)
    EXPECT_TRUE(property_holds<Concrete>(p, w, m)) << kernel << ": " << properties()[static_cast<std::size_t>(p)].id;
  return m;
}
std::int64_t answer(std::string_view kernel, const Memory& memory) { return static_cast<std::int64_t>(after(kernel, memory).ret); }

/// The memory is found by every kernel, and with `change` by none.
template <class Change>
void expect_stops(Memory memory, Change change) {
  for (const auto kernel : kEveryKernel) EXPECT_EQ(answer(kernel, memory), 1) << kernel;
  change(memory);
  for (const auto kernel : kEveryKernel) {
    const M m = after(kernel, memory);
    EXPECT_EQ(m.ret, 0u) << kernel;
    EXPECT_TRUE(m.pages.empty() && m.faults.empty()) << kernel;
  }
}

std::vector<AccessKind> steps(const M& m) {
  std::vector<AccessKind> kinds;
  for (const auto& a : m.accesses) kinds.push_back(a.kind);
  return kinds;
}

// Facts 2.2: interrupts off around the entries, which are read again once the reference is there.
TEST(GupFast, NoLockIsTakenAndEntriesAreReadTwice) {
  const M m = after("v6.12", {});
  EXPECT_EQ(m.ret, 1u);
  EXPECT_TRUE(m.acquired.empty());
  EXPECT_EQ(m.cost.locks, 0u);
  EXPECT_EQ(m.lock_tries, 0u);
  EXPECT_FALSE(m.mmap_locked || m.irqs_off);
  const auto read = AccessKind::lockless_read;
  EXPECT_EQ(steps(m), (std::vector{AccessKind::irqs_off, read, read, read, read, read, read, read, AccessKind::irqs_on}));
  EXPECT_EQ(m.accesses[6].level, Level::pmd);
  EXPECT_EQ(m.accesses[7].level, Level::pte);
}

// Facts 2.2, M22.
TEST(GupFast, APinLooksAtTheSequenceCountAndAReferenceDoesNot) {
  const auto pin = steps(after("v6.12", {.api = "pin_fast"}));
  EXPECT_EQ(pin.front(), AccessKind::seq_begin);
  EXPECT_EQ(pin.back(), AccessKind::seq_retry);
  const auto get = steps(after("v6.12", {.api = "get_fast"}));
  EXPECT_EQ(std::count(get.begin(), get.end(), AccessKind::seq_begin), 0);
}

// Facts 2.3 step 4, 1.7.
TEST(GupFast, AHugeLeafIsGrabbedAtOnceAndMarked) {
  const M m = after("v6.12", {.api = "pin_fast", .level = "pmd", .bits = R"("PRESENT", "RW", "USER", "ACCESSED", "DIRTY", "PSE")", .pages = 100});
  EXPECT_EQ(m.ret, 100u);
  EXPECT_EQ(m.pages.size(), 1u);
  EXPECT_EQ(m.w.folios[2].pincount, 100u);
  EXPECT_EQ(m.w.folios[2].refcount, 101u);
  EXPECT_TRUE(m.w.folios[2].referenced);
}

// Facts 2.3, 2.5: each reason to stop.
TEST(GupFast, StopsAtWhatIsNotMapped) {
  expect_stops({}, [](Memory& w) { w.level = ""; });
}
TEST(GupFast, StopsWhereAWriteIsNotPermitted) {
  expect_stops({.flags = R"("WRITE")"}, [](Memory& w) { w.bits = kReadOnly; });
}
TEST(GupFast, ForceOpensNothing) {
  expect_stops({.flags = R"("FORCE")"}, [](Memory& w) {
    w.vma_flags = R"("MAYREAD", "MAYWRITE")";
    w.bits = R"("PROTNONE", "ACCESSED")";
  });
}
TEST(GupFast, StopsWhereTheProtectionKeyRefuses) {
  expect_stops({.vma_more = "pkey = 3", .bits = R"("PRESENT", "RW", "USER", "PKEY_BIT0", "PKEY_BIT1")"}, [](Memory& w) { w.vma_more += "\npkey_no_access = true"; });
}
TEST(GupFast, StopsAtSpecialEntries) {
  expect_stops({}, [](Memory& w) {
    w.folio = "";
    w.bits = R"("PRESENT", "USER", "SPECIAL")";
  });
}
TEST(GupFast, StopsAtLongtermPinsOfDeviceMemory) {
  Memory device{.api = "pin_fast_only", .kind = "fsdax", .vma_flags = kShared, .folio = "", .bits = R"("PRESENT", "RW", "USER", "ACCESSED", "DIRTY", "DEVMAP")"};
  expect_stops(device, [](Memory& w) { w.flags = R"("LONGTERM")"; });
}
TEST(GupFast, StopsAtReadPinsOfSharedAnonymousPages) {
  expect_stops({.api = "pin_fast_only", .bits = kReadOnly}, [](Memory& w) { w.folio = R"(flags = ["anon"])"; });
}
TEST(GupFast, StopsAtLongtermPinsOfPagesThatMustMove) {
  expect_stops({.api = "pin_fast_only", .flags = R"("LONGTERM")"}, [](Memory& w) { w.folio = R"(flags = ["anon", "exclusive", "unpinnable"])"; });
}
TEST(GupFast, StopsWhereNoReferenceIsLeft) {
  expect_stops({}, [](Memory& w) { w.refcount = 0; });
}
TEST(GupFast, StopsAtSecretmem) {
  expect_stops({.kind = "shmem", .vma_flags = kShared, .folio = "", .refcount = 2, .cached = true}, [](Memory& w) { w.kind = "secretmem"; });
}

// Facts 1.9, V07: without a VMA any page of a file must be unshared.
TEST(GupFast, LongtermReadPinsOfFilesAreLeftToTheSlowPathSinceV62) {
  const Memory file{.api = "pin_fast_only", .flags = R"("LONGTERM")", .kind = "shmem", .vma_flags = kShared, .folio = "", .bits = kReadOnly, .refcount = 2, .cached = true};
  EXPECT_EQ(answer("v6.1", file), 1);
  EXPECT_EQ(answer("v6.9", file), 0);
  EXPECT_EQ(answer("v6.12", file), 0);
}

// Facts 2.4.
TEST(GupFast, LongWritePinsOfFilesAreRefusedSinceV65SharedMemoryExcepted) {
  Memory file{.api = "pin_fast_only", .flags = R"("WRITE", "LONGTERM")", .kind = "file", .vma_flags = kShared, .folio = "", .refcount = 2, .cached = true};
  EXPECT_EQ(answer("v6.1", file), 1);
  EXPECT_EQ(answer("v6.9", file), 0);
  EXPECT_EQ(answer("v6.12", file), 0);
  file.kind = "shmem";
  for (const auto kernel : kEveryKernel) EXPECT_EQ(answer(kernel, file), 1) << kernel;
}
TEST(GupFast, SmallPagesWithoutMappingAreRefusedSinceV610) {
  const Memory driver{.kind = "device", .vma_flags = R"("READ", "WRITE", "MAYREAD", "MAYWRITE", "SHARED", "MAYSHARE", "MIXEDMAP")", .folio = "", .refcount = 2};
  EXPECT_EQ(answer("v6.1", driver), 1);
  EXPECT_EQ(answer("v6.9", driver), 1);
  EXPECT_EQ(answer("v6.10", driver), 0);
  EXPECT_EQ(answer("v6.12", driver), 0);
}
// ae3c99e650da.
TEST(GupFast, SpecialHugeLeavesStopItSinceV612) {
  const Memory pfnmap{.kind = "device", .vma_flags = R"("READ", "WRITE", "MAYREAD", "MAYWRITE", "SHARED", "MAYSHARE", "PFNMAP")", .folio = "", .level = "pmd",
                      .bits = R"("PRESENT", "RW", "USER", "ACCESSED", "DIRTY", "PSE", "SPECIAL")", .refcount = 2};
  EXPECT_EQ(answer("v6.11-rc3", pfnmap), 1);
  EXPECT_EQ(answer("v6.12", pfnmap), 0);
}

// Facts 2.1.
TEST(GupFast, WhatTheFastOnlyApisSayOfErrors) {
  const Memory refused{.flags = R"("NOWAIT")"};
  EXPECT_EQ(answer("v6.1", refused), 0);
  EXPECT_EQ(answer("v6.9", refused), -E_INVAL);
  EXPECT_TRUE(after("v6.1", refused).warned(Warn::gup_args));
  for (const auto kernel : kEveryKernel) {
    EXPECT_EQ(answer(kernel, {.api = "pin_fast_only", .flags = R"("NOWAIT")"}), 0) << kernel;
    EXPECT_EQ(answer(kernel, {.api = "get_fast", .flags = R"("NOWAIT")"}), -E_INVAL) << kernel;
    EXPECT_EQ(answer(kernel, {.api = "pin_fast", .flags = R"("GET")"}), -E_INVAL) << kernel;
  }
}
TEST(GupFast, ARangeMustBeTheUsers) {
  Scenario w = Memory{.api = "get_fast", .pages = 2}.scenario();
  w.request.start = (std::uint64_t{1} << 56) - 0x2000;
  M m;
  for (const auto kernel : kEveryKernel) {
    run_walk(find_walk(kernel), w, m);
    EXPECT_EQ(static_cast<std::int64_t>(m.ret), -E_FAULT) << kernel;
    EXPECT_TRUE(m.accesses.empty());
  }
  w.request.start = ~std::uint64_t{0xfff};
  run_walk(find_walk("v6.1"), w, m);
  EXPECT_EQ(m.ret, 0u);
  run_walk(find_walk("v6.9"), w, m);
  EXPECT_EQ(static_cast<std::int64_t>(m.ret), -E_OVERFLOW);
}

// Facts 2.1 step 6.
TEST(GupFast, TheSlowPathGetsTheRest) {
  const M m = after("v6.12", {.api = "get_fast", .pages = 2});
  EXPECT_EQ(m.ret, 2u);
  ASSERT_EQ(m.faults.size(), 1u);
  EXPECT_EQ(m.faults[0].address, 0x200000001000u);
  EXPECT_EQ(m.lock_tries, 1u);
  EXPECT_FALSE(m.mmap_locked);
  ASSERT_EQ(m.pages.size(), 2u);
  EXPECT_EQ(m.pages[1].index, 1u);
}
TEST(GupFast, PagesHadHideTheSlowPathsError) {
  const M m = after("v6.12", {.api = "get_fast", .flags = R"("NOFAULT")", .pages = 2});
  EXPECT_EQ(m.ret, 1u);
  EXPECT_EQ(m.hidden_error, E_FAULT);
}
// Facts 1.14.
TEST(GupFast, TheSlowPartOfALongtermPinKeepsTheLockBeforeV63) {
  const Memory absent{.api = "pin_fast", .flags = R"("WRITE", "LONGTERM")", .level = ""};
  EXPECT_EQ(after("v6.1", absent).faults.at(0).flags, FAULT_FLAG_WRITE);
  EXPECT_EQ(after("v6.9", absent).faults.at(0).flags, FAULT_FLAG_WRITE | FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE);
}
TEST(GupFast, MigrationForALongtermPinLeavesTheLocklessPagesAlone) {
  Scenario w = Memory{.api = "pin_fast", .flags = R"("WRITE", "LONGTERM")", .pages = 2}.scenario();
  Folio<Concrete> other = w.folios[2];
  other.pfn += 0x40000;
  other.unpinnable = true;
  w.folios.push_back(other);
  Slot<Concrete> next = w.slots[0][0];
  ++next.first;
  next.value = Arch<Concrete>(w.config).make_entry(other.pfn, Arch<Concrete>(w.config).without_frame(next.value));
  w.slots[0].push_back(next);
  M m;
  run_walk(find_walk("v6.12"), w, m);
  EXPECT_EQ(m.ret, 2u);
  EXPECT_EQ(m.w.folios[2].refcount, 1 + kPinCountingBias);
  EXPECT_EQ(m.w.folios[3].refcount, 1 + kPinCountingBias);
  EXPECT_FALSE(m.w.folios[3].unpinnable);
}

// Facts 2.2: riscv64 had none before.
TEST(GupFast, Riscv64HadNoneInV61) {
  const ScenarioFile f = load(std::string(GUPDIFF_CORPUS) + "/divergences/F04.toml");
  M m;
  run_walk(find_walk("v6.1"), f.world, m);
  EXPECT_TRUE(m.ret == 0u && m.accesses.empty());
  run_walk(find_walk("v6.9"), f.world, m);
  EXPECT_EQ(m.ret, 1u);
}

}  // namespace
}  // namespace gupdiff
