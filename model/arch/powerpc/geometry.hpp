// SPDX-License-Identifier: GPL-2.0-only
// powerpc page tables with 4 KiB pages on the three platforms that hang hugetlb pages off
// directories (hugepd, facts 4.4), and the names of the bits of their entries.
#pragma once

#include "model/arch/geometry.hpp"

namespace gupdiff::powerpc {

/// The architecture as people write it.
inline constexpr std::string_view kLabel = "powerpc";

/// Which entry format: each platform has its own.
enum Format : std::uint8_t { book3s64, book3e, mpc8xx };

/// PTE bits of 64-bit server CPUs with the hash MMU (asm/book3s/64/pgtable.h, hash-4k.h of v6.12).
namespace s {
enum Bit : std::uint64_t {
  EXEC = 1ull << 0,
  WRITE = 1ull << 1,
  READ = 1ull << 2,
  PRIVILEGED = 1ull << 3,
  NON_IDEMPOTENT = 1ull << 5,  ///< with bit 4: the memory attributes
  BUSY = 1ull << 6,            ///< of the hash table's own, as HASHPTE and the slot bits are
  DIRTY = 1ull << 7,
  ACCESSED = 1ull << 8,
  SOFT_DIRTY = 1ull << 9,
  SPECIAL = 1ull << 10,
  DEVMAP = 1ull << 11,
  HASHPTE = 1ull << 60,
  INVALID = 1ull << 61,
  PTE = 1ull << 62,  ///< tells entries from pointers to tables
  PRESENT = 1ull << 63,
  SWP_EXCLUSIVE = NON_IDEMPOTENT,
};
/// Bits 12..52: the frame as a byte address.
inline constexpr std::uint64_t kRpnMask = 0x001ffffffffff000ull;
/// What pte_none() ignores: the hash table's bits, slot number (53..56) included.
inline constexpr std::uint64_t kHashFlags = BUSY | HASHPTE | 0x01e0000000000000ull;
}  // namespace s

/// PTE bits of 64-bit e500 (asm/nohash/pte-e500.h; v6.10, before the page-size field changed).
namespace e {
enum Bit : std::uint64_t {
  PRESENT = 1ull << 0,
  SR = 1ull << 2,
  UR = 1ull << 3,
  SW = 1ull << 4,
  UW = 1ull << 5,
  SX = 1ull << 6,
  UX = 1ull << 7,
  PSIZE_4K = 1ull << 9,  ///< in the field of bits 8..11
  DIRTY = 1ull << 12,
  SPECIAL = 1ull << 13,
  ACCESSED = 1ull << 18,
  COHERENT = 1ull << 21,
  SWP_EXCLUSIVE = 1ull << 7,
};
inline constexpr std::uint64_t kRead = SR | UR, kWrite = SW | UW;
inline constexpr unsigned kRpnShift = 24;
inline constexpr std::uint64_t kBase = PRESENT | ACCESSED | PSIZE_4K | COHERENT;
/// Table entries are kernel addresses; directories lack the topmost bit of one (PD_HUGE).
inline constexpr std::uint64_t kKernel = 0xc000000000000000ull, kPdHuge = 1ull << 63;
inline constexpr std::uint64_t kTableFrame = 0x000ffffffffff000ull;
}  // namespace e

/// PTE bits of the MPC8xx (asm/nohash/32/pte-8xx.h of v6.12).
namespace x {
enum Bit : std::uint64_t {
  PRESENT = 1ull << 0,
  SH = 1ull << 2,
  SPS = 1ull << 3,
  ACCESSED = 1ull << 5,
  EXEC = 1ull << 6,
  SPECIAL = 1ull << 7,
  DIRTY = 1ull << 8,
  NA = 1ull << 9,    ///< no access; with RO_BIT: read-only
  RO_BIT = 1ull << 10,
  HUGE = 1ull << 11,
  SWP_EXCLUSIVE = 1ull << 2,
  // Of the PGD's entries.
  PMD_PRESENT = 1ull << 0,
  PMD_8M = 3ull << 2,
  PMD_USER = 1ull << 6,
};
inline constexpr std::uint64_t kRo = NA | RO_BIT;
}  // namespace x

/// 16M registers first at boot, 16G second (psize order of hugetlbpage_init).
inline constexpr HugetlbSize kHugetlbBook3s[] = {
    {.name = "16M", .order = 12, .level = Level::hugepte, .hstate = 0, .directory = Level::pud},
    {.name = "16G", .order = 22, .level = Level::hugepte, .hstate = 1, .directory = Level::p4d},
};
/// The powers of four that the e500's TLB1 holds.
inline constexpr HugetlbSize kHugetlbBook3e[] = {
    {.name = "4M", .order = 10, .level = Level::hugepte, .hstate = 0, .directory = Level::pmd, .directories_log2 = 1},
    {.name = "16M", .order = 12, .level = Level::hugepte, .hstate = 1, .directory = Level::pmd, .directories_log2 = 3},
    {.name = "64M", .order = 14, .level = Level::hugepte, .hstate = 2, .directory = Level::pmd, .directories_log2 = 5},
    {.name = "256M", .order = 16, .level = Level::hugepte, .hstate = 3, .directory = Level::pud},
    {.name = "1G", .order = 18, .level = Level::hugepte, .hstate = 4, .directory = Level::pud, .directories_log2 = 2},
};
/// 16K and 512K pages register first; they are ordinary PTEs and not modelled.
inline constexpr HugetlbSize kHugetlb8xx[] = {
    {.name = "8M", .order = 11, .level = Level::hugepte, .hstate = 2, .directory = Level::pmd, .directories_log2 = 1},
};

/// 64 bits: 4 levels, the P4D folded into the PGD (asm-generic/pgtable-nop4d.h).
constexpr Geometry geometry64(std::string_view name, Format format, std::span<const HugetlbSize> hugetlb) {
  Geometry g;
  g.name = name;
  g.levels = 4;
  constexpr std::uint8_t shifts[] = {12, 21, 28, 37, 46, 12}, bits[] = {9, 7, 9, 9, 0};
  for (int l = 0; l < kSlotLists; ++l) g.shifts[l] = shifts[l];
  for (int l = 0; l < kLevels; ++l) g.key_bits[l] = bits[l];
  g.top = Level::p4d;
  g.address_bits = 46;
  g.hugetlb = hugetlb;
  g.read_marks_young = true;
  g.has_thp = false;
  g.has_upper_leaves = false;
  g.has_hugepd = true;
  g.format = format;
  g.has_soft_dirty = g.has_devmap = g.has_numa_hints = g.has_split_pmd_ptlocks = format == book3s64;
  g.zero_pfn = 0x3000;
  g.huge_zero_pfn = 0x3200;
  g.folio_bits = 22;
  g.fresh_pfn = std::uint64_t{1} << 35;
  g.table_base = std::uint64_t{1} << 37;
  g.table_level_shift = 34;
  return g;
}
/// 32 bits: a PGD of 4 MiB slots and PTE tables. Frames have 20 bits, so folios lie closer.
constexpr Geometry geometry8xx() {
  Geometry g;
  g.name = "8xx";
  g.levels = 2;
  constexpr std::uint8_t shifts[] = {12, 22, 22, 22, 22, 12}, bits[] = {10, 10, 0, 0, 0};
  for (int l = 0; l < kSlotLists; ++l) g.shifts[l] = shifts[l];
  for (int l = 0; l < kLevels; ++l) g.key_bits[l] = bits[l];
  g.top = Level::pmd;
  g.address_bits = 31;
  g.hugetlb = kHugetlb8xx;
  g.read_marks_young = true;
  g.has_thp = g.has_devmap = g.has_numa_hints = g.has_split_pmd_ptlocks = false;
  g.has_upper_leaves = false;
  g.has_hugepd = true;
  g.format = mpc8xx;
  g.word_mask = 0xffffffffu;
  g.zero_pfn = 0x300;
  g.huge_zero_pfn = 0x400;
  g.folio_bits = 11;
  g.fresh_pfn = 0x20000;
  g.fresh_small_pfn = 0xa0000;
  g.table_base = 0x80000;
  g.table_level_shift = 16;
  return g;
}
inline constexpr Geometry kGeometries[] = {geometry64("book3s64-4K", book3s64, kHugetlbBook3s),
                                           geometry64("book3e", book3e, kHugetlbBook3e), geometry8xx()};

/// Names of the bits, by Format.
inline constexpr NamedBit kBook3sBits[] = {
    {"EXEC", s::EXEC},           {"WRITE", s::WRITE},         {"READ", s::READ},
    {"PRIVILEGED", s::PRIVILEGED}, {"ATTR4", 1ull << 4},      {"NON_IDEMPOTENT", s::NON_IDEMPOTENT},
    {"BUSY", s::BUSY},           {"DIRTY", s::DIRTY},         {"ACCESSED", s::ACCESSED},
    {"SOFT_DIRTY", s::SOFT_DIRTY}, {"SPECIAL", s::SPECIAL},   {"DEVMAP", s::DEVMAP},
    {"GIX0", 1ull << 53},        {"GIX1", 1ull << 54},        {"GIX2", 1ull << 55},
    {"SECOND", 1ull << 56},      {"PKEY_BIT1", 1ull << 57},   {"PKEY_BIT2", 1ull << 58},
    {"PKEY_BIT3", 1ull << 59},   {"HASHPTE", s::HASHPTE},     {"INVALID", s::INVALID},
    {"PTE", s::PTE},             {"PRESENT", s::PRESENT},
};
inline constexpr NamedBit kBook3eBits[] = {
    {"PRESENT", e::PRESENT},   {"SW1", 1ull << 1},        {"SR", e::SR},
    {"UR", e::UR},             {"SW", e::SW},             {"UW", e::UW},
    {"SX", e::SX},             {"UX", e::UX},             {"PSIZE0", 1ull << 8},
    {"PSIZE_4K", e::PSIZE_4K}, {"PSIZE2", 1ull << 10},    {"PSIZE3", 1ull << 11},
    {"DIRTY", e::DIRTY},       {"SPECIAL", e::SPECIAL},   {"U3", 1ull << 14},
    {"U2", 1ull << 15},        {"U1", 1ull << 16},        {"U0", 1ull << 17},
    {"ACCESSED", e::ACCESSED}, {"ENDIAN", 1ull << 19},    {"GUARDED", 1ull << 20},
    {"COHERENT", e::COHERENT}, {"NO_CACHE", 1ull << 22},  {"WRITETHRU", 1ull << 23},
    {"KERNEL0", 1ull << 62},   {"KERNEL1", 1ull << 63},
};
inline constexpr NamedBit k8xxBits[] = {
    {"PRESENT", x::PRESENT},   {"NO_CACHE", 1ull << 1}, {"SH", x::SH},     {"SPS", x::SPS},
    {"GUARDED", 1ull << 4},    {"ACCESSED", x::ACCESSED}, {"EXEC", x::EXEC}, {"SPECIAL", x::SPECIAL},
    {"DIRTY", x::DIRTY},       {"NA", x::NA},           {"RO_BIT", x::RO_BIT}, {"HUGE", x::HUGE},
};
/// Short names of what a leaf says beside R or W.
inline constexpr NamedBit kBook3sLetters[] = {
    {"A", s::ACCESSED}, {"D", s::DIRTY}, {"SOFT_DIRTY", s::SOFT_DIRTY}, {"SPECIAL", s::SPECIAL}, {"DEVMAP", s::DEVMAP},
};
inline constexpr NamedBit kBook3eLetters[] = {{"A", e::ACCESSED}, {"D", e::DIRTY}, {"SPECIAL", e::SPECIAL}};
inline constexpr NamedBit k8xxLetters[] = {{"A", x::ACCESSED}, {"D", x::DIRTY}, {"SPECIAL", x::SPECIAL}};
inline constexpr NamedBit kBook3sSwapBits[] = {{"SOFT_DIRTY", s::SOFT_DIRTY}, {"EXCLUSIVE", s::SWP_EXCLUSIVE}};
inline constexpr NamedBit kBook3eSwapBits[] = {{"EXCLUSIVE", e::SWP_EXCLUSIVE}};
inline constexpr NamedBit k8xxSwapBits[] = {{"EXCLUSIVE", x::SWP_EXCLUSIVE}};

/// What the tables of names are where no machine is named.
inline constexpr std::span<const NamedBit> kBitNames = kBook3sBits, kLeafLetters = kBook3sLetters,
                                           kSwapBitNames = kBook3sSwapBits;
constexpr std::span<const NamedBit> bit_names(const Geometry& g) {
  if (g.format == book3s64) return kBook3sBits;
  if (g.format == book3e) return kBook3eBits;
  return k8xxBits;
}
constexpr std::span<const NamedBit> leaf_letters(const Geometry& g) {
  if (g.format == book3s64) return kBook3sLetters;
  if (g.format == book3e) return kBook3eLetters;
  return k8xxLetters;
}
constexpr std::span<const NamedBit> swap_bit_names(const Geometry& g) {
  if (g.format == book3s64) return kBook3sSwapBits;
  if (g.format == book3e) return kBook3eSwapBits;
  return k8xxSwapBits;
}

}  // namespace gupdiff::powerpc
