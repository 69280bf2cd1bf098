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
  /// check_vma_flags refuses FOLL_SPLIT_PMD on hugetlb (8977752c8056; facts 1.1 row 4, D42).
  bool split_pmd_refused = false;
  /// pud_leaf() tests PSE alone; before, PSE and PRESENT (facts 4.1, U3).
  bool pud_leaf_is_pse_only = false;
  /// __get_user_pages_locked: nothing pinned without NOWAIT is a WARN and -EFAULT (6.12.y; facts 1.5).
  /// No modelled answer leads there: a difference by it would be a finding, so no row speaks of it.
  bool zero_result_is_efault = false;
  /// populate: inaccessible VMA refused, FORCE only when not WRITE (facts 1.14, 6.12).
  bool populate_checks_access = false;
  /// Catalogue rows whose switch above was taken over from a newer kernel:
  /// set in expected runs only (oracle/run_walk.hpp).
  RowSet taken_over{};
};

/// v6.9: hugetlb_follow_page_mask in the common loop (era B, the series' baseline).
inline constexpr Era kV6_9{.name = "v6.9"};
/// v6.10: the unified walk as released (era C, sub-step C2).
inline constexpr Era kV6_10{.name = "v6.10",
                            .unified = true,
                            .slow_bulk_grab = true};
/// v6.12 as released (era D, sub-step D1).
inline constexpr Era kV6_12{.name = "v6.12",
                            .unified = true,
                            .slow_bulk_grab = true,
                            .pud_leaf_is_pse_only = true,
                            .populate_checks_access = true};
/// v6.12.117, the stable kernel the captures come from (D2 and the backports of facts 0.2).
inline constexpr Era kV6_12_117{.name = "v6.12.117",
                                .unified = true,
                                .slow_bulk_grab = true,
                                .split_pmd_refused = true,
                                .pud_leaf_is_pse_only = true,
                                .zero_result_is_efault = true,
                                .populate_checks_access = true};

}  // namespace gupdiff
