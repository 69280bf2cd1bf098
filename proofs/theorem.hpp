// SPDX-License-Identifier: GPL-2.0-only
// What a theorem about a pair of walks is: a world of symbolic words under named
// assumptions. What is claimed of it is always the same: the judge's relation and
// safety properties.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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
  /// The world holds words that no kernel writes, so that of the safety properties the one
  /// without that premise alone is claimed (oracle/premise.hpp).
  bool any_words = false;
};

/// Whether pages are wanted, and how: what cannot be symbolic of a request.
enum class Wanted : std::uint8_t { nothing, get, pin };

/// What a request calls: __get_user_pages(); GUP-fast alone, by get_user_pages_fast_only() or pin_user_pages_fast_only(),
/// so that no fault follows; or pin_user_pages() with FOLL_LONGTERM, which migrates what must not be pinned for long.
enum class Call : std::uint8_t { gup, fast_only, longterm };
/// Whether `call` can want pages in this way.
constexpr bool can_want(Call call, Wanted wanted) {
  return call == Call::gup || wanted == Wanted::pin || (call == Call::fast_only && wanted == Wanted::get);
}

/// Part of a theorem: what cannot be symbolic, fixed.
struct Cell {
  std::string name;
  Config config;
  Wanted wanted = Wanted::nothing;
  bool absent = false;  ///< of a contiguous set: its entries are no leaves (how they advance is concrete)
  /// The cell is about the calls in which the older walk, the catalogue's rows in force, calls
  /// handle_mm_fault() at most so often. Nothing: about all.
  std::optional<std::uint8_t> faults = std::nullopt;
  Call call = Call::gup;
};

/// What Cell::faults says, in words.
std::string bound_text(std::uint8_t faults);

/// A theorem about any pair of walks. Its cells divide its claim by what cannot
/// be symbolic (pages == NULL, for one); it is proved when each cell is.
struct Theorem {
  std::string arch;  ///< "x86_64", "arm64-4K": architecture and, where they are told apart, geometry
  std::string name;  ///< "hugetlb-2M/one-page"
  std::string summary;
  std::vector<Cell> cells;
  std::uint8_t order = 0;  ///< log2 of the base pages of its huge pages
  /// Builds the world of `cell`. Must declare the same variables in the same
  /// order each time: workers build their own.
  std::function<Setting(TermArena&, const Cell& cell, std::uint8_t order)> build;
};

/// Every theorem about pairs of walks, in the order they are proved.
std::span<const Theorem> theorems();

}  // namespace gupdiff
