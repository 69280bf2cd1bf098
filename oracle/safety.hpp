// SPDX-License-Identifier: GPL-2.0-only
// Safety properties of one walk alone: they need no other walk, so they find bugs
// that both share. Each is documented with its source in oracle/safety.cpp.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/kernel/grab.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/hardware.hpp"
#include "oracle/premise.hpp"

namespace gupdiff {

/// The properties.
enum class SafetyProperty : std::uint8_t {
  references_balance,
  no_lock_held,
  pinned_anon_is_exclusive,
  page_is_what_hardware_translates,
  write_returns_writable,
};
inline constexpr int kProperties = 5;

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

/// What the wrappers of facts 1.14 make of the caller's flags: GET, PIN, FORCE, WRITE as
/// the walk saw them.
template <class D>
typename D::Word effective_flags(const World<D>& initial) {
  const auto& r = initial.request;
  typename D::Word f = r.flags;
  const bool pages = !r.pages_null;
  switch (r.api) {
    case Api::internal: return f;
    case Api::pin:
    case Api::pin_remote:
    case Api::pin_unlocked: return f | std::uint64_t{FOLL_PIN};
    case Api::populate:
    case Api::madvise_populate: return typename D::Word(0);
    case Api::dump_page: return typename D::Word(FOLL_FORCE | FOLL_DUMP | FOLL_GET);
    // __get_user_pages_locked() adds GET unless PIN is there, which v6.1 lets callers hand in.
    default: return pages ? D::select((f & FOLL_PIN) == 0u, f | std::uint64_t{FOLL_GET}, f) : f;
  }
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
};

/// The two properties about translations in one pass over the pages, for machine words: both ask the MMU the
/// same.
template <class D>
bool translations_hold(const SafetyCheck<D>& c) {
  static_assert(!D::symbolic);
  if (!c.returned() || c.after.pages.empty()) return true;
  const bool knows_head = c.after.era.unified && c.rows.test(static_cast<std::size_t>(Known::D18));
  const bool asks = (effective_flags(c.initial) & (FOLL_WRITE | FOLL_FORCE)) == std::uint64_t{FOLL_WRITE};
  return c.every_page([&](const PageRun<D>& run, std::uint32_t k) {
    const Translation<D> t = hardware_walk<D>(c.after.w, c.address_of(run.index + k));
    const std::uint64_t page = run.pfn + k;
    return !t.present || ((t.pfn == page || (knows_head && t.set_head == page)) && (!asks || t.writable));
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
    case SafetyProperty::write_returns_writable: break;
  }
  return c.write_returns_writable();
}

/// Whether every claim holds of `after`, premise and what `rows` know apart. One straight line
/// for fuzzing.
template <class D>
typename D::Cond all_claims(const World<D>& initial, const Machine<D>& after, const RowSet& rows) {
  const SafetyCheck<D> c{initial, after, rows};
  if constexpr (D::symbolic)
    return c.no_lock_held() && c.references_balance() && c.pinned_anon_is_exclusive() &&
           c.page_is_what_hardware_translates() && c.write_returns_writable();
  else
    return c.no_lock_held() && c.references_balance() && c.pinned_anon_is_exclusive() && translations_hold(c);
}

/// Whether `property` holds of `after`, the machine that ran `initial`, or is broken as `rows`
/// say. All but the lock property are claimed for worlds whose page tables a kernel could have
/// written (oracle/premise.hpp).
template <class D>
typename D::Cond property_holds(int property, const World<D>& initial, const Machine<D>& after, const RowSet& rows = {}) {
  const auto claim = property_claim<D>(property, initial, after, rows);
  if (property == static_cast<int>(SafetyProperty::no_lock_held)) return claim;
  if (claim) return typename D::Cond(true);
  return typename D::Cond(!written_by_a_kernel<D>(initial));
}

}  // namespace gupdiff
