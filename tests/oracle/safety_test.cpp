// SPDX-License-Identifier: GPL-2.0-only
// Each safety property: a breach of it that is planted in a finished walk is found, by it and by no other
// property; and what the whole corpus does breaks none.
#include "oracle/safety.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

using enum SafetyProperty;

ScenarioFile divergence(const char* name) {
  return load(std::filesystem::path(GUPDIFF_CORPUS) / "divergences" / name);
}

/// The properties that walk `walk` of `world` breaks once `plant` has been at its outcome.
template <class Plant>
std::vector<SafetyProperty> broken(const World<Concrete>& world, const char* walk, Plant plant, const RowSet& rows = {}) {
  Machine<Concrete> m;
  run_walk(find_walk(walk), world, m);
  plant(m);
  std::vector<SafetyProperty> out;
  for (int p = 0; p < kProperties; ++p)
    if (!property_holds<Concrete>(p, world, m, rows)) out.push_back(static_cast<SafetyProperty>(p));
  // The fuzzers' one straight line says the same, premise apart.
  EXPECT_TRUE(out.empty() || !all_claims(world, m, rows));
  return out;
}
using Broken = std::vector<SafetyProperty>;

TEST(Safety, EachPropertyCatchesWhatItIsAbout) {
  const World<Concrete> world = divergence("D01.toml").world;
  const auto violated = [&](auto plant) { return broken(world, "v6.9", plant); };
  EXPECT_EQ(violated([](auto&) {}), Broken{});
  EXPECT_EQ(violated([](auto& m) { ++m.w.folios[2].refcount; }), Broken{references_balance});
  EXPECT_EQ(violated([](auto& m) { m.lock_ptl("test", m.pud_lockptr()); }), Broken{no_lock_held});
  EXPECT_EQ(violated([](auto& m) { m.mmap_locked = false; }), Broken{no_lock_held});
  EXPECT_EQ(violated([](auto& m) { ++m.pages[0].pfn; }), Broken{page_is_what_hardware_translates});
  EXPECT_EQ(violated([](auto& m) { m.ret = 2; }), (Broken{counted_pages_are_stored, shortfall_has_reason}));
  EXPECT_EQ(violated([](auto& m) { m.pages[0].index = 1; }),
            (Broken{page_is_what_hardware_translates, counted_pages_are_stored}));
  EXPECT_EQ(violated([](auto& m) { m.termination = Termination::livelock; }), Broken{terminates});
}

TEST(Safety, AWriteIsNotHandedAReadOnlyPage) {
  const World<Concrete> world = divergence("D01.toml").world;
  const auto protect = [](auto& m) { m.w.slots[static_cast<int>(Level::pmd)][0].value &= ~std::uint64_t{x86_64::RW}; };
  EXPECT_EQ(broken(world, "v6.9", protect), (Broken{write_returns_writable, entries_unchanged_without_fault}));
}

/// Only of a world whose huge pages end where their mappings do is a property claimed.
TEST(Safety, NoHugePageGoesBeyondItsMapping) {
  World<Concrete> world = load(std::filesystem::path(GUPDIFF_CORPUS) / "regressions" / "leaf-beyond-its-mapping.toml").world;
  EXPECT_FALSE(written_by_a_kernel(world));
  World<Concrete> aligned = world;
  aligned.vmas[0].end = aligned.vmas[1].start = 0x200000200000;
  EXPECT_TRUE(written_by_a_kernel(aligned));
  world.vmas.erase(world.vmas.begin());
  EXPECT_FALSE(written_by_a_kernel(world)) << "it begins inside";
}

/// Nor of a world whose leaves the hardware would take for tables, were they valid (arm64).
TEST(Safety, NoLeafSaysTable) {
  World<Concrete> world = load(std::filesystem::path(GUPDIFF_CORPUS) / "regressions" / "protnone-leaf-that-says-table.toml").world;
  EXPECT_FALSE(written_by_a_kernel(world));
  auto& leaf = world.slots[static_cast<int>(Level::pmd)][0].value;
  leaf &= ~arm64::TABLE;
  EXPECT_TRUE(written_by_a_kernel(world));
  EXPECT_EQ(broken(world, "v6.9", [](auto&) {}), Broken{}) << "and of such a leaf every property holds";
}

TEST(Safety, APinnedSharedAnonPageIsCaught) {
  World<Concrete> world = divergence("D01.toml").world;
  world.request.api = Api::pin;
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.w.folios[2].exclusive = false; }), Broken{pinned_anon_is_exclusive});
}

