// SPDX-License-Identifier: GPL-2.0-only
// The entries of contiguous hugetlb sets: writing a whole set, folding its marks, and the
// lock its writers take before and after 5f75cfbd6bb0.
#include "model/kernel/huge_pte.hpp"

#include <gtest/gtest.h>

namespace gupdiff {
namespace {

constexpr std::uint64_t kWhere = 0x200000000000;

Machine<Concrete> machine(const Era& era = kV6_9) {
  World<Concrete> w;
  w.config.arch = Architecture::arm64;
  w.config.pud_devmap = w.config.soft_dirty = false;
  Machine<Concrete> m;
  m.reset(w, era);
  return m;
}
const HugetlbSize& size(const Machine<Concrete>& m, unsigned order) { return *m.arch.geometry().hugetlb_size(order); }
std::uint64_t leaf(const Machine<Concrete>& m, const HugetlbSize& s) {
  return m.arch.make_huge_pte(0x80000, m.arch.page_prot(VM_READ | VM_WRITE | VM_SHARED, 0), s);
}

TEST(HugePte, ASetIsWrittenAsAWhole) {
  auto m = machine();
  for (const unsigned order : {4u, 13u}) {
    const HugetlbSize& s = size(m, order);
    const std::uint64_t e = leaf(m, s), step = m.arch.span(s.level);
    set_huge_pte_at(m, s, kWhere, e);
    for (std::uint32_t i = 0; i < s.entries(); ++i)
      EXPECT_EQ(m.peek(s.level, kWhere + i * step), m.arch.contiguous_member(e, s, i)) << s.name << ' ' << i;
    EXPECT_EQ(m.peek(s.level, kWhere + s.entries() * step), 0u);
    set_huge_pte_at(m, s, kWhere, 0x1234600);
    EXPECT_EQ(m.peek(s.level, kWhere + 5 * step), 0x1234600u) << "what is not present is replicated";
  }
}

TEST(HugePte, APresentWordOutsideASetGoesIntoOneSlot) {
  auto m = machine();
  const HugetlbSize& s = size(m, 4);
  set_huge_pte_at(m, s, kWhere, leaf(m, s) & ~std::uint64_t{arm64::CONT});
  EXPECT_NE(m.peek(s.level, kWhere), 0u);
  EXPECT_EQ(m.peek(s.level, kWhere + 0x1000), 0u);
}

TEST(HugePte, OneMarkedMemberMarksTheSet) {
  auto m = machine();
  const HugetlbSize& s = size(m, 4);
  const std::uint64_t old = m.arch.mkold(leaf(m, s));
  set_huge_pte_at(m, s, kWhere, old);
  EXPECT_FALSE(m.arch.young(folded(m, s, s.level, kWhere, old)));
  m.store(s.level, kWhere + 0x7000, m.arch.mkyoung(m.arch.mkdirty(m.arch.contiguous_member(old, s, 7))));
  const std::uint64_t all = folded(m, s, s.level, kWhere, old);
  EXPECT_TRUE(m.arch.young(all) && m.arch.dirty(all));
  // Adding nothing new rewrites the set, whose members disagreed; after that it stays as it is.
  huge_ptep_set_access_flags(m, s, kWhere, all, false);
  EXPECT_TRUE(m.arch.young(m.peek(s.level, kWhere)) && m.arch.dirty(m.peek(s.level, kWhere + 0xf000)));
  EXPECT_FALSE(access_flags_changed(m, s, kWhere, all));
}

TEST(HugePte, WritersTakeTheTablesLockSinceTheFix) {
  const auto before = machine(kV6_11_rc3), after = machine(kV6_12);
  const auto kind = [](const Machine<Concrete>& m, unsigned order) {
    const HugetlbSize& s = size(m, order);
    return huge_pte_lockptr(m, s, s.level, kWhere).kind;
  };
  EXPECT_EQ(kind(before, 4), LockKind::page_table_lock);
  EXPECT_EQ(kind(before, 9), LockKind::pmd_table);
  EXPECT_EQ(kind(before, 13), LockKind::page_table_lock);
  EXPECT_EQ(kind(before, 18), LockKind::page_table_lock);
  EXPECT_EQ(kind(after, 4), LockKind::pte_table);
  EXPECT_EQ(kind(after, 9), LockKind::pmd_table);
  EXPECT_EQ(kind(after, 13), LockKind::pmd_table);
  EXPECT_EQ(kind(after, 18), LockKind::page_table_lock);
}

}  // namespace
}  // namespace gupdiff
