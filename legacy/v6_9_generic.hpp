// SPDX-License-Identifier: GPL-2.0-only
// The generic page-table walk of v6.9, for everything but hugetlb (era B, facts
// 1.10). `Known` (model/kernel/known.hpp) is PlainKernel for the kernel itself.
#pragma once

#include "model/kernel/follow_devmap.hpp"
#include "model/kernel/follow_huge_pmd.hpp"
#include "model/kernel/follow_hugepd.hpp"
#include "model/kernel/follow_page_pte.hpp"
#include "model/kernel/follow_split.hpp"
#include "model/kernel/known.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff::legacy_v6_9 {

/// Whether the page after that of `address` is wanted and the same PUD leaf maps it.
template <class M>
bool wants_more_of_pud(M& m, typename M::W address) {
  using D = typename M::Domain;
  const auto& r = m.w.request;
  const auto last = r.start + (std::uint64_t{r.nr_pages - 1} << m.arch.page_shift());
  return r.nr_pages > 1 && D::truth((last >> m.arch.page_shift()) != (address >> m.arch.page_shift())) &&
         D::truth(m.page_in(Level::pud, address) != std::uint64_t{m.leaf_mask(Level::pud)});
}

/// follow_devmap_pud(); the PUD lock is held. The new walk gives a page mask and says
/// EEXIST before it marks the entry (D16).
template <class M, class Rows>
Lookup<typename M::Domain> follow_devmap_pud(M& m, int, typename M::W address, typename M::W flags,
                                             const Rows& known) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_devmap_pud";
  bool new_order = false;
  if constexpr (Rows::active) new_order = known.on(Known::D16);
  const auto e = m.read_locked(fn, Level::pud, address);
  if ((flags & FOLL_WRITE) != 0u && !arch.write(e)) return L::fault();
  if (!(arch.pud_present(e) && arch.devmap(e))) return L::fault();
  if constexpr (Rows::active)
    if (new_order && (flags & (FOLL_GET | FOLL_PIN)) == 0u) {
      const auto marks = (flags & FOLL_TOUCH) != 0u && (arch.geometry().read_marks_young || (flags & FOLL_WRITE) != 0u);
      if (marks) known.spoke(m, Known::D16);
      return L::fail(E_EXIST);
    }
  if ((flags & FOLL_TOUCH) != 0u) touch_huge(m, "touch_pud", Level::pud, address, e, flags);
  if ((flags & (FOLL_GET | FOLL_PIN)) == 0u) return L::fail(E_EXIST);
  const auto pfn = arch.pud_pfn(e) + m.page_in(Level::pud, address);
  const int folio = get_dev_pagemap(m, pfn);
  if (folio < 0) return L::fail(E_FAULT);
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) return L::fail(err);
  if constexpr (Rows::active)
    if (new_order && wants_more_of_pud(m, address)) known.spoke(m, Known::D16);
  return L::page(pfn, folio, new_order ? m.leaf_mask(Level::pud) : 0u);
}

/// A PMD leaf although no huge leaves are configured, or none outside hugetlb (G05): the
/// new walk asks pmd_leaf() alone; pmd_trans_huge() is false and the old one sees a bad table.
template <class M>
Lookup<typename M::Domain> follow_unconfigured_leaf(M& m, int vma, typename M::W address, typename M::W flags,
                                                    typename M::W e) {
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_pmd_mask";
  if (m.arch.protnone(e) && !gup_can_follow_protnone(m, vma, flags)) return no_page_table(m, vma, flags, address);
  m.lock_ptl(fn, m.pmd_lockptr(address));
  const auto locked = m.read_locked(fn, Level::pmd, address);
  const L l = m.w.config.huge_leaves ? follow_pmd_leaf(m, fn, vma, address, flags, locked) : L::fault();
  m.unlock_ptl(fn);
  return l;
}

/// A hugepd directory, which the old walk does not look for here: the new one follows it, or
/// WARNs outside hugetlb (D30, D36).
template <class M, class Rows>
bool known_hugepd(M& m, const Rows& known, int vma, Level level, typename M::W e) {
  if constexpr (Rows::active) {
    if (!m.arch.geometry().has_hugepd || !M::Domain::truth(m.arch.is_hugepd(level, e))) return false;
    return known.applies(m, m.w.vmas[vma].kind == VmaKind::hugetlb ? Known::D30 : Known::D36);
  }
  return false;
}

