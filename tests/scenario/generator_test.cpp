// SPDX-License-Identifier: GPL-2.0-only
// The generator's health: what its scenarios reach, and that a seed decides them.
#include <gtest/gtest.h>

#include "oracle/run_walk.hpp"
#include "scenario/binary.hpp"
#include "scenario/generator.hpp"
#include "scenario/mutator.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

constexpr int kInputs = 20000;

/// Whether a walk looked up a page, with or without a lock.
bool looked_up(const Machine<Concrete>& m) { return m.cost.walks > 0 || m.cost.lockless_reads > 0; }

/// Share of generated requests for which both walks of the default pair look up a page.
template <class Generate>
double both_walks_reached(Generate generate) {
  Scenario w;
  Machine<Concrete> a, b;
  int reached = 0;
  for (int i = 0; i < kInputs; ++i) {
    Random r{static_cast<std::uint64_t>(i)};
    generate(r, w, Architecture::x86_64);
    run_walk(default_pair().a, w, a);
    run_walk(default_pair().b, w, b);
    reached += looked_up(a) && looked_up(b);
  }
  return static_cast<double>(reached) / kInputs;
}

TEST(Generator, ReachableScenariosReachBothWalks) { EXPECT_GE(both_walks_reached(generate_reachable), 0.90); }

// What else occurs, and on which machines: tests/fuzz/health_test.cpp.
TEST(Generator, EveryKindOfMemoryOccursOften) {
  Scenario w;
  int seen[kStateKinds] = {};
  for (int i = 0; i < kInputs; ++i) {
    Random r{static_cast<std::uint64_t>(i)};
    generate_reachable(r, w, Architecture::x86_64);
    const std::uint32_t kinds = state_kinds(w);
    for (int k = 0; k < kStateKinds; ++k) seen[k] += kinds >> k & 1;
  }
  const std::uint32_t possible = possible_state_kinds(usual_config(Architecture::x86_64));
  for (int k = 0; k < kStateKinds; ++k)
    if (possible >> k & 1u) EXPECT_GE(seen[k], kInputs / 100) << state_kind_name(static_cast<StateKind>(k));
    else EXPECT_EQ(seen[k], 0) << state_kind_name(static_cast<StateKind>(k));
}

TEST(Generator, ASeedDecidesTheScenario) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Scenario a, b;
    Random ra{seed}, rb{seed};
    generate_anything(ra, a, Architecture::x86_64);
    generate_anything(rb, b, Architecture::x86_64);
    EXPECT_TRUE(same_scenario(a, b));
  }
}

TEST(Generator, BothTwinsMakeNormalScenarios) {
  Scenario w;
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    Random r{seed};
    generate_reachable(r, w, Architecture::x86_64);
    ASSERT_TRUE(is_normal(w)) << seed;
    generate_anything(r, w, Architecture::x86_64);
    ASSERT_TRUE(is_normal(w)) << seed;
  }
}

TEST(Mutator, MutantsOfBytesAreCanonicalEncodings) {
  std::uint8_t buffer[1024];
  std::size_t size = 0;
  Scenario w;
  for (std::uint32_t seed = 0; seed < 5000; ++seed) {
    size = mutate_bytes(buffer, size, sizeof buffer, seed, seed % 2 ? Bounds::kernel : Bounds::anything, kAllArchitectures);
    ASSERT_LE(size, sizeof buffer);
    ASSERT_TRUE(decode({buffer, size}, w));
    ASSERT_EQ(encode(w), std::vector<std::uint8_t>(buffer, buffer + size));
  }
}

TEST(Mutator, CrossOversAreCanonicalEncodings) {
  std::uint8_t out[1024];
  Scenario w;
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    Random r{seed};
    generate_reachable(r, w, Architecture::x86_64);
    const auto a = encode(w);
    generate_anything(r, w, Architecture::x86_64);
    const auto b = encode(w);
    const std::size_t n = cross_over_bytes(a.data(), a.size(), b.data(), b.size(), out, sizeof out, seed);
    ASSERT_TRUE(decode({out, n}, w));
    ASSERT_EQ(encode(w), std::vector<std::uint8_t>(out, out + n));
  }
}

}  // namespace
}  // namespace gupdiff
