// SPDX-License-Identifier: GPL-2.0-only
// Which VMA an address belongs to and whether GUP may touch it at all
// (gup_vma_lookup, check_vma_flags; facts 1.1, 1.2).
#pragma once

#include "model/kernel/fault.hpp"
#include "model/kernel/page_prot.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// gup_vma_lookup(): index of the VMA that holds `address`, or -1. Stacks do not grow here.
template <class M>
int gup_vma_lookup(M& m, typename M::W address) {
  for (std::size_t i = 0; i < m.w.vmas.size(); ++i) {
    if (address >= m.w.vmas[i].end) continue;
    if (address >= m.w.vmas[i].start) return static_cast<int>(i);
    return -1;
  }
  return -1;
}

/// The last part of check_vma_flags(), what the mapping lets the caller do: 0 or a positive errno (facts 1.1 rows 6 to 8).
template <class M>
int check_vma_access(M& m, int vma, typename M::W flags) {
  using D = typename M::Domain;
  constexpr const char* fn = "check_vma_flags";
  const auto& v = m.w.vmas[vma];
  const auto write = (flags & FOLL_WRITE) != 0u;
  const auto force = (flags & FOLL_FORCE) != 0u;
  if (write) {
    // Writeback file systems cannot have pages written behind their back for long.
    const bool dirty_tracked = v.kind == VmaKind::file;
    if (dirty_tracked && m.era.longterm_dirty_tracking &&
        ((flags & (FOLL_PIN | FOLL_LONGTERM)) == std::uint64_t{FOLL_PIN | FOLL_LONGTERM} &&
         (v.flags & (VM_SHARED | VM_WRITE)) == std::uint64_t{VM_SHARED | VM_WRITE})) {
      m.switched(Known::V33);
      m.note(fn, "longterm write pin of a mapping with dirty tracking");
      return E_FAULT;
    }
    const auto shadow_stack = typename M::B(m.era.shadow_stacks) && (v.flags & VM_SHADOW_STACK) != 0u;
    if ((v.flags & VM_WRITE) == 0u || shadow_stack) {
      if (!force || v.kind == VmaKind::hugetlb || !is_cow_mapping<D>(v)) {
        m.note(fn, "write not permitted");
        return E_FAULT;
      }
    }
  } else if ((v.flags & VM_READ) == 0u) {
    if (!force || (v.flags & VM_MAYREAD) == 0u) {
      m.note(fn, "read not permitted");
      return E_FAULT;
    }
  }
  if (!vma_access_permitted<D>(v, write, (flags & FOLL_REMOTE) != 0u)) {
    m.note(fn, "protection key denies the access");
    return E_FAULT;
  }
  return 0;
}

/// Records that FOLL_SPLIT_PMD is refused on hugetlb (D42) where that decides the answer. Where access is refused as well the
/// errno alone differs: whether the caller sees one, and which, shows at the end of the call.
template <class M>
void record_split_refusal(M& m, int vma, typename M::W flags) {
  if (!m.era.taken_over[static_cast<std::size_t>(Known::D42)]) return;
  if (check_vma_access(m, vma, flags) == 0)
    m.switched(Known::D42);
  else
    m.split_refused_without_access = true;
}

/// check_vma_flags(): 0 or a positive errno, rows in the order of facts 1.1.
template <class M>
int check_vma_flags(M& m, int vma, typename M::W flags) {
  constexpr const char* fn = "check_vma_flags";
  const auto& v = m.w.vmas[vma];
  if ((v.flags & (VM_IO | VM_PFNMAP)) != 0u) {
    m.note(fn, "VM_IO or VM_PFNMAP");
    return E_FAULT;
  }
  if (v.kind != VmaKind::anonymous && (flags & FOLL_ANON) != 0u) {
    m.note(fn, "FOLL_ANON on a mapping that is not anonymous");
    return E_FAULT;
  }
  if (v.kind == VmaKind::fsdax && (flags & FOLL_LONGTERM) != 0u) return E_OPNOTSUPP;
  if (v.kind == VmaKind::hugetlb && m.era.split_pmd_refused && (flags & FOLL_SPLIT_PMD) != 0u) {
    m.note(fn, "FOLL_SPLIT_PMD on hugetlb");
    record_split_refusal(m, vma, flags);
    return E_OPNOTSUPP;
  }
  if (v.kind == VmaKind::secretmem) return E_FAULT;
  return check_vma_access(m, vma, flags);
}

}  // namespace gupdiff
