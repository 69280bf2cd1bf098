// SPDX-License-Identifier: GPL-2.0-only
// What an entry is at its level (none, table, leaf, swap format) and which folio
// its frame lies in: the questions every part of the scenario room asks.
#pragma once

#include "model/arch/x86_64/entry.hpp"
#include "model/machine/world.hpp"
#include "scenario/limits.hpp"

namespace gupdiff {

using Scenario = World<Concrete>;
using Entry = x86_64::Entry<Concrete>;

/// How an entry is read, before any kernel predicate has its say.
enum class Shape : std::uint8_t {
  none,   ///< nothing but accessed/dirty bits
  table,  ///< PRESENT without PSE above the PTE level; any PRESENT entry at p4d and pgd
  leaf,   ///< holds a frame: PTE with PRESENT or PROTNONE; PMD/PUD with PSE, or PROTNONE without PRESENT
  swap,   ///< everything else: migration, hwpoison, markers, swap, junk
};

inline Shape shape(Level level, std::uint64_t e) {
  using namespace x86_64;
  if ((e & ~std::uint64_t{ACCESSED | DIRTY}) == 0) return Shape::none;
  if (level == Level::pte) return (e & (PRESENT | PROTNONE)) ? Shape::leaf : Shape::swap;
  if (level <= Level::pud) {
    if (e & PSE) return Shape::leaf;
    if (e & PRESENT) return Shape::table;
    return (e & PROTNONE) ? Shape::leaf : Shape::swap;
  }
  return (e & PRESENT) ? Shape::table : Shape::swap;
}

/// Order of the block a leaf of `level` maps: 0, 9, 18.
constexpr unsigned leaf_order(Level level) { return 9u * static_cast<unsigned>(level); }

/// The frame a leaf holds, L1TF inversion undone (facts 4.1); not masked to the level.
inline std::uint64_t leaf_frame(std::uint64_t e) { return Entry::pte_pfn(e); }
/// `e` with frame `pfn`, inverted if `e` lacks PRESENT.
inline std::uint64_t with_frame(std::uint64_t e, std::uint64_t pfn) {
  const std::uint64_t f = (pfn << 12) & x86_64::kPfnMask;
  return (e & ~x86_64::kPfnMask) | ((e & x86_64::PRESENT) ? f : (~f & x86_64::kPfnMask));
}

/// The value a table slot of `level` with `key` must point to.
inline std::uint64_t table_target(Level level, std::uint64_t key) {
  return table_pfn<std::uint64_t>(static_cast<Level>(static_cast<int>(level) - 1), key << 9);
}
/// What the kernel writes there.
inline std::uint64_t plain_table(Level level, std::uint64_t key) {
  return Entry::table_entry(table_target(level, key));
}

/// Index of the folio that holds frame `pfn`, or -1.
inline int folio_of(const Scenario& w, std::uint64_t pfn) {
  const std::size_t guess = pfn >> 18;
  if (guess >= 2 && guess < w.folios.size() &&
      (w.folios[guess].pfn >> w.folios[guess].order) == (pfn >> w.folios[guess].order))
    return static_cast<int>(guess);
  for (std::size_t i = 0; i < w.folios.size(); ++i)
    if ((w.folios[i].pfn >> w.folios[i].order) == (pfn >> w.folios[i].order))
      return static_cast<int>(i);
  return -1;
}

/// Index of the folio behind a leaf of `level` at frame `pfn` (aligned to the
/// level): the folio that covers the whole leaf or, for devmap leaves, whose
/// pages may be folios of their own (facts D16), the first one inside it. -1: none.
inline int leaf_folio(const Scenario& w, Level level, std::uint64_t pfn, bool devmap) {
  const unsigned order = leaf_order(level);
  const int i = folio_of(w, pfn);
  if (i >= 0 && w.folios[i].order >= order) return i;
  // Without the configuration there are no device PUDs, whatever their bit says.
  if (!devmap || order == 0 || (level == Level::pud && !w.config.pud_devmap)) return -1;
  for (std::size_t k = 0; k < w.folios.size(); ++k)
    if ((w.folios[k].pfn >> order) == (pfn >> order)) return static_cast<int>(k);
  return -1;
}

/// Whether a swap-format entry carries a frame number (migration or hwpoison).
inline bool swap_has_frame(const x86_64::SwapTypes& t, std::uint64_t e) {
  const std::uint64_t type = Entry::swp_type(e);
  return (type >= t.migration_read && type <= t.migration_write) || type == t.hwpoison;
}
/// `e` with the offset field of the swap format replaced.
inline std::uint64_t with_swap_offset(std::uint64_t e, std::uint64_t offset) {
  constexpr std::uint64_t field = 0x07fffffffffffe00ull;
  return (e & ~field) | ((~offset << 9) & field);
}

}  // namespace gupdiff
