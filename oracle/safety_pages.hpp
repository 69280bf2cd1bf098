// SPDX-License-Identifier: GPL-2.0-only
// What is claimed of every page a call hands out: that it is the one mapped at its address, that it may
// be written where a write was asked for, and that a pin keeps it in its place.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "model/machine/machine.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/hardware.hpp"
#include "oracle/request_flags.hpp"

namespace gupdiff {

/// GUP_PIN_COUNTING_BIAS: a pin of a small folio is this many references (facts 1.7).
inline constexpr std::uint64_t kPinBias = 1024;

/// folio_maybe_dma_pinned() (facts 1.7). A small folio's references are counted without sign.
template <class D>
typename D::Cond maybe_dma_pinned(const Folio<D>& f) {
  return f.order > 0 ? f.pincount != 0u : f.refcount >= kPinBias;
}

/// Whether fork() gives the child the anonymous page of `f` and takes it away from the parent as exclusive
/// page (folio_try_dup_anon_rmap: of an exclusive page that may be pinned the child gets a copy at once).
template <class D>
typename D::Cond shared_by_fork(const Folio<D>& f) {
  return !(f.exclusive && maybe_dma_pinned(f));
}

/// The kernel's own way down the tables of `w`, without a lock and without asking what may be done: the frame
/// that the entry of `address` at the huge page's, or the page's, own level names. Not `found`: some table on the way is
/// not linked to, or nothing is mapped.
template <class D>
struct MappedPage {
  typename D::Cond found{false};
  typename D::Word pfn{};       ///< the page mapped at the address
  typename D::Word set_head{};  ///< what its entry names, for all of its set (D18); else the same
  typename D::Word entry{};
};
template <class D>
MappedPage<D> mapped_page(const World<D>& w, typename D::Word address) {
  using W = typename D::Word;
  const Arch<D> arch(w.config);
  const Geometry& g = arch.geometry();
  const auto page = address >> g.page_shift;
  const auto in = [&](unsigned order) { return page & ((std::uint64_t{1} << order) - 1); };
  for (int l = static_cast<int>(g.top); l >= 0; --l) {
    const Level level = static_cast<Level>(l);
    const W e = entry_at<D>(g, w, level, address);
    if (g.has_hugepd && l > 0 && D::truth(arch.is_hugepd(level, e))) {
      const HugetlbSize* size = arch.hugepd_size(e);
      if (!size) return {};
      const auto head = address & ~((arch.page_size() << size->order) - 1);
      const W huge = entry_at<D>(g, w, Level::hugepte, head);
      const W pfn = arch.pte_pfn(huge) + in(size->order);
      return {arch.pte_present(huge), pfn, pfn, huge};
    }
    if (l == 0 || (level <= Level::pud && D::truth(arch.leaf_format(level, e)))) {
      const W first = arch.leaf_pfn(level, e);
      const W named = first + in(g.leaf_order(level));
      W pfn = named;
      // Where every entry of a set holds the first frame the address says which page it is.
      for (const HugetlbSize& size : g.hugetlb)
        if (size.level == level && size.entries_log2 > 0 && arch.stride(e, level) == 0)
          pfn = D::select(arch.contiguous(e), first + in(size.order), pfn);
      return {arch.pte_present(e), pfn, named, e};
    }
    const Level child = static_cast<Level>(l - 1);
    if (!D::truth(arch.table_format(level, e) && arch.table_frame(e) == g.table_pfn(child, slot_key<D>(g, child, address))))
      return {};
  }
  return {};
}

/// Translations that were asked for, by position of the page: over solver terms a walk of the tables costs, and three
/// properties ask for the same ones.
template <class D>
using Translations = std::vector<std::pair<std::uint32_t, Translation<D>>>;

/// The pages of `after`, the machine that ran `initial`.
template <class D>
struct PagesCheck {
  using W = typename D::Word;
  using B = typename D::Cond;
  const World<D>& initial;
  const Machine<D>& after;
  const RowSet& rows;  ///< what is known of the walk
  W flags;             ///< effective_flags()
  Translations<D>* translated = nullptr;

