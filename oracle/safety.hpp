// SPDX-License-Identifier: GPL-2.0-only
// Safety properties of one walk alone: they need no other walk, so they find bugs
// that both share. Their texts and sources are in oracle/safety.cpp and docs/safety.md.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/kernel/grab.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/hardware.hpp"
#include "oracle/premise.hpp"
#include "oracle/safety_entries.hpp"

namespace gupdiff {

/// The properties.
enum class SafetyProperty : std::uint8_t {
  references_balance,
  no_lock_held,
  pinned_anon_is_exclusive,
  page_is_what_hardware_translates,
  write_returns_writable,
  private_write_is_no_file_page,
  counted_pages_are_stored,
  lock_order_kept,
  entries_unchanged_without_fault,
};
inline constexpr int kProperties = 9;

struct Property {
  std::string_view id, title, source;
};
/// Texts of the properties, by SafetyProperty.
std::span<const Property> properties();

/// The catalogue row that knows of breaches of `property`: with it on, a walk may break the
/// property exactly as the row says. Nothing: none may.
constexpr std::optional<Known> excusing_row(int property) {
  if (property == static_cast<int>(SafetyProperty::page_is_what_hardware_translates)) return Known::D18;
  return {};
}

/// Checks over one finished walk.
template <class D>
struct SafetyCheck {
  using W = typename D::Word;
  using B = typename D::Cond;
  const World<D>& initial;
  const Machine<D>& after;
  RowSet rows = {};  ///< what is known of the walk (excusing_row)

  bool returned() const { return after.termination == Termination::returned; }

  /// What the returned pages hold is exactly what the folios gained: pins always; references
  /// where no fault and no split ran (they map and unmap pages). Huge device mappings of the new walk are
  /// left out: it takes all references on the first page's folio (D16).
  B references_balance() const {
    if (!returned() || (after.pgmap_refs > 0 && after.era.unified)) return B(true);
    const W flags = effective_flags(initial);
    const B splits = (flags & FOLL_SPLIT_PMD) != 0u;
    B holds = B(true);
    for (std::size_t i = 0; i < after.w.folios.size(); ++i) {
      const Folio<D>& now = after.w.folios[i];
      const bool existed = i < initial.folios.size();
      Folio<D> expected = existed ? initial.folios[i] : now;
      if (!existed) expected.pincount = W(0);
      W pages = W(0);
      for (const auto& run : after.pages)
        pages = pages + D::select((run.pfn >> now.order) == (now.pfn >> now.order), W(run.count), W(0));
      account_references<D>(expected, pages, flags, false);
      holds = holds && now.pincount == expected.pincount;
      if (existed && after.faults.empty() && after.hugetlb_faults.empty()) holds = holds && (splits || now.refcount == expected.refcount);
    }
    return holds;
  }
  /// No page-table lock and no VMA lock is held, and mmap_lock is as *locked says.
  B no_lock_held() const {
    if (!returned()) return B(true);
    return B(after.ptl.kind == LockKind::none && after.vma_lock_depth == 0);
  }

