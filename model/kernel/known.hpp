// SPDX-License-Identifier: GPL-2.0-only
// Names of the known divergences, and how a walk is told of them: an old walk
// run "as the catalogue says the new one behaves" asks a KnownRows at each place.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace gupdiff {

/// Catalogue rows, by the ids of the fact sheet's section 6 (D), 7 (M) and 1 (S: a rule of
/// that section), and G: found by gupdiff itself. Texts are in oracle/catalogue.cpp.
enum class Known : std::uint8_t {
  D01, D07, D08, D09, D11b, D16, D17, D19, D23, D24, D27, D28, D29, D38, D42,
  M03, M34, S14,
  G01, G02, G03, G05,
  end,  ///< no row: their number
};
inline constexpr int kKnownRows = static_cast<int>(Known::end);
/// A set of rows by their Known value.
using RowSet = std::bitset<kKnownRows>;

/// No row applies: the walk as its kernel has it. Costs nothing.
struct PlainKernel {
  static constexpr bool active = false;
  template <class M>
  static constexpr bool applies(M&, Known) {
    return false;
  }
};

/// The rows in `rows` apply where the walk asks.
struct KnownRows {
  static constexpr bool active = true;
  RowSet rows;
  bool on(Known k) const { return rows[static_cast<std::size_t>(k)]; }
  /// Whether row `k` is in force here; remembers that it spoke.
  template <class M>
  bool applies(M& m, Known k) const {
    if (!on(k)) return false;
    m.known_applied.set(static_cast<std::size_t>(k));
    m.note("catalogue", "a known divergence applies");
    return true;
  }
};

}  // namespace gupdiff
