// SPDX-License-Identifier: GPL-2.0-only
// The books of a call: references, pins and page-map references, and the output slots (facts 1.7, 6.11 I2).
#pragma once

#include "model/kernel/grab.hpp"
#include "oracle/request_flags.hpp"

namespace gupdiff {

/// What `after`, the machine that ran `initial`, holds at the end.
template <class D>
struct AccountsCheck {
  using W = typename D::Word;
  using B = typename D::Cond;
  const World<D>& initial;
  const Machine<D>& after;
  const RowSet& rows;  ///< what is known of the walk
  W flags;             ///< effective_flags()

  /// However the call ended: every folio holds the pins of the pages handed out of it and, beside one reference for each
  /// entry that maps it, the page cache's and the swap cache's, theirs; no page map is held. Known: of a device PUD
  /// all are taken on the first page's folio (D16).
  B balance() const {
    if (after.pgmap_held) return B(false);
    if constexpr (!D::symbolic)
      if (after.pages.empty() && initial.folios.byte_difference(after.w.folios) == 0) return true;
    const bool knows_first = after.era.unified && after.pgmap_refs > 0 && rows.test(static_cast<std::size_t>(Known::D16));
    B holds = B(true);
    for (const auto& run : after.pages)
      if (run.count > 1 && !knows_first) holds = holds && in_one_folio(run);
    if constexpr (!D::symbolic) {
      return holds && all_balance();
    } else {
      for (std::size_t i = 0; i < after.w.folios.size(); ++i) holds = holds && balances(i);
      return holds;
    }
  }

  /// As many pages were stored as the call says, one behind the other from the first slot on, and none
  /// where it failed: no slot is counted that was not written, no reference taken that no slot knows of.
  B counted_pages_are_stored() const {
    std::uint32_t stored = 0;
    for (const auto& run : after.pages) {
      if (run.index != stored) return B(false);
      stored += run.count;
    }
    if (!takes_pages(initial.request)) return B(stored == 0);
    if (stored > 0) return after.ret == std::uint64_t{stored};
    return after.ret == 0u || (after.ret >> 63) != 0u;
  }

 private:
  B balances(std::size_t i) const {
    const Folio<D>& now = after.w.folios[i];
    const bool existed = i < initial.folios.size();
    Folio<D> expected = existed ? initial.folios[i] : now;
    if (!existed) {
      expected.refcount = expected.pincount = expected.mapcount = W(0);
      expected.swapcache = B(false);
    }
    W pages = W(0);
    for (const auto& run : after.pages)
      pages = pages + D::select((run.pfn >> now.order) == (now.pfn >> now.order), W(run.count), W(0));
    account_references<D>(expected, pages, flags, false);
    const W others = held_by_mappings(now) - held_by_mappings(expected) + newly_cached(i);
    return now.pincount == expected.pincount && now.refcount == expected.refcount + others;
  }
  /// balances() of every folio, for machine words: most are as they were and no page is of them.
  bool all_balance() const {
    const Folio<D>* const now = after.w.folios.data();
    const Folio<D>* const was = initial.folios.data();
    const std::size_t existed = initial.folios.size();
    for (std::size_t i = 0; i < after.w.folios.size(); ++i) {
      const Folio<D>& f = now[i];
      bool handed_out = false;
      for (const auto& run : after.pages) handed_out |= (run.pfn >> f.order) == (f.pfn >> f.order);
      const bool alone = i < existed && !handed_out && f.refcount == was[i].refcount && f.pincount == was[i].pincount &&
                         f.mapcount == was[i].mapcount && f.swapcache == was[i].swapcache;
      if (!alone && !balances(i)) return false;
    }
    return true;
  }
  /// References that mappings and the swap cache hold.
  static W held_by_mappings(const Folio<D>& f) { return f.mapcount + D::select(f.swapcache, W(std::uint64_t{1} << f.order), W(0)); }
  /// References that the page cache took on folio `i` since (C05, V35).
  W newly_cached(std::size_t i) const {
    std::uint64_t refs = 0;
    const auto& cache = after.w.page_cache;
    for (std::size_t c = initial.page_cache.size(); c < cache.size(); ++c) {
      if (cache[c].folio != i) continue;
      const Folio<D>& f = after.w.folios[i];
      refs += f.kind == FolioKind::hugetlb && !after.era.hugetlb_cache_refs_pages ? 1 : std::uint64_t{1} << f.order;
    }
    return W(refs);
  }
  B in_one_folio(const PageRun<D>& run) const {
    const int i = after.find_folio(run.pfn);
    if (i < 0) return B(true);
    const unsigned order = after.w.folios[static_cast<std::size_t>(i)].order;
    return ((run.pfn + std::uint64_t{run.count - 1}) >> order) == (run.pfn >> order);
  }
};

}  // namespace gupdiff
