// SPDX-License-Identifier: GPL-2.0-only
// The v6.9 walk: hugetlb_follow_page_mask() for hugetlb (facts 1.9), the era-B
// generic walk for everything else (facts 1.10, remarks on B).
#pragma once

#include "model/kernel/follow_devmap.hpp"
#include "model/kernel/follow_huge_pmd.hpp"
#include "model/kernel/follow_page_pte.hpp"
#include "model/kernel/lookup.hpp"
#include "model/kernel/page_tables.hpp"
#include "model/kernel/split.hpp"

namespace gupdiff::legacy_v6_9 {

/// Whether huge_pte_offset() of the generic implementation finds a slot: only presence
/// of the tables above is tested, never whether the slot holds a leaf (facts 1.12).
/// The slot is the one of `address` at `level`.
template <class M>
bool hugetlb_walk(M& m, typename M::W address, Level level) {
  using E = typename M::E;
  constexpr const char* fn = "hugetlb_walk";
  if (m.five_levels()) {
    const auto pgd = m.read(fn, Level::pgd, address);
    if (!E::pud_present(pgd)) return false;
    if (!m.enter_table(fn, Level::p4d, pgd, address)) return false;
  }
  const auto p4d = m.read(fn, Level::p4d, address);
  if (!E::pud_present(p4d)) return false;
  if (!m.enter_table(fn, Level::pud, p4d, address)) return false;
  if (level == Level::pud) return true;
  const auto pud = m.read(fn, Level::pud, address);
  if (!E::pud_present(pud)) return false;
  return m.enter_table(fn, Level::pmd, pud, address);
}

/// huge_pte_lock(), before v6.11: the PMD table's lock for 2M, else mm->page_table_lock.
template <class M>
Lock<typename M::Domain> huge_pte_lockptr(const M& m, typename M::W address, Level level) {
  return level == Level::pmd ? m.pmd_lockptr(address) : m.pud_lockptr();
}

/// Steps 3 to 6: under the page-table lock of the slot.
template <class M>
Lookup<typename M::Domain> follow_locked_slot(M& m, int vma, typename M::W address, typename M::W flags,
                                              Level level) {
  using D = typename M::Domain;
  using E = typename M::E;
  using L = Lookup<D>;
  constexpr const char* fn = "hugetlb_follow_page_mask";
  const unsigned order = m.w.vmas[vma].huge_order;
  const auto e = m.read_locked(fn, level, address);
  // The PTE-level predicate, whatever the level: PROT_NONE counts as present (D17).
  if (!E::pte_present(e)) {
    m.note(fn, "not present");
    return L::fault();
  }
  const auto head = E::pte_pfn(e);
  const int folio = m.find_folio(head);
  if (folio < 0) {
    m.halt(Termination::oops, fn, "the entry's frame has no struct page");
    return L::fault();
  }
  if (!E::write(e)) {
    if ((flags & FOLL_WRITE) != 0u) {
      m.note(fn, "write refused by the entry");
      return L::fault();
    }
    if (gup_must_unshare(m, vma, flags, folio)) {
      m.note(fn, "must unshare: -EMLINK");
      return L::fail(E_MLINK);
    }
  }
  const auto pfn = head + ((address >> 12) & ((std::uint64_t{1} << order) - 1));
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) {
    m.warn(Warn::hugetlb_grab, fn, "reference refused");
    return L::fail(err);
  }
  return L::page(pfn, folio, (1u << order) - 1);
}

/// hugetlb_follow_page_mask()
template <class M>
Lookup<typename M::Domain> hugetlb_follow_page_mask(M& m, int vma, typename M::W address,
                                                    typename M::W flags) {
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "hugetlb_follow_page_mask";
  const Level level = m.w.vmas[vma].huge_order == 9 ? Level::pmd : Level::pud;
  L l;
  m.lock_vma(fn, vma);
  if (hugetlb_walk(m, address, level)) {
    m.lock_ptl("huge_pte_lock", huge_pte_lockptr(m, address, level));
    l = follow_locked_slot(m, vma, address, flags, level);
    m.unlock_ptl(fn);
  }
  m.unlock_vma(fn);
  // Every kind of "no page" (absent, non-present, write refused) is a hole to a dump.
  if (l.kind == L::Kind::none && !m.halted() && (flags & FOLL_DUMP) != 0u &&
      !hugetlbfs_pagecache_present(m, vma, address))
    return L::fail(E_FAULT);
  return l;
}

