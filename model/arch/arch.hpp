// SPDX-License-Identifier: GPL-2.0-only
// What the bits of an entry mean: the kernel's architecture hooks, asked of whatever
// architecture a configuration names. Each question is answered in model/arch/NAME/.
#pragma once

#include "model/arch/arm64/entry.hpp"
#include "model/arch/arm64/hardware.hpp"
#include "model/arch/powerpc/entry.hpp"
#include "model/arch/powerpc/hardware.hpp"
#include "model/arch/riscv64/entry.hpp"
#include "model/arch/riscv64/hardware.hpp"
#include "model/arch/x86_64/entry.hpp"
#include "model/arch/x86_64/hardware.hpp"
#include "model/kernel/swap_types.hpp"
#include "model/machine/world.hpp"

namespace gupdiff {

/// The geometries of an architecture; Config::variant is an index into it.
constexpr std::span<const Geometry> geometries(Architecture a) {
  switch (a) {
#define GUPDIFF_CASE(name) \
  case Architecture::name: return name::kGeometries;
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return {};
}
/// The geometry of `c`, whose variant must exist.
constexpr const Geometry& geometry_of(const Config& c) { return geometries(c.arch)[c.variant]; }

constexpr std::string_view architecture_name(Architecture a) {
  switch (a) {
#define GUPDIFF_CASE(name) \
  case Architecture::name: return #name;
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return "?";
}

/// The Entry of an architecture; one whose predicates ask for CONFIG_TRANSPARENT_HUGEPAGE has
/// a second member for it.
template <class E>
constexpr E make_entry_format(const Geometry& g, bool thp) {
  if constexpr (requires { E{g, thp}; }) return E{g, thp};
  else return E{g};
}
/// Calls `f` with the Entry<D> of the architecture.
template <class D, class F>
constexpr auto with_entry(Architecture a, const Geometry& g, bool thp, F f) {
  if constexpr (kArchitectures > 1) {
    switch (a) {
#define GUPDIFF_CASE(name) \
  case Architecture::name: return f(make_entry_format<name::Entry<D>>(g, thp));
      GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
    }
  }
  return f(x86_64::Entry<D>{g});
}

/// What the MMU of the architecture makes of entry `e` at `level`.
template <class D>
HardwareStep<D> hardware_step(Architecture a, const Geometry& g, Level level, typename D::Word e) {
  switch (a) {
#define GUPDIFF_CASE(name) \
  case Architecture::name: return name::hardware_step<D>(g, level, e);
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return {};
}

/// The architecture hooks over a domain. Pure: none of them forks a path (stride()
/// excepted, whose answer is concrete).
template <class D>
class Arch {
 public:
  using W = typename D::Word;
  using B = typename D::Cond;

  Arch() : Arch(Config{}) {}
  explicit Arch(const Config& c)
      : id_(c.arch), thp_(c.thp), huge_puds_(c.pud_devmap), g_(&geometry_of(c)) {}

  Architecture id() const { return id_; }
  const Geometry& geometry() const { return *g_; }
  unsigned shift(Level l) const { return g_->shift(l); }
  std::uint64_t span(Level l) const { return g_->span(l); }
  unsigned page_shift() const { return g_->page_shift; }
  std::uint64_t page_size() const { return g_->page_size(); }

#define GUPDIFF_HOOK(name)                                                             \
  template <class... A>                                                                \
  auto name(const A&... a) const {                                                     \
    return with_entry<D>(id_, *g_, thp_, [&](const auto& e) { return e.name(a...); }); \
  }
  // B name(W e): none / present / bad / leaf, each level as the kernel asks it.
  GUPDIFF_HOOK(none)         ///< pte_none, pmd_none, pud_none, p4d_none
  GUPDIFF_HOOK(pgd_none)     ///< pgd_none where the PGD is not folded
  GUPDIFF_HOOK(pte_present)  ///< pte_present; hugetlb asks it at every level (D17)
  GUPDIFF_HOOK(pmd_present)
  GUPDIFF_HOOK(pud_present)
  GUPDIFF_HOOK(p4d_present)
  GUPDIFF_HOOK(pgd_present)
  GUPDIFF_HOOK(protnone)     ///< pte_protnone, pmd_protnone
  GUPDIFF_HOOK(pmd_bad)
  GUPDIFF_HOOK(pud_bad)
  GUPDIFF_HOOK(p4d_bad)
  GUPDIFF_HOOK(pgd_bad)
  GUPDIFF_HOOK(pmd_leaf)
  GUPDIFF_HOOK(pud_leaf)     ///< B pud_leaf(const Era&, W): eras differ (facts 4.1)
  GUPDIFF_HOOK(devmap)       ///< pXd_devmap
  GUPDIFF_HOOK(special)      ///< pte_special
  GUPDIFF_HOOK(contiguous)   ///< the entry says that it belongs to a contiguous set (pte_cont, pte_napot)
  GUPDIFF_HOOK(leaf_format)  ///< B leaf_format(Level, W): the bits say that it holds a frame, present or not
  GUPDIFF_HOOK(table_format) ///< B table_format(Level, W): they say that it points to a table, which is there
  // B name(W e): permissions and state.
  GUPDIFF_HOOK(write)        ///< pXd_write
  GUPDIFF_HOOK(dirty)
  GUPDIFF_HOOK(young)
  GUPDIFF_HOOK(soft_dirty)
  GUPDIFF_HOOK(uffd_wp)
  GUPDIFF_HOOK(access_permitted)  ///< B access_permitted(W, B write): pXd_access_permitted
  // Frames, in base pages.
  GUPDIFF_HOOK(pte_pfn)      ///< W pte_pfn(W): pte_page() of any word
  GUPDIFF_HOOK(leaf_pfn)     ///< W leaf_pfn(Level, W): of a leaf of that level
  GUPDIFF_HOOK(pmd_pfn)      ///< W pmd_pfn(W): of any word, as the kernel computes it
  GUPDIFF_HOOK(pud_pfn)
  GUPDIFF_HOOK(table_frame)  ///< W table_frame(W): of the table an entry points to
  GUPDIFF_HOOK(without_frame)
  GUPDIFF_HOOK(make_entry)   ///< W make_entry(W pfn, W prot): mk_pte()
  GUPDIFF_HOOK(make_leaf)    ///< W make_leaf(Level, W pfn, W prot): mk_pte(), mk_huge_pmd(), ...
  GUPDIFF_HOOK(make_huge_pte)  ///< W make_huge_pte(W pfn, W prot, const HugetlbSize&): mk_pte + arch_make_huge_pte()
  GUPDIFF_HOOK(contiguous_member)  ///< W contiguous_member(W e, const HugetlbSize&, uint32_t i): set_huge_pte_at() in slot i
  GUPDIFF_HOOK(stride)       ///< int8_t stride(W e, Level): how a run of leaves advances, see Slot::stride
  // The swap format.
  GUPDIFF_HOOK(swp_type)
  GUPDIFF_HOOK(swp_offset)
  GUPDIFF_HOOK(swp_entry)    ///< W swp_entry(W type, W offset)
  GUPDIFF_HOOK(swp_soft_dirty)
  GUPDIFF_HOOK(swp_uffd_wp)
  GUPDIFF_HOOK(swp_exclusive)
  // W name(W e): edits.
  GUPDIFF_HOOK(mkyoung)
  GUPDIFF_HOOK(mkold)
  GUPDIFF_HOOK(mkdirty)
  GUPDIFF_HOOK(mkclean)
  GUPDIFF_HOOK(mkwrite)       ///< pte_mkwrite, pmd_mkwrite (with a VMA)
  GUPDIFF_HOOK(mkwrite_novma) ///< pte_mkwrite_novma, which hugetlb uses
  GUPDIFF_HOOK(wrprotect)
  GUPDIFF_HOOK(mkuffd_wp)
  GUPDIFF_HOOK(clear_uffd_wp)
  GUPDIFF_HOOK(mksoft_dirty)
  GUPDIFF_HOOK(mkspecial)
  GUPDIFF_HOOK(touched)       ///< W touched(W e, bool write): what the MMU leaves of an access that `e` permits
  GUPDIFF_HOOK(table_entry)   ///< W table_entry(W pfn): what pXd_populate writes
  GUPDIFF_HOOK(retarget)      ///< W retarget(W e, W pfn): table entry `e` with another frame
  GUPDIFF_HOOK(plain_table)   ///< B plain_table(W): it is what pXd_populate writes, hardware's bits apart
  // Protection.
  GUPDIFF_HOOK(page_prot)     ///< W page_prot(W vm_flags, uint8_t pkey): vm_get_page_prot(), key included
  GUPDIFF_HOOK(prot_without_write)  ///< W prot_without_write(W prot): for write notification
  GUPDIFF_HOOK(modify)        ///< W modify(Level, W old, W prot): pte_modify(), pmd_modify()
  GUPDIFF_HOOK(huge_modify)   ///< W huge_modify(W old, W prot, const HugetlbSize&): huge_pte_modify()
#undef GUPDIFF_HOOK

  /// pmd_trans_huge(): false without CONFIG_TRANSPARENT_HUGEPAGE; with it, it may be true of a
  /// hugetlb PMD (facts 4.1, 4.2).
  B pmd_trans_huge(W e) const {
    if (!thp_) return B(false);
    return with_entry<D>(id_, *g_, thp_, [&](const auto& a) { return a.pmd_trans_huge(e); });
  }
  /// pud_trans_huge(): false unless huge PUDs outside hugetlb are configured.
  B pud_trans_huge(W e) const {
    if (!huge_puds_) return B(false);
    return with_entry<D>(id_, *g_, thp_, [&](const auto& a) { return a.pud_trans_huge(e); });
  }

  // Directories of hugetlb entries: powerpc alone has them (facts 4.4).
  /// is_hugepd() of a slot of `l`.
  B is_hugepd(Level l, W e) const { return g_->has_hugepd ? powerpc().is_hugepd(l, e) : B(false); }
  /// hugepd_shift() as a size; null where the word names none. Its answer is concrete.
  const HugetlbSize* hugepd_size(W e) const { return powerpc().hugepd_size(e); }
  /// hugepd_page(): the frame of the table of entries.
  W hugepd_frame(W e) const { return powerpc().hugepd_frame(e); }
  /// hugepd_populate()
  W hugepd_entry(W pfn, const HugetlbSize& size) const { return powerpc().hugepd_entry(pfn, size); }
  /// No permission is set by half (e500).
  B whole_permissions(W e) const { return id_ == Architecture::powerpc ? powerpc().whole_permissions(e) : B(true); }
  /// hugepte_offset(), as the address that keys the entry (Level::hugepte).
  W hugepte_address(const HugetlbSize& size, W address) const { return powerpc().hugepte_address(size, address); }

  // GUP-fast (facts 2.3).
  /// pmd_access_permitted(), pud_access_permitted() of an entry that its level calls present: the generic definition,
  /// riscv64's, asks the level's own presence.
  B leaf_access_permitted(W e, B write_wanted) const {
    return id_ == Architecture::riscv64 ? !write_wanted || write(e) : access_permitted(e, write_wanted);
  }
  /// pte_flags_pkey(), where there are keys (Geometry::has_pkeys): x86-64.
  W pkey(W e) const { return (e >> 59) & 15u; }

  // What follows from the hooks, the same everywhere.
  static B has(W e, std::uint64_t bits) { return (e & bits) != 0u; }
  /// not none, not present (as a PTE sees it; hugetlb code asks it of every level).
  B is_swap(W e) const { return !none(e) && !pte_present(e); }
  B is_migration(const SwapTypes& t, W e) const {
    return is_swap(e) && swp_type(e) >= W(t.migration_read) && swp_type(e) <= W(t.migration_write);
  }
  B is_hwpoison(const SwapTypes& t, W e) const { return is_swap(e) && swp_type(e) == W(t.hwpoison); }
  B is_marker(const SwapTypes& t, W e) const { return is_swap(e) && swp_type(e) == W(t.marker); }
  W marker(const SwapTypes& t, std::uint64_t bits) const { return swp_entry(W(t.marker), W(bits)); }

 private:
  powerpc::Entry<D> powerpc() const { return {*g_}; }

  Architecture id_;
  bool thp_, huge_puds_;
  const Geometry* g_;
};

}  // namespace gupdiff
