// SPDX-License-Identifier: GPL-2.0-only
// First faults on anonymous memory: zero pages for reads, fresh exclusive pages
// for writes, by PTE or by PMD (do_anonymous_page, do_huge_pmd_anonymous_page).
#pragma once

#include "model/kernel/vm_fault.hpp"

namespace gupdiff {

/// The PTE under repair was a uffd-wp marker (vmf_orig_pte_uffd_wp).
template <class M>
typename M::B was_uffd_wp_marker(const M& m, const VmFaultSite<M>& s) {
  const auto& arch = m.arch;
  return typename M::B(s.orig_valid) && arch.is_marker(m.swap, s.orig) &&
         (arch.swp_offset(s.orig) & kMarkerUffdWp) != 0u;
}

/// do_anonymous_page()
template <class M>
typename M::W do_anonymous_page(M& m, VmFaultSite<M>& s) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "do_anonymous_page";
  const auto& v = m.w.vmas[s.vma];
  if ((v.flags & VM_SHARED) != 0u) return W(VM_FAULT_SIGBUS);
  if (!install_pte_table(m, s)) return W(VM_FAULT_OOM);
  W e{};
  if ((s.flags & FAULT_FLAG_WRITE) == 0u) {
    if ((v.flags & VM_UFFD_MISSING) != 0u) return handle_userfault(m, s.vma, s.flags);
    e = arch.mkspecial(arch.make_entry(m.w.folios[kZeroFolio].pfn, fault_prot(m, s.vma)));
    m.note(fn, "maps the zero page");
  } else {
    if (!m.allocate()) return W(VM_FAULT_OOM);
    if ((v.flags & VM_UFFD_MISSING) != 0u) return handle_userfault(m, s.vma, s.flags);
    const int fresh = m.new_folio(0, FolioKind::normal);
    m.folio(fresh).anon = m.folio(fresh).exclusive = typename M::B(true);
    map_one(m, fresh);
    e = arch.make_entry(m.folio(fresh).pfn, fault_prot(m, s.vma));
    e = D::select((m.w.vmas[s.vma].flags & VM_WRITE) != 0u, arch.mkwrite(arch.mkdirty(e)), e);
    m.note(fn, "maps a new page");
  }
  e = D::select(was_uffd_wp_marker(m, s), arch.mkuffd_wp(e), e);
  m.store(Level::pte, s.address, e);
  m.note(fn, "stores", Level::pte, s.address, e);
  return W(0);
}

/// do_huge_pmd_anonymous_page(): the PMD is none. VM_FAULT_FALLBACK: try a PTE.
template <class M>
typename M::W do_huge_pmd_anonymous_page(M& m, VmFaultSite<M>& s) {
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "do_huge_pmd_anonymous_page";
  if (!thp_suitable(m, s.vma, s.address)) return W(VM_FAULT_FALLBACK);
  const auto missing = (m.w.vmas[s.vma].flags & VM_UFFD_MISSING) != 0u;
  if ((s.flags & FAULT_FLAG_WRITE) == 0u) {
    if (!m.allocate()) return W(VM_FAULT_OOM);
    if (missing) return handle_userfault(m, s.vma, s.flags);
    const W e = arch.make_leaf(Level::pmd, m.w.folios[kHugeZeroFolio].pfn, fault_prot(m, s.vma));
    m.store(Level::pmd, s.address, e);
    m.note(fn, "maps the huge zero page", Level::pmd, s.address, e);
    return W(0);
  }
  if (!m.allocate()) return W(VM_FAULT_FALLBACK);  // no huge page to be had
  if (!m.allocate()) return W(VM_FAULT_OOM);       // no page for the deposited table
  if (missing) return handle_userfault(m, s.vma, s.flags);
  const int fresh = m.new_folio(m.pmd_order(), FolioKind::normal);
  m.folio(fresh).anon = m.folio(fresh).exclusive = typename M::B(true);
  map_one(m, fresh);
  W e = arch.make_leaf(Level::pmd, m.folio(fresh).pfn, fault_prot(m, s.vma));
  e = maybe_mkwrite(m, s.vma, arch.mkdirty(e));
  m.store(Level::pmd, s.address, e);
  m.note(fn, "maps a new huge page", Level::pmd, s.address, e);
  return W(0);
}

}  // namespace gupdiff
