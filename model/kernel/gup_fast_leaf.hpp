// SPDX-License-Identifier: GPL-2.0-only
// The leaves of GUP-fast: huge pages, huge device mappings and entries below a hugepd directory
// (facts 2.3). Each takes its references first and looks at its entry again afterwards.
#pragma once

#include "model/kernel/grab.hpp"
#include "model/kernel/gup_fast_folio.hpp"
#include "model/kernel/hugepd.hpp"

namespace gupdiff {

/// One lockless walk on its way: what its levels hand down, and how far it got. Every level answers whether
/// the walk goes on; pages already recorded stay either way (facts 2.2).
template <class M>
struct GupFastLeaves {
  using D = typename M::Domain;
  using W = typename M::W;
  using B = typename M::B;

  M& m;
  const W flags;
  const bool pages;      ///< pages != NULL, which v6.1 does not check (V17)
  std::uint32_t nr = 0;  ///< pages recorded

  bool stop(const char* function, const char* why) {
    m.note(function, why);
    return false;
  }
  /// Records `count` pages from frame `pfn` on.
  void record(W pfn, std::uint32_t count) {
    m.pages.push_back({nr, count, pfn});
    nr += count;
  }
  /// Whether there is a place to put pages; without, the kernel writes to address zero.
  bool can_record(const char* function) {
    if (!pages) m.halt(Termination::oops, function, "stores a page with pages == NULL");
    return pages;
  }
  /// A frame without struct page was followed.
  bool no_page(const char* function) {
    m.halt(Termination::oops, function, "the entry's frame has no struct page");
    return false;
  }
  bool put_and_stop(const char* function, const char* why, int folio, std::uint32_t count) {
    gup_put_folio(m, folio, W(count), flags);
    return stop(function, why);
  }

  /// The protection-key register refuses the key that `e` carries. Each VMA says what its key's bits are.
  B key_refuses(W e) const {
    B refused = B(false);
    if (!m.arch.geometry().has_pkeys) return refused;
    const W key = m.arch.pkey(e);
    for (const auto& v : m.w.vmas)
      refused = refused || (key == std::uint64_t{v.pkey} && (v.pkey_no_access || ((flags & FOLL_WRITE) != 0u && v.pkey_no_write)));
    return refused;
  }
  /// pXd_access_permitted() of an entry that its level calls present.
  B permitted(Level level, W e) const {
    const B write = (flags & FOLL_WRITE) != 0u;
    return (level == Level::pmd || level == Level::pud ? m.arch.leaf_access_permitted(e, write) : m.arch.access_permitted(e, write)) &&
           !key_refuses(e);
  }
  /// pmd_devmap(), pud_devmap() as configured.
  B is_devmap(Level level, W e) const {
    return B(level != Level::pud || m.w.config.pud_devmap) && m.arch.devmap(e);
  }
  /// pmd_special(), pud_special(): where huge PFN maps are supported (ARCH_SUPPORTS_PMD_PFNMAP, .._PUD_..).
  B is_special_leaf(Level level, W e) const {
    const bool supported = m.w.config.thp && (m.arch.id() == Architecture::x86_64 || m.arch.id() == Architecture::arm64) &&
                           (level == Level::pmd || m.arch.geometry().has_pud_leaf_thp);
    return B(supported) && m.arch.special(e);
  }

  /// Whether the page that `e` maps must be unshared first. The row is asked only of read-only entries.
  bool must_unshare(W e, int folio) {
    return D::truth(!m.arch.write(e)) && D::truth(gup_must_unshare_without_vma(m, flags, folio));
  }

  /// Forgets the pages recorded since (gup_fast_undo_dev_pagemap): references back, not referenced any more.
  void undo(std::size_t runs, std::uint32_t count) {
    while (m.pages.size() > runs) {
      const auto run = m.pages.back();
      m.pages.pop_back();
      const int folio = m.find_folio(run.pfn);
      m.folio(folio).referenced = B(false);
      gup_put_folio(m, folio, W(run.count), flags);
    }
    nr = count;
  }

  /// One page of a huge device mapping: its folio, or -1.
  int grab_device_page(const char* function, W pfn) {
    const int folio = m.find_folio(pfn);  // get_dev_pagemap(): a page map exists where pages do
    if (folio < 0) return -1;
    if (!m.pgmap_held) ++m.pgmap_refs;
    m.pgmap_held = true;
    auto& f = m.folio(folio);
    // Up to v6.9 by the slow rules, and marked before.
    if (D::truth(!unwanted_p2pdma(m, folio, flags) && no_references(f)) && !m.since(&Era::fast_devmap_fast_grab, Known::F10)) {
      f.referenced = B(true);
      m.warn(Warn::grab_refcount, function, "refcount is not positive");
      return -1;
    }
    if (!try_grab_folio_fast(m, folio, W(1), flags)) return -1;
    f.referenced = B(true);
    return folio;
  }

  /// gup_fast_devmap_pmd_leaf(), gup_fast_devmap_pud_leaf(): page by page, all or nothing.
  bool devmap_leaf(Level level, W e, W address, std::uint32_t count) {
    constexpr const char* fn = "gup_fast_devmap_leaf";
    const std::size_t runs = m.pages.size();
    const std::uint32_t nr_start = nr;
    W pfn = (level == Level::pmd ? m.arch.pmd_pfn(e) : m.arch.pud_pfn(e)) + m.page_in(level, address);
    int last = -1;
    for (std::uint32_t i = 0; i < count; ++i, pfn = pfn + 1u) {
      const int folio = grab_device_page(fn, pfn);
      if (folio < 0) {
        m.pgmap_held = false;
        undo(runs, nr_start);
        return stop(fn, "no page map or no reference: all pages of the leaf are given back");
      }
      if (!can_record(fn)) return false;
      if (folio == last) {
        ++m.pages.back().count;
        ++nr;
      } else {
        record(pfn, 1);
      }
      last = folio;
    }
    m.pgmap_held = false;
    if (m.read(fn, level, address) != e) {
      undo(runs, nr_start);
      return stop(fn, "the entry changed");
    }
    return true;
  }

