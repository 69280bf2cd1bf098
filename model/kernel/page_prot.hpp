// SPDX-License-Identifier: GPL-2.0-only
// vm_page_prot and mk_pte: the flag bits and frame encoding of a new entry
// (x86 protection map, facts 4.1).
#pragma once

#include "model/machine/machine.hpp"

namespace gupdiff {

/// vm_get_page_prot() of the VMA's flags, protection key included: PAGE_NONE without
/// access flags, else PRESENT|USER|ACCESSED, RW only for a shared writable mapping,
/// NX without VM_EXEC.
template <class D>
typename D::Word page_prot(const Vma<D>& v) {
  using W = typename D::Word;
  using namespace x86_64;
  const W shared_write = D::select((v.flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE), W(RW), W(0));
  const W nx = D::select((v.flags & VM_EXEC) != 0u, W(0), W(NX));
  const W accessible = W(PRESENT | USER | ACCESSED) | shared_write | nx;
  return D::select((v.flags & VM_ACCESS_FLAGS) != 0u, accessible, W(kPageNone)) |
         (std::uint64_t{v.pkey} << 59);
}

/// The same for a mapping that wants write notification: without RW.
template <class D>
typename D::Word page_prot_notify(const Vma<D>& v) {
  return page_prot<D>(v) & ~std::uint64_t{x86_64::RW};
}

/// mk_pte(): frame and protection, the frame inverted when `prot` is not present.
template <class D>
typename D::Word make_entry(typename D::Word pfn, typename D::Word prot) {
  using W = typename D::Word;
  const W frame = D::select((prot & x86_64::PRESENT) != 0u, pfn << 12, ~(pfn << 12)) & x86_64::kPfnMask;
  return frame | prot;
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
