// SPDX-License-Identifier: GPL-2.0-only
// powerpc page-table entries, bit for bit, of the three platforms with hugepd: predicates and
// edits of facts 4.4, v6.10 (64-bit server hash MMU with 4K pages, e500, MPC8xx).
#pragma once

#include "model/arch/leaf_state.hpp"
#include "model/arch/powerpc/geometry.hpp"
#include "model/domain/domain.hpp"
#include "model/kernel/era.hpp"
#include "model/kernel/flags.hpp"

namespace gupdiff::powerpc {

/// Predicates and edits over a domain. Pure: none of them forks a path, hugepd_size()
/// excepted. What each means is documented once, at the facade (model/arch/arch.hpp).
template <class D>
struct Entry {
  using W = typename D::Word;
  using B = typename D::Cond;

  const Geometry& g;

  static B has(W e, std::uint64_t bits) { return (e & bits) != 0u; }
  static B all(W e, std::uint64_t bits) { return (e & bits) == bits; }
  bool is(Format f) const { return g.format == f; }
  /// One of three constants, by platform.
  constexpr std::uint64_t by(std::uint64_t server, std::uint64_t e500, std::uint64_t m8xx) const {
    return is(book3s64) ? server : is(book3e) ? e500 : m8xx;
  }

  // --- none / present / bad / leaf, each level as the kernel asks it ---
  B none(W e) const { return (e & ~by(s::kHashFlags, 0, 0)) == 0u; }
  B pgd_none(W e) const { return e == 0u; }
  /// Server: also an entry invalidated for an update (INVALID with PTE).
  B pte_present(W e) const {
    if (is(book3s64)) return has(e, s::PTE) && has(e, s::PRESENT | s::INVALID);
    return has(e, 1);
  }
  B pmd_present(W e) const {
    if (is(book3s64)) return has(e, s::PRESENT | s::INVALID);
    return is(book3e) ? e != 0u : has(e, x::PMD_PRESENT);
  }
  B pud_present(W e) const { return is(book3s64) ? has(e, s::PRESENT) : e != 0u; }
  B p4d_present(W e) const { return pud_present(e); }
  B pgd_present(W e) const { return pud_present(e); }
  /// Only the server platform has NUMA balancing and with it the question.
  B protnone(W e) const {
    if (!is(book3s64)) return B(false);
    return (e & (s::PRESENT | s::PTE | s::READ | s::WRITE | s::EXEC)) == (s::PRESENT | s::PTE);
  }
  /// Low bits of a table's address are zero; on e500 it is a kernel address.
  B pmd_bad(W e) const {
    if (is(mpc8xx)) return has(e, 0x0f90);
    return is(book3s64) ? has(e, 0xfff) : !all(e, e::kKernel) || has(e, 0xfff);
  }
  B pud_bad(W e) const {
    if (is(mpc8xx)) return B(false);
    return is(book3s64) ? has(e, 0x3ff) : !all(e, e::kKernel) || has(e, 0x3ff);
  }
  B p4d_bad(W e) const { return is(mpc8xx) ? B(false) : e == 0u; }
  B pgd_bad(W e) const { return p4d_bad(e); }
  B pmd_leaf(W e) const { return is(book3s64) ? has(e, s::PTE) : B(false); }
  B pud_leaf(const Era&, W e) const { return pmd_leaf(e); }
  B pmd_trans_huge(W) const { return B(false); }
  B pud_trans_huge(W) const { return B(false); }
  B devmap(W e) const { return is(book3s64) ? all(e, s::DEVMAP | s::PTE) : B(false); }
  B special(W e) const { return has(e, by(s::SPECIAL, e::SPECIAL, x::SPECIAL)); }
  B contiguous(W) const { return B(false); }

  B leaf_format(Level l, W e) const {
    return l == Level::pte || l == Level::hugepte ? pte_present(e) : B(false);
  }
  B table_format(Level l, W e) const {
    if (is(book3s64)) return has(e, s::PRESENT) && !has(e, s::PTE | 0x3f);
    if (is(book3e)) return has(e, e::kPdHuge);
    return has(e, x::PMD_PRESENT) && !is_hugepd(l, e);
  }

