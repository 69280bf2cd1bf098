// SPDX-License-Identifier: GPL-2.0-only
// arm64 entries as v6.1 writes and reads them, for the edge where recorded words are
// compared: the models' own words are in the newest kernel's format, whatever era runs.
// The new bits came with v6.10 (f0f5863a0fb0, 55564814a838, 5b32510af77b).
#pragma once

#include "model/arch/arm64/geometry.hpp"
#include "model/domain/domain.hpp"

namespace gupdiff::arm64::v6_1 {

// Bits that moved (arch/arm64/include/asm/pgtable-prot.h of v6.1; facts 4.2).
/// PROT_NONE: without VALID; with it the bit is free, as there is no userfaultfd write protection.
inline constexpr std::uint64_t PROT_NONE = 1ull << 58;
/// A PMD leaf made invalid while it is split.
inline constexpr std::uint64_t PMD_PRESENT_INVALID = 1ull << 59;

/// v6.1's predicates over words in v6.1's format; the rest are as in the newest format.
template <class D>
struct Entry {
  using W = typename D::Word;
  using B = typename D::Cond;

  const Geometry& g;

  static B has(W e, std::uint64_t bits) { return (e & bits) != 0u; }
  static B table(W e) { return (e & (VALID | TABLE)) == (VALID | TABLE); }
  B none(W e) const { return e == 0u; }
  B pte_present(W e) const { return has(e, VALID | PROT_NONE); }
  B pmd_present(W e) const { return pte_present(e) || has(e, PMD_PRESENT_INVALID); }
  B pud_present(W e) const { return pte_present(e); }
  B p4d_present(W e) const { return e != 0u; }
  B protnone(W e) const { return (e & (VALID | PROT_NONE)) == PROT_NONE; }
  B pmd_bad(W e) const { return !table(e); }
  B pud_bad(W e) const { return !table(e); }
  B p4d_bad(W e) const { return !has(e, TABLE); }
  B pmd_leaf(W e) const { return pmd_present(e) && !table(e); }
  /// With the 64K granule every PUD is a table to the kernel.
  B pud_leaf(W e) const { return B(g.page_shift != 16) && pud_present(e) && !table(e); }
  B pmd_trans_huge(W e) const { return e != 0u && pmd_present(e) && !has(e, TABLE); }
  /// pmd_huge() and pud_huge(): every word but none without bit 1, swap entries too.
  B huge(W e) const { return e != 0u && !has(e, TABLE); }
  B write(W e) const { return has(e, WRITE); }
  B dirty(W e) const { return has(e, DIRTY) || (e & (WRITE | RDONLY)) == WRITE; }
  B young(W e) const { return has(e, AF); }
  B special(W e) const { return has(e, SPECIAL); }
  B devmap(W e) const { return has(e, DEVMAP); }
  B contiguous(W e) const { return has(e, CONT); }
  B uffd_wp(W) const { return B(false); }
  B access_permitted(W e, B write_wanted) const {
    return (e & (VALID | USER)) == (VALID | USER) && (!write_wanted || has(e, WRITE));
  }
  // The swap format: 2 exclusive, 7:3 type, 57:8 offset.
  W swp_type(W e) const { return (e >> 3) & 0x1fu; }
  W swp_offset(W e) const { return (e << 6) >> 14; }
  W swp_entry(W type, W offset) const { return (type << 3) | ((offset << 14) >> 6); }
  B swp_exclusive(W e) const { return has(e, SWP_EXCLUSIVE); }
};

/// Bits of the offset field of the swap format.
inline constexpr std::uint64_t kSwapOffsetField = 0x03ffffffffffff00ull;

/// `e` as the newest kernel writes it, in v6.1's bits. Every predicate above answers for it
/// what the newest one answers for `e`, but:
/// - uffd_wp: v6.1 has no such bit, nor a marker that could carry it; the bit is dropped;
/// - what is present-invalid without being PROT_NONE (a PMD while it is split) is present in
///   v6.1 at the PMD level only: pte_present() and pud_present() say no there;
/// - the swap types' numbers stay as they are. They are the same where v6.1 is built without
///   PTE_MARKER, which on arm64 nothing selects (one type for swap-in errors then takes the
///   marker's place; include/linux/swap.h).
constexpr std::uint64_t from_newest(std::uint64_t e) {
  if (e == 0) return e;
  const std::uint64_t plain = e & ~std::uint64_t{UFFD_WP};
  if (e & VALID) return plain;
  if (e & PRESENT_INVALID) {
    const bool protnone = (e & (USER | UXN)) == UXN;
    return (plain & ~PMD_PRESENT_INVALID) | (protnone ? PROT_NONE : PMD_PRESENT_INVALID);
  }
  const std::uint64_t type = (e >> 6) & 0x1f, offset = (e << 2) >> 14;
  return (e & SWP_EXCLUSIVE) | (type << 3) | (offset << 8);
}

}  // namespace gupdiff::arm64::v6_1

namespace gupdiff::arm64 {

/// `e`, an entry in the newest kernel's format, as v6.1 writes it.
constexpr std::uint64_t to_v6_1(std::uint64_t e) { return v6_1::from_newest(e); }

}  // namespace gupdiff::arm64
