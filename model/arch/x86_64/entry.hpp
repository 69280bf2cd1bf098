// SPDX-License-Identifier: GPL-2.0-only
// x86-64 page-table entries, bit for bit: predicates and edits of facts 4.1, for
// kernels with SAVED_DIRTY (v6.6 and later).
#pragma once

#include "model/arch/leaf_state.hpp"
#include "model/arch/x86_64/geometry.hpp"
#include "model/domain/domain.hpp"
#include "model/kernel/era.hpp"
#include "model/kernel/flags.hpp"

namespace gupdiff::x86_64 {

/// Predicates and edits over a domain. Pure: none of them forks a path. What each
/// means is documented once, at the facade (model/arch/arch.hpp).
template <class D>
struct Entry {
  using W = typename D::Word;
  using B = typename D::Cond;

  const Geometry& g;

  static B has(W e, std::uint64_t bits) { return (e & bits) != 0u; }

  // --- none / present / bad / leaf, each level as the kernel asks it ---
  /// A and D are ignored (a CPU erratum's workaround).
  B none(W e) const { return (e & ~(ACCESSED | DIRTY)) == 0u; }
  /// With 5 levels: the plain value.
  B pgd_none(W e) const { return e == 0u; }
  B pte_present(W e) const { return has(e, PRESENT | PROTNONE); }
  B pmd_present(W e) const { return has(e, PRESENT | PROTNONE | PSE); }
  /// PRESENT alone. A PROT_NONE 1G leaf is absent (D17).
  B pud_present(W e) const { return has(e, PRESENT); }
  B p4d_present(W e) const { return has(e, PRESENT); }
  B pgd_present(W e) const { return has(e, PRESENT); }
  B protnone(W e) const { return (e & (PROTNONE | PRESENT)) == PROTNONE; }
  static constexpr std::uint64_t kFlagMask = ~kPfnMask;
  B pmd_bad(W e) const { return (e & (kFlagMask & ~(USER | ACCESSED))) != (PRESENT | RW | DIRTY); }
  B pud_bad(W e) const { return (e & (kFlagMask & ~(PRESENT | RW | ACCESSED | DIRTY | USER))) != 0u; }
  /// With page-table isolation (the default) NX is tolerated too.
  B p4d_bad(W e) const { return (e & (kFlagMask & ~(PRESENT | RW | ACCESSED | DIRTY | USER | NX))) != 0u; }
  B pgd_bad(W e) const { return (e & (kFlagMask & ~(USER | NX))) != (PRESENT | RW | ACCESSED | DIRTY); }
  B pmd_leaf(W e) const { return has(e, PSE); }
  B pud_leaf(const Era& era, W e) const {
    return has(e, PSE) && (era.pud_leaf_is_pse_only || has(e, PRESENT));
  }
  B pmd_trans_huge(W e) const { return (e & (PSE | DEVMAP)) == PSE; }
  B pud_trans_huge(W e) const { return (e & (PSE | DEVMAP)) == PSE; }
  B devmap(W e) const { return has(e, DEVMAP); }
  B special(W e) const { return has(e, SPECIAL); }
  B contiguous(W) const { return B(false); }

  /// PSE; at the PTE level every entry that is present.
  B leaf_format(Level l, W e) const { return l == Level::pte ? pte_present(e) : has(e, PSE); }
  B table_format(Level l, W e) const { return l > Level::pud ? has(e, PRESENT) : (e & (PSE | PRESENT)) == PRESENT; }

  // --- permissions and state ---
  /// pte_write, pmd_write: RW, or a shadow-stack entry (D without RW).
  /// The modelled machines have no shadow stacks, where it is RW alone.
  B write(W e) const { return has(e, RW); }
  B dirty(W e) const { return has(e, DIRTY | SAVED_DIRTY); }
  B young(W e) const { return has(e, ACCESSED); }
  B soft_dirty(W e) const { return has(e, SOFT_DIRTY); }
  B uffd_wp(W e) const { return has(e, UFFD_WP); }
  /// With an all-allowing protection-key register.
  B access_permitted(W e, B write_wanted) const {
    return (e & (PRESENT | USER)) == (PRESENT | USER) && (!write_wanted || has(e, RW));
  }

