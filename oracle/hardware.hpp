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
  typename D::Word set_head{};       ///< first base page of the set of entries it is translated by; else the same
};

/// What directory `e` of hugetlb entries (powerpc, facts 4.4) leads `address` to. The miss handlers
/// look the entry of the huge page's first address up, whatever `address` is.
template <class D>
Translation<D> hugepd_walk(const World<D>& w, typename D::Word e, typename D::Word address) {
  Translation<D> t;
  const Arch<D> arch(w.config);
  const HugetlbSize* size = arch.hugepd_size(e);
  if (!size) return t;
  const std::uint64_t in_page = (std::uint64_t{1} << size->order) - 1;
  const auto head = address & ~((arch.page_size() << size->order) - 1);
  const HardwareStep<D> s =
      hardware_step<D>(w.config.arch, arch.geometry(), Level::hugepte, entry_at<D>(w, Level::hugepte, head));
  t.present = s.valid;
  t.writable = s.writable;
  t.pfn = (s.frame & ~in_page) | ((address >> arch.page_shift()) & in_page);
  return t;
}

/// Walks the entries of `w` for `address` as the MMU does.
template <class D>
Translation<D> hardware_walk(const World<D>& w, typename D::Word address) {
  using B = typename D::Cond;
  Translation<D> t;
  B writable = B(true);
  const Geometry& g = geometry_of(w.config);
  for (int l = static_cast<int>(g.top); l >= 0; --l) {
    const Level level = static_cast<Level>(l);
    const auto e = entry_at<D>(g, w, level, address);
    if (g.has_hugepd && l > 0 && D::truth(Arch<D>(w.config).is_hugepd(level, e))) return hugepd_walk<D>(w, e, address);
    const HardwareStep<D> s = hardware_step<D>(w.config.arch, g, level, e);
    if (!s.valid) return t;
    writable = writable && s.writable;
    if (l == 0 || D::truth(s.leaf)) {
      t.present = B(true);
      t.writable = writable;
      const std::uint64_t in_leaf = (std::uint64_t{1} << g.leaf_order(level)) - 1;
      t.pfn = s.frame | ((address >> g.page_shift) & (s.from_address | in_leaf));
      t.set_head = s.frame | ((address >> g.page_shift) & in_leaf);
      return t;
    }
    const Level child = static_cast<Level>(l - 1);
    if (s.table != g.table_pfn(child, slot_key<D>(g, child, address))) return t;
  }
  return t;
}

}  // namespace gupdiff