  template <class Check>
  B every_page(Check check) const {
    B holds = B(true);
    for (const auto& run : after.pages) {
      // First and last page of a run: the frames between are consecutive by construction.
      holds = holds && check(run, 0);
      if (run.count > 1) holds = holds && check(run, run.count - 1);
    }
    return holds;
  }
  W address_of(std::uint32_t position) const {
    return (initial.request.start & after.arch.geometry().page_mask()) + (std::uint64_t{position} << after.arch.page_shift());
  }
  /// Facts 1.15, 5.3: a pinned anonymous page is exclusive, so that no later COW parts
  /// the pin from the mapping.
  B pinned_anon_is_exclusive() const {
    if (!returned() || !D::truth((effective_flags(initial) & FOLL_PIN) != 0u)) return B(true);
    return every_page([&](const PageRun<D>& run, std::uint32_t k) {
      const int i = after.find_folio(run.pfn + std::uint64_t{k});
      if (i < 0) return B(true);
      const Folio<D>& f = after.w.folios[i];
      return !f.anon || f.exclusive;
    });
  }
  /// A page returned is the page the MMU translates its address to, where the MMU has a
  /// translation (a PROT_NONE entry followed with FORCE has none). Known: the generic walk
  /// returns the first page of a set whose entries all hold that frame (D18).
  B page_is_what_hardware_translates() const {
    if (!returned()) return B(true);
    const bool knows_head = after.era.unified && rows.test(static_cast<std::size_t>(Known::D18));
    return every_page([&](const PageRun<D>& run, std::uint32_t k) {
      const Translation<D> t = hardware_walk<D>(after.w, address_of(run.index + k));
      const W page = run.pfn + std::uint64_t{k};
      const B right = !t.present || t.pfn == page;
      return knows_head ? right || t.set_head == page : right;
    });
  }
  /// A WRITE request without FORCE returns only pages the hardware would let be written.
  B write_returns_writable() const {
    if (!returned()) return B(true);
    const W flags = effective_flags(initial);
    const B asks = (flags & (FOLL_WRITE | FOLL_FORCE)) == std::uint64_t{FOLL_WRITE};
    if constexpr (!D::symbolic)
      if (!asks) return B(true);  // a symbolic run builds the implication instead of forking
    return !asks || every_page([&](const PageRun<D>& run, std::uint32_t k) {
      const Translation<D> t = hardware_walk<D>(after.w, address_of(run.index + k));
      return !t.present || t.writable;
    });
  }
  /// A WRITE request never hands out a page of a private mapping that is not anonymous: whoever
  /// gets it would write into the file (Dirty COW). FORCE is no excuse.
  B private_write_is_no_file_page() const {
    if (!returned()) return B(true);
    const B writes = (effective_flags(initial) & FOLL_WRITE) != 0u;
    if constexpr (!D::symbolic)
      if (!writes) return B(true);
    return !writes || every_page([&](const PageRun<D>& run, std::uint32_t k) {
      const int i = after.find_folio(run.pfn + std::uint64_t{k});
      return i < 0 ? B(true) : after.w.folios[static_cast<std::size_t>(i)].anon || !maps_privately(address_of(run.index + k));
    });
  }
  /// Whether `address` lies in a private mapping.
  B maps_privately(W address) const {
    B holds = B(false);
    for (const auto& v : initial.vmas)
      holds = holds || (address >= v.start && address < v.end && (v.flags & (VM_SHARED | VM_MAYSHARE)) == 0u);
    return holds;
  }
  /// As many pages were stored as the call says, one behind the other from the first slot on, and none
  /// where it failed: no slot is counted that was not written, no reference taken that no slot knows of.
  B counted_pages_are_stored() const {
    if (!returned()) return B(true);
    std::uint32_t stored = 0;
    for (const auto& run : after.pages) {
      if (run.index != stored) return B(false);
      stored += run.count;
    }
    if (!takes_pages(initial.request)) return B(stored == 0);
    if (stored > 0) return after.ret == std::uint64_t{stored};
    return after.ret == 0u || (after.ret >> 63) != 0u;
  }
  /// mmap_lock, then the hugetlb VMA lock, then one page-table lock; no fault under either of the latter.
  B lock_order_kept() const { return B(!after.lock_order_broken); }
  /// Without a fault every entry reads as before, but for what EntriesCheck allows.
  B entries_unchanged_without_fault() const {
    if (!returned() || !after.faults.empty() || !after.hugetlb_faults.empty()) return B(true);
    if constexpr (!D::symbolic) {
      std::uint64_t differs = 0;
      for (int l = 0; l < kSlotLists; ++l) differs |= initial.slots[l].byte_difference(after.w.slots[l]);
      if (differs == 0) return true;
    }
    return EntriesCheck<D>{initial, after}.unchanged();
  }
};

/// The properties about the pages handed out in one pass over them, for machine words.
template <class D>
bool page_claims_hold(const SafetyCheck<D>& c) {
  static_assert(!D::symbolic);
  if (!c.returned() || c.after.pages.empty()) return true;
  const std::uint64_t flags = effective_flags(c.initial);
  const bool knows_head = c.after.era.unified && c.rows.test(static_cast<std::size_t>(Known::D18));
  const bool asks = (flags & (FOLL_WRITE | FOLL_FORCE)) == std::uint64_t{FOLL_WRITE};
  const bool pins = (flags & FOLL_PIN) != 0, writes = (flags & FOLL_WRITE) != 0;
  return c.every_page([&](const PageRun<D>& run, std::uint32_t k) {
    const std::uint64_t address = c.address_of(run.index + k), page = run.pfn + k;
    const Translation<D> t = hardware_walk<D>(c.after.w, address);
    if (t.present && !((t.pfn == page || (knows_head && t.set_head == page)) && (!asks || t.writable))) return false;
    if (!(pins || writes)) return true;
    const int i = c.after.find_folio(page);
    if (i < 0) return true;
    const Folio<D>& f = c.after.w.folios[static_cast<std::size_t>(i)];
    return f.anon ? !pins || f.exclusive : !writes || !c.maps_privately(address);
  });
}

/// Whether what `property` states holds of `after`, premise and what `rows` know apart.
template <class D>
typename D::Cond property_claim(int property, const World<D>& initial, const Machine<D>& after, const RowSet& rows = {}) {
  const SafetyCheck<D> c{initial, after, rows};
  switch (static_cast<SafetyProperty>(property)) {
    case SafetyProperty::references_balance: return c.references_balance();
    case SafetyProperty::no_lock_held: return c.no_lock_held();
    case SafetyProperty::pinned_anon_is_exclusive: return c.pinned_anon_is_exclusive();
    case SafetyProperty::page_is_what_hardware_translates: return c.page_is_what_hardware_translates();
    case SafetyProperty::write_returns_writable: return c.write_returns_writable();
    case SafetyProperty::private_write_is_no_file_page: return c.private_write_is_no_file_page();
    case SafetyProperty::counted_pages_are_stored: return c.counted_pages_are_stored();
    case SafetyProperty::lock_order_kept: return c.lock_order_kept();
    case SafetyProperty::entries_unchanged_without_fault: break;
  }
  return c.entries_unchanged_without_fault();
}

/// Whether every claim holds of `after`, the machine that ran `initial`, premise and what `rows` know
/// apart. One straight line for fuzzing.
inline bool all_claims(const World<Concrete>& initial, const Machine<Concrete>& after, const RowSet& rows) {
  const SafetyCheck<Concrete> c{initial, after, rows};
  return c.no_lock_held() && c.lock_order_kept() && c.counted_pages_are_stored() && c.references_balance() &&
         page_claims_hold(c) && c.entries_unchanged_without_fault();
}

/// What is claimed of every world whatever, a kernel's or not: how the walk itself keeps its books.
constexpr bool needs_no_premise(SafetyProperty p) {
  return p == SafetyProperty::no_lock_held || p == SafetyProperty::lock_order_kept || p == SafetyProperty::counted_pages_are_stored;
}

/// Whether `property` holds of `after`, the machine that ran `initial`, or is broken as `rows`
/// say. All but needs_no_premise() are claimed for worlds whose page tables a kernel could have
/// written (oracle/premise.hpp).
template <class D>
typename D::Cond property_holds(int property, const World<D>& initial, const Machine<D>& after, const RowSet& rows = {}) {
  const auto claim = property_claim<D>(property, initial, after, rows);
  const auto p = static_cast<SafetyProperty>(property);
  if (needs_no_premise(p)) return claim;
  if (claim) return typename D::Cond(true);
  if (p == SafetyProperty::private_write_is_no_file_page && !private_files_fit<D>(initial)) return typename D::Cond(true);
  return typename D::Cond(!written_by_a_kernel<D>(initial));
}

}  // namespace gupdiff
