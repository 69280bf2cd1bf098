// SPDX-License-Identifier: GPL-2.0-only
// What differs between the modelled kernels outside the walks themselves: one
// plain table of switches a kernel (facts 8.2), read by the shared services.
#pragma once

#include <string_view>

#include "model/kernel/known.hpp"

namespace gupdiff {

/// Era switches. Each names the commit or fact that flipped it.
struct Era {
  std::string_view name;
  /// The generic walk and no_page_table() know hugetlb (9cb28da54643, 878b0c451621; facts 1.6).
  bool unified = false;
  /// Bulk reference taking uses the slow grab (f442fa614137; facts 1.3 step 8, M03).
  bool slow_bulk_grab = false;
  /// The walk is modelled on machines with hugepd (CONFIG_ARCH_HAS_HUGEPD, gone with 8268614b408b).
  bool hugepd = false;
  /// gup_hugepte() asks with the VMA whether to unshare, and says -EMLINK (01d89b93e176; facts 1.11, D32).
  bool hugepd_unshares = false;
  /// gup_hugepte() takes references by the slow path's rules for a slow walk (f442fa614137; D33).
  bool hugepd_slow_grab = false;
  /// check_vma_flags refuses FOLL_SPLIT_PMD on hugetlb (8977752c8056; facts 1.1 row 4, D42).
  bool split_pmd_refused = false;
  /// pud_leaf() tests PSE alone; before, PSE and PRESENT (facts 4.1, U3).
  bool pud_leaf_is_pse_only = false;
  /// __get_user_pages_locked: nothing pinned without NOWAIT is a WARN and -EFAULT (6.12.y; facts 1.5).
  /// No modelled answer leads there: a difference by it would be a finding, so no row speaks of it.
  bool zero_result_is_efault = false;
  /// huge_pte_lock() takes the lock the generic walk takes (5f75cfbd6bb0; facts 1.13, D06).
  bool hugetlb_uses_table_locks = false;
  /// populate: inaccessible VMA refused, FORCE only when not WRITE (facts 1.14, 6.12).
  bool populate_checks_access = false;
  /// finish_fault() maps a whole huge page of shared memory by PTEs (43e027e41423; facts 10, C04).
  bool finish_fault_maps_folio = false;
  /// A page read in from swap is mapped writable wherever it may be (c18160dba5ff; facts 10, C05).
  bool swap_in_writable = false;
  /// do_set_pmd() asks whether the VMA wants huge pages at all (2b0f922323cc).
  bool set_pmd_asks_vma = false;
  /// GUP-fast stops at a special PMD or PUD (ae3c99e650da; facts 1.15, F02).
  bool fast_stops_at_special = false;

  // ---- What v6.10 has and v6.9 has not, in each of its steps. ----
  /// GUP-fast asks pmd_leaf() and pud_leaf() what is a leaf, and of a P4D that it be present (v6.10's pXd_huge()
  /// removal, 089f92141ed0; facts 2.3, F07).
  bool fast_asks_leaf = true;
  /// Secretmem is told by the folio-allowed test of GUP-fast, after the re-check, and with it any small folio
  /// that has no mapping (f002882ca369; facts 2.4, F08).
  bool fast_merges_secretmem = true;
  /// GUP-fast does not ask below a hugepd directory whether the folio is allowed (607c63195d63; F09).
  bool fast_hugepd_any_folio = true;
  /// GUP-fast takes the references to a huge leaf on the folio of its first page (f3c94c625fe3; facts 2.3 step 4). No
  /// scenario has a leaf of smaller folios, device memory apart, which goes page by page: no row speaks of it.
  bool fast_grabs_first_page = true;
  /// GUP-fast takes the references to a huge device leaf by the fast rules (53e45c4f6d4f; F10).
  bool fast_devmap_fast_grab = true;

