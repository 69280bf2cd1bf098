// SPDX-License-Identifier: GPL-2.0-only
// The hardware's own view: what the MMU would translate an address to, entry by entry
// as the architecture's manual says, not as the kernel's predicates do.
#pragma once

#include "model/machine/slots.hpp"

namespace gupdiff {

/// Result of a hardware page walk.
template <class D>
struct Translation {
  typename D::Cond present{false};   ///< a translation exists
  typename D::Cond writable{false};  ///< R/W set at every level
  typename D::Word pfn{};            ///< base page the address translates to
};

/// Walks the entries of `w` for `address` as the MMU does.
template <class D>
Translation<D> hardware_walk(const World<D>& w, typename D::Word address) {
  using B = typename D::Cond;
  Translation<D> t;
  B writable = B(true);
  const Geometry& g = geometry_of(w.config);
  for (int l = static_cast<int>(g.top); l >= 0; --l) {
    const Level level = static_cast<Level>(l);
    const HardwareStep<D> s = hardware_step<D>(w.config.arch, g, level, entry_at<D>(w, level, address));
    if (!s.valid) return t;
    writable = writable && s.writable;
    if (l == 0 || D::truth(s.leaf)) {
      t.present = B(true);
      t.writable = writable;
      const std::uint64_t in_leaf = (std::uint64_t{1} << g.leaf_order(level)) - 1;
      t.pfn = s.frame | ((address >> g.page_shift) & (s.from_address | in_leaf));
      return t;
    }
    const Level child = static_cast<Level>(l - 1);
    if (s.table != g.table_pfn(child, slot_key<D>(g, child, address))) return t;
  }
  return t;
}

}  // namespace gupdiff
