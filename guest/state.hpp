// SPDX-License-Identifier: GPL-2.0-only
// The state words of a capture (`h2.ap.rw.w.mpnone`): page size, mapping, protection,
// first touch and what was done to the memory afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/arch/geometry.hpp"

namespace gupdiff {

/// Where the recorded mappings begin.
inline constexpr std::uint64_t kCaptureBase = 0x200000000000ull;

/// k4: a base page; t2: a huge page by PMD; h2, h1: a hugetlb page of 2 MiB, of 1 GiB.
enum class UnitKind : std::uint8_t { k4, t2, h2, h1, special };
enum class MapKind : std::uint8_t { anon_private, anon_shared, file_private, file_shared, file_read_only };

/// A state word taken apart. `unit` is the first piece of memory the state is about.
struct StateWord {
  UnitKind kind = UnitKind::k4;
  MapKind map = MapKind::anon_private;
  bool cached = false;      ///< files: every page was written through another mapping first
  std::uint64_t prot = 0;   ///< VM_READ | VM_WRITE | VM_EXEC as handed to mmap
  char touch = '0';         ///< '0' none, 'r' first unit read, 'w' written, 'W' all units written
  std::string mod;          ///< last part, e.g. "forkP"; the name for special states
  std::string error;        ///< not empty: what could not be understood

  bool huge() const { return kind == UnitKind::h2 || kind == UnitKind::h1; }
  bool file() const { return map >= MapKind::file_private; }
  bool is_private() const { return map == MapKind::anon_private || map == MapKind::file_private; }
  /// Bytes of one unit and of the whole mapping on a machine of geometry `g`.
  std::uint64_t unit(const Geometry& g) const;
  std::uint64_t length(const Geometry& g) const;
  /// The hugetlb size of h2 and h1; null if the machine has none such.
  const HugetlbSize* hugetlb_size(const Geometry& g) const;
};

StateWord parse_state(std::string_view word);

}  // namespace gupdiff
