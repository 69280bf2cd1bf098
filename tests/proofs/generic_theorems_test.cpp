// SPDX-License-Identifier: GPL-2.0-only
// Theorems about memory that is not hugetlb: that they speak of what their names say.
#include <gtest/gtest.h>

#include "proofs/generic_world.hpp"
#include "proofs/prove.hpp"
#include "proofs/solver.hpp"
#include "scenario/entry_shape.hpp"

namespace gupdiff {
namespace {

TEST(GenericTheorems, AnonymousPtesAreProvedThroughEveryOutcome) {
  ProveOptions o;
  o.glob = "x86_64/*/pte-anon/one-page";
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].internal_error, "");
  EXPECT_EQ(results[0].verdict, Verdict::proved);
  for (const char* outcome : {"returns 1", "returns 0", "-EFAULT", "-ENOMEM", "-EINTR", "sleeps"})
    EXPECT_EQ(results[0].outcomes.count("v6.9: " + std::string(outcome)), 1u) << outcome;
}

/// The rows that speak of this memory are needed: without one, its divergence is found and replays.
void finds_without(std::string_view row, std::string glob) {
  ProveOptions o;
  o.glob = std::move(glob);
  o.enabled.reset(static_cast<std::size_t>(find_row(row)));
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].internal_error, "");
  EXPECT_EQ(results[0].verdict, Verdict::refuted);
  EXPECT_FALSE(results[0].counterexamples.empty());
}
TEST(GenericTheorems, FindsTheRefusedLongtermPinWhenM03IsOff) { finds_without("M03", "x86_64/*/thp-shmem/two-inside/faults-0"); }
TEST(GenericTheorems, FindsTheDevicePageMaskWhenD16IsOff) { finds_without("D16", "x86_64/*/pud-devmap/one-page"); }
TEST(GenericTheorems, FindsThePlainPudLeafWhenG03IsOff) { finds_without("G03", "x86_64/*/any-pud/one-page"); }
TEST(GenericTheorems, FindsTheLeafThatIsNotTransHugeWhenG06IsOff) { finds_without("G06", "arm64-4K/*/any-pmd/one-page"); }

TEST(GenericTheorems, AHugePageAgreesWithItselfWithoutAnyRow) {
  for (int walk = 0; walk < 2; ++walk) {
    ProveOptions o;
    o.glob = "x86_64/*/thp-shmem/two-inside/faults-0";
    o.pair = {walk == 0 ? default_pair().a : default_pair().b, walk == 0 ? default_pair().a : default_pair().b};
    o.enabled.reset();
    const auto results = prove(o);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].internal_error, "");
    EXPECT_EQ(results[0].verdict, Verdict::proved);
  }
}

/// v6.1 looks every page of a huge page up by itself (V12): 513 lookups a path, of which the solver is asked about few.
TEST(GenericTheorems, AWalkPageByPageOfAHugePageIsAffordable) {
  ProveOptions o;
  o.glob = "arm64-64K/*/thp-anon/more-than-leaf/faults-0";
  o.pair = *parse_pair("v6.1:v6.1");
  o.enabled.reset();
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].internal_error, "");
  EXPECT_EQ(results[0].verdict, Verdict::proved);
  EXPECT_LT(results[0].counts.checks, 511u);
}

/// What is assumed of a PMD only to spare the solver says nothing that its forms do not say.
TEST(GenericWorld, ThatAPresentPmdIsAlignedFollows) {
  int asked = 0;
  for (const Theorem& t : theorems()) {
    if ((t.arch != "arm64-4K" && t.arch != "arm64-64K" && t.arch != "riscv64-Sv39") || t.name.rfind("thp-", 0) != 0) continue;
    TermArena arena;
    const Setting setting = t.build(arena, t.cells.front(), t.order);
    Solver solver(arena, 60000);
    for (const Assumption& spared : setting.assumptions) {
      if (spared.name.find("maps an aligned frame") == std::string::npos) continue;
      std::vector<const Term*> query{arena.neg(spared.holds.in(arena))};
      for (const Assumption& a : setting.assumptions)
        if (&a != &spared) query.push_back(a.holds.in(arena));
      EXPECT_EQ(solver.check(t.name, query, nullptr, nullptr), Answer::unsat) << t.arch << " " << t.name << ": " << spared.name;
      ++asked;
    }
  }
  EXPECT_GT(asked, 20);
}

/// As facts 4.1 and the hooks have them: a PMD leaf is a PTE and PSE.
TEST(GenericWorld, LeafFormsAreTheArchitecturesOwn) {
  using namespace x86_64;
  const Config c = usual_config(Architecture::x86_64);
  const LeafForm pte = leaf_form(c, Level::pte), pmd = leaf_form(c, Level::pmd);
  EXPECT_EQ(pte.accessible, std::uint64_t{PRESENT | USER});
  EXPECT_EQ(pmd.accessible, std::uint64_t{PRESENT | USER | PSE});
  EXPECT_EQ(pmd.inaccessible, std::uint64_t{PROTNONE | PSE});
  EXPECT_EQ(pte.free, std::uint64_t{RW | ACCESSED | DIRTY | SAVED_DIRTY | SOFT_DIRTY | UFFD_WP | NX} | PKEY_MASK);
  EXPECT_EQ(pte.special, std::uint64_t{SPECIAL});
  EXPECT_EQ(pmd.devmap, std::uint64_t{DEVMAP});
}

}  // namespace
}  // namespace gupdiff
