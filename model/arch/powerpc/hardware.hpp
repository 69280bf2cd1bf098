// SPDX-License-Identifier: GPL-2.0-only
// What a powerpc CPU comes to translate an entry to. None of the three walks the kernel's
// tables in hardware: the e500 and the 8xx load TLB entries in an interrupt handler, the server
// CPUs search a hash table that the kernel fills. So this is what such a TLB or hash entry
// holds, made of the bits that the processors' manuals give a meaning.
#pragma once

#include "model/arch/hardware_step.hpp"
#include "model/arch/powerpc/entry.hpp"

namespace gupdiff::powerpc {

/// e500: MAS3 takes UR (bit 3) and UW (bit 5) as they are (EREF, 6.5). 8xx: PP of the level-2
/// descriptor, bits 9 and 10: 00 read and write, 11 read, 01 nothing (MPC860 UM, table 8-4).
/// Server: the page-protection bits of a hash entry are made of READ and WRITE of a valid one.
template <class D>
HardwareStep<D> hardware_step(const Geometry& g, Level level, typename D::Word e) {
  using B = typename D::Cond;
  HardwareStep<D> s;
  if (level != Level::pte && level != Level::hugepte) {
    s.valid = g.format == mpc8xx ? (e & 1u) != 0u : (e >> 63) != 0u;
    s.writable = B(true);
    s.table = Entry<D>{g}.table_frame(e);
    return s;
  }
  s.leaf = B(true);
  if (g.format == book3s64) {
    s.valid = (e >> 62) == 3u && (e & 0xcu) == 4u;
    s.writable = (e & 2u) != 0u;
    s.frame = (e & 0x001ffffffffff000ull) >> 12;
  } else if (g.format == book3e) {
    s.valid = (e & 9u) == 9u;
    s.writable = (e & 0x20u) != 0u;
    s.frame = e >> 24;
  } else {
    s.valid = (e & 1u) != 0u && ((e & 0x600u) == 0u || (e & 0x600u) == 0x600u);
    s.writable = (e & 0x600u) == 0u;
    s.frame = e >> 12;
  }
  return s;
}

}  // namespace gupdiff::powerpc
