// SPDX-License-Identifier: GPL-2.0-only
// handle_userfault() as a GUP caller sees it (facts 5.4).
#pragma once

#include "model/machine/machine.hpp"

namespace gupdiff {

/// UFFD_FEATURE_WP_ASYNC, where the kernel has it (V27).
template <class M>
typename M::B uffd_wp_is_async(const M& m, int vma) {
  return typename M::B(m.era.uffd_wp_async) && m.w.vmas[vma].uffd_wp_async;
}

/// Answers a userfaultfd event raised under `vma` by a fault with `flags`
/// (FAULT_FLAG_). Returns VM_FAULT_SIGBUS or VM_FAULT_RETRY; a wait that nobody
/// ends halts the machine with Termination::sleeps. When it waits, mmap_lock is
/// dropped. The waker never installs a page: the next fault raises the event again.
template <class M>
typename M::W handle_userfault(M& m, int vma, typename M::W flags) {
  using W = typename M::W;
  constexpr const char* fn = "handle_userfault";
  if (m.w.vmas[vma].uffd_sigbus) {
    m.note(fn, "FEATURE_SIGBUS");
    return W(VM_FAULT_SIGBUS);
  }
  if ((flags & FAULT_FLAG_ALLOW_RETRY) == 0u) {
    m.note(fn, "the fault may not be retried");
    return W(VM_FAULT_SIGBUS);
  }
  if ((flags & FAULT_FLAG_RETRY_NOWAIT) != 0u) {
    m.note(fn, "may not wait: retry with mmap_lock held");
    return W(VM_FAULT_RETRY);
  }
  if (m.w.env.userfault_wakes < std::uint64_t{++m.userfaults}) {
    m.halt(Termination::sleeps, fn, "waits for userfaultfd for ever");
    return W(VM_FAULT_RETRY);
  }
  m.mmap_locked = false;
  m.note(fn, "waits, drops mmap_lock");
  return W(VM_FAULT_RETRY);
}

}  // namespace gupdiff
