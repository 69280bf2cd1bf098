// SPDX-License-Identifier: GPL-2.0-only
// From a theorem's units to the exit code of the run.
#include "report/proofs_section.hpp"

#include <gtest/gtest.h>

#include "proofs/task.hpp"

namespace gupdiff {
namespace {

/// The exit code of a run of this one theorem.
int exit_of(const Theorem& t) {
  ProveOptions options;
  std::vector<Task> tasks;
  std::vector<TheoremResult> results;
  tasks.push_back({"mine/hugetlb-2M", {&t, 0, {Pass::relation, Pass::older_alone, Pass::tight}}, nullptr, 0});
  results.push_back(run_task(tasks.back(), options, {}));
  const std::vector<TheoremResult> whole = add_up(tasks, std::move(results));
  return exit_code(verdict_of(proofs_section(whole, {}).at("verdict").get<std::string>()));
}

TEST(ProofsSection, ATheoremOfContradictoryAssumptionsFailsTheRun) {
  Theorem t = theorems()[0];
  t.cells = {t.cells[0]};
  t.cells[0].faults = 0;
  EXPECT_EQ(exit_of(t), 0);
  t.build = [](TermArena& arena, const Cell& cell, std::uint8_t order) {
    Setting s = theorems()[0].build(arena, cell, order);
    s.assumptions.push_back({"writes", "test", (s.world.vmas[0].flags & VM_WRITE) != 0u});
    s.assumptions.push_back({"does not", "test", (s.world.vmas[0].flags & VM_WRITE) == 0u});
    return s;
  };
  EXPECT_EQ(exit_of(t), exit_code(RunVerdict::vacuous));
  EXPECT_EQ(exit_of(t), 11);
}

TEST(ProofsSection, ATightRowThatIsNotNeededIsAContradiction) {
  const Theorem& t = theorems()[0];
  const std::vector<Task> tasks{{"mine/hugetlb-2M", {&t, 0, {Pass::relation}}, nullptr, 0}};
  TheoremResult r;
  r.verdict = Verdict::proved;
  r.rows_used = {{"D17", 3}};
  r.rows_needed = {{"D17", 3}};
  EXPECT_EQ(add_up(tasks, {r})[0].verdict, Verdict::proved_except);
  r.rows_needed = {{"D17", 2}};
  const std::vector<TheoremResult> whole = add_up(tasks, {r});
  EXPECT_EQ(exit_code(verdict_of(proofs_section(whole, {}).at("verdict").get<std::string>())), 6);
}

}  // namespace
}  // namespace gupdiff
