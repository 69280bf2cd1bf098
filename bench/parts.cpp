// SPDX-License-Identifier: GPL-2.0-only
// Google Benchmark over the parts of one fuzz execution.
#include <benchmark/benchmark.h>

#include "bench/inputs.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/mutator.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

constexpr std::size_t kInputs = 1 << 16;

const std::vector<std::vector<std::uint8_t>>& inputs() {
  static const auto all = bench_inputs(kInputs);
  return all;
}
const std::vector<Scenario>& scenarios() {
  static const auto all = [] {
    std::vector<Scenario> out(kInputs);
    for (std::size_t i = 0; i < kInputs; ++i) decode(inputs()[i], out[i]);
    return out;
  }();
  return all;
}

/// Runs `part` over every input in turn.
template <class List, class Part>
void each(benchmark::State& state, const List& list, Part part) {
  std::size_t i = 0;
  for (auto _ : state) part(list[i++ % kInputs]);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void Decode(benchmark::State& state) {
  Scenario w;
  each(state, inputs(), [&](const auto& bytes) { decode(bytes, w); });
}
void Encode(benchmark::State& state) {
  std::uint8_t out[4096];
  each(state, scenarios(), [&](const auto& w) { benchmark::DoNotOptimize(encode(w, out, sizeof out)); });
}
void IsNormal(benchmark::State& state) {
  each(state, scenarios(), [&](const auto& w) { benchmark::DoNotOptimize(is_normal(w)); });
}
void Walk(benchmark::State& state) {
  Machine<Concrete> m;
  each(state, scenarios(), [&](const auto& w) { run_walk(static_cast<int>(state.range(0)), w, m); });
  state.SetLabel(std::string(walks()[static_cast<std::size_t>(state.range(0))].name));
}
void Pair(benchmark::State& state) {
  PairMachines machines;
  const RowSet rows = all_rows();
  each(state, scenarios(), [&](const auto& w) { benchmark::DoNotOptimize(holds(w, default_pair(), rows, machines)); });
}
void Mutate(benchmark::State& state) {
  Scenario w;
  Random r{1};
  each(state, scenarios(), [&](const auto& from) {
    w = from;
    mutate_some(r, w, Bounds::kernel);
  });
}
void Generate(benchmark::State& state) {
  Scenario w;
  Random r{1};
  for (auto _ : state) generate_reachable(r, w, Architecture::x86_64);
}

BENCHMARK(Decode);
BENCHMARK(Encode);
BENCHMARK(IsNormal);
BENCHMARK(Walk)->DenseRange(0, 1);
BENCHMARK(Pair);
BENCHMARK(Mutate);
BENCHMARK(Generate);

}  // namespace
}  // namespace gupdiff

BENCHMARK_MAIN();
