// SPDX-License-Identifier: GPL-2.0-only
// A small seeded random source (splitmix64) whose state the caller holds: the
// same seed gives the same scenarios on every machine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gupdiff {

/// splitmix64 (Steele, Lea, Flood 2014).
struct Random {
  std::uint64_t state = 0;

  std::uint64_t next() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  /// 0 .. n-1; n > 0.
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32);
  }
  /// True in `percent` of 100 cases.
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  /// One of the values.
  template <class T, std::size_t N>
  const T& pick(const T (&values)[N]) {
    return values[below(N)];
  }
  /// Index drawn with the given weights.
  template <std::size_t N>
  int weighted(const std::uint32_t (&weights)[N]) {
    std::uint32_t sum = 0;
    for (const std::uint32_t w : weights) sum += w;
    std::uint32_t x = below(sum);
    for (std::size_t i = 0; i < N; ++i) {
      if (x < weights[i]) return static_cast<int>(i);
      x -= weights[i];
    }
    return 0;
  }
};

}  // namespace gupdiff
