// SPDX-License-Identifier: GPL-2.0-only
// x86-64 entries as v6.1 writes them, for the edge where recorded words are compared:
// the models' own words are in the newest kernel's format, whatever era runs.
#pragma once

#include "model/arch/x86_64/geometry.hpp"
#include "model/kernel/swap_types.hpp"

namespace gupdiff::x86_64 {

/// What differs in v6.1 (arch/x86/include/asm/pgtable_types.h, include/linux/swap.h; facts 4.1):
/// a clean bit of its own for read-only dirty entries does not exist, device pages have
/// another bit, and one more swap type lies above all others.
namespace v6_1 {
inline constexpr std::uint64_t kDevmap = 1ull << 58;
/// Types that swap_types() numbers without the one for swap-in errors.
constexpr std::uint64_t swap_type(const SwapTypes& t, std::uint64_t type) {
  return type >= t.max_swapfiles ? type - 1 : type;
}

/// The predicates of v6.1, by the names of model/arch/arch.hpp.
struct Entry {
  static constexpr std::uint64_t kFlags = ~kPfnMask;
  static constexpr bool none(std::uint64_t e) { return (e & ~(ACCESSED | DIRTY)) == 0; }
  static constexpr bool pte_present(std::uint64_t e) { return (e & (PRESENT | PROTNONE)) != 0; }
  static constexpr bool pmd_present(std::uint64_t e) { return (e & (PRESENT | PROTNONE | PSE)) != 0; }
  static constexpr bool pud_present(std::uint64_t e) { return (e & PRESENT) != 0; }
  static constexpr bool protnone(std::uint64_t e) { return (e & (PROTNONE | PRESENT)) == PROTNONE; }
  static constexpr bool pmd_bad(std::uint64_t e) { return (e & kFlags & ~(USER | ACCESSED)) != (PRESENT | RW | DIRTY); }
  static constexpr bool pud_bad(std::uint64_t e) {
    return (e & kFlags & ~(PRESENT | RW | ACCESSED | DIRTY | USER)) != 0;
  }
  static constexpr bool pmd_leaf(std::uint64_t e) { return (e & PSE) != 0; }
  /// pud_large(): two bits.
  static constexpr bool pud_leaf(std::uint64_t e) { return (e & (PSE | PRESENT)) == (PSE | PRESENT); }
  /// pmd_huge(), pud_huge(): every entry that is neither none nor a table, swap entries too.
  static constexpr bool huge(std::uint64_t e) { return !none(e) && (e & (PRESENT | PSE)) != PRESENT; }
  static constexpr bool pmd_trans_huge(std::uint64_t e) { return (e & (PSE | kDevmap)) == PSE; }
  static constexpr bool devmap(std::uint64_t e) { return (e & kDevmap) != 0; }
  static constexpr bool special(std::uint64_t e) { return (e & SPECIAL) != 0; }
  static constexpr bool write(std::uint64_t e) { return (e & RW) != 0; }
  static constexpr bool dirty(std::uint64_t e) { return (e & DIRTY) != 0; }
  static constexpr bool young(std::uint64_t e) { return (e & ACCESSED) != 0; }
  static constexpr bool soft_dirty(std::uint64_t e) { return (e & SOFT_DIRTY) != 0; }
  static constexpr bool uffd_wp(std::uint64_t e) { return (e & UFFD_WP) != 0; }
  static constexpr bool access_permitted(std::uint64_t e, bool write) {
    return (e & (PRESENT | USER)) == (PRESENT | USER) && (!write || (e & RW) != 0);
  }
  static constexpr std::uint64_t pte_pfn(std::uint64_t e) {
    return ((e != 0 && (e & PRESENT) == 0 ? ~e : e) & kPfnMask) >> 12;
  }
};
}  // namespace v6_1

/// `e`, a leaf or an entry of the swap format as v6.12 writes it, as v6.1 does.
constexpr std::uint64_t to_v6_1(const SwapTypes& t, std::uint64_t e) {
  if (e == 0) return e;
  if ((e & (PRESENT | PROTNONE | PSE)) == 0) {
    constexpr std::uint64_t below_type = (std::uint64_t{1} << 59) - 1;
    return (e & below_type) | (v6_1::swap_type(t, e >> 59) << 59);
  }
  std::uint64_t old = e & ~(DEVMAP | SAVED_DIRTY);
  if (e & DEVMAP) old |= v6_1::kDevmap;
  if (e & SAVED_DIRTY) old |= DIRTY;
  return old;
}

}  // namespace gupdiff::x86_64
