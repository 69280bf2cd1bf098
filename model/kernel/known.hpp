// SPDX-License-Identifier: GPL-2.0-only
// Names of the known divergences, and how a walk is told of them: an old walk
// run "as the catalogue says the new one behaves" asks a KnownRows at each place.
#pragma once

#include <bitset>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace gupdiff {

/// Catalogue rows, by the ids of the fact sheet's section 6 (D; V from v6.1 to v6.9), 7 (M),
/// 10 (C), 1 (S: a rule of that section) and 2.6 (F: GUP-fast), and G: found by gupdiff itself; so are V17 and above. Texts are in
/// oracle/catalogue.cpp.
enum class Known : std::uint8_t {
  D01, D02, D04, D05, D06, D07, D08, D09, D10, D11b, D14, D16, D17, D18, D19, D23, D24, D27, D28, D29, D31, D38, D40,
  D42,
  M03, M34, S14,
  G01, G02, G03, G05,
  V01, V02, V03, V04, V05, V06, V07, V09, V11, V12, V13, V17, V18, V19, V20, V21, V22, V23, V24, V25,
  V26, V27, V28, V29, V30, V31, V32, V33, V34, V35, V36, V37, V38, V39, V40, V41,
  C04, C05, G04, G06,
  // hugepd, facts 6.1, 6.4, 6.7, 6.8
  D06b, D12, D30, D32, D33, D34, D35, D36,
  G40, G41,
  // GUP-fast, facts 2
  F01, F02, F03, F04, F05, F06, F07, F08, F09, F10,
  end,  ///< no row: their number
};
inline constexpr int kKnownRows = static_cast<int>(Known::end);
/// A set of rows by their Known value.
using RowSet = std::bitset<kKnownRows>;

/// The answer of KnownRows::applies(): asked for its truth value, it remembers that the row
/// spoke. Behind a condition it is asked only where that holds, also over solver terms, whose
/// `&&` evaluates both sides.
template <class M>
struct RowApplies {
  M& m;
  Known row;
  bool on;
  operator bool() const {
    if (!on) return false;
    m.known_applied.set(static_cast<std::size_t>(row));
    m.note("catalogue", "a known divergence applies");
    return true;
  }
  template <class C>
    requires(!std::same_as<C, bool>)
  friend bool operator&&(C condition, const RowApplies& answer) {
    return answer.on && M::Domain::truth(condition) && static_cast<bool>(answer);
  }
  template <class C>
    requires(!std::same_as<C, bool>)
  friend bool operator||(C, const RowApplies&) = delete;
};

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
  /// Whether row `k` is in force here; remembers that it spoke. To be asked only where that
  /// makes a difference (the prover holds the rows to it).
  template <class M>
  RowApplies<M> applies(M& m, Known k) const {
    return {m, k, on(k)};
  }
  /// Remembers that row `k`, if it is on, made a difference here.
  template <class M>
  void spoke(M& m, Known k) const {
    (void)static_cast<bool>(applies(m, k));
  }
};

}  // namespace gupdiff
