// SPDX-License-Identifier: GPL-2.0-only
// Parts of a scenario in words: one entry, one folio, one broken rule. Shared by
// the text form's comments, the page-table picture and error messages.
#pragma once

#include <string>

#include "scenario/flaw.hpp"

namespace gupdiff {

/// Bytes of a folio of `order`: "1G", "2M", "64K".
std::string order_size(const Scenario& w, unsigned order);

/// The hugetlb sizes of the architecture: "2M or 1G".
std::string hugetlb_sizes(const Scenario& w);

/// Why `level` cannot be used: it is folded.
std::string no_level(const Scenario& w, Level level);

/// One entry without its level: `leaf [W-A-D] -> folio A+0`, `table`,
/// `migration write of folio B+0`, `marker [UFFD_WP]`, `none`.
std::string describe_entry(const Scenario& w, Level level, std::uint64_t value);

/// `1G hugetlb anon excl`, with counts if they are not the usual ones.
std::string describe_folio(const Scenario& w, const Folio<Concrete>& f);

/// One sentence without a full stop: which rule is broken, by what, and the fix.
std::string describe_flaw(const Scenario& w, const Flaw& flaw);

/// First address an entry maps.
inline std::uint64_t slot_address(const Scenario& w, Level level, std::uint64_t key) {
  return key << geometry_of(w.config).shift(level);
}

}  // namespace gupdiff
