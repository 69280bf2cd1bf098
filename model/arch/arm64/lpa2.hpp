// SPDX-License-Identifier: GPL-2.0-only
// arm64 entries of a machine with 52-bit addresses (LPA2), for the edge where recorded
// words are compared.
#pragma once

#include "model/arch/arm64/geometry.hpp"

namespace gupdiff::arm64 {

/// `e` as a kernel writes it that has turned LPA2 on: the shareability field holds two
/// address bits instead (PTE_MAYBE_SHARED in arch/arm64/include/asm/pgtable-prot.h of v6.12;
/// Arm ARM, TCR_EL1.DS), which are clear for every frame of the models.
constexpr std::uint64_t to_lpa2(std::uint64_t e) {
  return (e & (VALID | PRESENT_INVALID)) != 0 ? e & ~std::uint64_t{SHARED} : e;
}

}  // namespace gupdiff::arm64
