// SPDX-License-Identifier: GPL-2.0-only
// Catalogue rows that are era switches: with such a row on, the old kernel is run
// with the new kernel's setting of that one switch.
#pragma once

#include "model/kernel/era.hpp"

namespace gupdiff {

/// A row and the switch it speaks of.
struct EraRow {
  Known row;
  bool Era::*field;
  /// Whether the row is recorded only where the switch makes a difference, so that it is claimed
  /// to be tight. The others are recorded wherever the switch is asked, and are claimed to show in no facet that
  /// they do not name (proofs/row_claims.hpp). One that names all may act where nothing records it.
  bool tight = false;
};
inline constexpr EraRow kEraRows[] = {
    {Known::D42, &Era::split_pmd_refused, true},
    {Known::M03, &Era::slow_bulk_grab, true},
    {Known::D32, &Era::hugepd_unshares, true},
    {Known::D33, &Era::hugepd_slow_grab, true},
    {Known::S14, &Era::populate_checks_access},
    {Known::V01, &Era::hugetlb_lookup_locks_vma},
    {Known::V02, &Era::hugetlb_nofault},
    {Known::V03, &Era::hugetlb_signal_is_eintr},
    {Known::V04, &Era::hugetlb_through_mm_fault},
    {Known::V05, &Era::hugetlb_dump_any},
    {Known::V06, &Era::hugetlb_slow_grab},
    {Known::V07, &Era::unshares_files},
    {Known::V09, &Era::hugetlb_in_common_loop},
    {Known::V11, &Era::p2pdma_refused},
    {Known::V12, &Era::thp_at_once},
    {Known::V13, &Era::numa_hints_on_request},
    {Known::V17, &Era::gup_args_checked},
    {Known::V18, &Era::pin_refusal_is_zero},
    {Known::V19, &Era::longterm_may_unlock},
    {Known::V20, &Era::interruptible},
    {Known::V21, &Era::dump_page_keeps_lock},
    {Known::V22, &Era::unlocked_is_killable},
    {Known::V23, &Era::madvise_hands_range},
    {Known::V24, &Era::no_fault_write},
    {Known::V25, &Era::fault_flags_sanitized},
    {Known::V26, &Era::poison_markers},
    {Known::V27, &Era::uffd_wp_async},
    {Known::V28, &Era::walk_clears_bad_pmd},
    {Known::V29, &Era::split_zero_is_plain},
    {Known::V30, &Era::split_keeps_state},
    {Known::V31, &Era::numa_upgrades_write},
    {Known::V32, &Era::wp_shared_first},
    {Known::V33, &Era::longterm_dirty_tracking},
    {Known::V34, &Era::shadow_stacks},
    {Known::V35, &Era::hugetlb_cache_refs_pages},
    {Known::V36, &Era::hugetlb_copy_keeps_uffd_wp},
    {Known::V37, &Era::hugetlb_owner_by_anon},
    {Known::V38, &Era::hugetlb_anon_vma_first},
    {Known::V39, &Era::anon_markers},
    {Known::V40, &Era::large_anon_copied},
    {Known::V41, &Era::hugetlb_wait_locks_vma},
    {Known::C04, &Era::finish_fault_maps_folio},
    {Known::C05, &Era::swap_in_writable},
    {Known::G04, &Era::set_pmd_asks_vma},
    {Known::F01, &Era::fast_takes_new_flags},
    {Known::F02, &Era::fast_stops_at_special},
    {Known::F03, &Era::fast_only_says_error},
    {Known::F04, &Era::fast_on_riscv},
    {Known::F05, &Era::fast_refuses_files},
    {Known::F06, &Era::fast_longterm_unlocks},
    {Known::F07, &Era::fast_asks_leaf},
    {Known::F08, &Era::fast_merges_secretmem},
    {Known::F09, &Era::fast_hugepd_any_folio},
    {Known::F10, &Era::fast_devmap_fast_grab},
};

/// Whether row number `row` (index into catalogue()) is claimed to speak only where it makes a difference.
constexpr bool claimed_tight(int row) {
  for (const EraRow& r : kEraRows)
    if (static_cast<int>(r.row) == row) return r.tight;
  return true;
}

/// The era switches of `from` with those that a row in `rows` speaks of taken from `to`.
inline Era expected_era(const Era& from, const Era& to, const RowSet& rows) {
  Era e = from;
  e.unified = to.unified;  // no_page_table() on hugetlb: reached through D27 and D28 only
  e.pud_leaf_is_pse_only = to.pud_leaf_is_pse_only;
  if (!from.unified) {  // what the rows of an old walk have to know of the new one
    e.hugepd_unshares = to.hugepd_unshares;
    e.hugepd_slow_grab = to.hugepd_slow_grab;
  }
  for (const EraRow& r : kEraRows) {
    if (!rows[static_cast<std::size_t>(r.row)] || e.*r.field == to.*r.field) continue;
    e.*r.field = to.*r.field;
    e.taken_over.set(static_cast<std::size_t>(r.row));
  }
  return e;
}

}  // namespace gupdiff
