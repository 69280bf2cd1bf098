// SPDX-License-Identifier: GPL-2.0-only
// follow_hugepd(), gup_hugepd() and gup_hugepte() of v6.10 and its two development steps
// (facts 1.11, 8.2 C0..C2): the fast path's code, called by the slow walk under the lock.
#pragma once

#include "model/kernel/grab.hpp"
#include "model/kernel/hugepd.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff {

/// gup_must_unshare() as gup_hugepte() asked it before 01d89b93e176, without a VMA, as the fast path has none: a
/// longterm pin of any page that is not anonymous must unshare then.
template <class M>
typename M::B must_unshare_without_vma(const M& m, typename M::W flags, int folio) {
  using D = typename M::Domain;
  const auto& f = m.w.folios[folio];
  const auto reads_pinned = (flags & (FOLL_WRITE | FOLL_PIN)) == std::uint64_t{FOLL_PIN};
  return reads_pinned && D::select(f.anon, !f.exclusive, (flags & FOLL_LONGTERM) != 0u);
}
/// As each kernel asks it.
template <class M>
typename M::B hugepte_must_unshare(const M& m, int vma, typename M::W flags, int folio) {
  return m.era.hugepd_unshares ? gup_must_unshare(m, vma, flags, folio) : must_unshare_without_vma(m, flags, folio);
}
/// Whether it shows that a kernel before 01d89b93e176 finds no page here (D32): a caller that takes no faults
/// gets -EFAULT of a page that must be unshared either way.
template <class M>
typename M::B no_page_for_unsharing_shows(const M& m, int vma, typename M::W flags, int folio) {
  return must_unshare_without_vma(m, flags, folio) &&
         !(gup_must_unshare(m, vma, flags, folio) && (flags & FOLL_NOFAULT) != 0u);
}

/// Whether the fast path's rules refuse a reference whatever the folio's count is (facts 1.7, D33): nobody asks to
/// hold the page, or for longer than it may stay where it is.
template <class M>
typename M::B only_fast_rules_refuse(const M& m, typename M::W flags, int folio) {
  const auto held = (flags & (FOLL_GET | FOLL_PIN)) != 0u;
  return !held || ((flags & FOLL_GET) == 0u && (flags & FOLL_LONGTERM) != 0u && m.w.folios[folio].unpinnable);
}
/// Whether the slow path's rules refuse it.
template <class M>
typename M::B slow_rules_refuse(const M& m, typename M::W flags, int folio) {
  return no_references(m.w.folios[folio]) || unwanted_p2pdma(m, folio, flags);
}
/// Whether it shows by which rules the reference is taken: one of them alone refuses it, or both do and one alone
/// WARNs. Of a folio without references the slow rules do, the fast ones if it has less than none.
template <class M>
typename M::B grab_rules_show(const M& m, typename M::W flags, int folio) {
  const auto& f = m.w.folios[folio];
  const auto held = (flags & (FOLL_GET | FOLL_PIN)) != 0u;
  const auto warns_alone = no_references(f) && (unwanted_p2pdma(m, folio, flags) || (f.refcount >> 63) == 0u);
  return !held || warns_alone || (only_fast_rules_refuse(m, flags, folio) && !slow_rules_refuse(m, flags, folio));
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
  using D = typename M::Domain;
  if (m.era.taken_over[static_cast<std::size_t>(Known::D33)] && D::truth(grab_rules_show(m, flags, folio)))
    m.switched(Known::D33);
  if (!grab_hugepte(m, folio, flags)) {
    m.note(fn, "reference refused");
    return L::fault();
  }
  m.read_locked(fn, Level::hugepte, where);
  if (m.era.taken_over[static_cast<std::size_t>(Known::D32)] &&
      D::truth(!arch.write(e) && no_page_for_unsharing_shows(m, vma, flags, folio)))
    m.switched(Known::D32);
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
