// SPDX-License-Identifier: GPL-2.0-only
// How large a scenario may be and where user addresses end: the bounds that
// normalise() enforces and the binary form relies on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/arch/arch.hpp"

namespace gupdiff {

/// Bounds of the binary form. The text form and captures may exceed the counts.
inline constexpr std::size_t kMaxVmas = 8;
inline constexpr std::size_t kMaxSlots = 64;  ///< a level
inline constexpr std::size_t kMaxFolios = 16;
inline constexpr std::size_t kMaxCacheEntries = 16;
inline constexpr std::uint32_t kMaxPages = 4096;
inline constexpr std::uint32_t kMaxRun = 8192;      ///< slots in one run: the largest page table
inline constexpr std::uint64_t kMaxEvent = 0xffff;  ///< "at the n-th" values of Environment
inline constexpr std::uint64_t kMaxFileIndex = std::uint64_t{1} << 40;
inline constexpr std::uint16_t kMaxFileId = 255;

/// VM_ flags a scenario knows.
inline constexpr std::uint64_t kAllVmFlags =
    VM_READ | VM_WRITE | VM_EXEC | VM_SHARED | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE |
    VM_GROWSDOWN | VM_UFFD_MISSING | VM_PFNMAP | VM_UFFD_WP | VM_LOCKED | VM_IO | VM_LOCKONFAULT |
    VM_NORESERVE | VM_HUGETLB | VM_SOFTDIRTY | VM_MIXEDMAP | VM_HUGEPAGE | VM_NOHUGEPAGE |
    VM_UFFD_MINOR | VM_SHADOW_STACK;

/// One past the last user address (TASK_SIZE_MAX leaves the last page out).
constexpr std::uint64_t address_limit(const Config& c) {
  const Geometry& g = geometry_of(c);
  return (std::uint64_t{1} << g.address_bits) - g.page_size();
}

/// Frames below this one are the two zero folios'; small machines (powerpc 8xx) have folios of their own
/// where larger ones have those.
constexpr std::uint64_t first_free_pfn(const Config& c) {
  const std::uint64_t usual = 0x4000, first = geometry_of(c).default_pfn(2);
  return first < usual ? first : usual;
}

}  // namespace gupdiff