  // --- frames ---
  /// Byte address of the frame with L1TF inversion undone: entries without P that
  /// are not zero store the frame inverted (facts 4.1).
  W uninverted(W e) const { return D::select(e != 0u && !has(e, PRESENT), e ^ ~W(0), e); }
  W pte_pfn(W e) const { return (uninverted(e) & kPfnMask) >> 12; }
  /// Frame of a leaf: the low 9 (2M) or 18 (1G) frame bits are not part of it.
  W leaf_pfn(Level l, W e) const { return (uninverted(e) & kPfnMask & ~(g.span(l) - 1)) >> 12; }
  /// pmd_pfn/pud_pfn of any word: the mask depends on PSE.
  W pmd_pfn(W e) const { return D::select(has(e, PSE), leaf_pfn(Level::pmd, e), pte_pfn(e)); }
  W pud_pfn(W e) const { return D::select(has(e, PSE), leaf_pfn(Level::pud, e), pte_pfn(e)); }
  /// No inversion (pXd_page_vaddr).
  W table_frame(W e) const { return (e & kPfnMask) >> 12; }
  W without_frame(W e) const { return e & ~kPfnMask; }
  /// mk_pte(): the frame inverted when `prot` is not present.
  W make_entry(W pfn, W prot) const {
    const W frame = D::select(has(prot, PRESENT), pfn << 12, ~(pfn << 12)) & kPfnMask;
    return frame | prot;
  }
  /// The frame mask is the level's own, so that the low frame bits stay clear even where
  /// PROT_NONE inverts the frame (pfn_pmd).
  W make_leaf(Level l, W pfn, W prot) const {
    const W e = make_entry(pfn, prot);
    if (l == Level::pte) return e;
    return (e & ~(kPfnMask & (g.span(l) - 1))) | std::uint64_t{PSE};
  }
  W make_huge_pte(W pfn, W prot, const HugetlbSize&) const { return make_entry(pfn, prot) | std::uint64_t{PSE}; }
  /// What a hugetlb leaf looks like in slot `i` of its contiguous set; there are none here.
  W contiguous_member(W e, const HugetlbSize&, std::uint32_t) const { return e; }
  std::int8_t stride(W e, Level l) const {
    const auto step = static_cast<std::int8_t>(12 + g.leaf_order(l));
    return D::truth(e != 0u && !has(e, PRESENT)) ? static_cast<std::int8_t>(-step) : step;
  }

  // --- swap format ---
  W swp_type(W e) const { return e >> 59; }
  W swp_offset(W e) const { return (~e << 5) >> 14; }
  W swp_entry(W type, W offset) const { return (type << 59) | ((~offset << 14) >> 5); }
  B swp_soft_dirty(W e) const { return has(e, SWP_SOFT_DIRTY); }
  B swp_uffd_wp(W e) const { return has(e, SWP_UFFD_WP); }
  B swp_exclusive(W e) const { return has(e, SWP_EXCLUSIVE); }

  // --- edits ---
  W mkyoung(W e) const { return e | ACCESSED; }
  W mkold(W e) const { return e & ~ACCESSED; }
  /// D and soft-dirty; without RW the dirty bit is saved (SAVED_DIRTY) instead.
  W mkdirty(W e) const {
    W d = e | DIRTY | SOFT_DIRTY;
    return D::select(has(e, RW), d, move_dirty_to_saved(d));
  }
  static W move_dirty_to_saved(W e) { return D::select(has(e, DIRTY), (e | SAVED_DIRTY) & ~DIRTY, e); }
  static W move_saved_to_dirty(W e) { return D::select(has(e, SAVED_DIRTY), (e | DIRTY) & ~SAVED_DIRTY, e); }
  W mkclean(W e) const { return e & ~(DIRTY | SAVED_DIRTY); }
  /// pte_mkwrite (with a VMA): a saved dirty bit becomes the real one.
  W mkwrite(W e) const { return move_saved_to_dirty(e | RW); }
  /// pte_mkwrite_novma, which hugetlb uses: the saved dirty bit stays where it is.
  W mkwrite_novma(W e) const { return e | RW; }
  W wrprotect(W e) const { return move_dirty_to_saved(e & ~RW); }
  W mkuffd_wp(W e) const { return wrprotect(e | UFFD_WP); }
  W clear_uffd_wp(W e) const { return e & ~UFFD_WP; }
  W touched(W e, bool write) const { return e | ACCESSED | (write ? std::uint64_t{DIRTY} : 0); }
  W mksoft_dirty(W e) const { return e | SOFT_DIRTY; }
  W mkspecial(W e) const { return e | SPECIAL; }
  W table_entry(W pfn) const { return (pfn << 12) | kTableFlags; }
  W retarget(W e, W pfn) const { return (e & ~kPfnMask) | (pfn << 12); }
  /// _PAGE_TABLE, accessed and dirty bits apart.
  B plain_table(W e) const {
    return (e & ~(kPfnMask | ACCESSED | DIRTY)) == (kTableFlags & ~(ACCESSED | DIRTY));
  }

