// SPDX-License-Identifier: GPL-2.0-only
// The PTE level of the generic walk, nearly the same in every modelled era
// (follow_page_pte, follow_pfn_pte; facts 1.10).
#pragma once

#include "model/kernel/follow_permission.hpp"
#include "model/kernel/grab.hpp"
#include "model/kernel/huge_pte.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff {

/// follow_pfn_pte(): a mapping without struct page. TOUCH marks the entry.
template <class M>
Lookup<typename M::Domain> follow_pfn_pte(M& m, typename M::W address, typename M::W e,
                                          typename M::W flags) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  if ((flags & FOLL_TOUCH) != 0u) {
    const auto dirtied = D::select((flags & FOLL_WRITE) != 0u, arch.mkdirty(e), e);
    m.write("follow_pfn_pte", Level::pte, address, arch.mkyoung(dirtied));
  }
  m.note("follow_pfn_pte", "no struct page: -EEXIST");
  return Lookup<D>::fail(E_EXIST);
}

/// pte_offset_map_lock(): false when the PMD is not (or no longer) a PTE table; a bad
/// PMD is cleared on the way (v6.5 and later; before, the walk left it alone, V28).
template <class M>
bool map_pte_table(M& m, typename M::W address) {
  const auto& arch = m.arch;
  constexpr const char* fn = "pte_offset_map_lock";
  const auto pmd = m.read(fn, Level::pmd, address);
  if (arch.none(pmd)) return false;
  if (!arch.pmd_present(pmd) && arch.is_migration(m.swap, pmd)) return false;
  if (arch.pmd_trans_huge(pmd) || arch.devmap(pmd)) return false;
  if (arch.pmd_bad(pmd)) {
    if (!m.since(&Era::walk_clears_bad_pmd, Known::V28)) return false;
    m.warn(Warn::bad_entry, fn, "bad PMD: complains and clears it");
    m.write("pmd_clear_bad", Level::pmd, address, typename M::W(0));
    return false;
  }
  if (!m.enter_table(fn, Level::pte, pmd, address)) return false;
  m.lock_ptl(fn, m.pte_lockptr(address));
  return true;
}

/// ptep_get() under the lock: where the architecture folds, a valid contiguous PTE is young
/// and dirty if any of its set is (contpte_ptep_get of arm64).
template <class M>
typename M::W ptep_get(M& m, const char* function, typename M::W address) {
  const auto e = m.read_locked(function, Level::pte, address);
  const Geometry& g = m.arch.geometry();
  if (!g.ptep_get_folds || !m.w.config.thp) return e;
  if (!M::Domain::truth(m.arch.contiguous(e) && m.arch.table_format(Level::pte, e))) return e;
  const HugetlbSize& set = g.hugetlb.front();
  m.cost.locked_reads += set.entries();
  return folded(m, set, Level::pte, address & ~((m.arch.page_size() << set.order) - 1), e);
}

/// Whether the PTE `e` makes follow_page_pte() look no further: not present, or a NUMA hint
/// that must be honoured.
template <class M>
bool pte_is_absent(M& m, int vma, typename M::W flags, typename M::W e) {
  if (!m.arch.pte_present(e)) return true;
  if (m.arch.protnone(e) && !gup_can_follow_protnone(m, vma, flags)) {
    m.note("follow_page_pte", "NUMA hint must be honoured");
    return true;
  }
  return false;
}

/// follow_page_pte() of the entry `e` that was read under the page-table lock and is there.
template <class M>
Lookup<typename M::Domain> follow_pte_entry(M& m, int vma, typename M::W address, typename M::W flags,
                                            typename M::W e) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using L = Lookup<D>;
  constexpr const char* fn = "follow_page_pte";
  // vm_normal_page(): nothing for special entries and for frames without struct page.
  const auto pfn = arch.pte_pfn(e);
  int folio = -1;
  if (!arch.special(e)) {
    folio = m.find_folio(pfn);
    if (folio < 0) m.warn(Warn::highest_pfn, "vm_normal_page", "frame beyond the last: complains");
  }
  if ((flags & FOLL_WRITE) != 0u && !can_follow_write(m, vma, flags, e, folio)) {
    m.note(fn, "write refused by the entry");
    return L::fault();
  }
  if (folio < 0) {
    if (arch.devmap(e) && (flags & (FOLL_GET | FOLL_PIN)) != 0u) {
      folio = m.find_folio(pfn);  // get_dev_pagemap(): a pgmap exists where pages do
      if (folio < 0) return L::fault();
      ++m.pgmap_refs;
      m.pgmap_held = true;
    } else if ((flags & FOLL_DUMP) != 0u) {
      m.note(fn, "a dump skips pages without struct page");
      return L::fail(E_FAULT);
    } else if (pfn == m.arch.geometry().zero_pfn) {
      folio = kZeroFolio;
    } else {
      return follow_pfn_pte(m, address, e, flags);
    }
  }
  if (!arch.write(e) && gup_must_unshare(m, vma, flags, folio)) {
    m.note(fn, "must unshare: -EMLINK");
    return L::fail(E_MLINK);
  }
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) return L::fail(err);
  // TOUCH: the folio is marked, not the entry. PG_dirty only where neither knows yet.
  auto& f = m.folio(folio);
  const auto touch = (flags & FOLL_TOUCH) != 0u;
  f.dirty = f.dirty || (touch && (flags & FOLL_WRITE) != 0u && !arch.dirty(e));
  f.referenced = f.referenced || touch;
  return L::page(pfn, folio, 0);
}

/// follow_page_pte()
template <class M>
Lookup<typename M::Domain> follow_page_pte(M& m, int vma, typename M::W address, typename M::W flags) {
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_page_pte";
  if ((flags & (FOLL_GET | FOLL_PIN)) == std::uint64_t{FOLL_GET | FOLL_PIN}) {
    m.warn(Warn::get_and_pin, fn, "GET and PIN both set");
    return L::fail(E_INVAL);
  }
  if (!map_pte_table(m, address)) {
    if (m.halted()) return L::fault();
    return no_page_table(m, vma, flags, address);
  }
  const auto e = ptep_get(m, fn, address);
  const bool absent = pte_is_absent(m, vma, flags, e);
  const L l = absent ? L::fault() : follow_pte_entry(m, vma, address, flags, e);
  m.unlock_ptl(fn);
  // The page cache is asked only now: a dump may find a hole.
  if (absent && m.arch.none(e)) return no_page_table(m, vma, flags, address);
  return l;
}

}  // namespace gupdiff