  // ---- What v6.9 has and v6.1 has not. ----
  /// The hugetlb lookup takes the VMA lock (eefc7fa53608, 9c67a20704e7; V01).
  bool hugetlb_lookup_locks_vma = true;
  /// FOLL_NOFAULT counts on hugetlb (4849807114b8; V02).
  bool hugetlb_nofault = true;
  /// A fatal signal before the first page of hugetlb is -EINTR (4849807114b8; V03).
  bool hugetlb_signal_is_eintr = true;
  /// Hugetlb faults go through handle_mm_fault() (4849807114b8; V04).
  bool hugetlb_through_mm_fault = true;
  /// To a dump every hugetlb lookup without page is a hole, not only a none entry (facts 6.4; V05).
  bool hugetlb_dump_any = true;
  /// The first reference to a hugetlb page is taken by the slow rules (4849807114b8; V06).
  bool hugetlb_slow_grab = true;
  /// Longterm read pins unshare any page of a COW mapping, not only anonymous ones (84209e87c696; V07).
  bool unshares_files = true;
  /// Hugetlb goes through the common loop of __get_user_pages() (4849807114b8; V09).
  bool hugetlb_in_common_loop = true;
  /// Peer-to-peer pages are refused unless asked for (4003f107fa2e; V11).
  bool p2pdma_refused = true;
  /// All pages of a THP come from one lookup, `pages` or not (57edfcfd3419; V12).
  bool thp_at_once = true;
  /// NUMA hints are honoured on request and only where the VMA is accessible; before, unless FORCE
  /// (d74943a2f3cd; V13).
  bool numa_hints_on_request = true;
  /// The caller's flags are checked by is_valid_gup_args() (v6.3, facts 1.14; V17).
  bool gup_args_checked = true;
  /// pin_user_pages*() answer 0 to flags they refuse (v6.3, facts 1.14; V18).
  bool pin_refusal_is_zero = true;
  /// FOLL_LONGTERM goes together with giving mmap_lock up (v6.3; V19).
  bool longterm_may_unlock = true;
  /// FOLL_INTERRUPTIBLE exists (93c5c61d9e58; V20).
  bool interruptible = true;
  /// get_dump_page() does not let faults give mmap_lock up (v6.3, facts 1.14; V21).
  bool dump_page_keeps_lock = true;
  /// *_unlocked() take mmap_lock killably (v6.3, facts 1.5; V22).
  bool unlocked_is_killable = true;
  /// MADV_POPULATE hands its whole range to GUP, which then finds the VMAs (facts 1.14; V23).
  bool madvise_hands_range = true;
  /// Faults do not say VM_FAULT_WRITE (cb8d863313436; V24).
  bool no_fault_write = true;
  /// handle_mm_fault() checks the flags it is given (79881fed6052, cdc5021cda19; V25).
  bool fault_flags_sanitized = true;
  /// Markers that mean poison exist (af19487f00f3; V26).
  bool poison_markers = true;
  /// userfaultfd write protection can be asynchronous (d61ea1cb0095; V27).
  bool uffd_wp_async = true;
  /// Mapping a PTE table clears a bad PMD (0d940a9b270b; V28).
  bool walk_clears_bad_pmd = true;
  /// FOLL_SPLIT_PMD treats the huge zero page like any other (facts 1.10; V29).
  bool split_zero_is_plain = true;
  /// A split THP's entries take write and dirty from the PMD (0ccf7f168e17, 161e393c0f63; V30).
  bool split_keeps_state = true;
  /// A NUMA-hint fault may make the entry writable (6a56ccbcf6c6; V31).
  bool numa_upgrades_write = true;
  /// do_wp_page() takes shared mappings out first (v6.2; V32).
  bool wp_shared_first = true;
  /// Longterm write pins of mappings with dirty tracking are refused (8ac268436e6d; V33).
  bool longterm_dirty_tracking = true;
  /// Shadow stacks are written with FORCE only (v6.6, facts 1.1 row 6b; V34).
  bool shadow_stacks = true;
  /// The page cache holds one reference a base page of a hugetlb folio (a08c7193e4f1; V35).
  bool hugetlb_cache_refs_pages = true;
  /// A hugetlb copy keeps uffd-wp (facts 5.3 step 6; V36).
  bool hugetlb_copy_keeps_uffd_wp = true;
  /// The reservation's page is told by being anonymous, not by the page cache (facts 5.3 step 5; V37).
  bool hugetlb_owner_by_anon = true;
  /// hugetlb_no_page() readies the anon_vma before it takes a huge page (facts 5.2 N2; V38).
  bool hugetlb_anon_vma_first = true;
  /// Anonymous VMAs may have markers (2bad466cc9d9; V39).
  bool anon_markers = true;
  /// A page of a large anonymous folio is never reused by a write fault (facts 5.5; V40).
  bool large_anon_copied = true;
  /// Who waits for the migration of a hugetlb page has looked at its entry under the VMA lock (fcd48540d188; facts 5.2
  /// H0, H3; V41).
  bool hugetlb_wait_locks_vma = true;
  /// The fast API takes FOLL_PCI_P2PDMA and FOLL_HONOR_NUMA_FAULT (4003f107fa2e, d74943a2f3cd; facts 2.1, F01).
  bool fast_takes_new_flags = true;
  /// A range beyond the largest address is -EOVERFLOW to the fast API (6014bc27561f; facts 2.1). No scenario asks for
  /// one, whose addresses are the user's: only captures do, and no row speaks of it.
  bool fast_overflow_is_error = true;
  /// get_user_pages_fast_only() hands errors on (9198a9196ec9; F03).
  bool fast_only_says_error = true;
  /// riscv64 has GUP-fast (F04).
  bool fast_on_riscv = true;
  /// GUP-fast pins no page cache for long writing, shared memory and hugetlb excepted (a6e79df92e4a; F05).
  bool fast_refuses_files = true;
  /// The slow part of pin_user_pages_fast(FOLL_LONGTERM) may give mmap_lock up, and touches (v6.3; facts 1.14, F06).
  bool fast_longterm_unlocks = true;

