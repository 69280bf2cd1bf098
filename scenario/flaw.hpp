// SPDX-License-Identifier: GPL-2.0-only
// The rules a scenario obeys, checked in one place and in one pass: normalise()
// asks whether there is a flaw, validate() puts it into words.
#pragma once

#include <cstdint>

#include "scenario/entry_shape.hpp"

namespace gupdiff {

enum class FlawKind : std::uint8_t {
  none,
  config_variant,
  config_switch,
  no_zero_folios,
  zero_folio_altered,
  folio_kind,
  folio_order,
  folio_hugetlb_order,
  folio_pfn_range,
  folio_pfn_alignment,
  folio_overlap,
  folio_counts,
  vma_empty,
  vma_alignment,
  vma_range,
  vma_overlap,
  vma_order,
  vma_hugetlb_flag,
  vma_huge_order,
  vma_flags,
  vma_no_huge_leaves,
  vma_file,
  slot_level,
  slot_range,
  slot_empty,
  slot_run,
  slot_shape,
  slot_directory,
  slot_duplicate,
  slot_order,
  slot_no_table,
  slot_below_non_table,
  hugepte_no_directory,
  table_elsewhere,
  leaf_nowhere,
  leaf_alignment,
  leaf_spelling,
  swap_nowhere,
  restored_unused,
  restored_not_leaf,
  cache_folio,
  cache_alignment,
  cache_file,
  cache_huge,
  cache_absent,
  cache_overlap,
  cache_order,
  env_range,
  request_start,
  request_pages,
  request_flags,
  request_api,
};

/// The first rule broken and where: `index` into the list the kind speaks of
/// (`level` for slots), `other` the second party of an overlap.
struct Flaw {
  FlawKind kind = FlawKind::none;
  int index = -1;
  Level level = Level::pte;
  int other = -1;
  explicit operator bool() const { return kind != FlawKind::none; }
};

/// Whether the switches of `c` go together and with its architecture.
bool config_fits(const Config& c);

/// Checks every rule of normalise() except the counts of limits.hpp.
Flaw find_flaw(const Scenario& w);

/// The rules of one slot, its table apart.
FlawKind slot_flaw(const Scenario& w, Level level, const Slot<Concrete>& s);

/// The rules of the page cache.
Flaw cache_flaw(const Scenario& w);

/// The rules of one entry value: `e` at `level`, slot `key`, `count` slots from it
/// advancing by `stride`. FlawKind::none when it is valid.
FlawKind entry_flaw(const Scenario& w, Level level, std::uint64_t key, std::uint64_t e,
                    std::uint32_t count, std::int8_t stride);

}  // namespace gupdiff
