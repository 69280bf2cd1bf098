// SPDX-License-Identifier: GPL-2.0-only
// arm64 page-table entries, bit for bit: predicates and edits of facts 4.2 as v6.12 has
// them (PRESENT_INVALID shares the nG bit), without LPA2 and without overlays.
#pragma once

#include "model/arch/arm64/geometry.hpp"
#include "model/arch/leaf_state.hpp"
#include "model/domain/domain.hpp"
#include "model/kernel/era.hpp"
#include "model/kernel/flags.hpp"

namespace gupdiff::arm64 {

/// The frame field: PTE_ADDR_LOW reaches bit 49, two more than the addresses of these machines.
constexpr std::uint64_t frame_mask(const Geometry& g) { return ((1ull << 50) - 1) & ~(g.page_size() - 1); }

/// Predicates and edits over a domain. Pure: none of them forks a path. What each
/// means is documented once, at the facade (model/arch/arch.hpp).
template <class D>
struct Entry {
  using W = typename D::Word;
  using B = typename D::Cond;

  const Geometry& g;

  static B has(W e, std::uint64_t bits) { return (e & bits) != 0u; }
  static W set_if(B condition, W e, std::uint64_t bits) { return D::select(condition, e | bits, e); }
  static W clear_if(B condition, W e, std::uint64_t bits) { return D::select(condition, e & ~bits, e); }

  // --- none / present / bad / leaf, each level as the kernel asks it ---
  B none(W e) const { return e == 0u; }
  B pgd_none(W e) const { return e == 0u; }
  static B present_invalid(W e) { return (e & (VALID | PRESENT_INVALID)) == PRESENT_INVALID; }
  B pte_present(W e) const { return has(e, VALID | PRESENT_INVALID); }
  B pmd_present(W e) const { return pte_present(e); }
  /// A PROT_NONE PUD leaf is present: no D17 here.
  B pud_present(W e) const { return pte_present(e); }
  B p4d_present(W e) const { return e != 0u; }
  B pgd_present(W e) const { return e != 0u; }
  B protnone(W e) const { return present_invalid(e) && (e & (USER | UXN)) == UXN; }
  static B table(W e) { return (e & (VALID | TABLE)) == (VALID | TABLE); }
  B pmd_bad(W e) const { return !table(e); }
  B pud_bad(W e) const { return !table(e); }
  B p4d_bad(W e) const { return !has(e, TABLE); }
  B pgd_bad(W e) const { return !has(e, TABLE); }
  B pmd_leaf(W e) const { return pmd_present(e) && !table(e); }
  /// With the 64K granule every PUD is a table to the kernel.
  B pud_leaf(const Era&, W e) const { return B(g.page_shift != 16) && pud_present(e) && !table(e); }
  /// A present-invalid table is none of it, though pmd_leaf() says leaf.
  B pmd_trans_huge(W e) const { return pmd_present(e) && !has(e, TABLE); }
  B pud_trans_huge(W) const { return B(false); }
  B devmap(W e) const { return has(e, DEVMAP); }
  B special(W e) const { return has(e, SPECIAL); }
  B contiguous(W e) const { return has(e, CONT); }

  B leaf_format(Level l, W e) const { return l == Level::pte ? pte_present(e) : pte_present(e) && !table(e); }
  B table_format(Level, W e) const { return table(e); }

  // --- permissions and state ---
  B write(W e) const { return has(e, WRITE); }
  static B hw_dirty(W e) { return (e & (WRITE | RDONLY)) == WRITE; }
  B dirty(W e) const { return has(e, DIRTY) || hw_dirty(e); }
  B young(W e) const { return has(e, AF); }
  B soft_dirty(W) const { return B(false); }
  B uffd_wp(W e) const { return has(e, UFFD_WP); }
  B access_permitted(W e, B write_wanted) const {
    return (e & (VALID | USER)) == (VALID | USER) && (!write_wanted || has(e, WRITE));
  }