  // --- protection ---
  /// PAGE_NONE without access flags, else PRESENT|USER|ACCESSED, RW only for a shared
  /// writable mapping, NX without VM_EXEC; the protection key on top.
  W page_prot(W vm_flags, std::uint8_t pkey) const {
    const W shared_write = D::select((vm_flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE), W(RW), W(0));
    const W nx = D::select((vm_flags & VM_EXEC) != 0u, W(0), W(NX));
    const W accessible = W(PRESENT | USER | ACCESSED) | shared_write | nx;
    return D::select((vm_flags & VM_ACCESS_FLAGS) != 0u, accessible, W(kPageNone)) | (std::uint64_t{pkey} << 59);
  }
  W prot_without_write(W prot) const { return prot & ~std::uint64_t{RW}; }
  /// New protection, all state bits kept; the dirty bit moves to or from SAVED_DIRTY as
  /// write permission goes or comes.
  W modify(Level l, W old, W prot) const {
    const bool huge = l != Level::pte;
    const std::uint64_t frame = kPfnMask & ~(g.span(l) - 1);
    const std::uint64_t kept = kPfnMask | PWT | PCD | SPECIAL | ACCESSED | DIRTY | SAVED_DIRTY | SOFT_DIRTY | DEVMAP |
                               UFFD_WP | (huge ? std::uint64_t{PSE} : 0);
    W e = (old & kept) | (prot & ~kept);
    const auto was_inverted = old != 0u && !has(old, PRESENT);
    const auto inverted = e != 0u && !has(e, PRESENT);
    const auto flip = (was_inverted && !inverted) || (!was_inverted && inverted);
    e = D::select(flip, (e & ~frame) | (~e & frame), e);
    const auto readable = D::select(write(e), e, move_dirty_to_saved(e));
    const auto writable = D::select(write(e), move_saved_to_dirty(e), e);
    return D::select(write(old), readable, writable);
  }
  /// huge_pte_modify(): pte_modify() and arch_make_huge_pte().
  W huge_modify(W old, W prot, const HugetlbSize&) const { return modify(Level::pte, old, prot) | std::uint64_t{PSE}; }
};

// --- what the scenario room asks of plain words ---

/// The bits of an entry that are not its frame, gathered from bit 0 up.
inline constexpr unsigned kFlagBytes = 3;
constexpr std::uint64_t flag_bits(const Geometry&, std::uint64_t e) { return (e & 0xfff) | ((e >> 52) << 12); }
constexpr std::uint64_t from_flag_bits(const Geometry&, std::uint64_t f) { return (f & 0xfff) | ((f >> 12) << 52); }

/// Bits of the offset field of the swap format.
constexpr std::uint64_t swap_offset_field(const Geometry&) { return 0x07fffffffffffe00ull; }
/// The swap format's low bits that are state, and those that no kernel sets.
constexpr std::uint64_t swap_state_bits(const Geometry&) { return 0xe; }

/// The flags of a leaf in state `s` (frame apart), as the kernel writes them.
constexpr std::uint64_t leaf_flags(const Geometry&, Level level, const LeafState& s) {
  std::uint64_t e = level == Level::pte ? 0 : std::uint64_t{PSE};
  if (s.accessible) {
    e |= PRESENT | USER | (s.write ? std::uint64_t{RW} : 0) | (s.young ? std::uint64_t{ACCESSED} : 0);
    if (!s.exec) e |= NX;
    e |= std::uint64_t{s.pkey} << 59;
  } else {
    e |= kPageNone;
  }
  if (s.dirty) e |= (e & RW) ? DIRTY : SAVED_DIRTY;
  if (s.soft_dirty) e |= SOFT_DIRTY;
  if (s.uffd_wp) e |= UFFD_WP;
  if (s.special) e |= SPECIAL;
  if (s.devmap) e |= DEVMAP;
  return e;
}
/// The state that flags say; what leaf_flags() made, leaf_state() reads back.
constexpr LeafState leaf_state(const Geometry&, Level, std::uint64_t e) {
  LeafState s;
  s.accessible = e & PRESENT;
  s.write = e & RW;
  s.young = e & ACCESSED;
  s.dirty = e & (DIRTY | SAVED_DIRTY);
  s.exec = !(e & NX);
  s.soft_dirty = e & SOFT_DIRTY;
  s.uffd_wp = e & UFFD_WP;
  s.special = e & SPECIAL;
  s.devmap = e & DEVMAP;
  s.pkey = static_cast<std::uint8_t>((e & PKEY_MASK) >> 59);
  return s;
}

}  // namespace gupdiff::x86_64
