// SPDX-License-Identifier: GPL-2.0-only
// One page fault on ordinary memory while it is handled (struct vm_fault), and
// the small steps every fault path shares: pages of entries, mapping, unmapping.
#pragma once

#include "model/kernel/page_prot.hpp"
#include "model/kernel/page_tables.hpp"
#include "model/kernel/userfault.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// A fault in progress; addresses in bytes.
template <class M>
struct VmFaultSite {
  using W = typename M::W;
  int vma = 0;
  W address{};              ///< page aligned
  W flags{};                ///< FAULT_FLAG_
  W orig{};                 ///< the PTE seen when the fault began
  bool orig_valid = false;  ///< a PTE table existed, so `orig` means something
  bool prealloc = false;    ///< a PTE table is allocated but not yet installed
};

/// First address of the PMD-sized page around `address`.
template <class M>
typename M::W pmd_base(const M& m, typename M::W address) {
  return address & ~(m.arch.span(Level::pmd) - 1);
}

/// vm_page_prot as mmap and its changers leave it: a shared writable mapping that
/// wants write notification (vma_wants_writenotify: page_mkwrite, soft-dirty
/// tracking, uffd-wp) starts its entries read-only.
template <class M>
typename M::W fault_prot(const M& m, int vma) {
  using D = typename M::Domain;
  const Vma<D>& v = m.w.vmas[vma];
  const auto notify = v.kind == VmaKind::file || vma_soft_dirty_enabled<D>(m.w.config, v) ||
                      (v.flags & VM_UFFD_WP) != 0u;
  return D::select(notify, page_prot_notify(m, v), page_prot(m, v));
}

/// maybe_mkwrite(): writable where the VMA is.
template <class M>
typename M::W maybe_mkwrite(const M& m, int vma, typename M::W e) {
  using D = typename M::Domain;
  return D::select((m.w.vmas[vma].flags & VM_WRITE) != 0u, m.arch.mkwrite(e), e);
}

/// vm_normal_page() as a folio index: -1 for special, devmap and zero-page
/// entries and for frames that are not there.
template <class M>
int vm_normal_folio(const M& m, typename M::W e) {
  const auto& arch = m.arch;
  if (arch.special(e) || arch.devmap(e)) return -1;
  const int f = m.find_folio(arch.pte_pfn(e));
  if (f >= 0 && m.w.folios[f].kind == FolioKind::zero_page) return -1;
  return f;
}

/// vm_normal_page_pmd() as a folio index: -1 for devmap and the huge zero page.
template <class M>
int vm_normal_folio_pmd(const M& m, typename M::W e) {
  const auto& arch = m.arch;
  if (arch.devmap(e)) return -1;
  const int f = m.find_folio(arch.leaf_pfn(Level::pmd, e));
  if (f >= 0 && m.w.folios[f].kind == FolioKind::huge_zero) return -1;
  return f;
}

/// An entry that mapped `folio` is gone: its reference and its map count.
template <class M>
void unmap_one(M& m, int folio) {
  auto& f = m.folio(folio);
  f.refcount = f.refcount - 1u;
  f.mapcount = f.mapcount - 1u;
}

/// One more entry maps `folio`; the caller already holds its reference.
template <class M>
void map_one(M& m, int folio) {
  auto& f = m.folio(folio);
  f.mapcount = f.mapcount + 1u;
}

/// thp_vma_suitable_order() for PMD size: the whole PMD span around `address` lies in
/// the VMA, and a file mapping is aligned like its file.
template <class M>
typename M::B thp_suitable(const M& m, int vma, typename M::W address) {
  using W = typename M::W;
  const auto& v = m.w.vmas[vma];
  const W base = pmd_base(m, address);
  const auto inside = base >= v.start && v.end - base >= m.arch.span(Level::pmd) && v.end > base;
  if (v.kind == VmaKind::anonymous) return inside;
  return inside && (((v.start >> m.arch.page_shift()) - v.pgoff) & (m.pmd_pages() - 1)) == 0u;
}

/// PTE-level fault with the table not installed yet: pmd_install() of the
/// preallocated table, or pte_alloc(). False: out of memory.
template <class M>
bool install_pte_table(M& m, VmFaultSite<M>& s) {
  const auto& arch = m.arch;
  if (!slot_none(m, Level::pmd, m.peek(Level::pmd, s.address))) return true;
  if (!s.prealloc && !m.allocate()) return false;
  s.prealloc = false;
  const auto e = arch.table_entry(m.table_pfn(Level::pte, s.address));
  m.store(Level::pmd, s.address, e);
  m.note("pmd_install", "installs a PTE table", Level::pmd, s.address, e);
  return true;
}

/// ptep_set_access_flags() and its PMD and PUD brothers: `e` is what the entry becomes for
/// a write, young and dirty. On x86 a read stores nothing (facts 10, C01); elsewhere it
/// stores the accessed bit (Geometry::read_marks_young).
template <class M>
void set_access_flags(M& m, Level level, typename M::W address, typename M::W e, typename M::B write) {
  if (m.arch.geometry().read_marks_young) {
    const typename M::W old = m.peek(level, address);
    m.store(level, address, M::Domain::select(write, e, m.arch.mkyoung(old)));
    return;
  }
  if (write) m.store(level, address, e);
}

/// userfaultfd_pte_wp() and userfaultfd_huge_pmd_wp().
template <class M>
typename M::B uffd_wp_entry(const M& m, int vma, typename M::W e) {
  return (m.w.vmas[vma].flags & VM_UFFD_WP) != 0u && m.arch.uffd_wp(e);
}

/// pte_needs_soft_dirty_wp(): the tracker must see the next write.
template <class M>
typename M::B needs_soft_dirty_wp(const M& m, int vma, typename M::W e) {
  using D = typename M::Domain;
  return vma_soft_dirty_enabled<D>(m.w.config, m.w.vmas[vma]) && !m.arch.soft_dirty(e);
}

}  // namespace gupdiff
