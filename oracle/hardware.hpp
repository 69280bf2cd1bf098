// SPDX-License-Identifier: GPL-2.0-only
// The hardware's own view: what an x86-64 MMU would translate an address to,
// written from the Intel SDM (vol. 3, 4.5), not from the kernel's predicates.
#pragma once

#include "model/machine/slots.hpp"

namespace gupdiff {

/// Result of a hardware page walk.
template <class D>
struct Translation {
  typename D::Cond present{false};   ///< a translation exists
  typename D::Cond writable{false};  ///< R/W set at every level
  typename D::Word pfn{};            ///< 4 KiB frame the address translates to
};

/// Walks the entries of `w` for `address` as the MMU does: P at every level, PS at the
/// 1G and 2M levels, R/W the conjunction of all levels.
template <class D>
Translation<D> hardware_walk(const World<D>& w, typename D::Word address) {
  using W = typename D::Word;
  using B = typename D::Cond;
  constexpr std::uint64_t kFrame = 0x000ffffffffff000ull;  // bits 12..51
  Translation<D> t;
  B writable = B(true);
  const Geometry& g = geometry_of(w.config);
  const int top = static_cast<int>(g.top);
  for (int l = top; l >= 0; --l) {
    const Level level = static_cast<Level>(l);
    const W e = entry_at<D>(w, level, address);
    if ((e & 1u) == 0u) return t;
    writable = writable && (e & 2u) != 0u;
    const bool may_be_leaf = l <= 2;
    if (l == 0 || (may_be_leaf && D::truth((e & 0x80u) != 0u))) {
      const std::uint64_t page_mask = (std::uint64_t{1} << (9 * l)) - 1;
      const W frame = ((e & kFrame) >> 12) & ~page_mask;
      t.present = B(true);
      t.writable = writable;
      t.pfn = frame | ((address >> 12) & page_mask);
      return t;
    }
    const Level child = static_cast<Level>(l - 1);
    if ((e & kFrame) >> 12 != g.table_pfn(child, slot_key<D>(g, child, address))) return t;
  }
  return t;
}

}  // namespace gupdiff
