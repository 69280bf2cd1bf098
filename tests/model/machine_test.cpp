// SPDX-License-Identifier: GPL-2.0-only
// The machine: sparse slots and runs, tables that are not there, locks, and that
// resetting forgets everything.
#include "model/machine/machine.hpp"

#include <gtest/gtest.h>

namespace gupdiff {
namespace {

using M = Machine<Concrete>;
constexpr std::uint64_t kBase = 0x200000000000;

World<Concrete> empty_world() {
  World<Concrete> w;
  w.folios.resize(2);
  w.folios[kZeroFolio].pfn = geometry_of(w.config).zero_pfn;
  w.folios[kHugeZeroFolio].pfn = geometry_of(w.config).huge_zero_pfn;
  w.folios[kHugeZeroFolio].order = 9;
  return w;
}

TEST(Machine, UnlistedSlotsAreNone) {
  M m;
  m.reset(empty_world(), kV6_9);
  EXPECT_EQ(m.peek(Level::pte, kBase), 0u);
  EXPECT_EQ(m.find_slot(Level::pte, kBase), -1);
}

TEST(Machine, RunsAdvanceByTheirStrideAndLaterWritesHideThem) {
  M m;
  m.reset(empty_world(), kV6_9);
  m.store_run(Level::pte, kBase, 512, (0x80000u << 12) | 0x25, 12);
  EXPECT_EQ(m.peek(Level::pte, kBase + 5 * 4096), (0x80005u << 12) | 0x25);
  EXPECT_EQ(m.peek(Level::pte, kBase + 512 * 4096), 0u);
  m.store(Level::pte, kBase + 5 * 4096, 0x77);
  EXPECT_EQ(m.peek(Level::pte, kBase + 5 * 4096), 0x77u);
  EXPECT_EQ(m.peek(Level::pte, kBase + 6 * 4096), (0x80006u << 12) | 0x25);
}

TEST(Machine, ATablePointerElsewhereIsAWildDereference) {
  M m;
  m.reset(empty_world(), kV6_9);
  const std::uint64_t good = m.table_pfn(Level::pmd, (kBase)) << 12;
  EXPECT_TRUE(m.enter_table("test", Level::pmd, good | 0x67, kBase));
  EXPECT_FALSE(m.halted());
  EXPECT_FALSE(m.enter_table("test", Level::pmd, 0x1234067, kBase));
  EXPECT_EQ(m.termination, Termination::oops);
}

TEST(Machine, TableFramesAreDifferentForDifferentTables) {
  M m;
  m.reset(empty_world(), kV6_9);
  EXPECT_NE(m.table_pfn(Level::pte, (kBase)), m.table_pfn(Level::pmd, (kBase)));
  EXPECT_NE(m.table_pfn(Level::pte, (kBase)),
            m.table_pfn(Level::pte, (kBase + (2u << 20))));
  EXPECT_EQ(m.table_pfn(Level::pte, (kBase)),
            m.table_pfn(Level::pte, (kBase + 4096)));
  EXPECT_LT(m.table_pfn(Level::pte, ((std::uint64_t{1} << 56) - 4096)), std::uint64_t{1} << 40);
}

TEST(Machine, LockObjectsFollowTheSplitConfiguration) {
  World<Concrete> w = empty_world();
  M m;
  m.reset(w, kV6_9);
  EXPECT_EQ(m.pmd_lockptr(kBase).kind, LockKind::pmd_table);
  EXPECT_EQ(m.pmd_lockptr(kBase).object, m.pmd_lockptr(kBase + (2u << 20)).object);
  EXPECT_NE(m.pmd_lockptr(kBase).object, m.pmd_lockptr(kBase + (1u << 30)).object);
  w.config.split_pte_ptlocks = w.config.split_pmd_ptlocks = false;
  m.reset(w, kV6_9);
  EXPECT_EQ(m.pmd_lockptr(kBase).kind, LockKind::page_table_lock);
  EXPECT_EQ(m.pte_lockptr(kBase).kind, LockKind::page_table_lock);
}

TEST(Machine, ResetForgetsTheRunBefore) {
  const World<Concrete> w = empty_world();
  M m;
  m.reset(w, kV6_9);
  m.store(Level::pmd, kBase, 0x67);
  m.lock_ptl("test", m.pud_lockptr());
  m.halt(Termination::bug, "test", "test");
  m.new_folio(9, FolioKind::hugetlb);
  m.reset(w, kV6_9);
  EXPECT_EQ(m.peek(Level::pmd, kBase), 0u);
  EXPECT_FALSE(m.halted());
  EXPECT_EQ(m.ptl.kind, LockKind::none);
  EXPECT_EQ(m.w.folios.size(), 2u);
  EXPECT_EQ(m.cost.locks, 0u);
  EXPECT_EQ(m.fresh_folios, 0u);
}

}  // namespace
}  // namespace gupdiff
