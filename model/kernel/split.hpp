// SPDX-License-Identifier: GPL-2.0-only
// __split_huge_pmd(): what becomes of a PMD-mapped page when it must be mapped by
// PTEs (facts 5.6, 10 C04/C05).
#pragma once

#include "model/kernel/vm_fault.hpp"

namespace gupdiff {

/// An anonymous PMD turned into PTEs that keep its write, accessed, dirty,
/// soft-dirty and uffd-wp state; the entry that maps page 0 is `first`.
template <class M>
void split_into_ptes(M& m, typename M::W base, typename M::W first, std::int8_t stride) {
  const auto& arch = m.arch;
  m.store_run(Level::pte, base, m.pmd_pages(), first, stride);
  m.store(Level::pmd, base, arch.table_entry(m.table_pfn(Level::pte, base)));
}

/// PTEs of a split present anonymous PMD `old` that maps `folio`.
template <class M>
void split_anon_pmd(M& m, int vma, typename M::W base, typename M::W old, int folio) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  auto& f = m.folio(folio);
  f.dirty = f.dirty || arch.dirty(old);
  f.refcount = f.refcount + (m.pmd_pages() - 1);
  f.mapcount = f.mapcount + (m.pmd_pages() - 1);
  auto e = arch.make_entry(arch.leaf_pfn(Level::pmd, old), fault_prot(m, vma));
  if (m.era.split_keeps_state)
    e = D::select(arch.write(old), arch.mkwrite(e), e);
  else  // the VMA's permission, unless the PMD had none (V30)
    e = D::select(arch.write(old), maybe_mkwrite(m, vma, e), arch.wrprotect(maybe_mkwrite(m, vma, e)));
  e = D::select(arch.young(old), e, arch.mkold(e));
  if (m.era.split_keeps_state) e = D::select(arch.dirty(old), arch.mkdirty(e), e);
  e = D::select(arch.soft_dirty(old), arch.mksoft_dirty(e), e);
  e = D::select(arch.uffd_wp(old), arch.mkuffd_wp(e), e);
  split_into_ptes(m, base, e, arch.stride(e, Level::pte));
}

/// The huge zero page: special PTEs of the zero page.
template <class M>
void split_huge_zero_pmd(M& m, int vma, typename M::W base, typename M::W old) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  auto e = arch.mkspecial(arch.make_entry(m.w.folios[kZeroFolio].pfn, fault_prot(m, vma)));
  e = D::select(arch.uffd_wp(old), arch.mkuffd_wp(e), e);
  split_into_ptes(m, base, e, 0);
}

/// Splits the PMD leaf around `address` of `vma`; any other entry stays as it is
/// (its callers never meet a migration entry). Anonymous memory is remapped by
/// PTEs at once; file and shared memory is only unmapped (the PMD becomes none).
template <class M>
void split_huge_pmd(M& m, int vma, typename M::W address) {
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "__split_huge_pmd";
  const W base = pmd_base(m, address);
  const W old = m.peek(Level::pmd, base);
  if (!(arch.pmd_trans_huge(old) || arch.devmap(old))) return;

  if (m.w.vmas[vma].kind != VmaKind::anonymous) {
    m.store(Level::pmd, base, W(0));
    m.note(fn, "unmaps the file page", Level::pmd, base, old);
    if (arch.devmap(old)) return;
    const int folio = m.find_folio(arch.leaf_pfn(Level::pmd, old));
    if (folio < 0) return;
    auto& f = m.folio(folio);
    f.dirty = f.dirty || arch.dirty(old);
    f.referenced = f.referenced || arch.young(old);
    unmap_one(m, folio);
    return;
  }
  const int folio = m.find_folio(arch.leaf_pfn(Level::pmd, old));
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