  // --- directories (hugepd), facts 4.4 ---
  /// is_hugepd() of a slot above the PTE level.
  B is_hugepd(Level, W e) const {
    if (is(book3s64)) return has(e, s::PRESENT) && !has(e, s::PTE) && has(e, 0x3f);
    if (is(book3e)) return e != 0u && !has(e, e::kPdHuge);
    return all(e, x::PMD_8M);
  }
  /// The page size field as the directory of `size` has it: the index of the MMU page size
  /// (server), the shift (e500), nothing (8xx).
  std::uint64_t size_field(const HugetlbSize& size) const {
    return by(size.order == 12 ? 10u << 2 : 14u << 2, size.order + g.page_shift, 0);
  }
  /// The page size a directory says; null where the field says none.
  const HugetlbSize* hugepd_size(W e) const {
    for (const HugetlbSize& size : g.hugetlb)
      if (size.hugepd() && (is(mpc8xx) || D::truth((e & 0x3fu) == size_field(size)))) return &size;
    return nullptr;
  }
  /// hugepd_page(): frame of the table of hugeptes.
  W hugepd_frame(W e) const {
    if (is(book3s64)) return (e & 0x0fffffffffffffc0ull) >> 12;
    if (is(book3e)) return (e & 0x3fffffffffffffc0ull) >> 12;
    return e >> 12;
  }
  /// hugepd_populate()
  W hugepd_entry(W pfn, const HugetlbSize& size) const {
    if (is(book3s64)) return (pfn << 12) | std::uint64_t{s::PRESENT} | size_field(size);
    if (is(book3e)) return (pfn << 12) | (e::kKernel & ~e::kPdHuge) | size_field(size);
    return (pfn << 12) | (x::PMD_USER | x::PMD_PRESENT | x::PMD_8M);
  }
  /// hugepte_offset(): the huge page whose entry it finds for `address`, as an address. The
  /// 8xx counts base pages from the last 4 MiB boundary: inside a page that is no entry's place.
  W hugepte_address(const HugetlbSize& size, W address) const {
    const std::uint64_t bytes = g.page_size() << size.order;
    const W head = address & ~(bytes - 1);
    if (!is(mpc8xx)) return head;
    return head + (address & ((std::uint64_t{4} << 20) - 1) & g.page_mask());
  }

  // --- permissions and state ---
  B write(W e) const {
    if (is(mpc8xx)) return !has(e, x::kRo);
    return has(e, by(s::WRITE, e::kWrite, 0));
  }
  /// pte_read()
  B read(W e) const {
    if (is(mpc8xx)) return (e & x::kRo) != std::uint64_t{x::NA};
    return all(e, by(s::READ, e::kRead, 0));
  }
  B dirty(W e) const { return has(e, by(s::DIRTY, e::DIRTY, x::DIRTY)); }
  B young(W e) const { return has(e, by(s::ACCESSED, e::ACCESSED, x::ACCESSED)); }
  B soft_dirty(W e) const { return is(book3s64) ? has(e, s::SOFT_DIRTY) : B(false); }
  B uffd_wp(W) const { return B(false); }
  /// The e500 has a permission twice, for the kernel and the user: kernels set and clear both.
  B whole_permissions(W e) const {
    if (!is(book3e)) return B(true);
    return (all(e, e::kRead) || !has(e, e::kRead)) && (all(e, e::kWrite) || !has(e, e::kWrite));
  }
  B access_permitted(W e, B write_wanted) const {
    const B user = is(book3s64) ? !has(e, s::PRIVILEGED) : B(true);
    return pte_present(e) && user && read(e) && (!write_wanted || write(e));
  }

  // --- frames ---
  W pte_pfn(W e) const {
    if (is(book3s64)) return (e & s::kRpnMask) >> 12;
    return is(book3e) ? e >> e::kRpnShift : e >> 12;
  }
  W leaf_pfn(Level, W e) const { return pte_pfn(e); }
  W pmd_pfn(W e) const { return pte_pfn(e); }
  W pud_pfn(W e) const { return pte_pfn(e); }
  W table_frame(W e) const {
    if (is(mpc8xx)) return e >> 12;
    return (e & 0x3ffffffffffff000ull) >> 12;
  }
  /// Of an entry or a table pointer, which the e500 tells apart by the topmost bit.
  W without_frame(W e) const {
    if (is(book3s64)) return e & ~s::kRpnMask;
    if (is(mpc8xx)) return e & 0xfffu;
    return e & D::select(has(e, e::kPdHuge), W(e::kKernel | 0xfff), W((std::uint64_t{1} << 62) | 0xffffff));
  }
  W make_entry(W pfn, W prot) const {
    if (is(book3s64)) return ((pfn << 12) & s::kRpnMask) | (prot & ~s::kRpnMask) | std::uint64_t{s::PTE};
    if (is(book3e)) return (pfn << e::kRpnShift) | (prot & 0xffffffu);
    return ((pfn << 12) & g.word_mask) | (prot & 0xfffu);
  }
  W make_leaf(Level, W pfn, W prot) const { return make_entry(pfn, prot); }
  W make_huge_pte(W pfn, W prot, const HugetlbSize&) const {
    return make_entry(pfn, prot) | by(0, 0, x::SPS | x::HUGE);
  }
  W contiguous_member(W e, const HugetlbSize&, std::uint32_t) const { return e; }
  std::int8_t stride(W, Level) const { return is(book3e) ? std::int8_t{e::kRpnShift} : std::int8_t{12}; }

