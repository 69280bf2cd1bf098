// SPDX-License-Identifier: GPL-2.0-only
// The kernel's flag words as numbers: FOLL_, VM_, FAULT_FLAG_, VM_FAULT_ and
// errno. Values are those of Linux v6.12 (facts 0.5); a scenario always uses
// them, whatever era it is run on.
#pragma once

#include <cstdint>

namespace gupdiff {

/// FOLL_ flags, bit values of v6.3 and later (mm_types.h, mm/internal.h; facts 0.5).
enum Foll : std::uint32_t {
  FOLL_WRITE = 1u << 0,
  FOLL_GET = 1u << 1,
  FOLL_DUMP = 1u << 2,
  FOLL_FORCE = 1u << 3,
  FOLL_NOWAIT = 1u << 4,
  FOLL_NOFAULT = 1u << 5,
  FOLL_HWPOISON = 1u << 6,
  FOLL_ANON = 1u << 7,
  FOLL_LONGTERM = 1u << 8,
  FOLL_SPLIT_PMD = 1u << 9,
  FOLL_PCI_P2PDMA = 1u << 10,
  FOLL_INTERRUPTIBLE = 1u << 11,
  FOLL_HONOR_NUMA_FAULT = 1u << 12,
  // Internal to mm/: refused from callers of the API (facts 1.14).
  FOLL_TOUCH = 1u << 16,
  FOLL_TRIED = 1u << 17,
  FOLL_REMOTE = 1u << 18,
  FOLL_PIN = 1u << 19,
  FOLL_FAST_ONLY = 1u << 20,
  FOLL_UNLOCKABLE = 1u << 21,
  FOLL_MADV_POPULATE = 1u << 22,
};
/// Flags an API caller may not pass (v6.3+ is_valid_gup_args; facts 1.14).
inline constexpr std::uint32_t kInternalGupFlags =
    FOLL_TOUCH | FOLL_TRIED | FOLL_REMOTE | FOLL_PIN | FOLL_FAST_ONLY | FOLL_UNLOCKABLE |
    FOLL_MADV_POPULATE;
/// Flags that v6.1's fast path lets pass, and those that came later (facts 2.1 step 1, F01).
inline constexpr std::uint32_t kFastFlags =
    FOLL_WRITE | FOLL_LONGTERM | FOLL_FORCE | FOLL_PIN | FOLL_GET | FOLL_FAST_ONLY | FOLL_NOFAULT;
inline constexpr std::uint32_t kNewFastFlags = FOLL_PCI_P2PDMA | FOLL_HONOR_NUMA_FAULT;
/// Every FOLL_ bit that exists.
inline constexpr std::uint32_t kAllFollFlags = 0x1fff | kInternalGupFlags;

/// VM_ flags (include/linux/mm.h of v6.12).
enum Vm : std::uint64_t {
  VM_READ = 0x1,
  VM_WRITE = 0x2,
  VM_EXEC = 0x4,
  VM_SHARED = 0x8,
  VM_MAYREAD = 0x10,
  VM_MAYWRITE = 0x20,
  VM_MAYEXEC = 0x40,
  VM_MAYSHARE = 0x80,
  VM_GROWSDOWN = 0x100,
  VM_UFFD_MISSING = 0x200,
  VM_PFNMAP = 0x400,
  VM_UFFD_WP = 0x1000,
  VM_LOCKED = 0x2000,
  VM_IO = 0x4000,
  VM_LOCKONFAULT = 0x80000,
  VM_NORESERVE = 0x200000,
  VM_HUGETLB = 0x400000,
  VM_SOFTDIRTY = 0x8000000,
  VM_MIXEDMAP = 0x10000000,
  VM_HUGEPAGE = 0x20000000,
  VM_NOHUGEPAGE = 0x40000000,
  VM_UFFD_MINOR = 1ull << 38,
  VM_SHADOW_STACK = 1ull << 37,
};
inline constexpr std::uint64_t VM_ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC;

/// FAULT_FLAG_ bits (facts 0.5).
enum FaultFlag : std::uint32_t {
  FAULT_FLAG_WRITE = 1u << 0,
  FAULT_FLAG_ALLOW_RETRY = 1u << 2,
  FAULT_FLAG_RETRY_NOWAIT = 1u << 3,
  FAULT_FLAG_KILLABLE = 1u << 4,
  FAULT_FLAG_TRIED = 1u << 5,
  FAULT_FLAG_REMOTE = 1u << 7,
  FAULT_FLAG_INTERRUPTIBLE = 1u << 9,
  FAULT_FLAG_UNSHARE = 1u << 10,
};

/// VM_FAULT_ result bits (facts 0.5).
enum VmFault : std::uint32_t {
  VM_FAULT_OOM = 0x1,
  VM_FAULT_SIGBUS = 0x2,
  VM_FAULT_MAJOR = 0x4,
  VM_FAULT_WRITE = 0x8,  ///< before v6.2 only
  VM_FAULT_HWPOISON = 0x10,
  VM_FAULT_HWPOISON_LARGE = 0x20,
  VM_FAULT_SIGSEGV = 0x40,
  VM_FAULT_NOPAGE = 0x100,
  VM_FAULT_LOCKED = 0x200,
  VM_FAULT_RETRY = 0x400,
  VM_FAULT_FALLBACK = 0x800,
  VM_FAULT_DONE_COW = 0x1000,
  VM_FAULT_COMPLETED = 0x4000,
};
inline constexpr std::uint32_t VM_FAULT_ERROR = VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV |
                                                VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE |
                                                VM_FAULT_FALLBACK;

/// errno numbers the paths can produce (asm-generic/errno*.h).
enum Errno : int {
  E_INTR = 4,
  E_AGAIN = 11,
  E_NOMEM = 12,
  E_FAULT = 14,
  E_BUSY = 16,
  E_EXIST = 17,
  E_INVAL = 22,
  E_MLINK = 31,
  E_OVERFLOW = 75,
  E_OPNOTSUPP = 95,
  E_REMOTEIO = 121,
  E_HWPOISON = 133,
};

/// Extra references a pin adds to a small folio (GUP_PIN_COUNTING_BIAS, facts 0.5).
inline constexpr std::uint64_t kPinCountingBias = 1024;

}  // namespace gupdiff
