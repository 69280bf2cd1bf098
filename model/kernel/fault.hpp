// SPDX-License-Identifier: GPL-2.0-only
// handle_mm_fault() and faultin_page(): how a lookup that found nothing asks for
// the page, and what the answer means to it (facts 1.4, 5.1).
#pragma once

#include "model/kernel/hugetlb_fault.hpp"
#include "model/kernel/mm_fault.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// arch_vma_access_permitted() for an access to data: protection keys bind only the
/// task's own accesses.
template <class D>
typename D::Cond vma_access_permitted(const Vma<D>& v, typename D::Cond write, typename D::Cond foreign) {
  return foreign || !(v.pkey_no_access || (write && v.pkey_no_write));
}

/// sanitize_fault_flags() and the access check: 0 to go on, else VM_FAULT_SIGSEGV.
/// May drop UNSHARE from `flags`.
template <class M>
typename M::W fault_gate(M& m, int vma, typename M::W& flags) {
  using D = typename M::Domain;
  using W = typename M::W;
  constexpr const char* fn = "sanitize_fault_flags";
  const auto& v = m.w.vmas[vma];
  const auto cow = is_cow_mapping<D>(v);
  if (!m.era.fault_flags_sanitized) {
    // before v6.2 (V25)
  } else if ((flags & FAULT_FLAG_UNSHARE) != 0u) {
    if ((flags & FAULT_FLAG_WRITE) != 0u) {
      m.warn(Warn::fault_gate, fn, "UNSHARE together with WRITE");
      return W(VM_FAULT_SIGSEGV);
    }
    // Only COW mappings are unshared; elsewhere this is an ordinary read fault.
    flags = D::select(cow, flags, flags & ~std::uint64_t{FAULT_FLAG_UNSHARE});
  } else if ((flags & FAULT_FLAG_WRITE) != 0u) {
    if ((v.flags & VM_MAYWRITE) == 0u || ((v.flags & VM_WRITE) == 0u && !cow)) {
      m.warn(Warn::fault_gate, fn, "write fault on a mapping that cannot be written");
      return W(VM_FAULT_SIGSEGV);
    }
  }
  const auto write = (flags & FAULT_FLAG_WRITE) != 0u;
  const auto foreign = (flags & FAULT_FLAG_REMOTE) != 0u;
  if (!vma_access_permitted<D>(v, write, foreign)) {
    m.note("handle_mm_fault", "protection key denies the access");
    return W(VM_FAULT_SIGSEGV);
  }
  return W(0);
}

/// handle_mm_fault(). Records the fault with the flags it was called with. Returns VM_FAULT_ bits.
template <class M>
typename M::W handle_mm_fault(M& m, int vma, typename M::W address, typename M::W flags) {
  using W = typename M::W;
  const W page = address & m.arch.geometry().page_mask();
  const std::size_t record = m.faults.size();
  m.faults.push_back({page, flags, W(0)});
  m.may_sleep();
  m.note("handle_mm_fault", "faults", flags);
  W effective = flags;
  W result = fault_gate(m, vma, effective);
  if (result == 0u) {
    result = m.w.vmas[vma].kind == VmaKind::hugetlb ? hugetlb_fault(m, vma, page, effective)
                                                    : generic_fault(m, vma, page, effective);
  }
  m.faults[record].result = result;
  m.note("handle_mm_fault", "answers", result);
  return result;
}

/// What follow_hugetlb_page() of v6.1 does instead: hugetlb_fault() at once, without the
/// checks and the record of handle_mm_fault() (facts 1.8 step 5; V04).
template <class M>
typename M::W fault_hugetlb_directly(M& m, int vma, typename M::W address, typename M::W flags) {
  const typename M::W page = address & m.arch.geometry().page_mask();
  const std::size_t record = m.hugetlb_faults.size();
  m.hugetlb_faults.push_back({page, flags, typename M::W(0)});
  m.may_sleep();
  m.note("hugetlb_fault", "faults", flags);
  const typename M::W result = hugetlb_fault(m, vma, page, flags);
  m.hugetlb_faults[record].result = result;
  m.note("hugetlb_fault", "answers", result);
  return result;
}

/// faultin_page(), facts 1.4. `locked` is *locked. Returns 0 or a positive errno.
template <class M>
int faultin_page(M& m, int vma, typename M::W address, typename M::W flags, bool unshare, bool& locked) {
  using D = typename M::Domain;
  using W = typename M::W;
  constexpr const char* fn = "faultin_page";
  const bool hugetlb = m.w.vmas[vma].kind == VmaKind::hugetlb;
  if (D::truth((flags & FOLL_NOFAULT) != 0u) && (!hugetlb || m.since(&Era::hugetlb_nofault, Known::V02))) {
    m.note(fn, "NOFAULT");
    return E_FAULT;
  }
  const auto on = [&](std::uint64_t foll, std::uint64_t fault) {
    return D::select((flags & foll) != 0u, W(fault), W(0));
  };
  const bool directly = hugetlb && !m.since(&Era::hugetlb_through_mm_fault, Known::V04);
  W ff = on(FOLL_WRITE, FAULT_FLAG_WRITE) | (directly ? W(0) : on(FOLL_REMOTE, FAULT_FLAG_REMOTE)) |
         on(FOLL_UNLOCKABLE, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE) |
         on(FOLL_NOWAIT, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT) |
         on(FOLL_TRIED, FAULT_FLAG_TRIED);
  // The retry may be cut short by any signal only where the lock may be dropped.
  if (m.era.interruptible && !directly) ff = ff | D::select((flags & (FOLL_UNLOCKABLE | FOLL_INTERRUPTIBLE)) ==
                          std::uint64_t{FOLL_UNLOCKABLE | FOLL_INTERRUPTIBLE},
                      W(FAULT_FLAG_INTERRUPTIBLE), W(0));
  if (unshare) ff = ff | std::uint64_t{FAULT_FLAG_UNSHARE};
  const W r = directly ? fault_hugetlb_directly(m, vma, address, ff) : handle_mm_fault(m, vma, address, ff);
  if (m.halted()) return 0;
  if ((r & VM_FAULT_COMPLETED) != 0u) {
    locked = false;
    return E_AGAIN;
  }
  if ((r & VM_FAULT_ERROR) != 0u) {
    if ((r & VM_FAULT_OOM) != 0u) return E_NOMEM;
    if ((r & (VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE)) != 0u) {
      if ((flags & FOLL_HWPOISON) != 0u) return E_HWPOISON;
      return E_FAULT;
    }
    if ((r & (VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)) != 0u) return E_FAULT;
    m.halt(Termination::bug, fn, "an error that is no errno");
    return 0;
  }
  if ((r & VM_FAULT_RETRY) != 0u) {
    if ((ff & FAULT_FLAG_RETRY_NOWAIT) == 0u) locked = false;
    return E_BUSY;
  }
  return 0;
}

}  // namespace gupdiff
