// SPDX-License-Identifier: GPL-2.0-only
// What an entry is and says, architecture apart: how its word is read, and the
// state of a leaf that the generator asks for.
#pragma once

#include <cstdint>

namespace gupdiff {

/// How an entry is read, before any kernel predicate has its say.
enum class Shape : std::uint8_t {
  none,   ///< empty
  table,  ///< points to a table of the level below
  leaf,   ///< holds a frame
  hugepd, ///< points to a table of hugetlb entries (powerpc)
  swap,   ///< everything else: migration, hwpoison, markers, swap, junk
};

/// The state of a leaf as the kernel writes it; each architecture spells it in bits.
struct LeafState {
  bool accessible = true;  ///< false: PROT_NONE encoding
  bool write = false;
  bool young = true;
  bool dirty = false;
  bool exec = false;
  bool soft_dirty = false;  ///< where the architecture has it
  bool uffd_wp = false;     ///< likewise
  bool special = false;
  bool devmap = false;
  bool contiguous = false;  ///< marked as one of a contiguous set (arm64)
  std::uint8_t pkey = 0;    ///< likewise
};

}  // namespace gupdiff