/// Dirty COW (M17, M18): the write gets the page of the file that the private mapping shows.
TEST(Safety, AWriteOfAPrivateMappingIsNotHandedAPageOfTheFile) {
  const World<Concrete> world = divergence("D01.toml").world;
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.w.folios[2].anon = m.w.folios[2].exclusive = false; }),
            Broken{private_write_is_no_file_page});
  World<Concrete> shared = world, forced = world;
  shared.vmas[0].flags |= VM_SHARED | VM_MAYSHARE;
  shared.vmas[0].resv_owner = false;
  shared.folios[2].anon = shared.folios[2].exclusive = false;
  EXPECT_EQ(broken(shared, "v6.9", [](auto&) {}), Broken{});
  forced.request.flags |= FOLL_FORCE;
  EXPECT_EQ(broken(forced, "v6.9", [](auto& m) { m.w.folios[2].anon = m.w.folios[2].exclusive = false; }),
            Broken{private_write_is_no_file_page});
}

/// M28: a slot that nobody wrote is counted.
TEST(Safety, AFailedCallLeavesNoPageBehind) {
  const World<Concrete> world = divergence("D01.toml").world;
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.ret = error_word<Concrete>(E_FAULT); }), Broken{counted_pages_are_stored});
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.pages.clear(); }), (Broken{references_balance, counted_pages_are_stored}));
}

/// Whatever the call ran into: what it took on the way is given back.
TEST(Safety, TheBooksBalanceOnErrorPaths) {
  World<Concrete> world = divergence("D01.toml").world;
  world.request.flags |= FOLL_FORCE;
  world.vmas[0].flags &= ~std::uint64_t{VM_WRITE};  // refused
  EXPECT_EQ(broken(world, "v6.9", [](auto&) {}), Broken{});
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.w.folios[2].refcount += 1; }), Broken{references_balance});
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.w.folios[2].pincount += 1; }), Broken{references_balance});
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.pgmap_held = true; }), Broken{references_balance});
  // After a fault as well: what maps the page holds a reference, and nothing else does.
  World<Concrete> fault = divergence("D01.toml").world;
  fault.slots[static_cast<int>(Level::pmd)].clear();
  fault.env.huge_pool = 1;
  fault.folios.resize(2);
  EXPECT_EQ(broken(fault, "v6.9", [](auto&) {}), Broken{});
  EXPECT_EQ(broken(fault, "v6.9", [](auto& m) { ++m.w.folios.back().refcount; }), Broken{references_balance});
  EXPECT_EQ(broken(fault, "v6.9", [](auto& m) { m.w.folios.back().mapcount = 0; }), Broken{references_balance});
}

/// A swap cache that holds fewer references than pages is no kernel's; a count that has run over tells nothing of it.
TEST(Safety, TheSwapCacheIsCounted) {
  World<Concrete> world = divergence("D01.toml").world;
  Folio<Concrete>& f = world.folios[2];
  f.swapcache = true;
  const std::uint64_t pages = std::uint64_t{1} << f.order;
  for (const std::uint64_t refs : {pages + 1, pages + 100}) {
    f.refcount = refs;
    EXPECT_TRUE(swap_cache_is_counted<Concrete>(world)) << refs;
  }
  for (const std::uint64_t refs : {std::uint64_t{0}, pages, ~std::uint64_t{0}, ~std::uint64_t{0} << 31}) {
    f.refcount = refs;
    EXPECT_FALSE(swap_cache_is_counted<Concrete>(world)) << refs;
  }
  f.swapcache = false;
  EXPECT_TRUE(swap_cache_is_counted<Concrete>(world));
}

/// D16: all references of a device PUD are taken on the first page's folio.
TEST(Safety, ADevicePudOfSmallFoliosIsAKnownBreach) {
  World<Concrete> world = divergence("D16.toml").world;
  world.folios[2].order = 0;
  Folio<Concrete> next = world.folios[2];
  ++next.pfn;
  world.folios.push_back(next);
  const auto none = [](auto&) {};
  EXPECT_EQ(broken(world, "v6.9", none), Broken{});
  EXPECT_EQ(broken(world, "v6.10", none), Broken{references_balance});
  EXPECT_EQ(broken(world, "v6.10", none, RowSet{}.set(static_cast<std::size_t>(Known::D16))), Broken{});
  const Judgement j = judge(world, default_pair(), all_rows());
  EXPECT_TRUE(j.safety.empty());
  ASSERT_EQ(j.known_safety.size(), 1u);
  EXPECT_EQ(catalogue()[static_cast<std::size_t>(j.known_safety[0].row)].id, "D16");
}

