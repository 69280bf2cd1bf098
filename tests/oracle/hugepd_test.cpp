// SPDX-License-Identifier: GPL-2.0-only
// Directories of hugetlb entries (powerpc): what each kernel makes of the witnesses, what a fault
// leaves behind, and that the rows explain every pair of walks on each machine.
#include <filesystem>

#include <gtest/gtest.h>

#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/generator.hpp"
#include "scenario/mutator.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(GUPDIFF_CORPUS) / "divergences";

Machine<Concrete> after(std::string_view walk, const Scenario& w) {
  Machine<Concrete> m;
  run_walk(find_walk(walk), w, m);
  return m;
}
Termination end_of(std::string_view walk, std::string_view witness) {
  return after(walk, load(kFolder / witness).world).termination;
}

TEST(Hugepd, ALivelockOfTheSeriesIsFixedByTheCommitItsRowNames) {
  struct Case {
    const char* witness;
    Termination c0, c1, c2;
  };
  constexpr auto loops = Termination::livelock, returns = Termination::returned;
  for (const Case& c : {Case{"D32.toml", loops, returns, returns}, Case{"D33.toml", loops, loops, returns},
                        Case{"D34.toml", loops, loops, loops}, Case{"G40.toml", loops, loops, loops},
                        Case{"G41.toml", loops, loops, loops}}) {
    EXPECT_EQ(end_of("v6.9", c.witness), returns) << c.witness;
    EXPECT_EQ(end_of("C0", c.witness), c.c0) << c.witness;
    EXPECT_EQ(end_of("C1", c.witness), c.c1) << c.witness;
    EXPECT_EQ(end_of("C2", c.witness), c.c2) << c.witness;
  }
}

TEST(Hugepd, TheStepsLieBetweenTheReleases) {
  EXPECT_LT(find_walk("v6.9"), find_walk("v6.10-C0"));
  EXPECT_LT(find_walk("v6.10-C0"), find_walk("v6.10-C1"));
  EXPECT_LT(find_walk("v6.10-C1"), find_walk("v6.10"));
  EXPECT_EQ(find_walk("C2"), find_walk("unified"));
}

TEST(Hugepd, OnlyKernelsThatHaveItRunThere) {
  const Config c = usual_config(Architecture::powerpc);
  EXPECT_TRUE(runs_on(walks()[static_cast<std::size_t>(find_walk("v6.10"))], c));
  EXPECT_FALSE(runs_on(walks()[static_cast<std::size_t>(find_walk("v6.12"))], c));
  EXPECT_TRUE(runs_on(walks()[static_cast<std::size_t>(find_walk("v6.12"))], Config{}));
}

/// huge_pte_alloc(): the first touch of a 16M page on the e500 fills all eight PMD slots.
TEST(Hugepd, AFaultMakesTheDirectoryInEverySlotOfThePage) {
  Scenario w = load(kFolder / "D34.toml").world;
  w.config = usual_config(Architecture::powerpc, 1);
  ASSERT_EQ(geometry_of(w.config).name, "book3e");
  for (auto& s : w.slots) s.clear();
  w.vmas[0].flags |= VM_READ | VM_WRITE;
  w.request.flags = FOLL_WRITE;
  w.env.huge_pool = 1;
  for (const char* walk : {"v6.9", "v6.10"}) {
    const Machine<Concrete> m = after(walk, w);
    ASSERT_EQ(m.termination, Termination::returned) << walk;
    EXPECT_EQ(m.ret, 1u) << walk;
    const std::uint64_t start = w.vmas[0].start;
    const std::uint64_t directory = directory_entry(w, *m.arch.geometry().hugetlb_size(12), start >> 21);
    for (std::uint64_t i = 0; i < 8; ++i) EXPECT_EQ(m.peek(Level::pmd, start + (i << 21)), directory) << walk << " " << i;
    EXPECT_EQ(m.peek(Level::pmd, start + (std::uint64_t{8} << 21)), 0u) << walk;
    EXPECT_TRUE(m.arch.pte_present(m.peek(Level::hugepte, start))) << walk;
  }
}

/// With all rows in force nothing is left over, whatever the machine and the pair.
TEST(Hugepd, TheRowsExplainEveryPairOnEveryMachine) {
  Scenario w;
  PairMachines kept;
  for (const char* pair : {"v6.9:v6.10", "v6.9:C0", "v6.9:C1", "C0:C1", "C1:v6.10"}) {
    int machines[std::size(powerpc::kGeometries)] = {};
    for (std::uint64_t i = 0; i < 6000; ++i) {
      Random r{i};
      generate_reachable(r, w, Architecture::powerpc);
      for (std::uint64_t k = i % 4; k > 0; --k) mutate_some(r, w, i % 3 ? Bounds::kernel : Bounds::anything);
      ++machines[w.config.variant];
      ASSERT_TRUE(holds(w, *parse_pair(pair), all_rows(), kept)) << pair << ", seed " << i << "\n" << to_text(w);
    }
    for (const int n : machines) EXPECT_GT(n, 300) << pair;
  }
}

}  // namespace
}  // namespace gupdiff
