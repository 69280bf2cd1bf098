// SPDX-License-Identifier: GPL-2.0-only
// The entries of a hugetlb page, one or a contiguous set of them: reading, writing and
// locking (huge_ptep_get, set_huge_pte_at, huge_ptep_set_access_flags, huge_pte_lockptr;
// facts 1.12, 1.13, 4.2, 4.3).
#pragma once

#include "model/machine/machine.hpp"

namespace gupdiff {

/// The lock in the table page that holds the slot of `address` at `level`, where PMD and
/// PUD tables have locks of their own.
template <class M>
Lock<typename M::Domain> table_lockptr(const M& m, Level level, typename M::W address) {
  if (level == Level::pmd) return m.pmd_lockptr(address);
  if (!m.w.config.split_pmd_ptlocks) return m.pud_lockptr();
  return {LockKind::pud_table, m.key(Level::p4d, address)};
}

/// The lock the generic walk takes to look at an entry of `level`.
template <class M>
Lock<typename M::Domain> walk_lockptr(const M& m, Level level, typename M::W address) {
  if (level == Level::pte) return m.pte_lockptr(address);
  return level == Level::pmd ? m.pmd_lockptr(address) : m.pud_lockptr();
}

/// huge_pte_lockptr(): the lock that whoever changes a hugetlb entry of `size` takes. `slot`
/// is the level of the entry found, which is size.level but for malformed tables. Before
/// 5f75cfbd6bb0 (v6.11-rc4): the table's lock for PMD_SIZE, mm->page_table_lock for all
/// other sizes; since then the lock that the generic walk takes (facts 1.13, D06).
template <class M>
Lock<typename M::Domain> huge_pte_lockptr(const M& m, const HugetlbSize& size, Level slot, typename M::W address) {
  const Geometry& g = m.arch.geometry();
  const unsigned pmd = g.leaf_order(Level::pmd);
  if (!m.era.hugetlb_uses_table_locks) {
    if (size.order != pmd) return m.pud_lockptr();
    return slot == Level::pte ? m.pte_lockptr(address) : table_lockptr(m, slot, address);
  }
  if (size.order >= g.leaf_order(Level::pud)) return m.pud_lockptr();
  if (size.order >= pmd || slot != Level::pte) return table_lockptr(m, slot, address);
  return m.pte_lockptr(address);
}

/// Whether every member of the set around `address` is the visible part of one run, so that
/// the first says all.
template <class M>
bool set_is_one_run(const M& m, const HugetlbSize& size, typename M::W address) {
  using D = typename M::Domain;
  const auto& runs = m.w.slots[static_cast<int>(size.level)];
  const int at = m.find_slot(size.level, address);
  if (at < 0) return false;
  const auto first = m.key(size.level, address);
  const std::uint64_t n = size.entries();
  const auto& s = runs[static_cast<std::size_t>(at)];
  if (s.count < n || !D::truth(first - s.first <= std::uint64_t{s.count} - n)) return false;
  for (std::size_t i = static_cast<std::size_t>(at) + 1; i < runs.size(); ++i)
    if (D::truth(runs[i].first - first < n) || D::truth(first - runs[i].first < std::uint64_t{runs[i].count})) return false;
  return true;
}

/// huge_ptep_get() of the slot of `address` at `level`, which `e` was read from: a contiguous
/// entry is young and dirty if any member of its set is. `address` is the huge page's.
template <class M>
typename M::W folded(const M& m, const HugetlbSize& size, Level level, typename M::W address, typename M::W e) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  if (size.entries_log2 == 0 || level != size.level) return e;
  if (!D::truth(arch.pte_present(e) && arch.contiguous(e)) || set_is_one_run(m, size, address)) return e;
  typename M::W out = e;
  for (std::uint64_t i = 0; i < size.entries(); ++i) {
    const auto member = m.peek(level, address + (i << arch.shift(level)));
    out = D::select(arch.dirty(member), arch.mkdirty(out), out);
    out = D::select(arch.young(member), arch.mkyoung(out), out);
  }
  return out;
}

/// huge_ptep_get() under the page-table lock: the first read is the slot's own, the others
/// are counted.
template <class M>
typename M::W huge_ptep_get(M& m, const char* function, const HugetlbSize& size, Level level, typename M::W address) {
  const auto e = m.read_locked(function, level, address);
  if (size.entries_log2 == 0 || level != size.level) return e;
  if (!M::Domain::truth(m.arch.pte_present(e) && m.arch.contiguous(e))) return e;
  m.cost.locked_reads += size.entries();
  m.note("huge_ptep_get", "reads the whole contiguous set", typename M::W(std::uint64_t{size.entries()}));
  return folded(m, size, level, address & ~((m.arch.page_size() << size.order) - 1), e);
}

/// set_huge_pte_at(): a contiguous entry fills its whole set, each member with its own output
/// address where the architecture says so; what is not present is replicated; any other
/// present word is stored in one slot. `address` is the huge page's.
template <class M>
void set_huge_pte_at(M& m, const HugetlbSize& size, typename M::W address, typename M::W e) {
  using D = typename M::Domain;
  if (size.entries_log2 == 0) {
    m.store(size.level, address, e);
    return;
  }
  const bool present = D::truth(m.arch.pte_present(e));
  if (present && !D::truth(m.arch.contiguous(e))) {
    m.store(size.level, address, e);
    return;
  }
  m.store_set(size.level, address, size.entries(), e, present ? m.arch.stride(e, size.level) : std::int8_t{0});
}

/// Whether huge_ptep_set_access_flags() has anything to change in a contiguous set.
template <class M>
bool access_flags_changed(const M& m, const HugetlbSize& size, typename M::W address, typename M::W e) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  auto changed = arch.write(e) != arch.write(m.peek(size.level, address));
  const std::uint64_t looked_at = set_is_one_run(m, size, address) ? 1 : size.entries();
  for (std::uint64_t i = 0; i < looked_at; ++i) {
    const auto member = m.peek(size.level, address + (i << arch.shift(size.level)));
    changed = changed || arch.dirty(e) != arch.dirty(member) || arch.young(e) != arch.young(member);
  }
  return D::truth(changed);
}

/// huge_ptep_set_access_flags(): `e` is the folded entry with what is to be added. On x86-64
/// it is stored for a write only (facts 10, C01); a set is rewritten as a whole.
template <class M>
void huge_ptep_set_access_flags(M& m, const HugetlbSize& size, typename M::W address, typename M::W e,
                                typename M::B write) {
  using D = typename M::Domain;
  if (size.entries_log2 == 0 || !D::truth(m.arch.contiguous(e))) {
    if (m.arch.geometry().read_marks_young || D::truth(write)) m.store(size.level, address, e);
    return;
  }
  if (access_flags_changed(m, size, address, e)) set_huge_pte_at(m, size, address, folded(m, size, size.level, address, e));
}

}  // namespace gupdiff
