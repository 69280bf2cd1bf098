// SPDX-License-Identifier: GPL-2.0-only
// How large a scenario may be and where user addresses end: the bounds that
// normalise() enforces and the binary form relies on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/machine/world.hpp"

namespace gupdiff {

/// Bounds of the binary form. The text form and captures may exceed the counts.
inline constexpr std::size_t kMaxVmas = 8;
inline constexpr std::size_t kMaxSlots = 64;  ///< a level
inline constexpr std::size_t kMaxFolios = 16;
inline constexpr std::size_t kMaxCacheEntries = 16;
inline constexpr std::uint32_t kMaxPages = 4096;
inline constexpr std::uint32_t kMaxRun = 512;       ///< slots in one run: one page table
inline constexpr std::uint64_t kMaxEvent = 0xffff;  ///< "at the n-th" values of Environment
inline constexpr std::uint64_t kMaxFileIndex = std::uint64_t{1} << 40;
inline constexpr std::uint8_t kMaxOrder = 18;
inline constexpr std::uint16_t kMaxFileId = 255;

/// VM_ flags a scenario knows.
inline constexpr std::uint64_t kAllVmFlags =
    VM_READ | VM_WRITE | VM_EXEC | VM_SHARED | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE |
    VM_GROWSDOWN | VM_UFFD_MISSING | VM_PFNMAP | VM_UFFD_WP | VM_LOCKED | VM_IO | VM_LOCKONFAULT |
    VM_NORESERVE | VM_HUGETLB | VM_SOFTDIRTY | VM_MIXEDMAP | VM_HUGEPAGE | VM_NOHUGEPAGE |
    VM_UFFD_MINOR | VM_SHADOW_STACK;

/// Bits of a user address: 47 with 4 levels, 56 with 5.
constexpr unsigned address_bits(const Config& c) { return c.levels == 4 ? 47 : 56; }
/// One past the last user address (TASK_SIZE_MAX leaves the last page out).
constexpr std::uint64_t address_limit(const Config& c) {
  return (std::uint64_t{1} << address_bits(c)) - 4096;
}
/// The level of the topmost page table that has slots.
constexpr Level top_level(const Config& c) { return c.levels == 4 ? Level::p4d : Level::pgd; }

/// Where folio `index` (>= 2) lies unless a scenario says otherwise: every folio
/// has a gigabyte of frames of its own, so any order is aligned and disjoint.
constexpr std::uint64_t default_pfn(std::size_t index) {
  return static_cast<std::uint64_t>(index) << 18;
}
/// Frames below this one are the two zero folios'.
inline constexpr std::uint64_t kFirstFreePfn = 0x4000;

}  // namespace gupdiff
