// SPDX-License-Identifier: GPL-2.0-only
// RISC-V page-table entries, bit for bit: predicates and edits of facts 4.3, as v6.12
// has them (arch/riscv/include/asm/pgtable.h, pgtable-64.h). The machine has Svnapot and Svpbmt.
#pragma once

#include "model/arch/leaf_state.hpp"
#include "model/arch/riscv64/geometry.hpp"
#include "model/domain/domain.hpp"
#include "model/kernel/era.hpp"
#include "model/kernel/flags.hpp"

namespace gupdiff::riscv64 {

/// Predicates and edits over a domain. Pure: none of them forks a path. What each
/// means is documented once, at the facade (model/arch/arch.hpp).
template <class D>
struct Entry {
  using W = typename D::Word;
  using B = typename D::Cond;

  const Geometry& g;
  bool thp = true;  ///< CONFIG_TRANSPARENT_HUGEPAGE

  static B has(W e, std::uint64_t bits) { return (e & bits) != 0u; }

  // --- none / present / bad / leaf, each level as the kernel asks it ---
  B none(W e) const { return e == 0u; }
  B pgd_none(W e) const { return e == 0u; }
  B pte_present(W e) const { return has(e, PRESENT | PROTNONE); }
  /// With THP also where R, W or X alone is set: a leaf that is being split.
  B pmd_present(W e) const { return has(e, thp ? PRESENT | PROTNONE | kLeaf : PRESENT | PROTNONE); }
  /// PRESENT alone. A PROT_NONE 1G leaf is absent (D17).
  B pud_present(W e) const { return has(e, PRESENT); }
  B p4d_present(W e) const { return has(e, PRESENT); }
  B pgd_present(W e) const { return has(e, PRESENT); }
  B protnone(W e) const { return (e & (PROTNONE | PRESENT)) == PROTNONE; }
  /// TRUE for every leaf; no other bit of a table entry is looked at.
  B pmd_bad(W e) const { return !pmd_present(e) || has(e, kLeaf); }
  /// A leaf is not "bad" from the PUD level up: presence is all that is asked.
  B pud_bad(W e) const { return !pud_present(e); }
  B p4d_bad(W e) const { return !p4d_present(e); }
  B pgd_bad(W e) const { return !pgd_present(e); }
  B pmd_leaf(W e) const { return pmd_present(e) && has(e, kLeaf); }
  B pud_leaf(const Era&, W e) const { return pud_present(e) && has(e, kLeaf); }
  /// The same as pmd_leaf: TRUE for a hugetlb PMD, and for a device mapping.
  B pmd_trans_huge(W e) const { return pmd_leaf(e); }
  B pud_trans_huge(W) const { return B(false); }
  B devmap(W e) const { return has(e, DEVMAP); }
  B special(W e) const { return has(e, SPECIAL); }
  B contiguous(W e) const { return has(e, NAPOT); }

  /// R, W or X; at the PTE level every entry that is present.
  B leaf_format(Level l, W e) const { return l == Level::pte ? pte_present(e) : has(e, kLeaf); }
  B table_format(Level l, W e) const {
    return l > Level::pud ? has(e, PRESENT) : (e & (kLeaf | PRESENT)) == PRESENT;
  }

  // --- permissions and state ---
  B write(W e) const { return has(e, WRITE); }
  B dirty(W e) const { return has(e, DIRTY); }
  B young(W e) const { return has(e, ACCESSED); }
  /// There is neither soft-dirty tracking nor userfaultfd write protection.
  B soft_dirty(W) const { return B(false); }
  B uffd_wp(W) const { return B(false); }
  /// The generic definition: present, PROT_NONE included, and writable if that is wanted.
  B access_permitted(W e, B write_wanted) const { return pte_present(e) && (!write_wanted || write(e)); }

  // --- frames ---
  W raw_pfn(W e) const { return (e & kPfnMask) >> kPfnShift; }
  /// Without the lowest bit set where NAPOT says that it is a mark: of a set of 16 the FIRST
  /// frame, whichever of its entries is asked (D18).
  W pte_pfn(W e) const {
    const W raw = raw_pfn(e);
    return D::select(has(e, NAPOT), raw & (raw - 1u), raw);
  }
  W leaf_pfn(Level l, W e) const { return pte_pfn(e) & ~(g.span(l) / g.page_size() - 1); }
  /// pmd_pfn, pud_pfn: the low frame bits of the level are masked, NAPOT or not.
  W pmd_pfn(W e) const { return raw_pfn(e) & ~(g.span(Level::pmd) / g.page_size() - 1); }
  W pud_pfn(W e) const { return raw_pfn(e) & ~(g.span(Level::pud) / g.page_size() - 1); }
  W table_frame(W e) const { return raw_pfn(e); }
  W without_frame(W e) const { return e & ~kPfnMask; }
  /// mk_pte(). The kernel never asks it with NAPOT in `prot`; then the frame is marked so that
  /// pte_pfn() gives it back: 1000 below a set, a lower bit below any other even frame. An odd one
  /// has no such spelling and loses the bit.
  W make_entry(W pfn, W prot) const {
    const B set = (pfn & kNapotFrames) == 0u;
    const B odd = (pfn & 1u) != 0u;
    const W marked = pfn | D::select(set, W(kNapotMark), W(1));
    const W napot = D::select(odd, (pfn << kPfnShift) | (prot & ~NAPOT), (marked << kPfnShift) | prot);
    return D::select(has(prot, NAPOT), napot, (pfn << kPfnShift) | prot);
  }
  W make_leaf(Level, W pfn, W prot) const { return make_entry(pfn, prot); }
  /// mk_huge_pte() and arch_make_huge_pte(): a set of PTEs is marked (pte_mknapot).
  W make_huge_pte(W pfn, W prot, const HugetlbSize& size) const {
    const W e = make_entry(pfn, prot);
    return size.entries_log2 == 0 ? e : mknapot(e);
  }
  W mknapot(W e) const { return (e & ~(kNapotFrames << kPfnShift)) | (kNapotMark << kPfnShift | NAPOT); }
  /// Every slot of a set holds the same word (set_huge_pte_at).
  W contiguous_member(W e, const HugetlbSize&, std::uint32_t) const { return e; }
  std::int8_t stride(W e, Level l) const {
    return D::truth(has(e, NAPOT)) ? std::int8_t{0} : static_cast<std::int8_t>(kPfnShift + g.leaf_order(l));
  }

