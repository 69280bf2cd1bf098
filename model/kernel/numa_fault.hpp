// SPDX-License-Identifier: GPL-2.0-only
// NUMA-hint faults on one node: the protection comes back, nothing migrates
// (do_numa_page, do_huge_pmd_numa_page; facts 5.5, 5.6).
#pragma once

#include "model/kernel/vm_fault.hpp"

namespace gupdiff {

/// can_change_pte_writable() and can_change_pmd_writable(), with the test of
/// vma_wants_manual_pte_write_upgrade() before them. `folio`: -1 for no normal page.
template <class M>
typename M::B may_upgrade_to_write(const M& m, int vma, typename M::W e, int folio) {
  const auto& arch = m.arch;
  const auto& v = m.w.vmas[vma];
  const auto shared = (v.flags & VM_SHARED) != 0u;
  const auto writable_vma = (v.flags & VM_WRITE) != 0u;
  const auto tracked = arch.protnone(e) || needs_soft_dirty_wp(m, vma, e) || uffd_wp_entry(m, vma, e);
  typename M::B exclusive(false);
  if (folio >= 0) exclusive = m.w.folios[folio].anon && m.w.folios[folio].exclusive;
  // A shared mapping is upgraded only where the file system asked for write faults.
  const auto shared_ok = shared && v.kind == VmaKind::file && arch.dirty(e);
  return writable_vma && !tracked && (shared_ok || (!shared && exclusive));
}

/// Both levels' NUMA-hint fault; `leaf` is pte or pmd.
template <class M>
typename M::W numa_fault(M& m, int vma, Level leaf, typename M::W address, typename M::W old) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  auto e = arch.modify(leaf, old, fault_prot(m, vma));
  const int folio = leaf == Level::pmd ? vm_normal_folio_pmd(m, e) : vm_normal_folio(m, e);
  // Before v6.2: what was writable stays so, nothing else becomes it (V31).
  const auto writable = m.era.numa_upgrades_write ? arch.write(e) || may_upgrade_to_write(m, vma, e, folio)
                                                  : arch.write(old);
  e = arch.mkyoung(e);
  e = D::select(writable, arch.mkwrite(e), e);
  m.store(leaf, address, e);
  m.note(leaf == Level::pmd ? "do_huge_pmd_numa_page" : "do_numa_page", "restores the protection",
         leaf, address, e);
  return typename M::W(0);
}

}  // namespace gupdiff
