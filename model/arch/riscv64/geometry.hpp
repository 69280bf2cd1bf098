// SPDX-License-Identifier: GPL-2.0-only
// RISC-V page tables of 64-bit machines, Sv39, Sv48 and Sv57, and the names of the bits
// of their entries (facts 4.3).
#pragma once

#include "model/arch/geometry.hpp"

namespace gupdiff::riscv64 {

/// The architecture as people write it.
inline constexpr std::string_view kLabel = "riscv64";

/// Entry bits (arch/riscv/include/asm/pgtable-bits.h and pgtable-64.h of v6.12; facts 4.3).
enum Bit : std::uint64_t {
  PRESENT = 1ull << 0,
  READ = 1ull << 1,
  WRITE = 1ull << 2,
  EXEC = 1ull << 3,
  USER = 1ull << 4,
  GLOBAL = 1ull << 5,
  PROTNONE = GLOBAL,  ///< meaningful only without PRESENT
  ACCESSED = 1ull << 6,
  DIRTY = 1ull << 7,
  SPECIAL = 1ull << 8,
  DEVMAP = 1ull << 9,
  NOCACHE = 1ull << 61,  ///< Svpbmt, with IO the memory type
  IO = 1ull << 62,
  NAPOT = 1ull << 63,  ///< Svnapot: one of the entries of a naturally aligned set
  // Bits of the swap format (entries that are neither none nor present).
  SWP_EXCLUSIVE = ACCESSED,
};
/// Bits 10..53: the page frame number.
inline constexpr unsigned kPfnShift = 10;
inline constexpr std::uint64_t kPfnMask = 0x003ffffffffffc00ull;
/// Any of them makes an entry a leaf; none of them a pointer to the next table.
inline constexpr std::uint64_t kLeaf = READ | WRITE | EXEC;
/// What the kernel writes for a table entry, frame apart (_PAGE_TABLE).
inline constexpr std::uint64_t kTableFlags = PRESENT;
/// PAGE_NONE, frame apart.
inline constexpr std::uint64_t kPageNone = PROTNONE | READ;
/// Low frame bits of a 64K set and what stands there in each of its entries (pte_mknapot).
inline constexpr std::uint64_t kNapotFrames = 0xf, kNapotMark = 0x8;

/// 64K (Svnapot) registers first at boot, 1G second, 2M last (mm/hugetlbpage.c, in the order
/// of its initcalls).
inline constexpr HugetlbSize kHugetlb[] = {
    {.name = "64K", .order = 4, .level = Level::pte, .entries_log2 = 4, .hstate = 0},
    {.name = "2M", .order = 9, .level = Level::pmd, .hstate = 2},
    {.name = "1G", .order = 18, .level = Level::pud, .hstate = 1},
};

constexpr Geometry geometry(std::string_view name, std::uint8_t levels) {
  Geometry g;
  g.name = name;
  g.levels = levels;
  for (int l = 0; l < kLevels; ++l) {
    g.shifts[l] = static_cast<std::uint8_t>(12 + 9 * l);
    g.key_bits[l] = 9;
  }
  g.top = static_cast<Level>(levels - 1);
  // Half of the address space is the user's.
  g.address_bits = static_cast<std::uint8_t>(12 + 9 * levels - 1);
  g.hugetlb = kHugetlb;
  g.read_marks_young = true;  // ptep_set_access_flags() stores whatever differs
  g.zero_pfn = 0x3000;
  g.huge_zero_pfn = 0x3200;
  g.fresh_pfn = std::uint64_t{1} << 36;
  g.table_base = std::uint64_t{1} << 39;
  return g;
}
/// The names of the modes of satp. With Sv39 the topmost table is the PUD's, with Sv48 the
/// P4D's: the levels above are folded into it.
inline constexpr Geometry kGeometries[] = {geometry("Sv39", 3), geometry("Sv48", 4), geometry("Sv57", 5)};

inline constexpr NamedBit kBitNames[] = {
    {"PRESENT", PRESENT},
    {"READ", READ},
    {"WRITE", WRITE},
    {"EXEC", EXEC},
    {"USER", USER},
    {"GLOBAL", GLOBAL, PRESENT},
    {"PROTNONE", PROTNONE, 0, PRESENT},
    {"ACCESSED", ACCESSED},
    {"DIRTY", DIRTY},
    {"SPECIAL", SPECIAL},
    {"DEVMAP", DEVMAP},
    {"RSV54", 1ull << 54},
    {"RSV55", 1ull << 55},
    {"RSV56", 1ull << 56},
    {"RSV57", 1ull << 57},
    {"RSV58", 1ull << 58},
    {"RSV59", 1ull << 59},
    {"RSV60", 1ull << 60},
    {"NOCACHE", NOCACHE},
    {"IO", IO},
    {"NAPOT", NAPOT},
};
/// Short names of what a leaf says beside R or W.
inline constexpr NamedBit kLeafLetters[] = {
    {"A", ACCESSED}, {"D", DIRTY}, {"SPECIAL", SPECIAL}, {"DEVMAP", DEVMAP}, {"NAPOT", NAPOT},
};
inline constexpr NamedBit kSwapBitNames[] = {
    {"EXCLUSIVE", SWP_EXCLUSIVE},
};

}  // namespace gupdiff::riscv64
