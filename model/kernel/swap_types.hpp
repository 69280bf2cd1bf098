// SPDX-License-Identifier: GPL-2.0-only
// Swap-type numbers: what a non-present entry's type field says. The numbering is the
// generic kernel's and the same on every architecture (facts 4.1, v6.12 numbering).
#pragma once

#include "model/machine/world.hpp"

namespace gupdiff {

/// Swap-type numbers of one kernel configuration.
struct SwapTypes {
  std::uint32_t hwpoison, migration_read, migration_read_exclusive, migration_write;
  std::uint32_t device_write, device_read;  ///< 32: not configured
  std::uint32_t marker;
  std::uint32_t max_swapfiles;  ///< types below are swap areas
};
constexpr SwapTypes swap_types(const Config& c) {
  std::uint32_t t = 32;
  SwapTypes s{};
  s.marker = --t;
  s.device_write = s.device_read = 32;
  if (c.device_private) {
    t -= 4;
    s.device_write = t;
    s.device_read = t + 1;
  }
  t -= 3;
  s.migration_read = t;
  s.migration_read_exclusive = t + 1;
  s.migration_write = t + 2;
  s.hwpoison = 32;
  if (c.memory_failure) s.hwpoison = --t;
  s.max_swapfiles = t;
  return s;
}
/// Marker bits: the offset of a marker entry (facts 4.1).
inline constexpr std::uint64_t kMarkerUffdWp = 1, kMarkerPoisoned = 2;

}  // namespace gupdiff
