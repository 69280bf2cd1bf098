// SPDX-License-Identifier: GPL-2.0-only
// The catalogue of known divergences. A row's text is here; its exact condition
// and what the new walk does instead is code in the old walk, asked through
// KnownRows (model/kernel/known.hpp) or an era switch (oracle/run_walk.hpp).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/kernel/known.hpp"

namespace gupdiff {

/// How a row can come about (facts section 6).
enum class Reach : unsigned char {
  user,       ///< ordinary user space reaches it
  invisible,  ///< reachable, but no caller can see the effect
  malformed,  ///< only page tables no kernel writes
};

/// One known divergence.
struct Row {
  Known known;
  std::string_view id;
  unsigned facets;              ///< bit mask 1 << Facet of the facets it may show in
  Reach reach;
  std::string_view title;
  std::string_view trigger;     ///< when it happens
  std::string_view difference;  ///< what the difference then is
  std::string_view reference;   ///< fact-sheet section, commit
  std::string_view witness;     ///< file name in corpus/divergences/
};

/// Every row, in the order of Known.
std::span<const Row> catalogue();
/// Index of the row with this id; -1: there is none.
int find_row(std::string_view id);
/// All rows.
RowSet all_rows();
/// Ids of the rows that are not in `enabled`, in the order of Known.
std::vector<std::string> rows_off(const RowSet& enabled);

}  // namespace gupdiff
