// SPDX-License-Identifier: GPL-2.0-only
// What an architecture's geometries are called where each stands for itself: in the names of
// theorems and in tables.
#pragma once

#include <algorithm>
#include <string>

#include "model/arch/arch.hpp"

namespace gupdiff {

/// Whether the geometries of `arch` are told apart in names. They are not where they differ in
/// how many levels (four or more) lie above the same ones.
inline bool geometries_told_apart(Architecture arch) {
  const auto all = geometries(arch);
  return !std::all_of(all.begin(), all.end(), [&](const Geometry& g) {
    return g.levels >= 4 && g.page_shift == all[0].page_shift && g.hugetlb.data() == all[0].hugetlb.data() &&
           std::equal(g.shifts, g.shifts + kLevels, all[0].shifts);
  });
}

/// "x86_64", "arm64-4K": the architecture, and the geometry where it is told apart.
inline std::string geometry_name(const Config& c) {
  std::string name(architecture_name(c.arch));
  if (geometries_told_apart(c.arch)) name += "-" + std::string(geometry_of(c).name);
  return name;
}

}  // namespace gupdiff
