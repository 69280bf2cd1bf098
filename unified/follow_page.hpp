// SPDX-License-Identifier: GPL-2.0-only
// The unified walk, v6.10 (with hugepd) and later: one generic page-table walk
// for every kind of memory (9cb28da54643; facts 1.10, 1.11).
#pragma once

#include "model/kernel/follow_devmap.hpp"
#include "model/kernel/follow_huge_pmd.hpp"
#include "model/kernel/follow_hugepd.hpp"
#include "model/kernel/follow_page_pte.hpp"
#include "model/kernel/follow_split.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff::unified {

/// follow_huge_pud() (1b1676180246); the PUD lock is held.
template <class M>
Lookup<typename M::Domain> follow_huge_pud(M& m, int vma, typename M::W address, typename M::W flags) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_huge_pud";
  if (!m.w.config.huge_leaves) return L::fault();  // compiled out
  const auto e = m.read_locked(fn, Level::pud, address);
  if ((flags & FOLL_WRITE) != 0u && !arch.write(e)) {
    m.note(fn, "write refused by the entry");
    return L::fault();
  }
  if (!arch.pud_present(e)) return L::fault();
  const auto pfn = arch.pud_pfn(e) + m.page_in(Level::pud, address);
  if (m.w.config.pud_devmap && arch.devmap(e)) {
    if ((flags & (FOLL_GET | FOLL_PIN)) == 0u) return L::fail(E_EXIST);
    if ((flags & FOLL_TOUCH) != 0u) touch_huge(m, "touch_pud", Level::pud, address, e, flags);
    const int mapped = get_dev_pagemap(m, pfn);
    if (mapped < 0) return L::fail(E_FAULT);
    if (const int err = try_grab_folio(m, mapped, typename M::W(1), flags)) return L::fail(err);
    return L::page(pfn, mapped, m.leaf_mask(Level::pud));
  }
  const int folio = m.find_folio(pfn);
  if (folio < 0) {
    m.halt(Termination::oops, fn, "the leaf's frame has no struct page");
    return L::fault();
  }
  if (!arch.write(e) && gup_must_unshare(m, vma, flags, folio)) {
    m.note(fn, "must unshare: -EMLINK");
    return L::fail(E_MLINK);
  }
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) return L::fail(err);
  return L::page(pfn, folio, m.leaf_mask(Level::pud));
}

/// The walk looks for directories: only where there are any. The kernel's test at the PGD is
/// done here at the topmost level that is not folded, which holds the same word.
template <class M>
bool has_hugepd(const M& m) {
  return m.era.hugepd && m.arch.geometry().has_hugepd;
}

/// follow_pmd_mask() (4418c522f683)
template <class M>
Lookup<typename M::Domain> follow_pmd_mask(M& m, int vma, typename M::W address, typename M::W flags) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_pmd_mask";
  const auto e = m.read(fn, Level::pmd, address);
  if (arch.none(e)) return no_page_table(m, vma, flags, address);
  if (!arch.pmd_present(e)) return no_page_table(m, vma, flags, address);
  if (has_hugepd(m) && arch.is_hugepd(Level::pmd, e)) return follow_hugepd(m, vma, Level::pmd, e, address, flags);
  if (arch.devmap(e)) {
    m.lock_ptl(fn, m.pmd_lockptr(address));
    const L l = follow_devmap_pmd(m, vma, address, flags);
    m.unlock_ptl(fn);
    return l.kind == L::Kind::none ? no_page_table(m, vma, flags, address) : l;
  }
  if (!arch.pmd_leaf(e)) return follow_page_pte(m, vma, address, flags);
  if (arch.protnone(e) && !gup_can_follow_protnone(m, vma, flags)) {
    m.note(fn, "NUMA hint must be honoured");
    return no_page_table(m, vma, flags, address);
  }
  m.lock_ptl(fn, m.pmd_lockptr(address));
  const auto locked = m.read_locked(fn, Level::pmd, address);
  // Nothing else runs: the re-tests of presence and leaf-ness find what was seen (D08).
  if ((flags & FOLL_SPLIT_PMD) != 0u && arch.pmd_trans_huge(locked)) {
    m.unlock_ptl(fn);
    return split_and_follow(m, vma, address, flags);
  }
  // Without CONFIG_PGTABLE_HAS_HUGE_LEAVES follow_huge_pmd() is compiled out.
  const L l = m.w.config.huge_leaves ? follow_pmd_leaf(m, "follow_huge_pmd", vma, address, flags, locked) : L::fault();
  m.unlock_ptl(fn);
  return l;
}

