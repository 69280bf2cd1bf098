// SPDX-License-Identifier: GPL-2.0-only
// What an entry is at its level (none, table, leaf, swap format) and which folio
// its frame lies in: the questions every part of the scenario room asks.
#pragma once

#include "model/arch/usual_config.hpp"
#include "model/arch/words.hpp"
#include "model/machine/world.hpp"
#include "scenario/limits.hpp"

namespace gupdiff {

using Scenario = World<Concrete>;
/// What the entries of a scenario mean.
using Words = Arch<Concrete>;
inline Words words_of(const Scenario& w) { return Words(w.config); }

/// How an entry is read, before any kernel predicate has its say: a PTE that is present
/// (PROT_NONE encodings too) is a leaf; above, the format says leaf or table; what no
/// format claims but pte_present() does is a leaf as well.
inline Shape shape(const Scenario& w, Level level, std::uint64_t e) {
  const Words a = words_of(w);
  if (a.none(e)) return Shape::none;
  if (level == Level::pte || level == Level::hugepte) return a.pte_present(e) ? Shape::leaf : Shape::swap;
  if (a.is_hugepd(level, e)) return Shape::hugepd;
  if (level <= Level::pud) {
    if (a.leaf_format(level, e)) return Shape::leaf;
    if (a.table_format(level, e)) return Shape::table;
    return a.pte_present(e) ? Shape::leaf : Shape::swap;
  }
  return a.table_format(level, e) ? Shape::table : Shape::swap;
}

/// log2 of the base pages a leaf of `level` maps.
inline unsigned leaf_order(const Scenario& w, Level level) { return geometry_of(w.config).leaf_order(level); }

/// The frame a leaf holds; not masked to the level.
inline std::uint64_t leaf_frame(const Scenario& w, std::uint64_t e) { return words_of(w).pte_pfn(e); }
/// `e` with frame `pfn`.
inline std::uint64_t with_frame(const Scenario& w, std::uint64_t e, std::uint64_t pfn) {
  const Words a = words_of(w);
  return a.make_entry(pfn, a.without_frame(e));
}

/// The table frame a slot of `level` with `key` must point to.
inline std::uint64_t table_target(const Scenario& w, Level level, std::uint64_t key) {
  const Geometry& g = geometry_of(w.config);
  const Level child = static_cast<Level>(static_cast<int>(level) - 1);
  return g.table_pfn<std::uint64_t>(child, key << g.bits(child));
}
/// What the kernel writes there.
inline std::uint64_t plain_table(const Scenario& w, Level level, std::uint64_t key) {
  return words_of(w).table_entry(table_target(w, level, key));
}
/// Where folio `index` (>= 2) lies unless the scenario says otherwise.
inline std::uint64_t default_pfn(const Scenario& w, std::size_t index) {
  return geometry_of(w.config).default_pfn(index);
}
/// The topmost level that has slots.
inline Level top_level(const Scenario& w) { return geometry_of(w.config).top; }

/// The first of the slots of `size.directory` that hold the directory of slot `key`.
inline std::uint64_t directory_key(const HugetlbSize& size, std::uint64_t key) {
  return key & ~std::uint64_t{size.directories() - 1};
}
/// What the kernel writes into those slots (hugepd, facts 4.4).
inline std::uint64_t directory_entry(const Scenario& w, const HugetlbSize& size, std::uint64_t key) {
  const Geometry& g = geometry_of(w.config);
  return words_of(w).hugepd_entry(g.hugepd_pfn(size.directory, directory_key(size, key)), size);
}
/// The size of the huge page whose first page has number `key`, by the directory above it, or null.
inline const HugetlbSize* hugepte_size(const Scenario& w, std::uint64_t key) {
  const Geometry& g = geometry_of(w.config);
  for (const HugetlbSize& size : g.hugetlb) {
    if (!size.hugepd() || (key & ((std::uint64_t{1} << size.order) - 1))) continue;
    const std::uint64_t slot = key >> (g.shift(size.directory) - g.page_shift);
    for (const auto& s : w.slots[static_cast<int>(size.directory)])
      if (slot - s.first < s.count && s.value == directory_entry(w, size, slot)) return &size;
  }
  return nullptr;
}

/// Index of the folio that holds frame `pfn`, or -1.
inline int folio_of(const Scenario& w, std::uint64_t pfn) {
  const std::size_t guess = pfn >> geometry_of(w.config).folio_bits;
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
  const unsigned order = leaf_order(w, level);
  const int i = folio_of(w, pfn);
  if (i >= 0 && w.folios[i].order >= order) return i;
  // Without the configuration there are no device PUDs, whatever their bit says.
  if (!devmap || order == 0 || (level == Level::pud && !w.config.pud_devmap)) return -1;
  for (std::size_t k = 0; k < w.folios.size(); ++k)
    if ((w.folios[k].pfn >> order) == (pfn >> order)) return static_cast<int>(k);
  return -1;
}

/// Whether a swap-format entry carries a frame number (migration or hwpoison).
inline bool swap_has_frame(const Scenario& w, std::uint64_t e) {
  const SwapTypes t = swap_types(w.config);
  const std::uint64_t type = words_of(w).swp_type(e);
  return (type >= t.migration_read && type <= t.migration_write) || type == t.hwpoison;
}
/// `e` with the offset field of the swap format replaced.
inline std::uint64_t with_swap_offset(const Scenario& w, std::uint64_t e, std::uint64_t offset) {
  const std::uint64_t field = swap_offset_field(w.config.arch, geometry_of(w.config));
  return (e & ~field) | (words_of(w).swp_entry(0, offset) & field);
}

}  // namespace gupdiff
