// SPDX-License-Identifier: GPL-2.0-only
// What a theorem is: a world of symbolic words under named assumptions. What is
// claimed of it is always the same: the judge's relation and safety properties.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/machine/world.hpp"
#include "proofs/symbolic.hpp"

namespace gupdiff {

/// One thing taken for granted, and where it is argued.
struct Assumption {
  std::string name;
  std::string_view source;
  SymbolicCond holds;
};

/// The world of one theorem over one arena.
struct Setting {
  World<Symbolic> world;
  std::vector<Assumption> assumptions;
};

/// A theorem about any pair of walks. Its cells divide its claim by what cannot
/// be symbolic (pages == NULL, for one); it is proved when each cell is.
struct Theorem {
  std::string_view arch;  ///< "x86_64"
  std::string_view name;  ///< "hugetlb-2M/one-page"
  std::string_view summary;
  std::span<const std::string_view> cells;
  /// Builds the world of `cell`. Must declare the same variables in the same
  /// order each time: workers build their own.
  Setting (*build)(TermArena&, int cell);
};

/// The theorems of x86-64, in the order they are proved.
std::span<const Theorem> theorems_x86_64();

}  // namespace gupdiff
