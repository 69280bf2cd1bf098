// SPDX-License-Identifier: GPL-2.0-only
// Request shapes: how many pages a hugetlb theorem's call asks for, and how they lie to
// huge pages, page tables and VMAs.
#pragma once

#include <span>
#include <string_view>

#include "proofs/theorem.hpp"

namespace gupdiff {

/// One shape: a world and a request in it, for any hugetlb size that it fits.
struct RequestShape {
  std::string_view name;           ///< in names of theorems
  std::string_view summary;        ///< in words; {} stands for the size
  Setting (*build)(TermArena&, const Cell&, std::uint8_t order);
  unsigned least_pages = 1;        ///< base pages that a huge page needs for it
  bool two_tables = false;         ///< needs two page tables of the huge pages' level
  bool whole_page = false;         ///< goes through all entries of a huge page
  Call call = Call::gup;
};

/// Every shape, the smallest request first.
std::span<const RequestShape> request_shapes();
/// Whether `shape` makes sense of huge pages of `size`, and is not beyond what can be explored: of
/// a contiguous set, each entry looked up multiplies the paths.
bool fits(const RequestShape& shape, const Geometry& g, const HugetlbSize& size);

}  // namespace gupdiff
