// SPDX-License-Identifier: GPL-2.0-only
// The engines there are, by name.
#include "fuzz/engine.hpp"

#include "fuzz/afl.hpp"
#include "fuzz/libfuzzer.hpp"
#include "fuzz/random_engine.hpp"

namespace gupdiff {
namespace {

struct EngineRow {
  Engine engine;
  std::string_view name;
  FuzzResult (*run)(const FuzzOptions&);
};
constexpr EngineRow kEngines[] = {
    {Engine::libfuzzer, "libfuzzer", [](const FuzzOptions& o) { return run_in_child(o, run_libfuzzer); }},
    {Engine::afl, "afl", run_afl},
    {Engine::random, "random", [](const FuzzOptions& o) { return run_in_child(o, run_random); }},
};

}  // namespace

std::string_view engine_name(Engine e) {
  for (const EngineRow& row : kEngines)
    if (row.engine == e) return row.name;
  return {};
}

std::optional<Engine> engine_named(std::string_view name) {
  for (const EngineRow& row : kEngines)
    if (row.name == name) return row.engine;
  return {};
}

std::string engine_names() {
  std::string out;
  for (const EngineRow& row : kEngines) {
    if (!out.empty()) out += ", ";
    out += row.name;
  }
  return out;
}

FuzzResult fuzz(const FuzzOptions& options) {
  for (const EngineRow& row : kEngines)
    if (row.engine == options.engine) return row.run(options);
  return {};
}

}  // namespace gupdiff
