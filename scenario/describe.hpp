// SPDX-License-Identifier: GPL-2.0-only
// Parts of a scenario in words: one entry, one folio, one broken rule. Shared by
// the text form's comments, the page-table picture and error messages.
#pragma once

#include <string>

#include "scenario/flaw.hpp"

namespace gupdiff {

/// "1G", "2M", "4K" or "order 4".
std::string order_size(unsigned order);

/// One entry without its level: `leaf [W-A-D] -> folio A+0`, `table`,
/// `migration write of folio B+0`, `marker [UFFD_WP]`, `none`.
std::string describe_entry(const Scenario& w, Level level, std::uint64_t value);

/// `1G hugetlb anon excl`, with counts if they are not the usual ones.
std::string describe_folio(const Folio<Concrete>& f);

/// One sentence without a full stop: which rule is broken, by what, and the fix.
std::string describe_flaw(const Scenario& w, const Flaw& flaw);

/// First address an entry maps.
inline std::uint64_t slot_address(Level level, std::uint64_t key) {
  return key << x86_64::shift(level);
}

}  // namespace gupdiff
