// SPDX-License-Identifier: GPL-2.0-only
// gupdiff_replay_loop: everything that touches a scenario, over many of them. Built with sanitizers
// (tests/fuzz/sanitized.cmake), where a wrong index or an overflow ends it.
//
//   gupdiff_replay_loop INPUTS FOLDER...
//
// The scenarios below the folders run under every pair and are judged, written as text and read back;
// then INPUTS inputs, a third each: generated scenarios, mutants of the corpus and of one another, and
// bytes at random. 1 if anything does not come back as it went in.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz/whole_sets.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/binary.hpp"
#include "scenario/corpus_folder.hpp"
#include "scenario/generator.hpp"
#include "scenario/mutator.hpp"
#include "scenario/normalise.hpp"
#include "scenario/shrinker.hpp"

namespace gupdiff {
namespace {

/// Every how-manieth input is judged, written as text and read back as well.
constexpr std::uint64_t kThorough = 16;

struct Loop {
  PairMachines machines;
  std::uint64_t scenarios = 0, pairs = 0, wrong = 0;

  bool runs(WalkPair p, const Config& c) const {
    return runs_on(walks()[static_cast<std::size_t>(p.a)], c) && runs_on(walks()[static_cast<std::size_t>(p.b)], c);
  }
  void check(bool ok, const char* what, const std::string& which = {}) {
    if (ok) return;
    ++wrong;
    std::printf("scenario %llu: %s\n%s\n", static_cast<unsigned long long>(scenarios), what, which.c_str());
  }
  void pair(const Scenario& w, WalkPair p) {
    if (!runs(p, w.config)) return;
    ++pairs;
    (void)holds(w, p, all_rows(), machines);
  }
  void thorough(const Scenario& w) {
    if (runs(default_pair(), w.config)) {
      run_walk(default_pair().a, w, machines.older);
      run_walk(default_pair().b, w, machines.newer);
      (void)judge(w, default_pair(), machines.older, machines.newer, all_rows());
      run_whole_sets(w, machines.newer);
    }
    const std::string text = to_text(w);
    try {
      check(same_scenario(parse_text(text, "text").world, w), "the text form reads back as another scenario:", text);
    } catch (const InputError& e) {
      check(false, "the text form is refused:", text + e.message);
    }
    (void)state_kinds(w);
  }
  void run(const Scenario& w, bool every_pair) {
    ++scenarios;
    const int n = static_cast<int>(walks().size());
    if (every_pair) {
      for (int a = 0; a < n; ++a)
        for (int b = a + 1; b < n; ++b) pair(w, {a, b});
    } else {
      pair(w, default_pair());
      const int a = static_cast<int>(scenarios % static_cast<std::uint64_t>(n - 1));
      pair(w, {a, a + 1 + static_cast<int>(scenarios / 7 % static_cast<std::uint64_t>(n - 1 - a))});
    }
    if (every_pair || scenarios % kThorough == 0) thorough(w);
  }
};

void run_inputs(Loop& loop, std::uint64_t inputs, std::vector<std::vector<std::uint8_t>> pool) {
  Random r{20};
  Scenario w;
  std::uint8_t bytes[1024], crossed[1024];
  for (std::uint64_t i = 0; i < inputs; ++i) {
    if (i % 3 == 0) {
      const Architecture arch = pick(r, kAllArchitectures);
      if (r.chance(50)) generate_reachable(r, w, arch);
      else generate_anything(r, w, arch);
      loop.check(is_normal(w), "the generator made what is not normal");
      pool.push_back(encode(w));
    } else if (i % 3 == 1) {
      const auto& from = pool[r.below(static_cast<std::uint32_t>(pool.size()))];
      std::size_t size = std::min(from.size(), sizeof bytes);
      std::copy_n(from.begin(), size, bytes);
      const auto seed = static_cast<std::uint32_t>(r.next());
      size = mutate_bytes(bytes, size, sizeof bytes, seed, r.chance(50) ? Bounds::kernel : Bounds::anything, kAllArchitectures);
      if (r.chance(20)) {
        const auto& other = pool[r.below(static_cast<std::uint32_t>(pool.size()))];
        size = cross_over_bytes(bytes, size, other.data(), other.size(), crossed, sizeof crossed, seed);
        std::copy_n(crossed, size, bytes);
      }
      loop.check(decode({bytes, size}, w), "a mutant is cut short");
      pool.push_back({bytes, bytes + size});
    } else {
      const std::size_t size = r.below(sizeof bytes / 4);
      for (std::size_t k = 0; k < size; ++k) bytes[k] = static_cast<std::uint8_t>(r.below(i % 2 ? 256 : 6));
      decode({bytes, size}, w);
    }
    loop.run(w, false);
    if (pool.size() > 4096) pool.erase(pool.begin(), pool.begin() + 2048);
  }
}

int run(int argc, char** argv) {
  Loop loop;
  std::vector<std::vector<std::uint8_t>> pool{encode(Scenario{})};
  for (int i = 2; i < argc; ++i)
    for (const auto& path : corpus_folder(argv[i]).scenarios) {
      Scenario w = load(path).world;
      loop.run(w, true);
      pool.push_back(encode(w));
      const std::uint64_t pages = w.request.nr_pages;
      shrink(w, [&](const Scenario& s) { return s.request.nr_pages <= pages; }, 40);
    }
  const std::uint64_t files = loop.scenarios;
  run_inputs(loop, std::strtoull(argv[1], nullptr, 10), std::move(pool));
  std::printf("%llu scenarios of folders and %llu other inputs, %llu pairs of walks, %llu wrong\n", static_cast<unsigned long long>(files),
              static_cast<unsigned long long>(loop.scenarios - files), static_cast<unsigned long long>(loop.pairs),
              static_cast<unsigned long long>(loop.wrong));
  return loop.wrong ? 1 : 0;
}

}  // namespace
}  // namespace gupdiff

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: gupdiff_replay_loop INPUTS FOLDER...\n", stderr);
    return 1;
  }
  try {
    return gupdiff::run(argc, argv);
  } catch (const gupdiff::InputError& e) {
    std::fprintf(stderr, "gupdiff_replay_loop: %s\n", e.message.c_str());
    return 2;
  }
}