  /// Whose references a huge leaf takes: the folio of the page at the address, from v6.10 on that of the leaf's first
  /// page. They are the same unless the leaf maps folios smaller than itself.
  int leaf_folio(Level level, W first, W pfn) {
    const int own = m.find_folio(pfn);
    if (own >= 0 && m.folio(own).order >= m.arch.geometry().leaf_order(level)) return own;
    const int head = m.find_folio(first);
    if (own == head) return own;
    return m.era.fast_grabs_first_page ? head : own;
  }

  /// gup_fast_pmd_leaf(), gup_fast_pud_leaf().
  bool leaf(Level level, W e, W address, std::uint32_t count) {
    const auto& arch = m.arch;
    const char* const fn = level == Level::pmd ? "gup_fast_pmd_leaf" : "gup_fast_pud_leaf";
    if (!permitted(level, e)) return stop(fn, "the entry does not permit the access");
    if (D::truth(is_special_leaf(level, e)) && m.since(&Era::fast_stops_at_special, Known::F02))
      return stop(fn, "a special leaf");
    if (is_devmap(level, e)) {
      if ((flags & FOLL_LONGTERM) != 0u) return stop(fn, "a longterm pin of device memory");
      return devmap_leaf(level, e, address, count);
    }
    const W first = level == Level::pmd ? arch.pmd_pfn(e) : arch.pud_pfn(e);
    const W pfn = first + m.page_in(level, address);
    const int folio = leaf_folio(level, first, pfn);
    if (folio < 0) return no_page(fn);
    if (!can_record(fn)) return false;
    if (!try_grab_folio_fast(m, folio, W(count), flags)) return stop(fn, "reference refused");
    if (m.read(fn, level, address) != e) return put_and_stop(fn, "the entry changed", folio, count);
    if (!gup_fast_folio_allowed(m, folio, flags, B(false))) return put_and_stop(fn, "the folio is not allowed", folio, count);
    if (must_unshare(e, folio)) return put_and_stop(fn, "must unshare", folio, count);
    record(pfn, count);
    m.folio(folio).referenced = B(true);
    return true;
  }

  /// gup_hugepte() for `count` pages of one huge page whose entry is that of address `where`.
  bool hugepte(const HugetlbSize& size, W where, W address, std::uint32_t count) {
    const auto& arch = m.arch;
    constexpr const char* fn = "gup_hugepte";
    const W e = m.read(fn, Level::hugepte, where);
    if (!permitted(Level::hugepte, e)) return stop(fn, "the entry does not permit the access");
    const W head = arch.pte_pfn(e);
    const W pfn = head + ((address >> arch.page_shift()) & ((std::uint64_t{1} << size.order) - 1));
    const int folio = m.find_folio(m.era.fast_grabs_first_page ? head : pfn);
    if (folio < 0) return no_page(fn);
    if (!can_record(fn)) return false;
    if (!try_grab_folio_fast(m, folio, W(count), flags)) return stop(fn, "reference refused");
    if (m.read(fn, Level::hugepte, where) != e) return put_and_stop(fn, "the entry changed", folio, count);
    if (!folio_fast_pin_allowed(folio) && !m.since(&Era::fast_hugepd_any_folio, Known::F09))
      return put_and_stop(fn, "the folio is not allowed", folio, count);
    if (must_unshare(e, folio)) return put_and_stop(fn, "must unshare", folio, count);
    record(pfn, count);
    m.folio(folio).referenced = B(true);
    return true;
  }
  /// folio_fast_pin_allowed() of v6.9, before F08.
  bool folio_fast_pin_allowed(int folio) {
    const auto& f = m.w.folios[folio];
    if (f.kind == FolioKind::hugetlb || !D::truth((flags & kLongWrite) == kLongWrite) || D::truth(f.anon)) return true;
    return D::truth(folio_mapping(m, folio, B(false)).shmem) || !m.since(&Era::fast_refuses_files, Known::F05);
  }

  /// Pages from `address` to the end of its aligned run of `in_run` + 1 pages, at most `count`.
  std::uint32_t to_end_of(std::uint64_t in_run, W address, std::uint32_t count) const {
    return count == 1 ? 1 : D::clip(((~(address >> m.arch.page_shift())) & in_run) + 1u, count);
  }

  /// gup_huge_pd(), later gup_hugepd(): the entries of directory `e`, found in the slot of `address` at `level`.
  bool hugepd(Level level, W e, W address, std::uint32_t count) {
    const HugetlbSize* size = enter_hugepd(m, "gup_huge_pd", level, e, address);
    if (!size) return false;
    W where = m.arch.hugepte_address(*size, address);
    const std::uint64_t in_page = (std::uint64_t{1} << size->order) - 1;
    while (count > 0) {
      const std::uint32_t n = to_end_of(in_page, address, count);
      if (!hugepte(*size, where, address, n)) return false;
      count -= n;
      address = address + (std::uint64_t{n} << m.arch.page_shift());
      where = where + (m.arch.page_size() << size->order);
    }
    return true;
  }
};

}  // namespace gupdiff
