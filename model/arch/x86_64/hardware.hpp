// SPDX-License-Identifier: GPL-2.0-only
// What an x86-64 MMU makes of one entry, written from the Intel SDM (vol. 3, 4.5), not
// from the kernel's predicates.
#pragma once

#include "model/arch/hardware_step.hpp"
#include "model/arch/x86_64/geometry.hpp"

namespace gupdiff::x86_64 {

/// P at every level, PS at the 1G and 2M levels, R/W the conjunction of all levels.
template <class D>
HardwareStep<D> hardware_step(const Geometry& g, Level level, typename D::Word e) {
  HardwareStep<D> s;
  s.valid = (e & 1u) != 0u;
  s.writable = (e & 2u) != 0u;
  const bool may_be_leaf = level <= Level::pud;
  s.leaf = level == Level::pte ? typename D::Cond(true) : typename D::Cond(may_be_leaf) && (e & 0x80u) != 0u;
  const typename D::Word frame = (e & 0x000ffffffffff000ull) >> 12;
  s.table = frame;
  s.frame = frame & ~(g.span(level) / 4096 - 1);
  return s;
}

}  // namespace gupdiff::x86_64
