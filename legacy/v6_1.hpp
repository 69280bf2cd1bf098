// SPDX-License-Identifier: GPL-2.0-only
// The walk of v6.1 (era A1, facts 1.8): hugetlb has a loop of its own in
// follow_hugetlb_page(); everything else is the generic walk, whose differences from
// v6.9 are switches of the era (model/kernel/era.hpp).
#pragma once

#include "legacy/v6_9.hpp"
#include "model/kernel/fault.hpp"

namespace gupdiff::legacy_v6_1 {

/// What one look at a huge page's slot found.
template <class D>
struct HugetlbSlot {
  bool absent = true;          ///< no slot, or nothing in it
  bool swap = false;           ///< neither none nor present
  bool write_refused = false;  ///< WRITE asked for, the entry is read-only
  bool unshare = false;        ///< must be unshared before it is pinned
  typename D::Word head{};     ///< frame of the huge page
  int folio = -1;              ///< its folio, where the kernel looks at it
  bool must_fault() const { return absent || swap || write_refused || unshare; }
};

/// Steps 2 to 5 of facts 1.8. The page-table lock stays held if there is a slot: `locked`.
template <class M>
HugetlbSlot<typename M::Domain> look_at_slot(M& m, int vma, typename M::W address, typename M::W flags, bool& locked) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  constexpr const char* fn = "follow_hugetlb_page";
  HugetlbSlot<D> s;
  const HugetlbSize& size = m.hugetlb_size(m.w.vmas[vma]);
  const auto where = address & ~((m.arch.page_size() << size.order) - 1);
  const legacy_v6_9::HugeSlot slot = legacy_v6_9::hugetlb_walk(m, PlainKernel{}, size, where);
  locked = slot.found;
  if (!locked) return s;
  m.lock_ptl("huge_pte_lock", huge_pte_lockptr(m, size, slot.level, where));
  const auto e = huge_ptep_get(m, fn, size, slot.level, where);
  if (arch.none(e)) return s;
  s.absent = false;
  if (!arch.pte_present(e)) {
    s.swap = true;
    return s;
  }
  if (!arch.write(e) && (flags & FOLL_WRITE) != 0u) {
    s.write_refused = true;
    return s;
  }
  s.head = arch.pte_pfn(e);
  if (!legacy_v6_9::looks_at_page(m, flags)) return s;
  s.folio = m.find_folio(s.head);
  if (s.folio < 0) {
    m.halt(Termination::oops, fn, "the entry's frame has no struct page");
    return s;
  }
  s.unshare = D::truth(!arch.write(e) && gup_must_unshare(m, vma, flags, s.folio));
  return s;
}

/// FOLL_DUMP: is this slot a hole in the file (step 4)? The page cache is asked under the
/// page-table lock (V09).
template <class M>
bool dump_finds_hole(M& m, int vma, typename M::W address, typename M::W flags,
                     const HugetlbSlot<typename M::Domain>& s) {
  if ((flags & FOLL_DUMP) == 0u) return false;
  if (!s.absent) {
    if (s.unshare || !m.since(&Era::hugetlb_dump_any, Known::V05)) return false;
  }
  return !hugetlbfs_pagecache_present(m, vma, address);
}

/// Step 8: references for `count` pages of one huge page, all at once (V06), and the output
/// slots. Returns 0 or a positive errno.
template <class G, class W>
int take_run(G& gup, const HugetlbSlot<typename G::D>& s, W pfn, std::uint32_t index, std::uint32_t count, W flags) {
  auto& m = gup.m;
  constexpr const char* fn = "follow_hugetlb_page";
  if (s.folio < 0) return 0;  // nobody looks at the page
  const bool slow = m.era.hugetlb_slow_grab;
  if (const int err = legacy_v6_9::grab_hugetlb(m, s.folio, W(slow ? 1u : count), flags)) {
    m.warn(Warn::hugetlb_grab, fn, "references refused");
    return err;
  }
  if (slow) return gup.store_pages(index, G::L::page(pfn, s.folio, 0), count, flags);
  if (gup.pages) m.pages.push_back({index, count, pfn});
  return 0;
}

/// follow_hugetlb_page() from `start` to the end of the VMA or of the request. True: the
/// caller's loop goes on; `start`, `nr` and `i` have moved. False: it ends with `error`.
template <class G, class W>
bool follow_hugetlb_page(G& gup, int vma, W flags, std::uint32_t base, W& start, std::uint32_t& nr, std::uint32_t& i,
                         int& error) {
  using D = typename G::D;
  auto& m = gup.m;
  constexpr const char* fn = "follow_hugetlb_page";
  const std::uint64_t pages = std::uint64_t{1} << m.w.vmas[vma].huge_order;
  std::uint32_t faults = 0;
  while (nr > 0) {
    if (start >= m.w.vmas[vma].end) break;
    if (m.fatal_signal()) {
      m.note(fn, "fatal signal pending");
      error = gup.signal_error(vma);
      return false;
    }
    ++m.cost.walks;
    const bool locks_vma = m.since(&Era::hugetlb_lookup_locks_vma, Known::V01);
    if (locks_vma) m.lock_vma(fn, vma);
    bool locked = false;
    const auto s = look_at_slot(m, vma, start, flags, locked);
    if (m.halted()) return false;
    if (s.must_fault()) {
      const bool hole = dump_finds_hole(m, vma, start, flags, s);
      if (locked) m.unlock_ptl(fn);
      if (locks_vma) m.unlock_vma(fn);
      if (hole) {
        error = E_FAULT;
        return false;
      }
      if (faults++ == kMaxFaultsPerAddress) {
        m.halt(Termination::livelock, fn, "every fault succeeds and the page is never found");
        return false;
      }
      error = faultin_page(m, vma, start, flags, s.unshare, gup.locked);
      if (m.halted()) return false;
      if (error == 0) continue;
      if (error == E_BUSY || error == E_AGAIN) error = 0;
      return false;
    }
    // Step 7, the short cut for pages == NULL, moves on by as much as step 8 does (V16).
    const W inside = (start >> m.arch.page_shift()) & (pages - 1);
    const std::uint32_t count = nr == 1 ? 1 : D::clip(W(pages) - inside, nr);
    error = take_run(gup, s, s.head + inside, base + i, count, flags);
    m.unlock_ptl(fn);
    if (locks_vma) m.unlock_vma(fn);
    if (error != 0) return false;
    faults = 0;
    i += count;
    nr -= count;
    start = start + (std::uint64_t{count} << m.arch.page_shift());
  }
  return true;
}

/// The walk. `Rows` as in v6.9, whose lookup stands in for the loop where V09 is known.
template <class Rows = PlainKernel>
struct FollowPage : legacy_v6_9::FollowPage<Rows> {
  /// Says that follow_hugetlb_page() is to be called.
  struct HugetlbLoop {};

  template <class G, class W>
  bool follow_hugetlb_page(G& gup, int vma, W flags, std::uint32_t base, W& start, std::uint32_t& nr,
                           std::uint32_t& i, int& error) const {
    return legacy_v6_1::follow_hugetlb_page(gup, vma, flags, base, start, nr, i, error);
  }
};

}  // namespace gupdiff::legacy_v6_1
