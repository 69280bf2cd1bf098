// SPDX-License-Identifier: GPL-2.0-only
// __handle_mm_fault() for everything but hugetlb: tables, huge entries, PTEs
// (facts 5.5, 5.6; linux v6.12 mm/memory.c).
#pragma once

#include "model/kernel/numa_fault.hpp"
#include "model/kernel/swap_fault.hpp"

namespace gupdiff {

/// handle_pte_fault(): what is left once huge pages are out of the way.
template <class M>
typename M::W handle_pte_fault(M& m, VmFaultSite<M>& s) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "handle_pte_fault";
  const W pmd = m.peek(Level::pmd, s.address);
  if (slot_none(m, Level::pmd, pmd)) return do_pte_missing(m, s);
  if (!arch.pmd_present(pmd) || arch.pmd_trans_huge(pmd) || arch.devmap(pmd)) {
    m.note(fn, "the PMD is no table any more");
    return W(0);
  }
  if (arch.pmd_bad(pmd)) {
    m.warn(Warn::bad_entry, fn, "clears a bad PMD");
    m.store(Level::pmd, s.address, W(0));
    return W(0);
  }
  if (!m.enter_table(fn, Level::pte, pmd, s.address)) return W(0);
  s.orig = m.peek(Level::pte, s.address);
  s.orig_valid = true;
  m.note(fn, "finds", Level::pte, s.address, s.orig);
  if (slot_none(m, Level::pte, s.orig)) return do_pte_missing(m, s);
  if (!arch.pte_present(s.orig)) return do_swap_page(m, s);
  if (arch.protnone(s.orig) && vma_is_accessible<D>(m.w.vmas[s.vma])) {
    return numa_fault(m, s.vma, Level::pte, s.address, s.orig);
  }
  const auto write = (s.flags & FAULT_FLAG_WRITE) != 0u;
  if ((write || (s.flags & FAULT_FLAG_UNSHARE) != 0u) && !arch.write(s.orig)) return do_wp_page(m, s);
  set_access_flags(m, Level::pte, s.address, arch.mkyoung(arch.mkdirty(s.orig)), write);
  m.note(fn, "the entry already allows the access");
  return W(0);
}

/// The PMD-level part: new huge pages, migration, NUMA hints, write protection.
/// VM_FAULT_FALLBACK: carry on at PTE level.
template <class M>
typename M::W handle_huge_pmd(M& m, VmFaultSite<M>& s) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  const auto& v = m.w.vmas[s.vma];
  const W pmd = m.peek(Level::pmd, s.address);
  if (slot_none(m, Level::pmd, pmd)) {
    if (v.kind == VmaKind::anonymous && m.w.config.thp) {
      if ((v.flags & (VM_HUGEPAGE | VM_NOHUGEPAGE)) == std::uint64_t{VM_HUGEPAGE}) {
        return do_huge_pmd_anonymous_page(m, s);
      }
    }
    return W(VM_FAULT_FALLBACK);
  }
  if (!arch.pmd_present(pmd)) {
    if (arch.is_migration(m.swap, pmd)) return migration_entry_wait(m, Level::pmd, s.address);
    m.note("__handle_mm_fault", "a PMD that is neither present nor migrating");
    return W(0);
  }
  if (!(arch.pmd_trans_huge(pmd) || arch.devmap(pmd))) return W(VM_FAULT_FALLBACK);
  if (arch.protnone(pmd) && vma_is_accessible<D>(v)) {
    return numa_fault(m, s.vma, Level::pmd, s.address, pmd);
  }
  const auto write = (s.flags & FAULT_FLAG_WRITE) != 0u;
  if ((write || (s.flags & FAULT_FLAG_UNSHARE) != 0u) && !arch.write(pmd)) return wp_huge_pmd(m, s, pmd);
  set_access_flags(m, Level::pmd, s.address, arch.mkdirty(arch.mkyoung(pmd)), write);
  m.note("huge_pmd_set_accessed", "the entry already allows the access");
  return W(0);
}

/// The PUD-level part, which only device DAX reaches: a leaf is touched, or, for a
/// write it does not allow, unmapped. VM_FAULT_FALLBACK: carry on below.
template <class M>
typename M::W handle_huge_pud(M& m, VmFaultSite<M>& s) {
  const auto& arch = m.arch;
  using W = typename M::W;
  const W pud = m.peek(Level::pud, s.address);
  if (!(arch.pud_trans_huge(pud) || arch.devmap(pud))) return W(VM_FAULT_FALLBACK);
  const auto write = (s.flags & FAULT_FLAG_WRITE) != 0u;
  if (write && !arch.write(pud)) {
    m.store(Level::pud, s.address, W(0));
    m.note("__split_huge_pud", "unmaps the page", Level::pud, s.address, pud);
    return W(VM_FAULT_FALLBACK);
  }
  set_access_flags(m, Level::pud, s.address, arch.mkdirty(arch.mkyoung(pud)), write);
  return W(0);
}

/// __handle_mm_fault() for a VMA without VM_HUGETLB. `flags`: FAULT_FLAG_; the
/// result is VM_FAULT_ bits. When it waits, m.mmap_locked becomes false; when it
/// would wait for ever, the machine halts.
template <class M>
typename M::W generic_fault(M& m, int vma, typename M::W address, typename M::W flags) {
  const auto& arch = m.arch;
  using W = typename M::W;
  VmFaultSite<M> s;
  s.vma = vma;
  s.address = address & m.arch.geometry().page_mask();
  s.flags = flags;
  if (!alloc_tables(m, Level::pud, s.address)) return W(VM_FAULT_OOM);
  if (m.w.config.pud_devmap) {
    const W r = handle_huge_pud(m, s);
    if ((r & VM_FAULT_FALLBACK) == 0u) return r;
    // pud_trans_unstable() clears a bad PUD and tries again: it is none then.
    const W pud = m.peek(Level::pud, s.address);
    if (!slot_none(m, Level::pud, pud) && arch.pud_bad(pud)) {
      m.warn(Warn::bad_entry, "pud_trans_unstable", "clears a bad PUD");
      m.store(Level::pud, s.address, W(0));
    }
  }
  if (!alloc_tables(m, Level::pmd, s.address)) return W(VM_FAULT_OOM);
  const W r = handle_huge_pmd(m, s);
  if ((r & VM_FAULT_FALLBACK) == 0u) return r;
  return handle_pte_fault(m, s);
}

}  // namespace gupdiff
