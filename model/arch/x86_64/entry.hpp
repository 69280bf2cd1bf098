// SPDX-License-Identifier: GPL-2.0-only
// x86-64 page-table entries, bit for bit: flag bits, predicates and edits of
// facts 4.1, for kernels with SAVED_DIRTY (v6.6 and later).
#pragma once

#include <cstdint>

#include "model/domain/domain.hpp"
#include "model/kernel/era.hpp"
#include "model/machine/world.hpp"

namespace gupdiff::x86_64 {

/// Entry bits (arch/x86/include/asm/pgtable_types.h of v6.12; facts 4.1).
enum Bit : std::uint64_t {
  PRESENT = 1ull << 0,
  RW = 1ull << 1,
  USER = 1ull << 2,
  PWT = 1ull << 3,
  PCD = 1ull << 4,
  ACCESSED = 1ull << 5,
  DIRTY = 1ull << 6,
  PSE = 1ull << 7,
  GLOBAL = 1ull << 8,
  PROTNONE = GLOBAL,  ///< meaningful only without PRESENT
  SPECIAL = 1ull << 9,
  UFFD_WP = 1ull << 10,
  SOFT_DIRTY = 1ull << 11,
  DEVMAP = 1ull << 57,
  SAVED_DIRTY = 1ull << 58,
  PKEY_MASK = 0xfull << 59,
  NX = 1ull << 63,
  // Bits of the swap format (entries that are neither none nor present).
  SWP_SOFT_DIRTY = 1ull << 1,
  SWP_UFFD_WP = 1ull << 2,
  SWP_EXCLUSIVE = 1ull << 3,
};
/// Bits 12..51: the page frame as a byte address.
inline constexpr std::uint64_t kPfnMask = 0x000ffffffffff000ull;
/// What the kernel writes for a table entry, frame apart (_PAGE_TABLE).
inline constexpr std::uint64_t kTableFlags = PRESENT | RW | USER | ACCESSED | DIRTY;
/// PAGE_NONE, frame apart.
inline constexpr std::uint64_t kPageNone = ACCESSED | PROTNONE;

/// Virtual-address bits below a slot of `level`.
constexpr unsigned shift(Level level) { return 12u + 9u * static_cast<unsigned>(level); }
/// Bytes one slot of `level` spans.
constexpr std::uint64_t span(Level level) { return std::uint64_t{1} << shift(level); }

/// Swap-type numbers of one kernel configuration (facts 4.1, v6.12 numbering).
struct SwapTypes {
  std::uint32_t hwpoison, migration_read, migration_read_exclusive, migration_write;
  std::uint32_t device_write, device_read;  ///< 32: not configured
  std::uint32_t marker;
  std::uint32_t max_swapfiles;  ///< types below are swap areas
};
constexpr SwapTypes swap_types(const Config& c) {
  std::uint32_t t = 32;
  SwapTypes s{};
  s.marker = --t;
  s.device_write = s.device_read = 32;
  if (c.device_private) {
    t -= 4;
    s.device_write = t;
    s.device_read = t + 1;
  }
  t -= 3;
  s.migration_read = t;
  s.migration_read_exclusive = t + 1;
  s.migration_write = t + 2;
  s.hwpoison = 32;
  if (c.memory_failure) s.hwpoison = --t;
  s.max_swapfiles = t;
  return s;
}
/// Marker bits (facts 4.1).
inline constexpr std::uint64_t kMarkerUffdWp = 1, kMarkerPoisoned = 2;

/// Predicates and edits over a domain. Pure: none of them forks a path.
template <class D>
struct Entry {
  using W = typename D::Word;
  using B = typename D::Cond;

  static B has(W e, std::uint64_t bits) { return (e & bits) != 0u; }

  // --- none / present / bad / leaf, each level as the kernel asks it ---
  /// pte_none, pmd_none, pud_none, p4d_none: A and D are ignored (a CPU erratum's workaround).
  static B none(W e) { return (e & ~(ACCESSED | DIRTY)) == 0u; }
  /// pgd_none with 5 levels: the plain value.
  static B pgd_none(W e) { return e == 0u; }
  static B pte_present(W e) { return has(e, PRESENT | PROTNONE); }
  static B pmd_present(W e) { return has(e, PRESENT | PROTNONE | PSE); }
  /// pud_present, p4d_present, pgd_present: PRESENT alone. A PROT_NONE 1G leaf is absent (D17).
  static B pud_present(W e) { return has(e, PRESENT); }
  static B protnone(W e) { return (e & (PROTNONE | PRESENT)) == PROTNONE; }
  static constexpr std::uint64_t kFlagMask = ~kPfnMask;
  static B pmd_bad(W e) {
    return (e & (kFlagMask & ~(USER | ACCESSED))) != (PRESENT | RW | DIRTY);
  }
  static B pud_bad(W e) {
    return (e & (kFlagMask & ~(PRESENT | RW | ACCESSED | DIRTY | USER))) != 0u;
  }
  /// With page-table isolation (the default) NX is tolerated too.
  static B p4d_bad(W e) {
    return (e & (kFlagMask & ~(PRESENT | RW | ACCESSED | DIRTY | USER | NX))) != 0u;
  }
  static B pgd_bad(W e) {
    return (e & (kFlagMask & ~(USER | NX))) != (PRESENT | RW | ACCESSED | DIRTY);
  }
  static B pmd_leaf(W e) { return has(e, PSE); }
  static B pud_leaf(const Era& era, W e) {
    return has(e, PSE) && (era.pud_leaf_is_pse_only || has(e, PRESENT));
  }
  /// TRUE for a hugetlb PMD as well (facts 4.1).
  static B pmd_trans_huge(W e) { return (e & (PSE | DEVMAP)) == PSE; }
  static B devmap(W e) { return has(e, DEVMAP); }
  static B special(W e) { return has(e, SPECIAL); }

