// SPDX-License-Identifier: GPL-2.0-only
// The structure-aware mutator as AFL++'s custom mutator library (AFL_CUSTOM_MUTATOR_LIBRARY). It has no
// arguments: GUPDIFF_ARCHITECTURES (an ArchitectureSet) and GUPDIFF_ANYTHING say what the command line
// of libFuzzer's engine says.
#include <cstdlib>
#include <vector>

#include "scenario/mutator.hpp"

namespace {

using namespace gupdiff;

/// One in eight inputs is made of two.
constexpr std::uint32_t kCrossOverEvery = 8;
/// The longest binary form, as libFuzzer is told (-max_len).
constexpr std::size_t kMostBytes = 1024;

struct AflMutator {
  Random random;
  ArchitectureSet archs = kCatalogued;
  Bounds bounds = Bounds::kernel;
  std::vector<std::uint8_t> out;
};

}  // namespace

extern "C" {

void* afl_custom_init(void* /*afl*/, unsigned seed) {
  auto* m = new AflMutator{{seed * 0x9e3779b97f4a7c15ull}, kCatalogued, Bounds::kernel, {}};
  if (const char* archs = std::getenv("GUPDIFF_ARCHITECTURES"))
    if (const auto set = static_cast<ArchitectureSet>(std::strtoul(archs, nullptr, 0)) & kAllArchitectures) m->archs = set;
  if (std::getenv("GUPDIFF_ANYTHING")) m->bounds = Bounds::anything;
  return m;
}

std::size_t afl_custom_fuzz(void* data, std::uint8_t* input, std::size_t size, std::uint8_t** out, std::uint8_t* other,
                            std::size_t other_size, std::size_t max_size) {
  auto& m = *static_cast<AflMutator*>(data);
  const std::size_t capacity = max_size < kMostBytes ? max_size : kMostBytes;
  const std::size_t from = size < capacity ? size : capacity;
  m.out.assign(capacity, 0);
  std::size_t n = 0;
  if (other && other_size > 0 && m.random.below(kCrossOverEvery) == 0)
    n = cross_over_bytes(input, from, other, other_size, m.out.data(), capacity, static_cast<std::uint32_t>(m.random.next()));
  if (n == 0) {
    for (std::size_t i = 0; i < from; ++i) m.out[i] = input[i];
    n = mutate_bytes(m.out.data(), from, capacity, static_cast<std::uint32_t>(m.random.next()), m.bounds, m.archs);
  }
  *out = m.out.data();
  return n;
}

void afl_custom_deinit(void* data) { delete static_cast<AflMutator*>(data); }
}
