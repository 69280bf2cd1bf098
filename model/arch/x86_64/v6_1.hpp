// SPDX-License-Identifier: GPL-2.0-only
// x86-64 entries as v6.1 writes them, for the edge where recorded words are compared:
// the models' own words are in the newest kernel's format, whatever era runs.
#pragma once

#include "model/arch/x86_64/geometry.hpp"
#include "model/kernel/swap_types.hpp"

namespace gupdiff::x86_64 {

/// What differs in v6.1 (arch/x86/include/asm/pgtable_types.h, include/linux/swap.h; facts 4.1):
/// a clean bit of its own for read-only dirty entries does not exist, device pages have
/// another bit, and one more swap type lies above all others.
namespace v6_1 {
inline constexpr std::uint64_t kDevmap = 1ull << 58;
/// Types that swap_types() numbers without the one for swap-in errors.
constexpr std::uint64_t swap_type(const SwapTypes& t, std::uint64_t type) {
  return type >= t.max_swapfiles ? type - 1 : type;
}
}  // namespace v6_1

/// `e`, a leaf or an entry of the swap format as v6.12 writes it, as v6.1 does.
constexpr std::uint64_t to_v6_1(const SwapTypes& t, std::uint64_t e) {
  if (e == 0) return e;
  if ((e & (PRESENT | PROTNONE | PSE)) == 0) {
    constexpr std::uint64_t below_type = (std::uint64_t{1} << 59) - 1;
    return (e & below_type) | (v6_1::swap_type(t, e >> 59) << 59);
  }
  std::uint64_t old = e & ~(DEVMAP | SAVED_DIRTY);
  if (e & DEVMAP) old |= v6_1::kDevmap;
  if (e & SAVED_DIRTY) old |= DIRTY;
  return old;
}

}  // namespace gupdiff::x86_64
