// SPDX-License-Identifier: GPL-2.0-only
// The inputs both benchmarks run over: distinct generated scenarios, so many that
// no branch predictor learns them by heart.
#pragma once

#include <set>
#include <vector>

#include "scenario/binary.hpp"
#include "scenario/generator.hpp"

namespace gupdiff {

/// `count` distinct encodings of reachable scenarios, always the same ones.
inline std::vector<std::vector<std::uint8_t>> bench_inputs(std::size_t count, Architecture arch = Architecture::x86_64) {
  std::set<std::vector<std::uint8_t>> seen;
  std::vector<std::vector<std::uint8_t>> out;
  Scenario w;
  for (std::uint64_t seed = 1; out.size() < count; ++seed) {
    Random r{seed * 0x9e3779b97f4a7c15ull};
    generate_reachable(r, w, arch);
    const auto [at, fresh] = seen.insert(encode(w));
    if (fresh) out.push_back(*at);
  }
  return out;
}

}  // namespace gupdiff
