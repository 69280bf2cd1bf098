// SPDX-License-Identifier: GPL-2.0-only
// hugetlb_walk(): where the old walk looks for the entry of a huge page, which each
// architecture's huge_pte_offset() decides (facts 1.12).
#pragma once

#include "model/kernel/known.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff::legacy_v6_9 {

/// The slot that hugetlb_walk() found.
struct HugeSlot {
  bool found = false;
  Level level = Level::pmd;  ///< another one than the size's only where tables are malformed
  /// The entry counts for what its own level maps, as to the new walk (D29, D31).
  bool by_entry = false;
  bool read = false;  ///< the entry itself was looked at on the way

  static HugeSlot none() { return {}; }
};

/// The topmost levels, which every huge_pte_offset() tests for presence. False: not there.
template <class M, class Rows>
bool walk_to_pud(M& m, const Rows& known, typename M::W address) {
  const auto& arch = m.arch;
  constexpr const char* fn = "hugetlb_walk";
  if (m.top() == Level::pgd) {
    const auto pgd = m.read(fn, Level::pgd, address);
    if (!arch.pgd_present(pgd)) return false;
    if constexpr (Rows::active)
      if (arch.pgd_bad(pgd) && known.applies(m, Known::D24)) return false;
    if (!m.enter_table(fn, Level::p4d, pgd, address)) return false;
  }
  if (m.top() >= Level::p4d) {
    const auto p4d = m.read(fn, Level::p4d, address);
    if (!arch.p4d_present(p4d)) return false;
    if constexpr (Rows::active)
      if (arch.p4d_bad(p4d) && known.applies(m, Known::D24)) return false;
    if (!m.enter_table(fn, Level::pud, p4d, address)) return false;
  }
  return true;
}

/// The generic one, and riscv64's, which goes on to the PTEs of a Svnapot set: only presence
/// of the tables above is tested, never whether the slot holds a leaf.
template <class M, class Rows>
HugeSlot generic_huge_pte_offset(M& m, const Rows& known, const HugetlbSize& size, typename M::W address) {
  const auto& arch = m.arch;
  constexpr const char* fn = "hugetlb_walk";
  if (!walk_to_pud(m, known, address)) return HugeSlot::none();
  if (size.level == Level::pud) return {true, Level::pud};
  const auto pud = m.read(fn, Level::pud, address);
  if (!arch.pud_present(pud)) return HugeSlot::none();
  if constexpr (Rows::active) {
    if (arch.pud_leaf(m.era, pud)) {
      if (known.applies(m, Known::D29)) return {true, Level::pud, true, true};
    } else if (arch.pud_bad(pud) && known.applies(m, Known::D24)) {
      return HugeSlot::none();
    }
  }
  if (!m.enter_table(fn, Level::pmd, pud, address)) return HugeSlot::none();
  if (size.level == Level::pmd) return {true, Level::pmd};
  const auto pmd = m.read(fn, Level::pmd, address);
  if (!arch.pmd_present(pmd)) return HugeSlot::none();
  if constexpr (Rows::active) {
    if (arch.devmap(pmd)) {
      if (known.on(Known::D23)) return {true, Level::pmd, true, true};
    } else if (arch.pmd_leaf(pmd)) {
      if (known.applies(m, Known::D31)) return {true, Level::pmd, true, true};
    }
    // The table is entered where the new walk enters it, in known_before_lock().
    return {true, Level::pte};
  }
  if (!m.enter_table(fn, Level::pte, pmd, address)) return HugeSlot::none();
  return {true, Level::pte};
}

/// arm64's: the first leaf or non-present entry from the top is the slot, whatever the size
/// asked for. `address` decides which slot of a contiguous set is looked at.
template <class M, class Rows>
HugeSlot arm64_huge_pte_offset(M& m, const Rows& known, const HugetlbSize& size, typename M::W address) {
  const auto& arch = m.arch;
  constexpr const char* fn = "hugetlb_walk";
  if (!walk_to_pud(m, known, address)) return HugeSlot::none();
  const auto pud = m.read(fn, Level::pud, address);
  if (size.level != Level::pud && arch.none(pud)) return HugeSlot::none();
  if (!arch.pud_present(pud)) return {true, Level::pud, false, true};
  if (arch.pud_leaf(m.era, pud)) {
    bool by_entry = false;
    if constexpr (Rows::active) by_entry = size.level != Level::pud && known.applies(m, Known::D29);
    return {true, Level::pud, by_entry, true};
  }
  if constexpr (Rows::active) {
    if (arch.pud_bad(pud)) {
      if (known.applies(m, Known::D24)) return HugeSlot::none();
    } else if (size.level == Level::pud && known.on(Known::D27)) {
      return {true, Level::pud, false, true};
    }
  }
  if (!m.enter_table(fn, Level::pmd, pud, address)) return HugeSlot::none();
  const auto pmd = m.read(fn, Level::pmd, address);
  if (size.level != Level::pmd && arch.none(pmd)) return HugeSlot::none();
  if constexpr (Rows::active)
    if (arch.pmd_present(pmd) && arch.devmap(pmd) && known.on(Known::D23))
      return {true, Level::pmd, size.level != Level::pmd, true};
  if (!arch.pmd_present(pmd)) return {true, Level::pmd, false, true};
  if (arch.pmd_leaf(pmd)) {
    bool by_entry = false;
    if constexpr (Rows::active) by_entry = size.level != Level::pmd && known.applies(m, Known::D31);
    return {true, Level::pmd, by_entry, true};
  }
  if (size.level == Level::pte) {
    if (!m.enter_table(fn, Level::pte, pmd, address)) return HugeSlot::none();
    return {true, Level::pte};
  }
  if constexpr (Rows::active)
    if (size.level == Level::pmd && known.on(Known::D28)) return {true, Level::pmd, false, true};
  return HugeSlot::none();
}

/// hugetlb_walk() for the slot of `address`.
template <class M, class Rows>
HugeSlot hugetlb_walk(M& m, const Rows& known, const HugetlbSize& size, typename M::W address) {
  if (m.arch.geometry().huge_pte_offset == HugePteOffset::arm64) return arm64_huge_pte_offset(m, known, size, address);
  return generic_huge_pte_offset(m, known, size, address);
}

}  // namespace gupdiff::legacy_v6_9