TEST(Safety, APageWithoutTranslationIsMappedAllTheSame) {
  const World<Concrete> world = divergence("D17.toml").world;  // PROT_NONE, read with FORCE
  const auto slot = [](auto& m, Level l) -> std::uint64_t& { return m.w.slots[static_cast<int>(l)][0].value; };
  EXPECT_EQ(broken(world, "v6.9", [](auto&) {}), Broken{});
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { ++m.pages[0].pfn; }), Broken{page_is_mapped});
  // A table that was unshared, or given away: it is not this mm's any more.
  const Broken caught{entries_unchanged_without_fault, page_is_mapped};
  EXPECT_EQ(broken(world, "v6.9", [&](auto& m) { slot(m, Level::p4d) = 0; }), caught);
  EXPECT_EQ(broken(world, "v6.9", [&](auto& m) { slot(m, Level::p4d) += 0x1000; }), caught);
}

/// A pin that fork() cannot see: the page is shared with the child, and the next write parts it from the pin.
TEST(Safety, APinThatForkDoesNotSeeIsCaught) {
  World<Concrete> large = divergence("D01.toml").world;
  large.request.api = Api::pin;
  EXPECT_EQ(broken(large, "v6.9", [](auto&) {}), Broken{});
  EXPECT_EQ(broken(large, "v6.9", [](auto& m) { m.w.folios[2].pincount = 0; }), (Broken{references_balance, pin_survives_fork}));
  Folio<Concrete> f;
  f.exclusive = true;
  f.refcount = kPinBias;
  EXPECT_FALSE(shared_by_fork(f));  // the child gets a copy
  f.refcount = kPinBias - 1;
  EXPECT_TRUE(shared_by_fork(f));
}

/// M32: a page in CMA or ZONE_MOVABLE is pinned for long.
TEST(Safety, ALongtermPinOfAMovablePageIsCaught) {
  World<Concrete> world = divergence("D01.toml").world;
  world.request.api = Api::pin;
  world.request.flags |= FOLL_LONGTERM;
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.w.folios[2].unpinnable = true; }), Broken{longterm_is_pinnable});
  world.request.flags &= ~std::uint64_t{FOLL_LONGTERM};
  EXPECT_EQ(broken(world, "v6.9", [](auto& m) { m.w.folios[2].unpinnable = true; }), Broken{});
}

TEST(Safety, LessThanAskedForNeedsAReason) {
  World<Concrete> world = divergence("D01.toml").world;
  world.request.nr_pages = 4;
  const Broken caught{shortfall_has_reason};
  const auto shorten = [](auto& m) {
    m.w.folios[2].refcount -= 3;
    m.pages[0].count = 1;
    m.ret = 1;
  };
  EXPECT_EQ(broken(world, "v6.9", shorten), caught);
  World<Concrete> signal = world;
  signal.env.fatal_signal_at = 1;
  EXPECT_EQ(broken(signal, "v6.9", [&](auto&) {}), Broken{});  // -EINTR
  EXPECT_EQ(broken(signal, "v6.9", [&](auto& m) { m.ret = error_word<Concrete>(E_BUSY); }), caught);
  EXPECT_EQ(broken(signal, "v6.9", [&](auto& m) { m.ret = error_word<Concrete>(E_HWPOISON); }), caught);
  World<Concrete> end = world;  // the mapping ends after two pages: the rest is nobody's
  end.request.start = world.vmas[0].end - 2 * 4096;
  EXPECT_EQ(broken(end, "v6.9", [](auto&) {}), Broken{});
}

/// The loops that go on for ever are known, each by its row and by no other.
TEST(Safety, ALoopWithoutEndIsKnownByItsRowAlone) {
  struct Loop { const char* file; const char* walk; Known row; };
  for (const Loop& l : {Loop{"D17.toml", "v6.10", Known::D17}, {"D19.toml", "v6.10", Known::D19}, {"D32.toml", "v6.10-C0", Known::D32},
                        {"D33.toml", "v6.10-C0", Known::D33}, {"D34.toml", "v6.10", Known::D34}, {"D42.toml", "v6.10", Known::D42},
                        {"G40.toml", "v6.10", Known::G40}, {"G41.toml", "v6.10", Known::G41}}) {
    const World<Concrete> world = divergence(l.file).world;
    Machine<Concrete> m;
    run_walk(find_walk(l.walk), world, m);
    EXPECT_NE(m.termination, Termination::returned) << l.file;
    const auto claimed = [&](const RowSet& rows) { return property_claim<Concrete>(static_cast<int>(terminates), world, m, rows); };
    const auto row = static_cast<std::size_t>(l.row);
    EXPECT_FALSE(claimed({})) << l.file;
    EXPECT_TRUE(claimed(RowSet{}.set(row))) << l.file;
    EXPECT_FALSE(claimed(all_rows().reset(row))) << l.file;
  }
}

