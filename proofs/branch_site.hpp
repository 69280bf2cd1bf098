// SPDX-License-Identifier: GPL-2.0-only
// The places in the compiled walks where a symbolic condition is asked for its truth. Each
// leaves a record in a section of the program, as the kernel's jump labels do, so that there
// is a list of all of them, also of those no run comes to.
#pragma once

#include <cstdint>

namespace gupdiff {

/// The record of one place. Inlined twice, a branch of the source is two places.
struct BranchSite {
  std::int32_t code;        ///< address of the place, relative to this member
  std::uint8_t taken[2];    ///< asked, and answered: with false, with true
  std::uint16_t unused;

  /// Notes an answer. Threads may race: all of them write the same.
  void note(bool answer) {
    if (__atomic_load_n(&taken[answer], __ATOMIC_RELAXED) == 0) __atomic_store_n(&taken[answer], std::uint8_t{1}, __ATOMIC_RELAXED);
  }
};
static_assert(sizeof(BranchSite) == 8);

// The `?` puts a record into the group of its function, so that the linker drops both or none.
#define GUPDIFF_BRANCH_RECORD                                                                           \
  "1:\n\t.pushsection gupdiff_branches,\"aw?\",%%progbits\n\t.balign 4\n2:\n\t.long 1b - .\n\t.long 0\n" \
  "\t.popsection\n\t"
#if defined(__x86_64__)
#define GUPDIFF_BRANCH_SITE(site) asm volatile(GUPDIFF_BRANCH_RECORD "leaq 2b(%%rip), %0" : "=r"(site))
#elif defined(__aarch64__)
#define GUPDIFF_BRANCH_SITE(site) \
  asm volatile(GUPDIFF_BRANCH_RECORD "adrp %0, 2b\n\tadd %0, %0, :lo12:2b" : "=r"(site))
#else
#error "this host's assembly for a branch site is not written yet; add it here"
#endif

/// Before a call that takes a site: two such calls are never merged into one.
#if defined(__clang__)
#define GUPDIFF_NOMERGE [[clang::nomerge]]
#else
#define GUPDIFF_NOMERGE
#endif

}  // namespace gupdiff
