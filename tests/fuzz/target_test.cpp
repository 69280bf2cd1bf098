// SPDX-License-Identifier: GPL-2.0-only
// The instrumented target and the tool's own judge are two builds of one source:
// they must agree.
#include <gtest/gtest.h>

#include "fuzz/target.hpp"
#include "oracle/judge.hpp"
#include "scenario/binary.hpp"
#include "scenario/generator.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

TEST(FuzzTarget, AgreesWithTheJudge) {
  RowSet rows = all_rows();
  rows.reset(static_cast<std::size_t>(find_row("D17")));
  gupdiff_target_configure(default_pair().a, default_pair().b, rows.to_string().c_str());
  Scenario w;
  PairMachines machines;
  int failing = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random r{seed};
    generate_reachable(r, w, Architecture::x86_64);
    const std::vector<std::uint8_t> bytes = encode(w);
    const bool here = holds(w, default_pair(), rows, machines);
    EXPECT_EQ(gupdiff_target_run(bytes.data(), bytes.size()) != 0, here) << seed;
    failing += !here;
  }
  EXPECT_GT(failing, 0);
}

TEST(FuzzTarget, SwitchingARowOffMakesItsWitnessFail) {
  const ScenarioFile f = load(std::filesystem::path(GUPDIFF_CORPUS) / "divergences" / "D17.toml");
  const std::vector<std::uint8_t> bytes = encode(f.world);
  RowSet rows = all_rows();
  gupdiff_target_configure(default_pair().a, default_pair().b, rows.to_string().c_str());
  EXPECT_NE(gupdiff_target_run(bytes.data(), bytes.size()), 0);
  rows.reset(static_cast<std::size_t>(find_row("D17")));
  gupdiff_target_configure(default_pair().a, default_pair().b, rows.to_string().c_str());
  EXPECT_EQ(gupdiff_target_run(bytes.data(), bytes.size()), 0);
}

TEST(FuzzTarget, AnyBytesRun) {
  gupdiff_target_configure(default_pair().a, default_pair().b, all_rows().to_string().c_str());
  std::uint8_t bytes[64];
  Random r{9};
  for (int i = 0; i < 3000; ++i) {
    for (auto& b : bytes) b = static_cast<std::uint8_t>(r.below(i % 2 ? 256 : 8));
    gupdiff_target_run(bytes, r.below(sizeof bytes));
  }
}

}  // namespace
}  // namespace gupdiff
