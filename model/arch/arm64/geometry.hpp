// SPDX-License-Identifier: GPL-2.0-only
// arm64 page tables with the three granules, as kernels usually configure them, and the
// names of the bits of their entries (facts 4.2).
#pragma once

#include "model/arch/geometry.hpp"

namespace gupdiff::arm64 {

/// The architecture as people write it.
inline constexpr std::string_view kLabel = "arm64";

/// Entry bits (arch/arm64/include/asm/pgtable-prot.h and pgtable-hwdef.h of v6.12; facts 4.2).
enum Bit : std::uint64_t {
  VALID = 1ull << 0,
  TABLE = 1ull << 1,  ///< a table above the PTE level, a page at it; clear: a block
  ATTR_INDX = 7ull << 2,
  NS = 1ull << 5,
  USER = 1ull << 6,    ///< AP[1]
  RDONLY = 1ull << 7,  ///< AP[2]
  SHARED = 3ull << 8,  ///< inner shareable
  AF = 1ull << 10,
  NG = 1ull << 11,
  PRESENT_INVALID = NG,  ///< meaningful only without VALID
  GP = 1ull << 50,
  WRITE = 1ull << 51,  ///< DBM
  CONT = 1ull << 52,
  PXN = 1ull << 53,
  UXN = 1ull << 54,
  DIRTY = 1ull << 55,
  SPECIAL = 1ull << 56,
  DEVMAP = 1ull << 57,
  UFFD_WP = 1ull << 58,
  PO_IDX = 7ull << 60,
  TABLE_PXN = 1ull << 59,  ///< table entries only
  // Bits of the swap format (entries that are neither none nor present).
  SWP_EXCLUSIVE = 1ull << 2,
  SWP_UFFD_WP = 1ull << 3,
};
/// What the kernel writes for a table entry of a user's page table, frame apart.
inline constexpr std::uint64_t kTableFlags = VALID | TABLE | TABLE_PXN;
/// Flags that every user page has (_PAGE_DEFAULT, normal memory being index 0).
inline constexpr std::uint64_t kPageDefault = VALID | TABLE | AF | SHARED;
/// PAGE_NONE, frame apart.
inline constexpr std::uint64_t kPageNone = (kPageDefault & ~VALID) | PRESENT_INVALID | RDONLY | PXN | UXN;

/// Gigantic pages register first at boot, contiguous PTEs last (hugetlbpage_init).
inline constexpr HugetlbSize kHugetlb4K[] = {
    {.name = "64K", .order = 4, .level = Level::pte, .entries_log2 = 4, .hstate = 3},
    {.name = "2M", .order = 9, .level = Level::pmd, .hstate = 2},
    {.name = "32M", .order = 13, .level = Level::pmd, .entries_log2 = 4, .hstate = 1},
    {.name = "1G", .order = 18, .level = Level::pud, .hstate = 0},
};
inline constexpr HugetlbSize kHugetlb16K[] = {
    {.name = "2M", .order = 7, .level = Level::pte, .entries_log2 = 7, .hstate = 2},
    {.name = "32M", .order = 11, .level = Level::pmd, .hstate = 1},
    {.name = "1G", .order = 16, .level = Level::pmd, .entries_log2 = 5, .hstate = 0},
};
inline constexpr HugetlbSize kHugetlb64K[] = {
    {.name = "2M", .order = 5, .level = Level::pte, .entries_log2 = 5, .hstate = 2},
    {.name = "512M", .order = 13, .level = Level::pmd, .hstate = 1},
    {.name = "16G", .order = 18, .level = Level::pmd, .entries_log2 = 5, .hstate = 0},
};

/// `levels` tables of pages of 1 << `page_shift` bytes for addresses of `bits` bits.
constexpr Geometry geometry(std::string_view name, std::uint8_t page_shift, std::uint8_t levels, std::uint8_t bits,
                            std::span<const HugetlbSize> hugetlb) {
  Geometry g;
  g.name = name;
  g.levels = levels;
  g.page_shift = page_shift;
  for (int l = 0; l < kLevels; ++l) {
    g.shifts[l] = static_cast<std::uint8_t>(page_shift + (page_shift - 3) * l);
    g.key_bits[l] = static_cast<std::uint8_t>(page_shift - 3);
  }
  // The kernel folds from the top: three levels leave PUD, PMD and PTE (pgtable-nopud.h).
  g.top = static_cast<Level>(levels - 1);
  g.key_bits[levels - 1] = static_cast<std::uint8_t>(bits - g.shifts[levels - 1]);
  g.address_bits = bits;
  g.hugetlb = hugetlb;
  g.read_marks_young = true;
  g.ptep_get_folds = true;
  g.huge_pte_offset = HugePteOffset::arm64;
  g.has_uffd_wp = true;
  // Frames fit 32 bits: an address of 48 with the largest granule.
  g.fresh_pfn = std::uint64_t{1} << 28;
  g.table_base = std::uint64_t{1} << 31;
  g.table_level_shift = 28;
  return g;
}
inline constexpr Geometry kGeometries[] = {
    geometry("4K", 12, 4, 48, kHugetlb4K),
    geometry("16K", 14, 3, 47, kHugetlb16K),
    geometry("64K", 16, 3, 48, kHugetlb64K),
};

inline constexpr NamedBit kBitNames[] = {
    {"VALID", VALID},
    {"TABLE", TABLE},
    {"ATTR_INDX0", 1ull << 2},
    {"ATTR_INDX1", 1ull << 3},
    {"ATTR_INDX2", 1ull << 4},
    {"NS", NS},
    {"USER", USER},
    {"RDONLY", RDONLY},
    {"SH0", 1ull << 8},
    {"SH1", 1ull << 9},
    {"AF", AF},
    {"NG", NG, VALID},
    {"PRESENT_INVALID", PRESENT_INVALID, 0, VALID},
    {"GP", GP},
    {"WRITE", WRITE},
    {"CONT", CONT},
    {"PXN", PXN},
    {"UXN", UXN},
    {"DIRTY", DIRTY},
    {"SPECIAL", SPECIAL},
    {"DEVMAP", DEVMAP},
    {"UFFD_WP", UFFD_WP},
    {"TABLE_PXN", TABLE_PXN},
    {"PO_IDX0", 1ull << 60},
    {"PO_IDX1", 1ull << 61},
    {"PO_IDX2", 1ull << 62},
    {"AVAIL63", 1ull << 63},
};
/// Short names of what a leaf says beside R or W.
inline constexpr NamedBit kLeafLetters[] = {
    {"A", AF},           {"D", DIRTY},         {"HW_DIRTY", WRITE, WRITE, RDONLY}, {"CONT", CONT},
    {"UFFD_WP", UFFD_WP}, {"SPECIAL", SPECIAL}, {"DEVMAP", DEVMAP},
};
inline constexpr NamedBit kSwapBitNames[] = {
    {"EXCLUSIVE", SWP_EXCLUSIVE},
    {"UFFD_WP", SWP_UFFD_WP},
};

}  // namespace gupdiff::arm64