/// follow_pmd_mask()
template <class M, class Rows>
Lookup<typename M::Domain> follow_pmd_mask(M& m, const Rows& known, int vma, typename M::W address,
                                           typename M::W flags) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_pmd_mask";
  const auto e = m.read(fn, Level::pmd, address);
  if (arch.none(e)) return no_page_table(m, vma, flags, address);
  if (!arch.pmd_present(e)) return no_page_table(m, vma, flags, address);
  if (known_hugepd(m, known, vma, Level::pmd, e)) return follow_hugepd(m, vma, Level::pmd, e, address, flags);
  if (arch.devmap(e)) {
    m.lock_ptl(fn, m.pmd_lockptr(address));
    const L l = follow_devmap_pmd(m, vma, address, flags);
    m.unlock_ptl(fn);
    return l.kind == L::Kind::none ? no_page_table(m, vma, flags, address) : l;
  }
  if constexpr (Rows::active)
    if (arch.pmd_leaf(e) && !arch.pmd_trans_huge(e) && known.applies(m, m.w.config.thp ? Known::G06 : Known::G05))
      return follow_unconfigured_leaf(m, vma, address, flags, e);
  if (!arch.pmd_trans_huge(e)) return follow_page_pte(m, vma, address, flags);
  if (arch.protnone(e) && !gup_can_follow_protnone(m, vma, flags)) {
    m.note(fn, "NUMA hint must be honoured");
    return no_page_table(m, vma, flags, address);
  }
  m.lock_ptl(fn, m.pmd_lockptr(address));
  const auto locked = m.read_locked(fn, Level::pmd, address);
  if ((flags & FOLL_SPLIT_PMD) != 0u) {
    m.unlock_ptl(fn);
    return split_and_follow(m, vma, address, flags);
  }
  const L l = follow_pmd_leaf(m, "follow_trans_huge_pmd", vma, address, flags, locked);
  m.unlock_ptl(fn);
  return l;
}

/// A PUD leaf that is no device mapping, which the new walk follows for any VMA (G03); the
/// old one takes it for a bad table entry.
template <class M>
Lookup<typename M::Domain> follow_plain_pud(M& m, int vma, typename M::W address, typename M::W flags) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_pud_mask";
  if (!m.w.config.huge_leaves) return L::fault();
  const auto e = m.read_locked(fn, Level::pud, address);
  if ((flags & FOLL_WRITE) != 0u && !arch.write(e)) return L::fault();
  const auto pfn = arch.pud_pfn(e) + m.page_in(Level::pud, address);
  const int folio = m.find_folio(pfn);
  if (folio < 0) {
    m.halt(Termination::oops, fn, "the leaf's frame has no struct page");
    return L::fault();
  }
  if (!arch.write(e) && gup_must_unshare(m, vma, flags, folio)) return L::fail(E_MLINK);
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) return L::fail(err);
  return L::page(pfn, folio, m.leaf_mask(Level::pud));
}

/// follow_pud_mask()
template <class M, class Rows>
Lookup<typename M::Domain> follow_pud_mask(M& m, const Rows& known, int vma, typename M::W address,
                                           typename M::W flags) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_pud_mask";
  if (m.top() < Level::pud) return follow_pmd_mask(m, known, vma, address, flags);
  const auto e = m.read(fn, Level::pud, address);
  if (arch.none(e)) return no_page_table(m, vma, flags, address);
  if (known_hugepd(m, known, vma, Level::pud, e)) return follow_hugepd(m, vma, Level::pud, e, address, flags);
  if constexpr (Rows::active) {
    const auto device = typename M::B(m.w.config.pud_devmap) && arch.devmap(e);
    const auto device_leaf = device && arch.pud_leaf(m.era, e);
    if (device && !device_leaf && known.applies(m, Known::D23)) return no_page_table(m, vma, flags, address);
    if (!arch.pud_present(e) && (device_leaf || !device)) {
      // The old walk goes on, unless it takes the entry for a bad one.
      if (!M::Domain::truth(device || !arch.pud_bad(e)) || known.applies(m, Known::M34))
        return no_page_table(m, vma, flags, address);
    }
    if (arch.pud_leaf(m.era, e) && !(m.w.config.pud_devmap && arch.devmap(e)) && known.applies(m, Known::G03)) {
      m.lock_ptl(fn, m.pud_lockptr());
      const L l = follow_plain_pud(m, vma, address, flags);
      m.unlock_ptl(fn);
      if (l.kind != L::Kind::none || m.halted()) return l;
      return no_page_table(m, vma, flags, address);
    }
  }
  if (m.w.config.pud_devmap && arch.devmap(e)) {
    m.lock_ptl(fn, m.pud_lockptr());
    const L l = follow_devmap_pud(m, vma, address, flags, known);
    m.unlock_ptl(fn);
    if (l.kind != L::Kind::none) return l;
    return no_page_table(m, vma, flags, address);
  }
  if (arch.pud_bad(e)) return no_page_table(m, vma, flags, address);
  if (!m.enter_table(fn, Level::pmd, e, address)) return L::fault();
  return follow_pmd_mask(m, known, vma, address, flags);
}

/// follow_p4d_mask() and the levels below
template <class M, class Rows>
Lookup<typename M::Domain> follow_p4d_mask(M& m, const Rows& known, int vma, typename M::W address,
                                           typename M::W flags) {
  const auto& arch = m.arch;
  constexpr const char* fn = "follow_p4d_mask";
  if (m.top() < Level::p4d) return follow_pud_mask(m, known, vma, address, flags);
  const auto e = m.read(fn, Level::p4d, address);
  if (known_hugepd(m, known, vma, Level::p4d, e)) return follow_hugepd(m, vma, Level::p4d, e, address, flags);
  if (arch.none(e) || arch.p4d_bad(e)) return no_page_table(m, vma, flags, address);
  if constexpr (Rows::active)
    if (!arch.p4d_present(e) && known.applies(m, Known::M34)) return no_page_table(m, vma, flags, address);
  if (!m.enter_table(fn, Level::pud, e, address)) return Lookup<typename M::Domain>::fault();
  return follow_pud_mask(m, known, vma, address, flags);
}

}  // namespace gupdiff::legacy_v6_9
