// SPDX-License-Identifier: GPL-2.0-only
// follow_page_mask() of v6.9: hugetlb goes its own way at the top (facts 1.9),
// everything else through the generic walk.
#pragma once

#include "legacy/v6_9_hugetlb.hpp"

namespace gupdiff::legacy_v6_9 {

/// The walk. `Rows` is PlainKernel for the kernel itself; with KnownRows it answers as
/// the catalogue says the unified walk does.
template <class Rows = PlainKernel>
struct FollowPage {
  Rows known{};

  template <class M>
  Lookup<typename M::Domain> operator()(M& m, int vma, typename M::W address, typename M::W flags) const {
    const auto& arch = m.arch;
    using L = Lookup<typename M::Domain>;
    constexpr const char* fn = "follow_page_mask";
    if (m.w.vmas[vma].kind == VmaKind::hugetlb)
      return hugetlb_follow_page_mask(m, known, vma, address, flags);
    if (m.top() == Level::pgd) {
      const auto e = m.read(fn, Level::pgd, address);
      if (arch.pgd_none(e) || arch.pgd_bad(e)) return no_page_table(m, vma, flags, address);
      if (!m.enter_table(fn, Level::p4d, e, address)) return L::fault();
    }
    return follow_p4d_mask(m, known, vma, address, flags);
  }
};

}  // namespace gupdiff::legacy_v6_9
