// SPDX-License-Identifier: GPL-2.0-only
// x86-64 page tables with 4 KiB pages, 4 or 5 levels, and the names of the bits of
// their entries (facts 4.1).
#pragma once

#include "model/arch/geometry.hpp"

namespace gupdiff::x86_64 {

/// The architecture as people write it.
inline constexpr std::string_view kLabel = "x86-64";

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

/// 1G registers first at boot, 2M second.
inline constexpr HugetlbSize kHugetlb[] = {
    {.name = "2M", .order = 9, .level = Level::pmd, .hstate = 1},
    {.name = "1G", .order = 18, .level = Level::pud, .hstate = 0},
};

constexpr Geometry geometry(std::string_view name, std::uint8_t levels) {
  Geometry g;
  g.name = name;
  g.levels = levels;
  for (int l = 0; l < kLevels; ++l) {
    g.shifts[l] = static_cast<std::uint8_t>(12 + 9 * l);
    g.key_bits[l] = 9;
  }
  g.top = levels == 4 ? Level::p4d : Level::pgd;
  g.address_bits = levels == 4 ? 47 : 56;
  g.hugetlb = kHugetlb;
  g.has_pud_leaf_thp = g.has_uffd_wp = g.has_soft_dirty = g.has_pkeys = true;
  g.zero_pfn = 0x3000;
  g.huge_zero_pfn = 0x3200;
  g.fresh_pfn = std::uint64_t{1} << 36;
  g.table_base = std::uint64_t{1} << 39;
  return g;
}
/// With 4 levels the topmost table is the P4D's: the PGD is folded into it.
inline constexpr Geometry kGeometries[] = {geometry("5-level", 5), geometry("4-level", 4)};

inline constexpr NamedBit kBitNames[] = {
    {"PRESENT", PRESENT},
    {"RW", RW},
    {"USER", USER},
    {"PWT", PWT},
    {"PCD", PCD},
    {"ACCESSED", ACCESSED},
    {"DIRTY", DIRTY},
    {"PSE", PSE},
    {"GLOBAL", GLOBAL, PRESENT},
    {"PROTNONE", PROTNONE, 0, PRESENT},
    {"SPECIAL", SPECIAL},
    {"UFFD_WP", UFFD_WP},
    {"SOFT_DIRTY", SOFT_DIRTY},
    {"AVAIL52", 1ull << 52},
    {"AVAIL53", 1ull << 53},
    {"AVAIL54", 1ull << 54},
    {"AVAIL55", 1ull << 55},
    {"AVAIL56", 1ull << 56},
    {"DEVMAP", DEVMAP},
    {"SAVED_DIRTY", SAVED_DIRTY},
    {"PKEY_BIT0", 1ull << 59},
    {"PKEY_BIT1", 1ull << 60},
    {"PKEY_BIT2", 1ull << 61},
    {"PKEY_BIT3", 1ull << 62},
    {"NX", NX},
};
/// Short names of what a leaf says beside R or W.
inline constexpr NamedBit kLeafLetters[] = {
    {"A", ACCESSED},     {"D", DIRTY},       {"SAVED_DIRTY", SAVED_DIRTY}, {"SOFT_DIRTY", SOFT_DIRTY},
    {"UFFD_WP", UFFD_WP}, {"SPECIAL", SPECIAL}, {"DEVMAP", DEVMAP},
};
inline constexpr NamedBit kSwapBitNames[] = {
    {"SOFT_DIRTY", SWP_SOFT_DIRTY},
    {"UFFD_WP", SWP_UFFD_WP},
    {"EXCLUSIVE", SWP_EXCLUSIVE},
};

}  // namespace gupdiff::x86_64