  /// Catalogue rows whose switch above was taken over from a newer kernel:
  /// set in expected runs only (oracle/run_walk.hpp).
  RowSet taken_over{};
};

/// v6.1.192: follow_hugetlb_page (era A1) with the backports of facts 0.2; the captures' kernel.
inline constexpr Era kV6_1{.name = "v6.1",
                           .fast_asks_leaf = false,
                           .fast_merges_secretmem = false,
                           .fast_hugepd_any_folio = false,
                           .fast_grabs_first_page = false,
                           .fast_devmap_fast_grab = false,
                           .hugetlb_lookup_locks_vma = false,
                           .hugetlb_nofault = false,
                           .hugetlb_signal_is_eintr = false,
                           .hugetlb_through_mm_fault = false,
                           .hugetlb_dump_any = false,
                           .hugetlb_slow_grab = false,
                           .unshares_files = false,
                           .hugetlb_in_common_loop = false,
                           .p2pdma_refused = false,
                           .thp_at_once = false,
                           .numa_hints_on_request = false,
                           .gup_args_checked = false,
                           .pin_refusal_is_zero = false,
                           .longterm_may_unlock = false,
                           .interruptible = false,
                           .dump_page_keeps_lock = false,
                           .unlocked_is_killable = false,
                           .madvise_hands_range = false,
                           .no_fault_write = false,
                           .fault_flags_sanitized = false,
                           .poison_markers = false,
                           .uffd_wp_async = false,
                           .walk_clears_bad_pmd = false,
                           .split_zero_is_plain = false,
                           .split_keeps_state = false,
                           .numa_upgrades_write = false,
                           .wp_shared_first = false,
                           .longterm_dirty_tracking = false,
                           .shadow_stacks = false,
                           .hugetlb_cache_refs_pages = false,
                           .hugetlb_copy_keeps_uffd_wp = false,
                           .hugetlb_owner_by_anon = false,
                           .hugetlb_anon_vma_first = false,
                           .anon_markers = false,
                           .large_anon_copied = false,
                           .hugetlb_wait_locks_vma = false,
                           .fast_takes_new_flags = false,
                           .fast_overflow_is_error = false,
                           .fast_only_says_error = false,
                           .fast_on_riscv = false,
                           .fast_refuses_files = false,
                           .fast_longterm_unlocks = false};
/// v6.9: hugetlb_follow_page_mask in the common loop (era B, the series' baseline).
inline constexpr Era kV6_9{.name = "v6.9",
                           .hugepd = true,
                           .fast_asks_leaf = false,
                           .fast_merges_secretmem = false,
                           .fast_hugepd_any_folio = false,
                           .fast_grabs_first_page = false,
                           .fast_devmap_fast_grab = false};
/// The series as merged, a12083d721d7 to 9cb28da54643: hugepd as first written (sub-step C0).
inline constexpr Era kV6_10_C0{.name = "v6.10-C0", .unified = true, .hugepd = true};
/// With 01d89b93e176, before f442fa614137 (sub-step C1).
inline constexpr Era kV6_10_C1{.name = "v6.10-C1", .unified = true, .hugepd = true, .hugepd_unshares = true};
/// v6.10: the unified walk as released (era C, sub-step C2).
inline constexpr Era kV6_10{.name = "v6.10",
                            .unified = true,
                            .slow_bulk_grab = true,
                            .hugepd = true,
                            .hugepd_unshares = true,
                            .hugepd_slow_grab = true};
/// v6.11-rc3: v6.12 but for the hugetlb lock fix (era D, sub-step D0).
inline constexpr Era kV6_11_rc3{.name = "v6.11-rc3",
                                .unified = true,
                                .slow_bulk_grab = true,
                                .pud_leaf_is_pse_only = true,
                                .populate_checks_access = true,
                                .finish_fault_maps_folio = true,
                                .swap_in_writable = true};
/// v6.12 as released (era D, sub-step D1).
inline constexpr Era kV6_12{.name = "v6.12",
                            .unified = true,
                            .slow_bulk_grab = true,
                            .pud_leaf_is_pse_only = true,
                            .hugetlb_uses_table_locks = true,
                            .populate_checks_access = true,
                            .finish_fault_maps_folio = true,
                            .swap_in_writable = true,
                            .set_pmd_asks_vma = true,
                            .fast_stops_at_special = true};
/// v6.12.117, the stable kernel the captures come from (D2 and the backports of facts 0.2).
inline constexpr Era kV6_12_117{.name = "v6.12.117",
                                .unified = true,
                                .slow_bulk_grab = true,
                                .split_pmd_refused = true,
                                .pud_leaf_is_pse_only = true,
                                .zero_result_is_efault = true,
                                .hugetlb_uses_table_locks = true,
                                .populate_checks_access = true,
                                .finish_fault_maps_folio = true,
                                .swap_in_writable = true,
                                .set_pmd_asks_vma = true,
                                .fast_stops_at_special = true};

}  // namespace gupdiff
