// SPDX-License-Identifier: GPL-2.0-only
// Taking and giving back references and pins (facts 1.7), and the rule that a
// read-only pin must unshare first (facts 1.9).
#pragma once

#include "model/kernel/page_prot.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// refcount <= 0 as the kernel's signed 32-bit counter.
template <class D>
typename D::Cond no_references(const Folio<D>& f) {
  return f.refcount == 0u || (f.refcount >> 63) != 0u;
}

/// Adds (or, `give_back`, removes) what `n` pages under `flags` hold on folio `f`:
/// GET: n references; PIN: n references and n pins on a large folio, n * 1024
/// references on a small one, nothing on the zero page.
template <class D>
void account_references(Folio<D>& f, typename D::Word n, typename D::Word flags, bool give_back) {
  using W = typename D::Word;
  const auto get = (flags & FOLL_GET) != 0u;
  const auto pin = !get && (flags & FOLL_PIN) != 0u;
  const W per_pin = f.kind == FolioKind::zero_page ? W(0) : f.order > 0 ? n : n << 10;
  const W refs = D::select(get, n, D::select(pin, per_pin, W(0)));
  const W pins = f.order > 0 ? D::select(pin, n, W(0)) : W(0);
  f.refcount = give_back ? f.refcount - refs : f.refcount + refs;
  f.pincount = give_back ? f.pincount - pins : f.pincount + pins;
}

/// A peer-to-peer page that was not asked for (V11).
template <class M>
typename M::B unwanted_p2pdma(const M& m, int folio, typename M::W flags) {
  return typename M::B(m.era.p2pdma_refused) && m.w.folios[folio].p2pdma && (flags & FOLL_PCI_P2PDMA) == 0u;
}

/// Slow grab: try_grab_folio() since f442fa614137, try_grab_page() with one page before.
/// Returns 0 or a positive errno.
template <class M>
int try_grab_folio(M& m, int folio, typename M::W n, typename M::W flags) {
  auto& f = m.folio(folio);
  if (no_references(f)) {
    m.warn(Warn::grab_refcount, "try_grab_folio", "refcount is not positive");
    return E_NOMEM;
  }
  if (unwanted_p2pdma(m, folio, flags)) {
    m.switched(Known::V11);
    return E_REMOTEIO;
  }
  account_references<typename M::Domain>(f, n, flags, false);
  m.note("try_grab_folio", "takes references", n);
  return 0;
}

/// Fast grab: GUP-fast's, which the generic loop used for the rest of a huge page before
/// f442fa614137 (M03). Returns whether it succeeded.
template <class M>
bool try_grab_folio_fast(M& m, int folio, typename M::W n, typename M::W flags) {
  auto& f = m.folio(folio);
  if ((flags & (FOLL_GET | FOLL_PIN)) == 0u) {
    m.warn(Warn::fast_grab_no_flag, "try_grab_folio", "neither GET nor PIN");
    return false;
  }
  if (unwanted_p2pdma(m, folio, flags)) {
    m.switched(Known::V11);
    return false;
  }
  if ((flags & FOLL_GET) == 0u && f.kind == FolioKind::zero_page) return true;
  if (no_references(f)) {
    if ((f.refcount >> 63) != 0u) m.warn(Warn::grab_refcount, "try_get_folio", "refcount is negative");
    return false;
  }
  if ((flags & FOLL_GET) == 0u && (flags & FOLL_LONGTERM) != 0u && f.unpinnable) {
    m.note("try_grab_folio", "longterm pin of an unpinnable folio refused");
    return false;
  }
  account_references<typename M::Domain>(f, n, flags, false);
  m.note("try_grab_folio", "takes references (fast rules)", n);
  return true;
}

/// gup_put_folio(): gives back what `n` pages under `flags` hold.
template <class M>
void gup_put_folio(M& m, int folio, typename M::W n, typename M::W flags) {
  account_references<typename M::Domain>(m.folio(folio), n, flags, true);
  m.note("gup_put_folio", "gives references back", n);
}

/// gup_must_unshare(): a read-only pin of an anonymous page that is not exclusive, or, from
/// v6.2 on, a longterm one of anything else in a COW mapping (V07).
template <class M>
typename M::B gup_must_unshare(const M& m, int vma, typename M::W flags, int folio) {
  using D = typename M::Domain;
  const auto& f = m.w.folios[folio];
  const auto reads_pinned = (flags & (FOLL_WRITE | FOLL_PIN)) == std::uint64_t{FOLL_PIN};
  const auto longterm_cow = typename M::B(m.era.unshares_files) && (flags & FOLL_LONGTERM) != 0u && is_cow_mapping<D>(m.w.vmas[vma]);
  return reads_pinned && D::select(f.anon, !f.exclusive, longterm_cow);
}

/// gup_must_unshare() of GUP-fast, which has no VMA: from v6.2 on, a longterm read pin of any page that is not
/// anonymous (V07; facts 1.9).
template <class M>
typename M::B gup_must_unshare_without_vma(M& m, typename M::W flags, int folio) {
  using D = typename M::Domain;
  const auto& f = m.w.folios[folio];
  const auto reads_pinned = (flags & (FOLL_WRITE | FOLL_PIN)) == std::uint64_t{FOLL_PIN};
  const auto longterm = typename M::B(m.era.unshares_files) && (flags & FOLL_LONGTERM) != 0u;
  if (m.era.taken_over.any() && D::truth(reads_pinned && !f.anon && longterm)) m.switched(Known::V07);
  return reads_pinned && D::select(f.anon, !f.exclusive, longterm);
}

}  // namespace gupdiff