  // --- frames ---
  W pte_pfn(W e) const { return (e & frame_mask(g)) >> g.page_shift; }
  W leaf_pfn(Level l, W e) const { return (e & frame_mask(g) & ~(g.span(l) - 1)) >> g.page_shift; }
  /// pmd_page() takes the whole frame field, pud_pfn() its own level's part.
  W pmd_pfn(W e) const { return pte_pfn(e); }
  W pud_pfn(W e) const { return leaf_pfn(Level::pud, e); }
  W table_frame(W e) const { return pte_pfn(e); }
  W without_frame(W e) const { return e & ~frame_mask(g); }
  W make_entry(W pfn, W prot) const { return (pfn << g.page_shift) | prot; }
  W make_leaf(Level l, W pfn, W prot) const {
    const W e = make_entry(pfn, prot);
    return l == Level::pte ? e : e & ~std::uint64_t{TABLE};
  }
  /// arch_make_huge_pte(): contiguous PTEs become valid pages whatever `e` was (facts 4.2).
  static W arch_make_huge_pte(W e, const HugetlbSize& size) {
    const W huge = e & ~std::uint64_t{TABLE};
    if (size.entries_log2 == 0) return huge;
    return huge | (size.level == Level::pte ? CONT | VALID | TABLE : std::uint64_t{CONT});
  }
  W make_huge_pte(W pfn, W prot, const HugetlbSize& size) const {
    return arch_make_huge_pte(make_entry(pfn, prot), size);
  }
  /// Present words hold their own output address; others are the same in every slot.
  W contiguous_member(W e, const HugetlbSize& size, std::uint32_t i) const {
    return D::select(pte_present(e), e + (std::uint64_t{i} << g.shift(size.level)), e);
  }
  std::int8_t stride(W, Level l) const { return static_cast<std::int8_t>(g.shift(l)); }

  // --- swap format ---
  W swp_type(W e) const { return (e >> 6) & 0x1fu; }
  W swp_offset(W e) const { return (e << 2) >> 14; }
  W swp_entry(W type, W offset) const { return (type << 6) | ((offset << 14) >> 2); }
  B swp_soft_dirty(W) const { return B(false); }
  B swp_uffd_wp(W e) const { return has(e, SWP_UFFD_WP); }
  B swp_exclusive(W e) const { return has(e, SWP_EXCLUSIVE); }

  // --- edits ---
  W mkyoung(W e) const { return e | AF; }
  W mkold(W e) const { return e & ~std::uint64_t{AF}; }
  W mkdirty(W e) const { return clear_if(has(e, WRITE), e | DIRTY, RDONLY); }
  W mkclean(W e) const { return (e & ~std::uint64_t{DIRTY}) | RDONLY; }
  W mkwrite(W e) const { return clear_if(has(e, DIRTY), e | WRITE, RDONLY); }
  W mkwrite_novma(W e) const { return mkwrite(e); }
  W wrprotect(W e) const { return (set_if(hw_dirty(e), e, DIRTY) & ~std::uint64_t{WRITE}) | RDONLY; }
  W mkuffd_wp(W e) const { return wrprotect(e | UFFD_WP); }
  W clear_uffd_wp(W e) const { return e & ~std::uint64_t{UFFD_WP}; }
  W mksoft_dirty(W e) const { return e; }
  W mkspecial(W e) const { return e | SPECIAL; }
  /// The hardware sets AF and, for a write with DBM, clears AP[2].
  W touched(W e, bool write) const { return write ? clear_if(has(e, WRITE), e | AF, RDONLY) : e | AF; }
  W table_entry(W pfn) const { return (pfn << g.page_shift) | kTableFlags; }
  W retarget(W e, W pfn) const { return without_frame(e) | (pfn << g.page_shift); }
  B plain_table(W e) const { return without_frame(e) == kTableFlags; }

