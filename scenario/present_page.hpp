// SPDX-License-Identifier: GPL-2.0-only
// The plainest hugetlb scenario there is: huge pages of one size, present and writable, and
// a request that finds them.
#pragma once

#include "scenario/entry_shape.hpp"

namespace gupdiff {

/// One shared writable mapping of one present huge page of `size`, and a get_user_pages() of
/// its first `pages` base pages.
Scenario present_huge_page(const Config& config, const HugetlbSize& size, std::uint32_t pages);

}  // namespace gupdiff
