// SPDX-License-Identifier: GPL-2.0-only
// gupdiff_coverage: runs scenarios through the walks, whose code counts its lines (preset
// `coverage`). `gupdiff coverage` starts it; it writes the counts where LLVM_PROFILE_FILE says.
//
//   gupdiff_coverage --source           prints the folder it was built from
//   gupdiff_coverage A:B ... < PATHS    runs each scenario of PATHS, one path a line
//
// What is run for a pair: the two walks as the kernels have them, and the older one with every
// row of the catalogue in force, which is code of the same files; then the oracle's fast
// comparison. Each scenario is judged in full once, with the pair it names itself, else the first
// that runs: there the rows are switched off one by one.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "fuzz/whole_sets.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/text.hpp"

/// The run time's own: what was counted so far is forgotten.
extern "C" void __llvm_profile_reset_counters(void);

namespace gupdiff {
namespace {

struct Runner {
  std::vector<WalkPair> pairs;
  PairMachines machines;

  static bool run_on(WalkPair p, const Config& c) {
    return runs_on(walks()[static_cast<std::size_t>(p.a)], c) && runs_on(walks()[static_cast<std::size_t>(p.b)], c);
  }

  void judge_once(const ScenarioFile& file) {
    std::optional<WalkPair> own = file.expect ? parse_pair(file.expect->pair) : std::nullopt;
    if (own && std::find(pairs.begin(), pairs.end(), *own) == pairs.end()) own.reset();
    for (const WalkPair& p : pairs)
      if (!own && run_on(p, file.world.config)) own = p;
    if (!own || !run_on(*own, file.world.config)) return;
    run_walk(own->a, file.world, machines.older);
    run_walk(own->b, file.world, machines.newer);
    (void)judge(file.world, *own, machines.older, machines.newer, all_rows());
  }

  void run(const ScenarioFile& file) {
    const Scenario& w = file.world;
    std::uint32_t ran = 0;
    for (const WalkPair& p : pairs) {
      if (!run_on(p, w.config)) continue;
      for (const int walk : {p.a, p.b}) {
        if (ran >> walk & 1u) continue;
        run_walk(walk, w, machines.newer);
        ran |= 1u << walk;
      }
      (void)holds(w, p, all_rows(), machines);
    }
    if (ran >> default_pair().b & 1u) run_whole_sets(w, machines.newer);
    judge_once(file);
  }
};

int run(int argc, char** argv) {
  Runner runner;
  for (int i = 1; i < argc; ++i) {
    const auto pair = parse_pair(argv[i]);
    if (!pair) throw InputError{std::string(argv[i]) + ": is no pair of walks"};
    runner.pairs.push_back(*pair);
  }
  std::vector<ScenarioFile> scenarios;
  for (std::string path; std::getline(std::cin, path);) scenarios.push_back(load(path));
  // Reading scenarios asks what their entries mean; only what the walks do counts.
  __llvm_profile_reset_counters();
  for (const ScenarioFile& file : scenarios) runner.run(file);
  return 0;
}

}  // namespace
}  // namespace gupdiff

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--source") {
    // CMake names source files by their whole path.
    std::puts(std::filesystem::path(__FILE__).parent_path().parent_path().c_str());
    return 0;
  }
  try {
    return gupdiff::run(argc, argv);
  } catch (const gupdiff::InputError& e) {
    std::fprintf(stderr, "gupdiff_coverage: %s\n", e.message.c_str());
    return 2;
  }
}