/// follow_devmap_pud(); the PUD lock is held. page_mask stays 0 (D16).
template <class M>
Lookup<typename M::Domain> follow_devmap_pud(M& m, int, typename M::W address, typename M::W flags) {
  using E = typename M::E;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_devmap_pud";
  const auto e = m.read_locked(fn, Level::pud, address);
  if ((flags & FOLL_WRITE) != 0u && !E::write(e)) return L::fault();
  if (!(E::pud_present(e) && E::devmap(e))) return L::fault();
  if ((flags & FOLL_TOUCH) != 0u) touch_huge(m, "touch_pud", Level::pud, address, e, flags);
  if ((flags & (FOLL_GET | FOLL_PIN)) == 0u) return L::fail(E_EXIST);
  const auto pfn = E::pud_pfn(e) + ((address & (x86_64::span(Level::pud) - 1)) >> 12);
  const int folio = get_dev_pagemap(m, pfn);
  if (folio < 0) return L::fail(E_FAULT);
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) return L::fail(err);
  return L::page(pfn, folio, 0);
}

/// follow_pmd_mask() of the era-B generic walk
template <class M>
Lookup<typename M::Domain> follow_pmd_mask(M& m, int vma, typename M::W address, typename M::W flags) {
  using E = typename M::E;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_pmd_mask";
  const auto e = m.read(fn, Level::pmd, address);
  if (E::none(e)) return no_page_table(m, vma, flags, address);
  if (!E::pmd_present(e)) return no_page_table(m, vma, flags, address);
  if (E::devmap(e)) {
    m.lock_ptl(fn, m.pmd_lockptr(address));
    const L l = follow_devmap_pmd(m, vma, address, flags);
    m.unlock_ptl(fn);
    return l.kind == L::Kind::none ? no_page_table(m, vma, flags, address) : l;
  }
  if (!E::pmd_trans_huge(e)) return follow_page_pte(m, vma, address, flags);
  if (E::protnone(e) && !gup_can_follow_protnone(m, vma, flags)) {
    m.note(fn, "NUMA hint must be honoured");
    return no_page_table(m, vma, flags, address);
  }
  m.lock_ptl(fn, m.pmd_lockptr(address));
  const auto locked = m.read_locked(fn, Level::pmd, address);
  if ((flags & FOLL_SPLIT_PMD) != 0u) {
    m.unlock_ptl(fn);
    split_huge_pmd(m, vma, address);
    if (m.halted()) return L::fault();
    if (!alloc_tables(m, Level::pte, address)) return L::fail(E_NOMEM);
    return follow_page_pte(m, vma, address, flags);
  }
  const L l = follow_pmd_leaf(m, "follow_trans_huge_pmd", vma, address, flags, locked);
  m.unlock_ptl(fn);
  return l;
}

/// follow_pud_mask() of the era-B generic walk
template <class M>
Lookup<typename M::Domain> follow_pud_mask(M& m, int vma, typename M::W address, typename M::W flags) {
  using E = typename M::E;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_pud_mask";
  const auto e = m.read(fn, Level::pud, address);
  if (E::none(e)) return no_page_table(m, vma, flags, address);
  if (m.w.config.pud_devmap && E::devmap(e)) {
    m.lock_ptl(fn, m.pud_lockptr());
    const L l = follow_devmap_pud(m, vma, address, flags);
    m.unlock_ptl(fn);
    if (l.kind != L::Kind::none) return l;
    return no_page_table(m, vma, flags, address);
  }
  if (E::pud_bad(e)) return no_page_table(m, vma, flags, address);
  if (!m.enter_table(fn, Level::pmd, e, address)) return L::fault();
  return follow_pmd_mask(m, vma, address, flags);
}

/// follow_page_mask() of v6.9
struct FollowPage {
  template <class M>
  Lookup<typename M::Domain> operator()(M& m, int vma, typename M::W address, typename M::W flags) const {
    using E = typename M::E;
    using L = Lookup<typename M::Domain>;
    constexpr const char* fn = "follow_page_mask";
    if (m.w.vmas[vma].kind == VmaKind::hugetlb)
      return hugetlb_follow_page_mask(m, vma, address, flags);
    if (m.five_levels()) {
      const auto e = m.read(fn, Level::pgd, address);
      if (E::pgd_none(e) || E::pgd_bad(e)) return no_page_table(m, vma, flags, address);
      if (!m.enter_table(fn, Level::p4d, e, address)) return L::fault();
    }
    const auto p4d = m.read("follow_p4d_mask", Level::p4d, address);
    if (E::none(p4d) || E::p4d_bad(p4d)) return no_page_table(m, vma, flags, address);
    if (!m.enter_table("follow_p4d_mask", Level::pud, p4d, address)) return L::fault();
    return follow_pud_mask(m, vma, address, flags);
  }
};

}  // namespace gupdiff::legacy_v6_9
