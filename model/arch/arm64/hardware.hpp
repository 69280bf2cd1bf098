// SPDX-License-Identifier: GPL-2.0-only
// What an arm64 MMU makes of one entry, written from the Arm ARM (VMSAv8-64 descriptor
// formats, stage 1 of EL1&0), not from the kernel's predicates.
#pragma once

#include "model/arch/arm64/geometry.hpp"
#include "model/arch/hardware_step.hpp"

namespace gupdiff::arm64 {

/// Bit 0 valid; bit 1 table or page, and clear a block, which the 4K granule has at the
/// architecture's levels 1 and 2 and the others at level 2 only. AP[2] clear, or DBM with
/// hardware management of dirty state, lets a write through; AP[1] says that EL0 may.
template <class D>
HardwareStep<D> hardware_step(const Geometry& g, Level level, typename D::Word e) {
  using B = typename D::Cond;
  HardwareStep<D> s;
  const B valid = (e & 1u) != 0u, bit1 = (e & 2u) != 0u;
  const typename D::Word frame = (e & 0x0000ffffffffffffull) >> g.page_shift;
  s.table = frame;
  s.frame = frame & ~((std::uint64_t{1} << g.leaf_order(level)) - 1);
  const B block_allowed = B(level == Level::pmd || (level == Level::pud && g.page_shift == 12));
  const B page = B(level == Level::pte);
  s.leaf = page || !bit1;
  // What EL0 may not read is no translation to it: so a PROT_NONE contiguous PTE, which stays valid.
  const B user = (e & (1ull << 6)) != 0u;
  s.valid = valid && (bit1 || block_allowed) && (!s.leaf || user);
  const B data_writable = (e & (1ull << 7)) == 0u || (e & (1ull << 51)) != 0u;
  // A table can take write permission away (APTable[1]) or EL0's (APTable[0]).
  const B table_writable = (e & (3ull << 61)) == 0u;
  s.writable = (s.leaf && data_writable) || (!s.leaf && table_writable);
  return s;
}

}  // namespace gupdiff::arm64
