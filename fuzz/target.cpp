// SPDX-License-Identifier: GPL-2.0-only
// The fuzz target over the binary form: glue between the fuzzers and the rooms.
#include "fuzz/target.hpp"

#include <string>

#include "fuzz/warm_up.hpp"
#include "oracle/judge.hpp"
#include "oracle/stand_in.hpp"
#include "scenario/binary.hpp"
#include "scenario/mutator.hpp"

namespace {

/// Lookups and faults above which an input is not built upon: a long walk over small
/// pages takes a thousand times longer and shows little that a short one does not.
constexpr std::size_t kHeavy = 24;

/// Machines and the scenario keep their storage from input to input.
struct Target {
  gupdiff::ExpectedWalk expectation;
  gupdiff::Bounds bounds = gupdiff::Bounds::kernel;
  gupdiff::ArchitectureSet archs = gupdiff::kCatalogued;
  gupdiff::Scenario scenario;
  gupdiff::PairMachines machines;
};
Target& target() {
  static Target t{gupdiff::ExpectedWalk(gupdiff::default_pair(), gupdiff::all_rows()), {}, gupdiff::kCatalogued, {}, {}};
  return t;
}

}  // namespace

extern "C" void gupdiff_target_configure(int walk_a, int walk_b, const char* rows) {
  target().expectation = gupdiff::ExpectedWalk({walk_a, walk_b}, gupdiff::RowSet(std::string(rows)));
}

extern "C" void gupdiff_target_bounds(bool anything, unsigned architectures) {
  target().bounds = anything ? gupdiff::Bounds::anything : gupdiff::Bounds::kernel;
  target().archs = architectures;
}

extern "C" void gupdiff_target_stand_in(int walk, void (*run)(int, const void*, void*),
                                        void (*expected)(const void*, const void*, void*)) {
  using StandIn = gupdiff::StandIn<gupdiff::Concrete>;
  StandIn::of = walk;
  StandIn::calls = {run, expected};
}

extern "C" int gupdiff_target_run(const std::uint8_t* data, std::size_t size) {
  Target& t = target();
  gupdiff::decode({data, size}, t.scenario);
  for (const int w : {t.expectation.older, t.expectation.newer})
    if (!gupdiff::runs_on(gupdiff::walks()[static_cast<std::size_t>(w)], t.scenario.config)) return 2;
  if (!gupdiff::holds(t.scenario, t.expectation, t.machines)) return 0;
  return t.machines.newer.cost.walks + t.machines.newer.faults.size() > kHeavy ? 2 : 1;
}

extern "C" void gupdiff_target_warm_up() { gupdiff::warm_up(target().machines, {&target().scenario}); }

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  return gupdiff::mutate_bytes(data, size, max_size, seed, target().bounds, target().archs);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t a_size, const std::uint8_t* b,
                                                 std::size_t b_size, std::uint8_t* out, std::size_t max_size,
                                                 unsigned seed) {
  return gupdiff::cross_over_bytes(a, a_size, b, b_size, out, max_size, seed);
}