  Translation<D> translation(std::uint32_t position) const {
    if constexpr (D::symbolic) {
      if (translated) {
        for (const auto& [at, t] : *translated)
          if (at == position) return t;
        translated->push_back({position, hardware_walk<D>(after.w, address_of(position))});
        return translated->back().second;
      }
    }
    return hardware_walk<D>(after.w, address_of(position));
  }

  /// Whether `check(run, k)` holds of the first and the last page of every run: the frames between are
  /// consecutive by construction.
  template <class Check>
  B every_page(Check check) const {
    B holds = B(true);
    for (const auto& run : after.pages) {
      holds = holds && check(run, 0);
      if (run.count > 1) holds = holds && check(run, run.count - 1);
    }
    return holds;
  }
  /// The same of those in a folio, with that: `check(folio, run, k)`.
  template <class Check>
  B every_folio(Check check) const {
    return every_page([&](const PageRun<D>& run, std::uint32_t k) {
      const int i = after.find_folio(run.pfn + std::uint64_t{k});
      return i < 0 ? B(true) : check(after.w.folios[static_cast<std::size_t>(i)], run, k);
    });
  }
  W address_of(std::uint32_t position) const {
    return (initial.request.start & after.arch.geometry().page_mask()) + (std::uint64_t{position} << after.arch.page_shift());
  }
  /// Of GUP-fast all kernels' rows are known: its walk was generic all along.
  bool knows(Known row) const { return (after.era.unified || is_fast(initial.request.api)) && rows.test(static_cast<std::size_t>(row)); }
  B asks(std::uint64_t mask, std::uint64_t wanted) const { return (flags & mask) == wanted; }
  /// What is claimed only of calls with some flags: an implication, or, of machine words, nothing to do.
  template <class Check>
  B only_if(B asked, Check check) const {
    if constexpr (!D::symbolic)
      if (!asked) return B(true);
    return !asked || check();
  }

