// SPDX-License-Identifier: GPL-2.0-only
// No row of the catalogue names a facet that it does not show in: it would excuse more than its reason.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "fuzz/engine.hpp"
#include "oracle/facet.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/generator.hpp"
#include "scenario/mutator.hpp"
#include "scenario/request_variation.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

/// Several times what the rarest facet (V40's protocol) needs.
constexpr std::uint64_t kMostPairs = 30'000'000;

/// What is left to be shown: facets by row, a bit each.
class Unshown {
 public:
  Unshown() {
    for (std::size_t r = 0; r < left_.size(); ++r) left_[r] = catalogue()[r].facets;
  }

  bool nothing() const {
    for (const unsigned facets : left_)
      if (facets != 0) return false;
    return true;
  }

  /// Runs `w` with all rows and without each one that has something left, and takes out what differs.
  void show(const Scenario& w, const ExpectedWalk& x) {
    if (!runs_on(walks()[static_cast<std::size_t>(x.older)], w.config) || !runs_on(walks()[static_cast<std::size_t>(x.newer)], w.config)) return;
    run_expected(x, w, with_);
    for (std::size_t r = 0; r < left_.size(); ++r) {
      if (left_[r] == 0 || !(with_.known_applied[r] || x.era.taken_over[r])) continue;
      RowSet others = all_rows();
      run_expected(x.pair, others.reset(r), w, without_);
      for (int f = 0; f < kFacets; ++f)
        if ((left_[r] >> f & 1u) != 0 && !facet_equal<Concrete>(static_cast<Facet>(f), w, with_, without_)) left_[r] &= ~(1u << f);
    }
  }

  /// "V36 result" and so on.
  std::string text() const {
    std::string all;
    for (std::size_t r = 0; r < left_.size(); ++r)
      for (int f = 0; f < kFacets; ++f)
        if ((left_[r] >> f & 1u) != 0) all += std::string(catalogue()[r].id) + " " + std::string(facet_name(static_cast<Facet>(f))) + "\n";
    return all;
  }

 private:
  std::array<unsigned, kKnownRows> left_{};
  Machine<Concrete> with_, without_;
};

TEST(RowsShown, EachRowShowsInEveryFacetThatItNames) {
  Unshown unshown;
  std::vector<ExpectedWalk> expected;
  // In the order of their names: on it hangs which pair a generated scenario is run for.
  std::set<fs::path> files;
  for (const char* folder : {"divergences", "regressions"})
    for (const auto& entry : fs::directory_iterator(fs::path(GUPDIFF_CORPUS) / folder))
      if (entry.path().extension() == ".toml") files.insert(entry.path());
  for (const fs::path& path : files) {
    const ScenarioFile file = load(path);
    if (!file.expect) continue;
    const auto pair = parse_pair(file.expect->pair);
    if (!pair) continue;
    const ExpectedWalk x(*pair, all_rows());
    unshown.show(file.world, x);
    if (pair->a == pair->b) continue;
    bool known = false;
    for (const ExpectedWalk& e : expected) known = known || (e.older == x.older && e.newer == x.newer);
    if (!known) expected.push_back(x);
  }
  ASSERT_GE(expected.size(), 4u);
  const FuzzOptions options;
  const Bounds bounds = options.bounds();
  Random random{1};
  Scenario base, scenario;
  for (std::uint64_t pairs = 0; pairs < kMostPairs && !unshown.nothing();) {
    (random.chance(30) ? generate_anything : generate_reachable)(random, base, pick(random, options.architectures));
    for (int memory = 0; memory < 4; ++memory) {
      scenario = base;
      if (memory > 0) mutate_some(random, scenario, bounds);
      for (CallRound calls(random, scenario, bounds); calls.next(); ++pairs)
        unshown.show(scenario, expected[random.below(static_cast<std::uint32_t>(expected.size()))]);
    }
  }
  EXPECT_EQ(unshown.text(), "");
}

}  // namespace
}  // namespace gupdiff
