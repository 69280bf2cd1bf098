// SPDX-License-Identifier: GPL-2.0-only
// The four facets of an outcome and when two outcomes are equal in one: the
// relation every comparison uses, over any domain.
#pragma once

#include <string_view>

#include "model/machine/machine.hpp"

namespace gupdiff {

/// The facets, compared separately.
enum class Facet : std::uint8_t { result, effect, protocol, cost };
inline constexpr int kFacets = 4;
constexpr std::string_view facet_name(Facet f) {
  constexpr std::string_view names[] = {"result", "effect", "protocol", "cost"};
  return names[static_cast<int>(f)];
}

/// Equality of two outcomes of the same initial world.
template <class D>
struct FacetRelation {
  using W = typename D::Word;
  using B = typename D::Cond;
  const World<D>& initial;
  const Machine<D>& a;
  const Machine<D>& b;

  static B same(B x, B y) { return D::select(x, y, !y); }

  /// Whether the folios, or the entries of all levels, are the same byte for byte, which settles most
  /// comparisons of machine words; terms are compared one by one.
  bool same_folios() const {
    if constexpr (D::symbolic) return false;
    else return a.w.folios.byte_difference(b.w.folios) == 0;
  }
  bool same_slots() const {
    if constexpr (D::symbolic) return false;
    std::uint64_t differs = 0;
    for (int l = 0; l < kSlotLists; ++l) {
      if constexpr (!D::symbolic) differs |= a.w.slots[l].byte_difference(b.w.slots[l]);
    }
    return differs == 0;
  }

  /// The same frames at the same positions, however they were batched.
  B pages() const {
    B equal = B(true);
    std::size_t i = 0, j = 0;
    std::uint32_t in_x = 0, in_y = 0;  // pages of the current runs already compared
    while (i < a.pages.size() && j < b.pages.size()) {
      const auto &x = a.pages[i], &y = b.pages[j];
      if (x.index + in_x != y.index + in_y) return B(false);
      equal = equal && (x.pfn + std::uint64_t{in_x}) == (y.pfn + std::uint64_t{in_y});
      const std::uint32_t left_x = x.count - in_x, left_y = y.count - in_y;
      const std::uint32_t step = left_x < left_y ? left_x : left_y;
      in_x = step == left_x ? (++i, 0) : in_x + step;
      in_y = step == left_y ? (++j, 0) : in_y + step;
    }
    return equal && B(i == a.pages.size() && j == b.pages.size());
  }
  /// References and pins of every folio.
  B references() const {
    if (a.w.folios.size() != b.w.folios.size()) return B(false);
    if (same_folios()) return B(true);
    B equal = B(true);
    for (std::size_t i = 0; i < a.w.folios.size(); ++i) {
      const auto &x = a.w.folios[i], &y = b.w.folios[i];
      equal = equal && x.refcount == y.refcount && x.pincount == y.pincount;
    }
    return equal;
  }
  B result() const {
    if (a.termination != b.termination) return B(false);
    if (a.halted()) return B(true);
    return a.ret == b.ret && a.now_locked == b.now_locked && pages() && references();
  }

  /// Entries of one level after the walks.
  B slots(int level) const {
    const auto &x = a.w.slots[level], &y = b.w.slots[level];
    const std::size_t before = initial.slots[level].size();
    B equal = B(true);
    for (std::size_t i = 0; i < before; ++i) equal = equal && x[i].value == y[i].value && x[i].stride == y[i].stride;
    bool in_step = x.size() == y.size();
    for (std::size_t i = before; in_step && i < x.size(); ++i)
      in_step = x[i].count == y[i].count && D::truth(x[i].first == y[i].first);
    if (in_step) {
      for (std::size_t i = before; i < x.size(); ++i)
        equal = equal && x[i].value == y[i].value && x[i].stride == y[i].stride;
      return equal;
    }
    // Written in another order: every slot one of them wrote reads the same in both.
    for (const auto* side : {&x, &y})
      for (std::size_t i = before; i < side->size(); ++i)
        for (std::uint32_t k = 0; k < (*side)[i].count; ++k) {
          const W address = ((*side)[i].first + std::uint64_t{k}) << a.arch.shift(static_cast<Level>(level));
          equal = equal && a.peek(static_cast<Level>(level), address) == b.peek(static_cast<Level>(level), address);
        }
    return equal;
  }
  B folio_state() const {
    if (a.w.folios.size() != b.w.folios.size()) return B(false);
    if (same_folios()) return B(true);
    B equal = B(true);
    for (std::size_t i = 0; i < a.w.folios.size(); ++i) {
      const auto &x = a.w.folios[i], &y = b.w.folios[i];
      equal = equal && x.pfn == y.pfn && x.mapcount == y.mapcount && same(x.anon, y.anon) &&
              same(x.exclusive, y.exclusive) && same(x.dirty, y.dirty) && same(x.referenced, y.referenced);
    }
    return equal;
  }
  B faults() const {
    if (a.faults.size() != b.faults.size()) return B(false);
    B equal = B(true);
    for (std::size_t i = 0; i < a.faults.size(); ++i) {
      const auto &x = a.faults[i], &y = b.faults[i];
      equal = equal && x.address == y.address && x.flags == y.flags && x.result == y.result;
    }
    return equal;
  }
  B effect() const {
    if (a.termination != b.termination || a.warns != b.warns || a.pgmap_refs != b.pgmap_refs) return B(false);
    if (a.w.page_cache.size() != b.w.page_cache.size()) return B(false);
    B equal = faults() && folio_state() && a.w.env.huge_pool == b.w.env.huge_pool;
    if (same_slots()) return equal;
    for (int l = 0; l < kSlotLists; ++l) equal = equal && slots(l);
    return equal;
  }

  static B same_lock(const Lock<D>& x, const Lock<D>& y) {
    if (x.kind != y.kind) return B(false);
    return x.object == y.object;
  }
  B protocol() const {
    if (a.acquired.size() != b.acquired.size() || a.accesses.size() != b.accesses.size()) return B(false);
    B equal = B(true);
    for (std::size_t i = 0; i < a.acquired.size(); ++i) equal = equal && same_lock(a.acquired[i], b.acquired[i]);
    for (std::size_t i = 0; i < a.accesses.size(); ++i) {
      const auto &x = a.accesses[i], &y = b.accesses[i];
      if (x.kind != y.kind || x.level != y.level || x.vma_lock != y.vma_lock) return B(false);
      equal = equal && x.slot == y.slot && same_lock(x.ptl, y.ptl);
    }
    return equal;
  }
  B cost() const {
    return B(a.cost.walks == b.cost.walks && a.cost.lockless_reads == b.cost.lockless_reads &&
             a.cost.locked_reads == b.cost.locked_reads && a.cost.locks == b.cost.locks);
  }
};

/// Whether `a` and `b` are equal in every facet. One straight line for fuzzing.
template <class D>
typename D::Cond all_facets_equal(const World<D>& initial, const Machine<D>& a, const Machine<D>& b) {
  const FacetRelation<D> r{initial, a, b};
  return r.cost() && r.result() && r.protocol() && r.effect();
}

/// Whether `a` and `b`, both run on `initial`, are equal in `facet`.
template <class D>
typename D::Cond facet_equal(Facet facet, const World<D>& initial, const Machine<D>& a, const Machine<D>& b) {
  const FacetRelation<D> r{initial, a, b};
  switch (facet) {
    case Facet::result: return r.result();
    case Facet::effect: return r.effect();
    case Facet::protocol: return r.protocol();
    case Facet::cost: break;
  }
  return r.cost();
}

}  // namespace gupdiff