  // --- swap format ---
  W swp_type(W e) const { return (e >> by(0, 2, 3)) & 31u; }
  W swp_offset(W e) const {
    if (is(book3s64)) return (e & s::kRpnMask) >> 12;
    return is(book3e) ? e >> e::kRpnShift : (e & g.word_mask) >> 8;
  }
  W swp_entry(W type, W offset) const {
    if (is(book3s64)) return type | ((offset << 12) & s::kRpnMask) | std::uint64_t{s::PTE};
    if (is(book3e)) return (type << 2) | (offset << e::kRpnShift);
    return (type << 3) | ((offset << 8) & g.word_mask);
  }
  B swp_soft_dirty(W e) const { return is(book3s64) ? has(e, s::SOFT_DIRTY) : B(false); }
  B swp_uffd_wp(W) const { return B(false); }
  B swp_exclusive(W e) const { return has(e, by(s::SWP_EXCLUSIVE, e::SWP_EXCLUSIVE, x::SWP_EXCLUSIVE)); }

  // --- edits ---
  W mkyoung(W e) const { return e | by(s::ACCESSED, e::ACCESSED, x::ACCESSED); }
  W mkold(W e) const { return e & ~by(s::ACCESSED, e::ACCESSED, x::ACCESSED); }
  W mkdirty(W e) const { return e | by(s::DIRTY | s::SOFT_DIRTY, e::DIRTY, x::DIRTY); }
  W mkclean(W e) const { return e & ~by(s::DIRTY, e::DIRTY, x::DIRTY); }
  W mkwrite(W e) const { return mkwrite_novma(e); }
  W mkwrite_novma(W e) const {
    if (is(mpc8xx)) return e & ~x::kRo;
    return e | by(s::READ | s::WRITE, e::kRead | e::kWrite, 0);
  }
  /// On the 8xx an inaccessible entry becomes a readable one: read-only is NA and one bit more.
  W wrprotect(W e) const {
    if (is(mpc8xx)) return e | x::kRo;
    return e & ~by(s::WRITE, e::kWrite, 0);
  }
  W mkuffd_wp(W e) const { return e; }
  W clear_uffd_wp(W e) const { return e; }
  W mksoft_dirty(W e) const { return e | by(s::SOFT_DIRTY, 0, 0); }
  W mkspecial(W e) const { return e | by(s::SPECIAL, e::SPECIAL, x::SPECIAL); }
  W touched(W e, bool write_access) const {
    return mkyoung(e) | (write_access ? by(s::DIRTY, e::DIRTY, x::DIRTY) : 0);
  }
  W table_entry(W pfn) const { return (pfn << 12) | by(s::PRESENT, e::kKernel, x::PMD_USER | x::PMD_PRESENT); }
  W retarget(W e, W pfn) const {
    return (e & by(s::PRESENT | s::PTE | 0xfff, e::kKernel | 0xfff, 0xfff)) | (pfn << 12);
  }
  B plain_table(W e) const {
    if (is(mpc8xx)) return (e & 0xfffu) == (x::PMD_USER | x::PMD_PRESENT);
    return (e & 0xc000000000000fffull) == by(s::PRESENT, e::kKernel, 0);
  }

