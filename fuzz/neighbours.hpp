// SPDX-License-Identifier: GPL-2.0-only
// The neighbours of an input: what an engine whose own work for an execution costs as much as many pairs of
// walks runs with each of its inputs, on the walks without coverage counters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "oracle/judge.hpp"
#include "scenario/mutator.hpp"

namespace gupdiff {

/// Each mutant is asked this many calls of a round: its own, and with single FOLL_ flags of the API
/// flipped, which costs no mutation.
inline constexpr unsigned kCallsOfANeighbour = 8;

/// What AFL++ runs with an input, and libFuzzer: about what their own work for it costs (bench/README.md).
inline constexpr unsigned kAflNeighbours = 32, kLibfuzzerNeighbours = 96;

/// The longest binary form of a neighbour, bytes.
inline constexpr std::size_t kLongestNeighbour = 4096;

/// Runs neighbours of inputs: mutants that the input's bytes alone decide, so that they come back whenever it does.
class Neighbours {
 public:
  /// `count` neighbours an input, a multiple of kCallsOfANeighbour.
  Neighbours(const ExpectedWalk& x, Bounds bounds, unsigned count) : expectation_(x), bounds_(bounds), count_(count) {}
  /// Takes storage for the longest walks now.
  void warm_up();
  /// The binary form of the first neighbour of `input` that the judge does not hold good, good until the
  /// next call; empty if all are good. Allocates nothing once warm.
  std::span<const std::uint8_t> first_failing(std::span<const std::uint8_t> input);

 private:
  ExpectedWalk expectation_;
  Bounds bounds_;
  unsigned count_;
  Scenario base_, neighbour_;
  PairMachines machines_;
  std::uint8_t failing_[kLongestNeighbour];
};

}  // namespace gupdiff

/// For the AFL++ target, whose own walks are a copy with counters, in another namespace: says which pair, rows and
/// bounds, as gupdiff_target_configure() and gupdiff_target_bounds() do.
extern "C" void gupdiff_neighbours_configure(int walk_a, int walk_b, const char* rows, bool anything);
/// Whether all neighbours of an input hold.
extern "C" bool gupdiff_neighbours_hold(const std::uint8_t* data, std::size_t size);
