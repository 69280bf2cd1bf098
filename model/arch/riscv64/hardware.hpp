// SPDX-License-Identifier: GPL-2.0-only
// What a RISC-V MMU makes of one entry, written from the privileged manual (Sv39 and its
// brothers: virtual address translation process; Svnapot), not from the kernel's predicates.
#pragma once

#include "model/arch/hardware_step.hpp"
#include "model/arch/riscv64/geometry.hpp"

namespace gupdiff::riscv64 {

/// V at every level; R, W or X makes a leaf; only the leaf's own W counts. Reserved
/// encodings fault: W without R, bits 54..60, both Svpbmt bits, D, A or U in a pointer, N in
/// anything but a last-level leaf whose low frame bits are 1000.
template <class D>
HardwareStep<D> hardware_step(const Geometry& g, Level level, typename D::Word e) {
  using B = typename D::Cond;
  using W = typename D::Word;
  HardwareStep<D> s;
  const W frame = (e & 0x003ffffffffffc00ull) >> 10;
  const B leaf = (e & 0xeu) != 0u;
  const B napot = (e & 0x8000000000000000ull) != 0u;
  const std::uint64_t in_leaf = g.span(level) / 4096 - 1;
  const B odd_rights = (e & 6u) == 4u;
  const B odd_high = (e & 0x1fc0000000000000ull) != 0u || (e & 0x6000000000000000ull) == 0x6000000000000000ull;
  const B odd_pointer = !leaf && ((e & 0xd0u) != 0u || napot || (e & 0x6000000000000000ull) != 0u);
  const B odd_napot = napot && (B(level != Level::pte) || (frame & 0xfu) != 8u);
  // A superpage must be aligned, and the last level cannot point on.
  const B odd_leaf = leaf && B(level != Level::pte) && (frame & in_leaf) != 0u;
  s.valid = (e & 1u) != 0u && !odd_rights && !odd_high && !odd_pointer && !odd_napot && !odd_leaf &&
            (B(level != Level::pte) || leaf);
  s.leaf = leaf;
  // The pointers say nothing about rights.
  s.writable = !leaf || (e & 4u) != 0u;
  s.table = frame;
  s.from_address = D::select(napot, W(0xf), W(0));
  s.frame = frame & ~W(in_leaf) & ~s.from_address;
  return s;
}

}  // namespace gupdiff::riscv64
