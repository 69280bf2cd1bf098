// SPDX-License-Identifier: GPL-2.0-only
// NUMA-hint faults on one node: the protection comes back, nothing migrates
// (do_numa_page, do_huge_pmd_numa_page; facts 5.5, 5.6).
#pragma once

#include "model/kernel/vm_fault.hpp"

namespace gupdiff {

/// pte_modify() and, with `leaf` PMD, pmd_modify(): new protection, all state bits
/// kept; the dirty bit moves to or from SAVED_DIRTY as write permission goes or comes.
template <class M>
typename M::W modify_entry(Level leaf, typename M::W old, typename M::W prot) {
  using namespace x86_64;
  using D = typename M::Domain;
  using E = typename M::E;
  using W = typename M::W;
  const bool huge = leaf == Level::pmd;
  const std::uint64_t frame = huge ? kPfnMask & ~(span(Level::pmd) - 1) : kPfnMask;
  const std::uint64_t kept = kPfnMask | PWT | PCD | SPECIAL | ACCESSED | DIRTY | SAVED_DIRTY |
                             SOFT_DIRTY | DEVMAP | UFFD_WP | (huge ? std::uint64_t{PSE} : 0);
  W e = (old & kept) | (prot & ~kept);
  const auto was_inverted = old != 0u && !E::has(old, PRESENT);
  const auto inverted = e != 0u && !E::has(e, PRESENT);
  const auto flip = (was_inverted && !inverted) || (!was_inverted && inverted);
  e = D::select(flip, (e & ~frame) | (~e & frame), e);
  const auto readable = D::select(E::write(e), e, E::move_dirty_to_saved(e));
  const auto writable = D::select(E::write(e), E::move_saved_to_dirty(e), e);
  return D::select(E::write(old), readable, writable);
}

/// can_change_pte_writable() and can_change_pmd_writable(), with the test of
/// vma_wants_manual_pte_write_upgrade() before them. `folio`: -1 for no normal page.
template <class M>
typename M::B may_upgrade_to_write(const M& m, int vma, typename M::W e, int folio) {
  using E = typename M::E;
  const auto& v = m.w.vmas[vma];
  const auto shared = (v.flags & VM_SHARED) != 0u;
  const auto writable_vma = (v.flags & VM_WRITE) != 0u;
  const auto tracked = E::protnone(e) || needs_soft_dirty_wp(m, vma, e) || uffd_wp_entry(m, vma, e);
  typename M::B exclusive(false);
  if (folio >= 0) exclusive = m.w.folios[folio].anon && m.w.folios[folio].exclusive;
  // A shared mapping is upgraded only where the file system asked for write faults.
  const auto shared_ok = shared && v.kind == VmaKind::file && E::dirty(e);
  return writable_vma && !tracked && (shared_ok || (!shared && exclusive));
}

/// Both levels' NUMA-hint fault; `leaf` is pte or pmd.
template <class M>
typename M::W numa_fault(M& m, int vma, Level leaf, typename M::W address, typename M::W old) {
  using D = typename M::Domain;
  using E = typename M::E;
  auto e = modify_entry<M>(leaf, old, fault_prot(m, vma));
  const int folio = leaf == Level::pmd ? vm_normal_folio_pmd(m, e) : vm_normal_folio(m, e);
  const auto writable = E::write(e) || may_upgrade_to_write(m, vma, e, folio);
  e = E::mkyoung(e);
  e = D::select(writable, E::mkwrite(e), e);
  m.store(leaf, address, e);
  m.note(leaf == Level::pmd ? "do_huge_pmd_numa_page" : "do_numa_page", "restores the protection",
         leaf, address, e);
  return typename M::W(0);
}

}  // namespace gupdiff
