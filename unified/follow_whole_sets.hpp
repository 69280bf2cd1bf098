// SPDX-License-Identifier: GPL-2.0-only
// A variant of the unified walk that no kernel has: where the entry found belongs to a
// contiguous set, the page mask covers the set instead of the one entry (facts D14). It
// shows what handling contiguous sets in follow_page would give back; it is not registered.
#pragma once

#include "unified/follow_page.hpp"

namespace gupdiff::unified {

/// follow_page_mask() "with contiguous sets handled": same lookups, same locks, same entries
/// read; only how far the caller may go on without another lookup differs.
struct FollowWholeSets {
  template <class M>
  Lookup<typename M::Domain> operator()(M& m, int vma, typename M::W address, typename M::W flags) const {
    using L = Lookup<typename M::Domain>;
    L l = FollowPage{}(m, vma, address, flags);
    const auto& v = m.w.vmas[vma];
    if (l.kind != L::Kind::page || v.kind != VmaKind::hugetlb) return l;
    const HugetlbSize& size = m.hugetlb_size(v);
    if (size.entries() == 1) return l;
    const std::uint32_t entry_mask = (1u << m.arch.geometry().leaf_order(size.level)) - 1;
    if (l.page_mask == entry_mask && m.folio(l.folio).order == size.order)
      l.page_mask = (1u << size.order) - 1;
    return l;
  }
};

}  // namespace gupdiff::unified
