// SPDX-License-Identifier: GPL-2.0-only
// The permission questions the generic walk asks of an entry: NUMA hints
// (gup_can_follow_protnone) and FOLL_FORCE writes (can_follow_write_pte/pmd), facts 1.10.
#pragma once

#include "model/kernel/lookup.hpp"

namespace gupdiff {

/// gup_can_follow_protnone(): before v6.6 FORCE alone let a walk pass a NUMA hint (V13).
template <class M>
typename M::B gup_can_follow_protnone(const M& m, int vma, typename M::W flags) {
  using D = typename M::Domain;
  if (!m.era.numa_hints_on_request) return (flags & FOLL_FORCE) != 0u;
  return (flags & FOLL_HONOR_NUMA_FAULT) == 0u || !vma_is_accessible<D>(m.w.vmas[vma]);
}

/// can_follow_write_pte() and can_follow_write_pmd(): a writable entry, or a
/// FOLL_FORCE write that already broke COW. `folio` is -1 for an entry without page.
template <class M>
typename M::B can_follow_write(const M& m, int vma, typename M::W flags, typename M::W e, int folio) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  const auto& v = m.w.vmas[vma];
  if (folio < 0) return arch.write(e);
  const auto& f = m.w.folios[folio];
  const auto forced = (flags & FOLL_FORCE) != 0u &&
                      (v.flags & (VM_MAYSHARE | VM_SHARED)) == 0u &&
                      (v.flags & (VM_MAYWRITE | VM_WRITE)) == std::uint64_t{VM_MAYWRITE} &&
                      f.anon && f.exclusive &&
                      !(vma_soft_dirty_enabled<D>(m.w.config, v) && !arch.soft_dirty(e)) &&
                      !((v.flags & VM_UFFD_WP) != 0u && arch.uffd_wp(e));
  return arch.write(e) || forced;
}

}  // namespace gupdiff
