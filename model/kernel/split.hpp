// SPDX-License-Identifier: GPL-2.0-only
// __split_huge_pmd(): what becomes of a PMD-mapped page when it must be mapped by
// PTEs (facts 5.6, 10 C04/C05).
#pragma once

#include "model/kernel/vm_fault.hpp"

namespace gupdiff {

/// An anonymous PMD turned into 512 PTEs that keep its write, accessed, dirty,
/// soft-dirty and uffd-wp state; the entry that maps page 0 is `first`.
template <class M>
void split_into_ptes(M& m, typename M::W base, typename M::W first, typename M::W stride) {
  using E = typename M::E;
  m.store_run(Level::pte, base, kPmdPages, first, stride);
  m.store(Level::pmd, base, E::table_entry(table_pfn(Level::pte, M::key(Level::pte, base))));
}

/// PTEs of a split present anonymous PMD `old` that maps `folio`.
template <class M>
void split_anon_pmd(M& m, int vma, typename M::W base, typename M::W old, int folio) {
  using D = typename M::Domain;
  using E = typename M::E;
  auto& f = m.folio(folio);
  f.dirty = f.dirty || E::dirty(old);
  f.refcount = f.refcount + (kPmdPages - 1);
  f.mapcount = f.mapcount + (kPmdPages - 1);
  auto e = make_entry<D>(E::pmd_leaf_pfn(old), fault_prot(m, vma));
  e = D::select(E::write(old), E::mkwrite(e), e);
  e = D::select(E::young(old), e, E::mkold(e));
  e = D::select(E::dirty(old), E::mkdirty(e), e);
  e = D::select(E::soft_dirty(old), E::mksoft_dirty(e), e);
  e = D::select(E::uffd_wp(old), E::mkuffd_wp(e), e);
  split_into_ptes(m, base, e, E::advance_stride(e));
}

/// The huge zero page: 512 special PTEs of the zero page.
template <class M>
void split_huge_zero_pmd(M& m, int vma, typename M::W base, typename M::W old) {
  using D = typename M::Domain;
  using E = typename M::E;
  auto e = make_entry<D>(m.w.folios[kZeroFolio].pfn, fault_prot(m, vma)) | std::uint64_t{x86_64::SPECIAL};
  e = D::select(E::uffd_wp(old), E::mkuffd_wp(e), e);
  split_into_ptes(m, base, e, typename M::W(0));
}

/// Splits the PMD leaf around `address` of `vma`; any other entry stays as it is
/// (its callers never meet a migration entry). Anonymous memory is remapped by
/// PTEs at once; file and shared memory is only unmapped (the PMD becomes none).
template <class M>
void split_huge_pmd(M& m, int vma, typename M::W address) {
  using E = typename M::E;
  using W = typename M::W;
  constexpr const char* fn = "__split_huge_pmd";
  const W base = pmd_base<M>(address);
  const W old = m.peek(Level::pmd, base);
  if (!(E::pmd_trans_huge(old) || E::devmap(old))) return;

  if (m.w.vmas[vma].kind != VmaKind::anonymous) {
    m.store(Level::pmd, base, W(0));
    m.note(fn, "unmaps the file page", Level::pmd, base, old);
    if (E::devmap(old)) return;
    const int folio = m.find_folio(E::pmd_leaf_pfn(old));
    if (folio < 0) return;
    auto& f = m.folio(folio);
    f.dirty = f.dirty || E::dirty(old);
    f.referenced = f.referenced || E::young(old);
    unmap_one(m, folio);
    return;
  }
  const int folio = m.find_folio(E::pmd_leaf_pfn(old));
  if (folio < 0) {
    m.halt(Termination::oops, fn, "the entry maps no page");
    return;
  }
  m.note(fn, "maps the page by PTEs", Level::pmd, base, old);
  if (m.w.folios[folio].kind == FolioKind::huge_zero) {
    split_huge_zero_pmd(m, vma, base, old);
  } else {
    split_anon_pmd(m, vma, base, old, folio);
  }
}

}  // namespace gupdiff
