// SPDX-License-Identifier: GPL-2.0-only
// follow_hugepd(), gup_hugepd() and gup_hugepte() of v6.10 and its two development steps
// (facts 1.11, 8.2 C0..C2): the fast path's code, called by the slow walk under the lock.
#pragma once

#include "model/kernel/grab.hpp"
#include "model/kernel/hugepd.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff {

/// gup_must_unshare() as gup_hugepte() asks it. Before 01d89b93e176 it had no VMA, as the
/// fast path has none: a longterm pin of any page that is not anonymous must unshare then.
template <class M>
typename M::B hugepte_must_unshare(const M& m, int vma, typename M::W flags, int folio) {
  using D = typename M::Domain;
  if (m.era.hugepd_unshares) return gup_must_unshare(m, vma, flags, folio);
  const auto& f = m.w.folios[folio];
  const auto reads_pinned = (flags & (FOLL_WRITE | FOLL_PIN)) == std::uint64_t{FOLL_PIN};
  return reads_pinned && D::select(f.anon, !f.exclusive, (flags & FOLL_LONGTERM) != 0u);
}

/// One reference for gup_hugepte(): by the fast path's rules until f442fa614137 (D33).
template <class M>
bool grab_hugepte(M& m, int folio, typename M::W flags) {
  return m.era.hugepd_slow_grab ? try_grab_folio(m, folio, typename M::W(1), flags) == 0
                                : try_grab_folio_fast(m, folio, typename M::W(1), flags);
}

/// gup_hugepte() for one page; the lock is held. Every refusal but the last one is "no page".
template <class M>
Lookup<typename M::Domain> gup_hugepte(M& m, int vma, const HugetlbSize& size, typename M::W where,
                                       typename M::W address, typename M::W flags) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "gup_hugepte";
  const auto e = m.read_locked(fn, Level::hugepte, where);
  if (!arch.access_permitted(e, (flags & FOLL_WRITE) != 0u)) {
    m.note(fn, "the entry does not permit the access");
    return L::fault();
  }
  const auto head = arch.pte_pfn(e);
  const int folio = m.find_folio(head);
  if (folio < 0) {
    m.halt(Termination::oops, fn, "the entry's frame has no struct page");
    return L::fault();
  }
  if (!grab_hugepte(m, folio, flags)) {
    m.note(fn, "reference refused");
    return L::fault();
  }
  m.read_locked(fn, Level::hugepte, where);
  if (!arch.write(e) && hugepte_must_unshare(m, vma, flags, folio)) {
    gup_put_folio(m, folio, typename M::W(1), flags);
    m.note(fn, m.era.hugepd_unshares ? "must unshare: -EMLINK" : "must unshare, but says no page");
    return m.era.hugepd_unshares ? L::fail(E_MLINK) : L::fault();
  }
  m.folio(folio).referenced = typename M::B(true);
  const std::uint64_t in_page = (std::uint64_t{1} << size.order) - 1;
  const HugetlbSize& own = m.hugetlb_size(m.w.vmas[vma]);
  return L::page(head + ((address >> arch.page_shift()) & in_page), folio, (1u << own.order) - 1);
}

/// follow_hugepd(): directory `e` was found in the slot of `address` at `level`.
template <class M>
Lookup<typename M::Domain> follow_hugepd(M& m, int vma, Level level, typename M::W e, typename M::W address,
                                         typename M::W flags) {
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_hugepd";
  if (m.w.vmas[vma].kind != VmaKind::hugetlb) {
    m.warn(Warn::hugepd_elsewhere, fn, "a directory in a mapping that is not hugetlb");
    return L::fail(E_FAULT);
  }
  const HugetlbSize* size = enter_hugepd(m, fn, level, e, address);
  if (!size) return L::fault();
  m.lock_ptl("huge_pte_lock", m.pud_lockptr());
  const L l = gup_hugepte(m, vma, *size, m.arch.hugepte_address(*size, address), address, flags);
  m.unlock_ptl(fn);
  return l;
}

}  // namespace gupdiff