  // --- permissions and state ---
  /// pte_write, pmd_write: RW, or a shadow-stack entry (D without RW).
  /// The modelled machines have no shadow stacks, where it is RW alone.
  static B write(W e) { return has(e, RW); }
  static B dirty(W e) { return has(e, DIRTY | SAVED_DIRTY); }
  static B young(W e) { return has(e, ACCESSED); }
  static B soft_dirty(W e) { return has(e, SOFT_DIRTY); }
  static B uffd_wp(W e) { return has(e, UFFD_WP); }
  /// pXd_access_permitted with an all-allowing protection-key register.
  static B access_permitted(W e, B write_wanted) {
    return (e & (PRESENT | USER)) == (PRESENT | USER) && (!write_wanted || has(e, RW));
  }

  // --- frames ---
  /// Byte address of the frame with L1TF inversion undone: entries without P that
  /// are not zero store the frame inverted (facts 4.1).
  static W uninverted(W e) {
    return D::select(e != 0u && !has(e, PRESENT), e ^ ~W(0), e);
  }
  static W pte_pfn(W e) { return (uninverted(e) & kPfnMask) >> 12; }
  /// Frame of a leaf: the low 9 (2M) or 18 (1G) frame bits are not part of it.
  static W pmd_leaf_pfn(W e) { return (uninverted(e) & kPfnMask & ~(span(Level::pmd) - 1)) >> 12; }
  static W pud_leaf_pfn(W e) { return (uninverted(e) & kPfnMask & ~(span(Level::pud) - 1)) >> 12; }
  static W leaf_pfn(Level l, W e) {
    return l == Level::pte ? pte_pfn(e) : l == Level::pmd ? pmd_leaf_pfn(e) : pud_leaf_pfn(e);
  }
  /// pmd_pfn/pud_pfn of any word: the mask depends on PSE.
  static W pmd_pfn(W e) { return D::select(has(e, PSE), pmd_leaf_pfn(e), pte_pfn(e)); }
  static W pud_pfn(W e) { return D::select(has(e, PSE), pud_leaf_pfn(e), pte_pfn(e)); }
  /// Frame of the table an entry points to: no inversion (pXd_page_vaddr).
  static W table_frame(W e) { return (e & kPfnMask) >> 12; }

  // --- swap format ---
  static W swp_type(W e) { return e >> 59; }
  static W swp_offset(W e) { return (~e << 5) >> 14; }
  static W swp_entry(W type, W offset) { return (type << 59) | ((~offset << 14) >> 5); }
  /// not none, not present (as a PTE sees it; hugetlb code asks it of every level).
  static B is_swap(W e) { return !none(e) && !pte_present(e); }
  static B is_migration(const SwapTypes& t, W e) {
    return is_swap(e) && swp_type(e) >= W(t.migration_read) && swp_type(e) <= W(t.migration_write);
  }
  static B is_hwpoison(const SwapTypes& t, W e) { return is_swap(e) && swp_type(e) == W(t.hwpoison); }
  static B is_marker(const SwapTypes& t, W e) { return is_swap(e) && swp_type(e) == W(t.marker); }
  static W marker(const SwapTypes& t, std::uint64_t bits) { return swp_entry(W(t.marker), W(bits)); }

  // --- edits ---
  static W mkyoung(W e) { return e | ACCESSED; }
  static W mkold(W e) { return e & ~ACCESSED; }
  /// pte_mkdirty: D and soft-dirty; without RW the dirty bit is saved (SAVED_DIRTY) instead.
  static W mkdirty(W e) {
    W d = e | DIRTY | SOFT_DIRTY;
    return D::select(has(e, RW), d, move_dirty_to_saved(d));
  }
  static W move_dirty_to_saved(W e) {
    return D::select(has(e, DIRTY), (e | SAVED_DIRTY) & ~DIRTY, e);
  }
  static W move_saved_to_dirty(W e) {
    return D::select(has(e, SAVED_DIRTY), (e | DIRTY) & ~SAVED_DIRTY, e);
  }
  static W mkclean(W e) { return e & ~(DIRTY | SAVED_DIRTY); }
  /// pte_mkwrite (with a VMA): a saved dirty bit becomes the real one.
  static W mkwrite(W e) { return move_saved_to_dirty(e | RW); }
  /// pte_mkwrite_novma, which hugetlb uses: the saved dirty bit stays where it is.
  static W mkwrite_novma(W e) { return e | RW; }
  static W wrprotect(W e) { return move_dirty_to_saved(e & ~RW); }
  static W mkuffd_wp(W e) { return wrprotect(e | UFFD_WP); }
  static W clear_uffd_wp(W e) { return e & ~UFFD_WP; }
  static W mksoft_dirty(W e) { return e | SOFT_DIRTY; }
  static W table_entry(W pfn) { return (pfn << 12) | kTableFlags; }
  static W advance_stride(W e) {
    return D::select(e != 0u && !has(e, PRESENT), W(0) - 4096u, W(4096));
  }
};

}  // namespace gupdiff::x86_64