  // --- protection ---
  /// protection_map of v6.10: write permission for shared writable mappings alone, execute-only
  /// implies read on the hash MMU.
  W page_prot(W vm_flags, std::uint8_t) const {
    const B exec = (vm_flags & VM_EXEC) != 0u;
    const B readable = (vm_flags & (is(book3s64) ? VM_ACCESS_FLAGS : std::uint64_t{VM_READ | VM_WRITE})) != 0u;
    const B writable = (vm_flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE);
    const W access = D::select(writable, W(by(s::READ | s::WRITE, e::kRead | e::kWrite, 0)),
                               D::select(readable, W(by(s::READ, e::kRead, x::kRo)), W(by(0, 0, x::NA))));
    return access | D::select(exec, W(by(s::EXEC, e::UX, x::EXEC)), W(0)) |
           by(s::PRESENT | s::ACCESSED, e::kBase, x::PRESENT | x::ACCESSED);
  }
  W prot_without_write(W prot) const {
    if (is(mpc8xx)) return D::select((prot & x::kRo) == 0u, prot | x::kRo, prot);
    return prot & ~by(s::WRITE, e::kWrite, 0);
  }
  W modify(Level, W old, W prot) const {
    const std::uint64_t kept =
        by(s::kRpnMask | s::kHashFlags | s::DIRTY | s::ACCESSED | s::SPECIAL | s::PTE | s::SOFT_DIRTY | s::DEVMAP,
           ~std::uint64_t{0xffffff} | e::DIRTY | e::ACCESSED | e::SPECIAL,
           0xfffff000u | x::DIRTY | x::ACCESSED | x::SPECIAL);
    return (old & kept) | prot;
  }
  W huge_modify(W old, W prot, const HugetlbSize&) const {
    return modify(Level::hugepte, old, prot) | by(0, 0, x::SPS | x::HUGE);
  }
};

// --- what the scenario room asks of plain words ---

/// The bits of an entry that are not its frame, gathered from bit 0 up; a pointer of the e500
/// to a table is marked by the last one.
inline constexpr unsigned kFlagBytes = 4;
constexpr std::uint64_t flag_bits(const Geometry& g, std::uint64_t e) {
  if (g.format == mpc8xx) return e & 0xfff;
  if (g.format == book3s64) return (e & 0xfff) | ((e >> 53) << 12);
  return e >> 63 ? (e & 0xfff) | ((e >> 62 & 1) << 12) | (std::uint64_t{1} << 31) : (e & 0xffffff) | ((e >> 62 & 1) << 24);
}
constexpr std::uint64_t from_flag_bits(const Geometry& g, std::uint64_t f) {
  if (g.format == mpc8xx) return f & 0xfff;
  if (g.format == book3s64) return (f & 0xfff) | ((f >> 12 & 0x7ff) << 53);
  return f >> 31 & 1 ? (f & 0xfff) | ((f >> 12 & 1) << 62) | (std::uint64_t{1} << 63)
                     : (f & 0xffffff) | ((f >> 24 & 1) << 62);
}

/// Bits of the offset field of the swap format.
constexpr std::uint64_t swap_offset_field(const Geometry& g) {
  return g.format == book3s64 ? s::kRpnMask : g.format == book3e ? ~std::uint64_t{0xffffff} : 0xffffff00u;
}
/// The swap format's bits that are state.
constexpr std::uint64_t swap_state_bits(const Geometry& g) {
  std::uint64_t bits = 0;
  for (const NamedBit& n : swap_bit_names(g)) bits |= n.bit;
  return bits;
}

/// The flags of a leaf in state `s` (frame apart), as the kernel writes them.
constexpr std::uint64_t leaf_flags(const Geometry& g, Level level, const LeafState& s) {
  const Entry<Concrete> a{g};
  std::uint64_t e = a.by(s::PRESENT | s::PTE, e::PRESENT | e::PSIZE_4K | e::COHERENT, x::PRESENT);
  if (s.accessible) {
    e |= s.write ? a.by(s::READ | s::WRITE, e::kRead | e::kWrite, 0) : a.by(s::READ, e::kRead, x::kRo);
    if (s.exec) e |= a.by(s::EXEC, e::UX, x::EXEC);
  } else {
    e |= a.by(0, 0, x::NA);
  }
  if (s.young) e = a.mkyoung(e);
  if (s.dirty) e |= a.by(s::DIRTY, e::DIRTY, x::DIRTY);
  if (s.soft_dirty) e = a.mksoft_dirty(e);
  if (s.special) e = a.mkspecial(e);
  if (s.devmap) e |= a.by(s::DEVMAP, 0, 0);
  if (level == Level::hugepte) e |= a.by(0, 0, x::SPS | x::HUGE);
  return e;
}
/// The state that flags say; what leaf_flags() made, leaf_state() reads back.
inline LeafState leaf_state(const Geometry& g, Level, std::uint64_t e) {
  const Entry<Concrete> a{g};
  LeafState s;
  s.accessible = a.read(e) || a.write(e) || (g.format != mpc8xx && (e & a.by(s::EXEC, e::UX, 0)));
  s.write = a.write(e);
  s.young = a.young(e);
  s.dirty = a.dirty(e);
  s.exec = e & a.by(s::EXEC, e::UX, x::EXEC);
  s.soft_dirty = a.soft_dirty(e);
  s.special = a.special(e);
  s.devmap = a.devmap(e);
  return s;
}

}  // namespace gupdiff::powerpc
