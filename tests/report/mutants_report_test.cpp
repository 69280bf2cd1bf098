// SPDX-License-Identifier: GPL-2.0-only
// What the report makes of a run of mutants.
#include <gtest/gtest.h>

#include "report/mutants_plots.hpp"
#include "report/mutants_section.hpp"
#include "report/projections.hpp"

namespace gupdiff {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Json entry(const char* name, const char* kind, const char* verdict) {
  return {{"mutant", name}, {"title", "Title of " + std::string(name)}, {"kind", kind}, {"re_enacts", "none"}, {"source", "facts"},
          {"pair", "v6.9:v6.10"}, {"walk", "v6.10"}, {"architectures", {"x86_64"}}, {"facets", {"effect"}}, {"verdict", verdict}};
}

/// One killed by both, one by a hang, one by proof alone, a survivor, and one that does not count.
MutantsRun some() {
  MutantsRun run;
  Json both = entry("M01", "real", "killed");
  both["fuzz"] = {{"outcome", "finding"}, {"executions", 200}, {"identity", "i"}, {"first_difference", "d"}, {"shown_in", {"result"}}, {"as_named", false}};
  both["proof"] = {{"outcome", "refuted"}, {"theorem", "t"}, {"claim", "c"}};
  both["witness"] = {{"file", "f.toml"}, {"entries", 1}, {"mappings", 1}};
  Json hang = entry("M02", "real", "killed");
  hang["fuzz"] = {{"outcome", "hang"}, {"executions", 5000}};
  Json proof = entry("S01", "synthetic", "killed");
  proof["fuzz"] = {{"outcome", "none"}};
  proof["proof"] = both["proof"];
  Json survivor = entry("S02", "synthetic", "survived");
  survivor["fuzz"] = {{"outcome", "none"}};
  run.entries = {both, hang, proof, survivor, entry("M22", "real", "needs concurrency")};
  run.times = {{"M01", {{"search_seconds", 0.05}}}, {"M02", {{"search_seconds", 5.0}}}};
  return run;
}

Json document(Json section, Json times) {
  Sections s;
  s.mutants = std::move(section);
  return results({"v6.9", "v6.10"}, std::move(s), {{"mutants", std::move(times)}});
}

TEST(MutantsSection, CountsByKindWhoKilledWhat) {
  const Json s = mutants_section(some(), {}, {});
  ASSERT_EQ(s["summary"].size(), 3u);
  const Json &real = s["summary"][0], &all = s["summary"][2];
  EXPECT_EQ(real["mutants"], 3);
  EXPECT_EQ(real["counted"], 2);
  EXPECT_EQ(real["fuzz"], 2);
  EXPECT_EQ(real["both"], 1);
  EXPECT_EQ(real["apart"]["needs concurrency"], 1);
  EXPECT_EQ(all["either"], 3);
  EXPECT_EQ(all["proof"], 2);
  EXPECT_EQ(all["survived"], 1);
  EXPECT_EQ(all["as_named"], 0);
}

TEST(MutantsSection, ASurvivorIsADivergenceAFailureAnErrorAndAWrongTwinAsBadAsASurvivor) {
  MutantsRun run = some();
  EXPECT_EQ(mutants_section(run, {}, {})["verdict"], "divergence");
  EXPECT_EQ(mutants_section(run, {{"M99", "M99: is odd."}}, {})["verdict"], "internal error");
  run.entries.erase(3);
  EXPECT_EQ(mutants_section(run, {}, {})["verdict"], "holds");
  run.entries[0]["twins"] = {{"good", {{"with", "divergent"}, {"without", "holds"}, {"wrong", "good.toml with the bug: divergent"}}}};
  EXPECT_EQ(mutants_section(run, {}, {})["verdict"], "divergence");
}

TEST(MutantsPlots, AreTheShareOfAllThatCount) {
  const Json s = mutants_section(some(), {}, {});
  const Json curves = mutants_curves(s, mutants_times(some(), {}));
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_EQ(curves[0]["seconds"], Json({0.05, 5.0}));
  EXPECT_EQ(curves[1]["counted"], 2);
  EXPECT_TRUE(curves[1]["seconds"].empty());
  const std::string script = curve_script(curves, "seconds");
  EXPECT_TRUE(has(script, "0.05 50\n5 100\n")) << script;
  EXPECT_TRUE(has(script, "title 'real: 2 of 2'"));
  EXPECT_TRUE(has(script, "title 'synthetic: 0 of 2'"));
  std::string warning;
  const Json plots = mutants_plots(curves, warning);
  if (has(warning, "not installed")) GTEST_SKIP() << warning;
  EXPECT_EQ(plots.size(), 2u) << warning;
  EXPECT_TRUE(mutants_plots(Json::array(), warning).empty());
}

TEST(MutantsReport, NamesEachInEveryProjection) {
  const Json d = document(mutants_section(some(), {}, {}), mutants_times(some(), {}));
  EXPECT_EQ(d["verdict"]["exit_code"], 10);
  EXPECT_TRUE(has(d["verdict"]["sentence"].get<std::string>(), "seeded bug"));
  const std::string page = html(d), summary = markdown(d), cases = junit(d);
  for (const char* part : {"Title of M01", "needs concurrency", "named: effect", "hang", "1 entry, 1 VMA", "2 (100 %)"}) EXPECT_TRUE(has(page, part)) << part;
  EXPECT_TRUE(has(summary, "S02 (survived)")) << summary;
  EXPECT_TRUE(has(cases, "name=\"S02\"><failure"));
  EXPECT_FALSE(has(cases, "name=\"M01\"><failure"));
}

}  // namespace
}  // namespace gupdiff