  // --- protection ---
  /// PAGE_NONE without access flags; else readable by the user, writable only in a shared
  /// writable mapping (clean: RDONLY stays), not executable without VM_EXEC.
  W page_prot(W vm_flags, std::uint8_t) const {
    const W shared_write = D::select((vm_flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE), W(WRITE), W(0));
    const W uxn = D::select((vm_flags & VM_EXEC) != 0u, W(0), W(UXN));
    const W accessible = W(kPageDefault | USER | RDONLY | NG | PXN) | shared_write | uxn;
    return D::select((vm_flags & VM_ACCESS_FLAGS) != 0u, accessible, W(kPageNone));
  }
  W prot_without_write(W prot) const { return prot & ~std::uint64_t{WRITE}; }
  /// New protection; what the hardware knew of dirtiness is kept in DIRTY, and comes back
  /// with write permission.
  W modify(Level, W old, W prot) const {
    const std::uint64_t mask = USER | PXN | UXN | RDONLY | PRESENT_INVALID | VALID | WRITE | GP | ATTR_INDX | PO_IDX;
    const W kept = set_if(hw_dirty(old), old, DIRTY) & ~mask;
    const W e = kept | (prot & mask);
    return D::select(has(e, DIRTY), mkdirty(e), e);
  }
  W huge_modify(W old, W prot, const HugetlbSize& size) const {
    return arch_make_huge_pte(modify(Level::pte, old, prot), size);
  }
};

// --- what the scenario room asks of plain words ---

/// The bits of an entry that are not its frame, gathered from bit 0 up.
inline constexpr unsigned kFlagBytes = 4;
constexpr std::uint64_t flag_bits(const Geometry& g, std::uint64_t e) {
  return (e & (g.page_size() - 1)) | ((e >> 50) << g.page_shift);
}
constexpr std::uint64_t from_flag_bits(const Geometry& g, std::uint64_t f) {
  return (f & (g.page_size() - 1)) | ((f >> g.page_shift) << 50);
}

/// Bits of the offset field of the swap format.
constexpr std::uint64_t swap_offset_field(const Geometry&) { return 0x3ffffffffffff000ull; }
/// The swap format's bits that are state.
constexpr std::uint64_t swap_state_bits(const Geometry&) { return SWP_EXCLUSIVE | SWP_UFFD_WP; }

/// The flags of a leaf in state `s` (frame apart), as the kernel writes them. PTEs of device
/// pages are special as well (pte_mkdevmap).
constexpr std::uint64_t leaf_flags(const Geometry&, Level level, const LeafState& s) {
  std::uint64_t e = kPageNone;
  if (s.accessible)
    e = kPageDefault | USER | RDONLY | NG | PXN | (s.write ? std::uint64_t{WRITE} : 0) | (s.exec ? 0 : std::uint64_t{UXN});
  if (level != Level::pte) e &= ~std::uint64_t{TABLE};
  if (s.contiguous) e |= level == Level::pte ? CONT | VALID | TABLE : std::uint64_t{CONT};
  if (!s.young) e &= ~std::uint64_t{AF};
  if (s.dirty) e = (e & WRITE) ? (e | DIRTY) & ~std::uint64_t{RDONLY} : e | DIRTY;
  if (s.uffd_wp) e |= UFFD_WP;
  if (s.special || (s.devmap && level == Level::pte)) e |= SPECIAL;
  if (s.devmap) e |= DEVMAP;
  return e;
}
/// The state that flags say.
constexpr LeafState leaf_state(const Geometry&, Level, std::uint64_t e) {
  LeafState s;
  s.accessible = (e & (VALID | USER)) == (VALID | USER);
  s.write = e & WRITE;
  s.young = e & AF;
  s.dirty = (e & DIRTY) || (e & (WRITE | RDONLY)) == WRITE;
  s.exec = !(e & UXN);
  s.uffd_wp = e & UFFD_WP;
  s.special = e & SPECIAL;
  s.devmap = e & DEVMAP;
  s.contiguous = e & CONT;
  return s;
}

}  // namespace gupdiff::arm64
