// SPDX-License-Identifier: GPL-2.0-only
// Making up the neighbours of an input, and judging them.
#include "fuzz/neighbours.hpp"

#include <optional>
#include <string>

#include "fuzz/warm_up.hpp"
#include "scenario/binary.hpp"
#include "scenario/fnv.hpp"
#include "scenario/request_variation.hpp"

namespace gupdiff {

static_assert(kCallsOfANeighbour <= 1 + kFlagFlips);
static_assert(kAflNeighbours % kCallsOfANeighbour == 0 && kLibfuzzerNeighbours % kCallsOfANeighbour == 0);

void Neighbours::warm_up() { gupdiff::warm_up(machines_, {&base_, &neighbour_}); }

std::span<const std::uint8_t> Neighbours::first_failing(std::span<const std::uint8_t> input) {
  decode(input, base_);
  Random random{fnv1a(input, input.size())};
  for (unsigned i = 0; i < count_ / kCallsOfANeighbour; ++i) {
    neighbour_ = base_;
    mutate_some(random, neighbour_, bounds_);
    CallRound calls(random, neighbour_, bounds_);
    for (unsigned k = 0; k < kCallsOfANeighbour && calls.next(); ++k)
      if (!holds(neighbour_, expectation_, machines_)) return {failing_, encode(neighbour_, failing_, sizeof failing_)};
  }
  return {};
}

}  // namespace gupdiff

namespace {
std::optional<gupdiff::Neighbours> neighbours;
}

extern "C" void gupdiff_neighbours_configure(int walk_a, int walk_b, const char* rows, bool anything) {
  neighbours.emplace(gupdiff::ExpectedWalk({walk_a, walk_b}, gupdiff::RowSet(std::string(rows))),
                     anything ? gupdiff::Bounds::anything : gupdiff::Bounds::kernel, gupdiff::kAflNeighbours);
  neighbours->warm_up();
}

extern "C" bool gupdiff_neighbours_hold(const std::uint8_t* data, std::size_t size) {
  return neighbours->first_failing({data, size}).empty();
}