/// Where somebody else could end it, it is no breach.
TEST(Safety, AWaitForSomebodyElseIsNoBreach) {
  World<Concrete> world = divergence("D01.toml").world;
  world.request.api = Api::pin;
  world.request.flags |= FOLL_LONGTERM;
  world.folios[2].unpinnable = true;
  world.env.isolate_fails = true;
  Machine<Concrete> m;
  run_walk(find_walk("v6.10"), world, m);
  EXPECT_EQ(m.termination, Termination::livelock);
  EXPECT_EQ(broken(world, "v6.10", [](auto&) {}), Broken{});
}

TEST(Safety, LocksAreTakenInTheirOrder) {
  World<Concrete> world = divergence("D01.toml").world;  // its mapping has a VMA lock
  const auto with = [&](auto take) {
    return broken(world, "v6.9", [&](auto& m) {
      take(m);
      m.unlock_ptl("test");
      m.unlock_vma("test");
      m.unlock_vma("test");
    });
  };
  const auto page_table = [](auto& m) { m.lock_ptl("test", m.pud_lockptr()); };
  const auto vma = [](auto& m) { m.lock_vma("test", 0); };
  EXPECT_EQ(with([&](auto& m) { vma(m), page_table(m); }), Broken{});
  EXPECT_EQ(with([&](auto& m) { page_table(m), vma(m); }), Broken{lock_order_kept});
  EXPECT_EQ(with([&](auto& m) { page_table(m), page_table(m); }), Broken{lock_order_kept});
  EXPECT_EQ(with([&](auto& m) { vma(m), vma(m); }), Broken{lock_order_kept});
  EXPECT_EQ(with([&](auto& m) { vma(m), m.may_sleep(); }), Broken{lock_order_kept});
}

TEST(Safety, AWalkWithoutFaultLeavesTheEntriesAlone) {
  const World<Concrete> world = divergence("D01.toml").world;
  const auto at = [](auto& m, Level l) -> std::uint64_t& { return m.w.slots[static_cast<int>(l)][0].value; };
  const Broken caught{entries_unchanged_without_fault};
  const auto after = [&](auto plant) { return broken(world, "v6.9", plant); };
  EXPECT_EQ(after([&](auto& m) { at(m, Level::pud) |= x86_64::SPECIAL; }), caught);  // a table entry
  EXPECT_EQ(after([&](auto& m) { at(m, Level::pmd) |= x86_64::UFFD_WP; }), caught);
  EXPECT_EQ(after([&](auto& m) { m.store(Level::pmd, 0x200000200000, 0x80000000000000e7); }), caught);
  EXPECT_EQ(after([&](auto& m) { m.store_run(Level::pte, 0x200000200000, 512, 0x67, 12); }), caught);
  // FOLL_TOUCH marks: v6.10 does.
  const auto none = [](auto&) {};
  EXPECT_EQ(broken(world, "v6.10", none), Broken{});
  World<Concrete> read = world;
  read.request.flags = 0;
  EXPECT_EQ(broken(read, "v6.9", [&](auto& m) { at(m, Level::pmd) = m.arch.mkdirty(at(m, Level::pmd)); }), caught);
}

TEST(Safety, NoWalkBreaksAPropertyOnTheCorpus) {
  int walked = 0;
  for (const auto& e : std::filesystem::recursive_directory_iterator(std::filesystem::path(GUPDIFF_CORPUS) / "divergences")) {
    if (!e.is_regular_file()) continue;
    const ScenarioFile f = load(e.path());
    for (int w = 0; w < static_cast<int>(walks().size()); ++w) {
      if (!runs_on(walks()[static_cast<std::size_t>(w)], f.world.config)) continue;
      ++walked;
      for (const SafetyProperty p : broken(f.world, walks()[static_cast<std::size_t>(w)].name.data(), [](auto&) {}, all_rows()))
        ADD_FAILURE() << f.path << ": " << walks()[static_cast<std::size_t>(w)].name << " breaks "
                      << properties()[static_cast<std::size_t>(p)].id;
    }
  }
  EXPECT_GT(walked, 300);
}

}  // namespace
}  // namespace gupdiff
