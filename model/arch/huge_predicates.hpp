// SPDX-License-Identifier: GPL-2.0-only
// pmd_huge() and pud_huge() as kernels up to v6.9 had them, hugetlb being configured; d0973cb9b475 and its
// series made pmd_leaf() and pud_leaf() of them (facts 4.1, 4.2). Of the modelled walks GUP-fast alone asks them.
#pragma once

#include "model/arch/arch.hpp"

namespace gupdiff {

/// pmd_huge() or pud_huge() of any word.
template <class D>
typename D::Cond pxd_huge_v6_9(const Arch<D>& arch, Level level, typename D::Word e) {
  if (arch.id() == Architecture::x86_64)  // arch/x86/mm/hugetlbpage.c
    return !arch.none(e) && (e & (x86_64::PRESENT | x86_64::PSE)) != x86_64::PRESENT;
  if (arch.id() == Architecture::arm64)  // arch/arm64/mm/hugetlbpage.c
    return e != 0u && (e & arm64::TABLE) == 0u;
  // Where they were other names of pXd_leaf().
  return level == Level::pud ? arch.pud_leaf(kV6_9, e) : arch.pmd_leaf(e);
}

/// Entries that no PTE predicate calls present, and that pXd_huge() takes for huge.
template <class D>
typename D::Cond pxd_huge_of_absent(const Arch<D>& arch, typename D::Word e) {
  if (arch.id() == Architecture::x86_64) return arch.is_swap(e);
  if (arch.id() == Architecture::arm64) return arch.is_swap(e) && (e & arm64::TABLE) == 0u;
  return typename D::Cond(false);
}

/// Present entries that pXd_huge() and pXd_leaf() (whose answer is `leaf`) see differently.
template <class D>
typename D::Cond pxd_huge_apart_if_present(const Arch<D>& arch, typename D::Word e, typename D::Cond leaf) {
  if (arch.id() == Architecture::x86_64) return arch.protnone(e) && !leaf;
  // Without the valid bit, and with the one that says table.
  if (arch.id() == Architecture::arm64) return leaf && (e & arm64::TABLE) != 0u;
  return typename D::Cond(false);
}

}  // namespace gupdiff
