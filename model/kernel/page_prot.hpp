// SPDX-License-Identifier: GPL-2.0-only
// vm_page_prot and what follows from a VMA's flags about access, COW and
// soft-dirty tracking.
#pragma once

#include "model/machine/machine.hpp"

namespace gupdiff {

/// vm_get_page_prot() of the VMA's flags, protection key included.
template <class M>
typename M::W page_prot(const M& m, const Vma<typename M::Domain>& v) {
  return m.arch.page_prot(v.flags, v.pkey);
}

/// The same for a mapping that wants write notification: not writable.
template <class M>
typename M::W page_prot_notify(const M& m, const Vma<typename M::Domain>& v) {
  return m.arch.prot_without_write(page_prot(m, v));
}

/// vma_is_accessible()
template <class D>
typename D::Cond vma_is_accessible(const Vma<D>& v) {
  return (v.flags & VM_ACCESS_FLAGS) != 0u;
}
/// is_cow_mapping(): private and potentially writable.
template <class D>
typename D::Cond is_cow_mapping(const Vma<D>& v) {
  return (v.flags & (VM_SHARED | VM_MAYWRITE)) == std::uint64_t{VM_MAYWRITE};
}
/// vma_soft_dirty_enabled(): write faults must be seen to track soft-dirty.
template <class D>
typename D::Cond vma_soft_dirty_enabled(const Config& c, const Vma<D>& v) {
  return c.soft_dirty && (v.flags & VM_SOFTDIRTY) == 0u;
}

}  // namespace gupdiff
