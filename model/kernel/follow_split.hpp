// SPDX-License-Identifier: GPL-2.0-only
// FOLL_SPLIT_PMD: the huge PMD is split and the walk goes on below it
// (follow_pmd_mask step 7, facts 1.10).
#pragma once

#include "model/kernel/follow_page_pte.hpp"
#include "model/kernel/page_tables.hpp"
#include "model/kernel/split.hpp"

namespace gupdiff {

/// Splits the PMD leaf at `address` and follows the PTE below; no lock is held.
/// Splitting a hugetlb PMD destroys the mapping (D42): Termination::bug.
template <class M>
Lookup<typename M::Domain> split_and_follow(M& m, int vma, typename M::W address, typename M::W flags) {
  using L = Lookup<typename M::Domain>;
  if (m.w.vmas[vma].kind == VmaKind::hugetlb) {
    m.halt(Termination::bug, "split_huge_pmd", "splits a hugetlb PMD (D42)");
    return L::fault();
  }
  const auto& arch = m.arch;
  int folio = -1;
  if (!m.era.split_zero_is_plain) folio = m.find_folio(arch.leaf_pfn(Level::pmd, m.peek(Level::pmd, address)));
  split_huge_pmd(m, vma, address);
  if (m.halted()) return L::fault();
  if (folio >= 0 && m.w.folios[folio].kind == FolioKind::huge_zero) {
    // pmd_trans_unstable(): the zero page of a file was only unmapped (V29).
    const auto pmd = m.peek(Level::pmd, address);
    if (arch.none(pmd)) return L::fail(E_BUSY);
    return follow_page_pte(m, vma, address, flags);
  }
  if (!alloc_tables(m, Level::pte, address)) return L::fail(E_NOMEM);
  return follow_page_pte(m, vma, address, flags);
}

}  // namespace gupdiff
