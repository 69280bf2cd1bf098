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

/// 4 KiB pages of a PMD-sized page.
inline constexpr std::uint32_t kPmdPages = 512;

template <class M>
typename M::W pmd_base(typename M::W address) {
  return address & ~(x86_64::span(Level::pmd) - 1);
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
  return D::select(notify, page_prot_notify<D>(v), page_prot<D>(v));
}

/// mk_huge_pmd(): the frame mask is that of a PMD, so bits 12..20 stay clear
/// even where PROT_NONE inverts the frame (pfn_pmd).
template <class M>
typename M::W make_pmd(typename M::W pfn, typename M::W prot) {
  using D = typename M::Domain;
  const auto e = make_entry<D>(pfn, prot);
  return (e & ~(x86_64::kPfnMask & (x86_64::span(Level::pmd) - 1))) | std::uint64_t{x86_64::PSE};
}

/// maybe_mkwrite(): writable where the VMA is.
template <class M>
typename M::W maybe_mkwrite(const M& m, int vma, typename M::W e) {
  using D = typename M::Domain;
  return D::select((m.w.vmas[vma].flags & VM_WRITE) != 0u, M::E::mkwrite(e), e);
}

/// vm_normal_page() as a folio index: -1 for special, devmap and zero-page
/// entries and for frames that are not there.
template <class M>
int vm_normal_folio(const M& m, typename M::W e) {
  using E = typename M::E;
  if (E::special(e) || E::devmap(e)) return -1;
  const int f = m.find_folio(E::pte_pfn(e));
  if (f >= 0 && m.w.folios[f].kind == FolioKind::zero_page) return -1;
  return f;
}

/// vm_normal_page_pmd() as a folio index: -1 for devmap and the huge zero page.
template <class M>
int vm_normal_folio_pmd(const M& m, typename M::W e) {
  using E = typename M::E;
  if (E::devmap(e)) return -1;
  const int f = m.find_folio(E::pmd_leaf_pfn(e));
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

/// thp_vma_suitable_order() for PMD size: the whole 2 MiB around `address` lies in
/// the VMA, and a file mapping is aligned like its file.
template <class M>
typename M::B thp_suitable(const M& m, int vma, typename M::W address) {
  using W = typename M::W;
  const auto& v = m.w.vmas[vma];
  const W base = pmd_base<M>(address);
  const auto inside = base >= v.start && v.end - base >= x86_64::span(Level::pmd) && v.end > base;
  if (v.kind == VmaKind::anonymous) return inside;
  return inside && (((v.start >> 12) - v.pgoff) & (kPmdPages - 1)) == 0u;
}

/// PTE-level fault with the table not installed yet: pmd_install() of the
/// preallocated table, or pte_alloc(). False: out of memory.
template <class M>
bool install_pte_table(M& m, VmFaultSite<M>& s) {
  using E = typename M::E;
  if (!slot_none(m, Level::pmd, m.peek(Level::pmd, s.address))) return true;
  if (!s.prealloc && !m.allocate()) return false;
  s.prealloc = false;
  const auto e = E::table_entry(table_pfn(Level::pte, M::key(Level::pte, s.address)));
  m.store(Level::pmd, s.address, e);
  m.note("pmd_install", "installs a PTE table", Level::pmd, s.address, e);
  return true;
}

/// ptep_set_access_flags() and its PMD and PUD brothers on x86: the new entry is
/// stored only for a write (facts 10, C01).
template <class M>
void set_access_flags(M& m, Level level, typename M::W address, typename M::W e, typename M::B write) {
  if (write) m.store(level, address, e);
}

/// userfaultfd_pte_wp() and userfaultfd_huge_pmd_wp().
template <class M>
typename M::B uffd_wp_entry(const M& m, int vma, typename M::W e) {
  return (m.w.vmas[vma].flags & VM_UFFD_WP) != 0u && M::E::uffd_wp(e);
}

/// pte_needs_soft_dirty_wp(): the tracker must see the next write.
template <class M>
typename M::B needs_soft_dirty_wp(const M& m, int vma, typename M::W e) {
  using D = typename M::Domain;
  return vma_soft_dirty_enabled<D>(m.w.config, m.w.vmas[vma]) && !M::E::soft_dirty(e);
}

}  // namespace gupdiff
