// SPDX-License-Identifier: GPL-2.0-only
// Faults on entries that are neither none nor present: swap, migration, poison
// and PTE markers (do_swap_page; facts 5.5).
#pragma once

#include "model/kernel/file_fault.hpp"

namespace gupdiff {

/// migration_entry_wait() at `level`: the fault goes back to sleep until the
/// migration ends, which this model does at once or never (Slot::restored).
template <class M>
typename M::W migration_entry_wait(M& m, Level level, typename M::W address) {
  using W = typename M::W;
  const W restored = m.restored_at(level, address);
  if (restored == 0u) {
    m.halt(Termination::sleeps, "migration_entry_wait", "the migration never ends");
    return W(0);
  }
  m.store(level, address, restored);
  m.note("migration_entry_wait", "the migration ended", level, address, restored);
  return W(0);
}

/// do_pte_missing()
template <class M>
typename M::W do_pte_missing(M& m, VmFaultSite<M>& s) {
  if (m.w.vmas[s.vma].kind == VmaKind::anonymous) return do_anonymous_page(m, s);
  return do_fault(m, s);
}

/// handle_pte_marker()
template <class M>
typename M::W handle_pte_marker(M& m, VmFaultSite<M>& s) {
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "handle_pte_marker";
  W bits = arch.swp_offset(s.orig);
  if (!m.era.poison_markers) bits = bits & kMarkerUffdWp;  // the one bit known (V26)
  if (m.w.vmas[s.vma].kind == VmaKind::anonymous && !m.since(&Era::anon_markers, Known::V39)) {
    m.warn(Warn::empty_marker, fn, "a marker in anonymous memory");
    return W(VM_FAULT_SIGBUS);
  }
  if (bits == 0u) {
    m.warn(Warn::empty_marker, fn, "an empty marker");
    return W(VM_FAULT_SIGBUS);
  }
  if ((bits & kMarkerPoisoned) != 0u) {
    m.switched(Known::V26);
    m.note(fn, "poisoned by userfaultfd");
    return W(VM_FAULT_HWPOISON);
  }
  if ((bits & kMarkerUffdWp) != 0u) {
    if ((m.w.vmas[s.vma].flags & VM_UFFD_WP) != 0u) return do_pte_missing(m, s);
    m.store(Level::pte, s.address, W(0));
    m.note(fn, "clears a left-over uffd-wp marker");
    return W(0);
  }
  return W(VM_FAULT_SIGBUS);
}

/// The end of swap_in() before c18160dba5ff: only a write makes the entry writable, and a
/// uffd-wp bit takes that back without another word (C05). `e`: the entry so far.
template <class M>
typename M::W swap_in_before_v6_11(M& m, VmFaultSite<M>& s, typename M::W e, typename M::B write) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  e = D::select(write, maybe_mkwrite(m, s.vma, arch.mkdirty(e)), e);
  e = D::select(arch.swp_uffd_wp(s.orig), arch.wrprotect(e), e);
  m.store(Level::pte, s.address, e);
  m.note("do_swap_page", "reads the page in from swap", Level::pte, s.address, e);
  return W(VM_FAULT_MAJOR) | D::select(write, wrote(m), W(0));
}

/// Swap-in through a synchronous device: the page is read into a fresh folio that
/// never enters the swap cache, so it is exclusive.
template <class M>
typename M::W swap_in(M& m, VmFaultSite<M>& s) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "do_swap_page";
  if (!m.allocate()) return W(VM_FAULT_OOM);
  const int fresh = m.new_folio(0, FolioKind::normal);
  m.folio(fresh).anon = m.folio(fresh).exclusive = typename M::B(true);
  map_one(m, fresh);
  W e = arch.make_entry(m.folio(fresh).pfn, fault_prot(m, s.vma));
  e = D::select(arch.swp_soft_dirty(s.orig), arch.mksoft_dirty(e), e);
  e = D::select(arch.swp_uffd_wp(s.orig), arch.mkuffd_wp(e), e);
  const auto may_write = (m.w.vmas[s.vma].flags & VM_WRITE) != 0u && !uffd_wp_entry(m, s.vma, e) &&
                         !needs_soft_dirty_wp(m, s.vma, e);
  const auto write = (s.flags & FAULT_FLAG_WRITE) != 0u;
  if (!m.era.swap_in_writable) return swap_in_before_v6_11(m, s, e, write);
  e = D::select(may_write, arch.mkwrite(e), e);
  e = D::select(may_write && write, arch.mkdirty(e), e);
  m.store(Level::pte, s.address, e);
  m.note(fn, "reads the page in from swap", Level::pte, s.address, e);
  if (write && !may_write) {
    s.orig = e;
    const W r = do_wp_page(m, s);
    if ((r & VM_FAULT_ERROR) != 0u) return r & VM_FAULT_ERROR;
    return r | VM_FAULT_MAJOR;
  }
  return W(VM_FAULT_MAJOR);
}

/// do_swap_page(): `s.orig` is neither none nor present.
template <class M>
typename M::W do_swap_page(M& m, VmFaultSite<M>& s) {
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "do_swap_page";
  if (arch.is_migration(m.swap, s.orig)) return migration_entry_wait(m, Level::pte, s.address);
  if (arch.is_hwpoison(m.swap, s.orig)) {
    m.note(fn, "a poisoned page");
    return W(VM_FAULT_HWPOISON);
  }
  if (arch.is_marker(m.swap, s.orig)) return handle_pte_marker(m, s);
  if (arch.swp_type(s.orig) < std::uint64_t{m.swap.max_swapfiles}) return swap_in(m, s);
  m.halt(Termination::out_of_bounds, fn, "device memory is not modelled");
  return W(VM_FAULT_SIGBUS);
}

}  // namespace gupdiff
