// SPDX-License-Identifier: GPL-2.0-only
// What one lookup of follow_page_mask() answers, and the no_page_table() rule
// for lookups that found nothing (facts 0.4, 1.6).
#pragma once

#include "model/kernel/page_prot.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// Result of follow_page_mask(): N (fault needed), an error pointer, or a page.
template <class D>
struct Lookup {
  using W = typename D::Word;
  enum class Kind : std::uint8_t { none, error, page };
  Kind kind = Kind::none;
  int error = 0;                ///< positive errno when kind == error
  int folio = -1;               ///< index of the page's folio when kind == page
  std::uint32_t page_mask = 0;  ///< ctx.page_mask: base pages of the leaf minus one (facts 4.5)
  W pfn{};                      ///< frame of the page when kind == page

  static Lookup fault() { return {}; }
  static Lookup fail(int err) {
    Lookup l;
    l.kind = Kind::error;
    l.error = err;
    return l;
  }
  static Lookup page(W frame, int folio, std::uint32_t mask) {
    Lookup l;
    l.kind = Kind::page;
    l.pfn = frame;
    l.folio = folio;
    l.page_mask = mask;
    return l;
  }
};

/// hugetlbfs_pagecache_present(): does the file hold the huge page around
/// `address`? Lockless; never looks at the page table.
template <class M>
bool hugetlbfs_pagecache_present(M& m, int vma, typename M::W address) {
  const auto& v = m.w.vmas[vma];
  m.accesses.push_back({AccessKind::pagecache_probe, Level::pte, m.vma_lock_depth > 0, m.ptl,
                        address >> (m.arch.page_shift() + v.huge_order)});
  const bool present = m.find_cached(v.file, m.file_index(v, address)) >= 0;
  m.note("hugetlbfs_pagecache_present", present ? "page cache holds it" : "page cache does not hold it");
  return present;
}

/// no_page_table(), facts 1.6: FOLL_DUMP turns a hole nobody could fill into
/// -EFAULT. Hugetlb takes part from 878b0c451621 on.
template <class M>
Lookup<typename M::Domain> no_page_table(M& m, int vma, typename M::W flags, typename M::W address) {
  using L = Lookup<typename M::Domain>;
  const auto& v = m.w.vmas[vma];
  if ((flags & FOLL_DUMP) == 0u) return L::fault();
  if (v.kind == VmaKind::hugetlb) {
    if (m.era.unified && !hugetlbfs_pagecache_present(m, vma, address)) return L::fail(E_FAULT);
    return L::fault();
  }
  if (v.kind == VmaKind::anonymous || v.kind == VmaKind::device) {
    m.note("no_page_table", "a dump skips the hole");
    return L::fail(E_FAULT);
  }
  return L::fault();
}

}  // namespace gupdiff
