// SPDX-License-Identifier: GPL-2.0-only
// Safety properties of one walk alone: they need no other walk, so they find bugs
// that both share. Their texts and sources are in oracle/safety.cpp and docs/safety.md.
#pragma once

#include <span>
#include <string_view>

#include "oracle/premise.hpp"
#include "oracle/safety_accounts.hpp"
#include "oracle/safety_ending.hpp"
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
  page_is_mapped,
  pin_survives_fork,
  longterm_is_pinnable,
  shortfall_has_reason,
  terminates,
};
inline constexpr int kProperties = 14;

struct Property {
  std::string_view id, title, source;
};
/// Texts of the properties, by SafetyProperty.
std::span<const Property> properties();

/// The catalogue rows that know of breaches of `property`: with one of them on, a walk may break the
/// property exactly as the row says.
constexpr RowSet excusing_rows(int property) {
  RowSet rows;
  const auto add = [&](std::initializer_list<Known> known) {
    for (const Known k : known) rows.set(static_cast<std::size_t>(k));
  };
  switch (static_cast<SafetyProperty>(property)) {
    case SafetyProperty::references_balance:
    case SafetyProperty::longterm_is_pinnable: add({Known::D16}); break;
    case SafetyProperty::page_is_what_hardware_translates:
    case SafetyProperty::page_is_mapped: add({Known::D18}); break;
    case SafetyProperty::terminates:
      add({Known::D17, Known::D19, Known::D32, Known::D33, Known::D34, Known::D42, Known::G40, Known::G41, Known::V07});
      break;
    default: break;
  }
  return rows;
}

/// All of them: what may be in force between a walk and itself.
inline RowSet excusing_rows() {
  RowSet rows;
  for (int p = 0; p < kProperties; ++p) rows |= excusing_rows(p);
  return rows;
}

/// Checks over one finished walk.
template <class D>
struct SafetyCheck {
  using B = typename D::Cond;
  const World<D>& initial;
  const Machine<D>& after;
  const RowSet& rows;  ///< what is known of the walk (excusing_rows)
  typename D::Word flags = effective_flags(initial);
  Translations<D>* translated = nullptr;  ///< where who asks for several properties keeps them

  bool returned() const { return after.termination == Termination::returned; }
  AccountsCheck<D> accounts() const { return {initial, after, rows, flags}; }
  PagesCheck<D> pages() const { return {initial, after, rows, flags, translated}; }
  EndingCheck<D> ending() const { return {initial, after, rows, flags}; }

  /// No page-table lock and no VMA lock is held, mmap_lock is as *locked says, interrupts are on.
  B no_lock_held() const {
    const B as_said = after.mmap_locked ? after.now_locked != 0u : after.now_locked == 0u;
    return B(after.ptl.kind == LockKind::none && after.vma_lock_depth == 0 && !after.irqs_off) && as_said;
  }
  /// mmap_lock, then the hugetlb VMA lock, then one page-table lock; no fault under either of the latter, and none of
  /// all this with interrupts off.
  B lock_order_kept() const { return B(!after.lock_order_broken); }
  /// Without a fault every entry reads as before, but for what EntriesCheck allows.
  B entries_unchanged_without_fault() const {
    if (!after.faults.empty() || !after.hugetlb_faults.empty()) return B(true);
    return EntriesCheck<D>{initial, after, flags}.unchanged();
  }
};

/// Whether what `property` states holds, premise and what `rows` know apart. Of a call that did not
/// return only that is claimed, and the order of its locks.
template <class D>
typename D::Cond property_claim(int property, const SafetyCheck<D>& c) {
  const auto p = static_cast<SafetyProperty>(property);
  if (p == SafetyProperty::lock_order_kept) return c.lock_order_kept();
  if (p == SafetyProperty::terminates) return c.ending().terminates();
  if (!c.returned()) return typename D::Cond(true);
  switch (p) {
    case SafetyProperty::references_balance: return c.accounts().balance();
    case SafetyProperty::no_lock_held: return c.no_lock_held();
    case SafetyProperty::pinned_anon_is_exclusive: return c.pages().pinned_anon_is_exclusive();
    case SafetyProperty::page_is_what_hardware_translates: return c.pages().page_is_what_hardware_translates();
    case SafetyProperty::write_returns_writable: return c.pages().write_returns_writable();
    case SafetyProperty::private_write_is_no_file_page: return c.pages().private_write_is_no_file_page();
    case SafetyProperty::counted_pages_are_stored: return c.accounts().counted_pages_are_stored();
    case SafetyProperty::page_is_mapped: return c.pages().page_is_mapped();
    case SafetyProperty::pin_survives_fork: return c.pages().pin_survives_fork();
    case SafetyProperty::longterm_is_pinnable: return c.pages().longterm_is_pinnable();
    case SafetyProperty::shortfall_has_reason: return c.ending().shortfall_has_reason();
    default: break;
  }
  return c.entries_unchanged_without_fault();
}

template <class D>
typename D::Cond property_claim(int property, const World<D>& initial, const Machine<D>& after, const RowSet& rows = {}) {
  return property_claim<D>(property, SafetyCheck<D>{initial, after, rows});
}

/// Whether every claim holds of `after`, the machine that ran `initial`, premise and what `rows` know
/// apart. One straight line for fuzzing.
inline bool all_claims(const World<Concrete>& initial, const Machine<Concrete>& after, const RowSet& rows) {
  const SafetyCheck<Concrete> c{initial, after, rows};
  if (!c.returned()) return c.lock_order_kept() && c.ending().terminates();
  return c.no_lock_held() && c.lock_order_kept() && c.accounts().counted_pages_are_stored() && c.accounts().balance() &&
         c.pages().all() && c.entries_unchanged_without_fault() && c.ending().shortfall_has_reason();
}

/// What is claimed of every world whatever, a kernel's or not: how the walk itself keeps its books.
constexpr bool needs_no_premise(SafetyProperty p) {
  return p == SafetyProperty::no_lock_held || p == SafetyProperty::lock_order_kept || p == SafetyProperty::counted_pages_are_stored;
}

/// What is claimed only of worlds in which everything a walk follows is there (complete(), oracle/premise.hpp).
constexpr bool needs_complete_world(SafetyProperty p) {
  return p == SafetyProperty::terminates || p == SafetyProperty::page_is_mapped;
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
  if ((p == SafetyProperty::terminates || p == SafetyProperty::private_write_is_no_file_page) && !private_files_fit<D>(initial))
    return typename D::Cond(true);
  if (p == SafetyProperty::references_balance && !swap_cache_is_counted<D>(initial)) return typename D::Cond(true);
  if (needs_complete_world(p) && !complete<D>(initial)) return typename D::Cond(true);
  return typename D::Cond(!written_by_a_kernel<D>(initial));
}

/// The row of `enabled` (index into catalogue()) by which a breach of `property` by `after`, the machine that
/// ran `initial`, is known; -1: none is.
int excusing_row(int property, const World<Concrete>& initial, const Machine<Concrete>& after, const RowSet& enabled);

}  // namespace gupdiff
