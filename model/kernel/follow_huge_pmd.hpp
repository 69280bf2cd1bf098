// SPDX-License-Identifier: GPL-2.0-only
// The huge leaf at PMD level: follow_trans_huge_pmd() of the old walk and
// follow_huge_pmd() of the new one do the same steps (facts 1.10).
#pragma once

#include "model/kernel/follow_devmap.hpp"
#include "model/kernel/follow_permission.hpp"
#include "model/kernel/grab.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff {

/// Follows the PMD leaf `e` that maps `address`; the PMD lock is held. `function` is
/// the kernel function of the era.
template <class M>
Lookup<typename M::Domain> follow_pmd_leaf(M& m, const char* function, int vma, typename M::W address,
                                           typename M::W flags, typename M::W e) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using L = Lookup<D>;
  const auto head = arch.pmd_pfn(e);
  const int folio = m.find_folio(head);
  if ((flags & FOLL_WRITE) != 0u && !can_follow_write(m, vma, flags, e, folio)) {
    m.note(function, "write refused by the entry");
    return L::fault();
  }
  if (folio < 0) {
    m.halt(Termination::oops, function, "the leaf's frame has no struct page");
    return L::fault();
  }
  const auto& f = m.w.folios[folio];
  if (f.kind == FolioKind::huge_zero && (flags & FOLL_DUMP) != 0u) return L::fail(E_FAULT);
  if (arch.protnone(e) && !gup_can_follow_protnone(m, vma, flags)) {
    m.note(function, "NUMA hint must be honoured");
    return L::fault();
  }
  if (!arch.write(e) && gup_must_unshare(m, vma, flags, folio)) {
    m.note(function, "must unshare: -EMLINK");
    return L::fail(E_MLINK);
  }
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) return L::fail(err);
  if ((flags & FOLL_TOUCH) != 0u && arch.pmd_trans_huge(e))
    touch_huge(m, "touch_pmd", Level::pmd, address, e, flags);
  return L::page(head + m.page_in(Level::pmd, address), folio, m.leaf_mask(Level::pmd));
}

}  // namespace gupdiff