  /// A page returned is the page the MMU translates its address to, where the MMU has a
  /// translation (a PROT_NONE entry followed with FORCE has none). Known: the generic walk
  /// returns the first page of a set whose entries all hold that frame (D18).
  B page_is_what_hardware_translates() const {
    return every_page([&](const PageRun<D>& run, std::uint32_t k) {
      const Translation<D> t = translation(run.index + k);
      const W page = run.pfn + std::uint64_t{k};
      const B right = !t.present || t.pfn == page;
      return knows(Known::D18) ? right || t.set_head == page : right;
    });
  }
  /// Where it has none, the page is still mapped there, by tables that hang off this mm's topmost one.
  B page_is_mapped() const {
    return every_page([&](const PageRun<D>& run, std::uint32_t k) {
      const W address = address_of(run.index + k);
      const B translates = translation(run.index + k).present;
      if constexpr (D::symbolic) {
        if (translates.constant() && translates.value()) return translates;
      } else if (translates) {
        return true;
      }
      return translates || is_mapped(run.pfn + std::uint64_t{k}, address);
    });
  }
  B is_mapped(W page, W address) const {
    const MappedPage<D> m = mapped_page<D>(after.w, address);
    return m.found && (m.pfn == page || (B(knows(Known::D18)) && m.set_head == page));
  }
  /// A WRITE request without FORCE returns only pages the hardware would let be written.
  B write_returns_writable() const {
    return only_if(asks(FOLL_WRITE | FOLL_FORCE, FOLL_WRITE), [&] {
      return every_page([&](const PageRun<D>& run, std::uint32_t k) {
        const Translation<D> t = translation(run.index + k);
        return !t.present || t.writable;
      });
    });
  }
  /// Facts 1.15, 5.3: a pinned anonymous page is exclusive, so that no later COW parts
  /// the pin from the mapping.
  B pinned_anon_is_exclusive() const {
    return only_if(asks(FOLL_PIN, FOLL_PIN), [&] {
      return every_folio([&](const Folio<D>& f, const PageRun<D>&, std::uint32_t) { return !f.anon || f.exclusive; });
    });
  }
  /// And it stays so: fork() sees the pin, and copies the page for the child instead of sharing it. (GET wins over
  /// PIN where a caller hands in both, D40.)
  B pin_survives_fork() const {
    return only_if(asks(FOLL_PIN | FOLL_GET, FOLL_PIN), [&] {
      return every_folio([&](const Folio<D>& f, const PageRun<D>&, std::uint32_t) { return !f.anon || !f.exclusive || seen_by_fork(f); });
    });
  }
  static B seen_by_fork(const Folio<D>& f) { return f.kind == FolioKind::zero_page ? B(true) : !shared_by_fork(f); }
  /// A longterm pin is of pages that need not move. __get_user_pages() itself leaves that to its callers.
  /// Known: with a page mask over small device folios only the first page's is looked at (D16).
  B longterm_is_pinnable() const {
    if (initial.request.api == Api::internal) return B(true);
    if (after.era.unified && after.pgmap_refs > 0 && rows.test(static_cast<std::size_t>(Known::D16))) return B(true);
    return only_if(asks(FOLL_PIN | FOLL_LONGTERM, FOLL_PIN | FOLL_LONGTERM), [&] {
      return every_folio([&](const Folio<D>& f, const PageRun<D>&, std::uint32_t) {
        return f.kind == FolioKind::zero_page ? B(true) : !f.unpinnable;
      });
    });
  }
  /// A WRITE request never hands out a page of a private mapping that is not anonymous: whoever
  /// gets it would write into the file (Dirty COW). FORCE is no excuse.
  B private_write_is_no_file_page() const {
    return only_if(asks(FOLL_WRITE, FOLL_WRITE), [&] {
      return every_folio([&](const Folio<D>& f, const PageRun<D>& run, std::uint32_t k) {
        return f.anon || !maps_privately(address_of(run.index + k));
      });
    });
  }
  /// Whether `address` lies in a private mapping.
  B maps_privately(W address) const {
    B holds = B(false);
    for (const auto& v : initial.vmas)
      holds = holds || (address >= v.start && address < v.end && (v.flags & (VM_SHARED | VM_MAYSHARE)) == 0u);
    return holds;
  }

  /// All of them in one pass, for machine words.
  bool all() const {
    static_assert(!D::symbolic);
    if (after.pages.empty()) return true;
    const bool knows_head = knows(Known::D18), must_write = asks(FOLL_WRITE | FOLL_FORCE, FOLL_WRITE);
    const bool pins = asks(FOLL_PIN, FOLL_PIN), pins_alone = asks(FOLL_PIN | FOLL_GET, FOLL_PIN), writes = asks(FOLL_WRITE, FOLL_WRITE);
    const bool longterm = pins && asks(FOLL_LONGTERM, FOLL_LONGTERM) && initial.request.api != Api::internal;
    return every_page([&](const PageRun<D>& run, std::uint32_t k) {
      const std::uint64_t address = address_of(run.index + k), page = run.pfn + k;
      const Translation<D> t = hardware_walk<D>(after.w, address);
      if (!t.present) {
        if (!is_mapped(page, address)) return false;
      } else if (!((t.pfn == page || (knows_head && t.set_head == page)) && (!must_write || t.writable))) {
        return false;
      }
      if (!(pins || writes)) return true;
      const int i = after.find_folio(page);
      if (i < 0) return true;
      const Folio<D>& f = after.w.folios[static_cast<std::size_t>(i)];
      if (longterm && f.unpinnable && f.kind != FolioKind::zero_page) return false;
      if (f.anon) return !pins || (f.exclusive && (!pins_alone || seen_by_fork(f)));
      return !writes || !maps_privately(address);
    });
  }
};

}  // namespace gupdiff