/// follow_pud_mask()
template <class M>
Lookup<typename M::Domain> follow_pud_mask(M& m, int vma, typename M::W address, typename M::W flags) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_pud_mask";
  if (m.top() < Level::pud) return follow_pmd_mask(m, vma, address, flags);
  const auto e = m.read(fn, Level::pud, address);
  if (!arch.pud_present(e)) return no_page_table(m, vma, flags, address);
  if (has_hugepd(m) && arch.is_hugepd(Level::pud, e)) return follow_hugepd(m, vma, Level::pud, e, address, flags);
  if (arch.pud_leaf(m.era, e)) {
    m.lock_ptl(fn, m.pud_lockptr());
    const L l = follow_huge_pud(m, vma, address, flags);
    m.unlock_ptl(fn);
    if (l.kind != L::Kind::none || m.halted()) return l;
    return no_page_table(m, vma, flags, address);
  }
  if (arch.pud_bad(e)) return no_page_table(m, vma, flags, address);
  if (!m.enter_table(fn, Level::pmd, e, address)) return L::fault();
  return follow_pmd_mask(m, vma, address, flags);
}

/// follow_p4d_mask(). A folded level has no entry of its own: the walk starts below it.
template <class M>
Lookup<typename M::Domain> follow_p4d_mask(M& m, int vma, typename M::W address, typename M::W flags) {
  const auto& arch = m.arch;
  constexpr const char* fn = "follow_p4d_mask";
  if (m.top() < Level::p4d) return follow_pud_mask(m, vma, address, flags);
  const auto e = m.read(fn, Level::p4d, address);
  if (has_hugepd(m) && arch.is_hugepd(Level::p4d, e)) return follow_hugepd(m, vma, Level::p4d, e, address, flags);
  if (!arch.p4d_present(e) || arch.p4d_bad(e)) return no_page_table(m, vma, flags, address);
  if (!m.enter_table(fn, Level::pud, e, address)) return Lookup<typename M::Domain>::fault();
  return follow_pud_mask(m, vma, address, flags);
}

/// follow_page_mask(): the hugetlb VMA lock is held around everything (D07).
struct FollowPage {
  template <class M>
  Lookup<typename M::Domain> operator()(M& m, int vma, typename M::W address, typename M::W flags) const {
    const auto& arch = m.arch;
    using L = Lookup<typename M::Domain>;
    constexpr const char* fn = "follow_page_mask";
    const bool hugetlb = m.w.vmas[vma].kind == VmaKind::hugetlb;
    if (hugetlb) m.lock_vma("vma_pgtable_walk_begin", vma);
    L l;
    if (m.top() == Level::pgd) {
      const auto e = m.read(fn, Level::pgd, address);
      if (arch.pgd_none(e) || arch.pgd_bad(e))
        l = no_page_table(m, vma, flags, address);
      else if (m.enter_table(fn, Level::p4d, e, address))
        l = follow_p4d_mask(m, vma, address, flags);
    } else {
      l = follow_p4d_mask(m, vma, address, flags);
    }
    if (hugetlb) m.unlock_vma("vma_pgtable_walk_end");
    return l;
  }
};

}  // namespace gupdiff::unified