  // --- swap format ---
  W swp_type(W e) const { return (e >> 7) & 31u; }
  W swp_offset(W e) const { return e >> 12; }
  W swp_entry(W type, W offset) const { return (type << 7) | (offset << 12); }
  B swp_soft_dirty(W) const { return B(false); }
  B swp_uffd_wp(W) const { return B(false); }
  B swp_exclusive(W e) const { return has(e, SWP_EXCLUSIVE); }

  // --- edits ---
  W mkyoung(W e) const { return e | ACCESSED; }
  W mkold(W e) const { return e & ~ACCESSED; }
  W mkdirty(W e) const { return e | DIRTY; }
  W mkclean(W e) const { return e & ~DIRTY; }
  W mkwrite(W e) const { return e | WRITE; }
  W mkwrite_novma(W e) const { return e | WRITE; }
  W wrprotect(W e) const { return e & ~WRITE; }
  W mkuffd_wp(W e) const { return e; }
  W clear_uffd_wp(W e) const { return e; }
  W touched(W e, bool write) const { return e | ACCESSED | (write ? std::uint64_t{DIRTY} : 0); }
  W mksoft_dirty(W e) const { return e; }
  W mkspecial(W e) const { return e | SPECIAL; }
  W table_entry(W pfn) const { return (pfn << kPfnShift) | kTableFlags; }
  W retarget(W e, W pfn) const { return (e & ~kPfnMask) | (pfn << kPfnShift); }
  B plain_table(W e) const { return (e & ~kPfnMask) == kTableFlags; }

  // --- protection ---
  /// protection_map: PAGE_NONE without access flags, else PRESENT|ACCESSED|USER; write implies
  /// READ, executable alone does not; WRITE only for a shared writable mapping.
  W page_prot(W vm_flags, std::uint8_t) const {
    const W readable = D::select((vm_flags & (VM_READ | VM_WRITE)) != 0u, W(READ), W(0));
    const W exec = D::select((vm_flags & VM_EXEC) != 0u, W(EXEC), W(0));
    const W shared_write = D::select((vm_flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE), W(WRITE), W(0));
    const W accessible = W(PRESENT | ACCESSED | USER) | readable | exec | shared_write;
    return D::select((vm_flags & VM_ACCESS_FLAGS) != 0u, accessible, W(kPageNone));
  }
  W prot_without_write(W prot) const { return prot & ~std::uint64_t{WRITE}; }
  /// Frame, accessed, dirty, the software bits and NAPOT are kept; rights, GLOBAL (PROTNONE) and
  /// the memory type come from `prot`.
  W modify(Level, W old, W prot) const {
    constexpr std::uint64_t replaced = PRESENT | READ | WRITE | EXEC | USER | GLOBAL | NOCACHE | IO;
    return (old & ~replaced) | prot;
  }
  W huge_modify(W old, W prot, const HugetlbSize& size) const {
    const W e = modify(size.level, old, prot);
    return size.entries_log2 == 0 ? e : mknapot(e);
  }
};

// --- what the scenario room asks of plain words ---

/// The bits of an entry that are not its frame, gathered from bit 0 up.
inline constexpr unsigned kFlagBytes = 3;
constexpr std::uint64_t flag_bits(const Geometry&, std::uint64_t e) { return (e & 0x3ff) | ((e >> 54) << 10); }
constexpr std::uint64_t from_flag_bits(const Geometry&, std::uint64_t f) {
  return (f & 0x3ff) | ((f >> 10 & 0x3ff) << 54);
}

/// Bits of the offset field of the swap format.
constexpr std::uint64_t swap_offset_field(const Geometry&) { return ~std::uint64_t{0xfff}; }
/// The swap format's low bits that are state.
constexpr std::uint64_t swap_state_bits(const Geometry&) { return SWP_EXCLUSIVE; }

/// The flags of a leaf in state `s` (frame apart), as the kernel writes them.
constexpr std::uint64_t leaf_flags(const Geometry&, Level, const LeafState& s) {
  std::uint64_t e = kPageNone;
  if (s.accessible) e = PRESENT | USER | READ | (s.write ? std::uint64_t{WRITE} : 0) | (s.exec ? std::uint64_t{EXEC} : 0);
  if (s.young) e |= ACCESSED;
  if (s.dirty) e |= DIRTY;
  if (s.special) e |= SPECIAL;
  if (s.devmap) e |= DEVMAP;
  if (s.contiguous) e |= NAPOT;
  return e;
}
/// The state that flags say; what leaf_flags() made, leaf_state() reads back.
constexpr LeafState leaf_state(const Geometry&, Level, std::uint64_t e) {
  LeafState s;
  s.accessible = e & PRESENT;
  s.write = e & WRITE;
  s.young = e & ACCESSED;
  s.dirty = e & DIRTY;
  s.exec = e & EXEC;
  s.special = e & SPECIAL;
  s.devmap = e & DEVMAP;
  s.contiguous = e & NAPOT;
  return s;
}

}  // namespace gupdiff::riscv64
