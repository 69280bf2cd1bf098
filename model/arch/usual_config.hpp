// SPDX-License-Identifier: GPL-2.0-only
// The configuration that the kernels of an architecture usually have.
#pragma once

#include "model/arch/arch.hpp"

namespace gupdiff {

/// The configuration an architecture's kernels usually have: every switch that it has is on.
inline Config usual_config(Architecture arch, std::uint8_t variant = 0) {
  Config c;
  c.arch = arch;
  c.variant = variant;
  const Geometry& g = geometry_of(c);
  c.thp = c.shmem_thp = g.has_thp;
  c.pud_devmap = g.has_pud_leaf_thp;
  c.soft_dirty = g.has_soft_dirty;
  c.split_pmd_ptlocks = g.has_split_pmd_ptlocks;
  return c;
}

}  // namespace gupdiff
