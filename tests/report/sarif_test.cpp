// SPDX-License-Identifier: GPL-2.0-only
// SARIF: what fails the run is an error at its file, a known divergence a note with its row as rule.
#include "report/sarif.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace gupdiff {
namespace {

Json example() {
  std::ifstream in(GUPDIFF_EXAMPLE);
  return Json::parse(in);
}
Json run_of(const Json& document) {
  const Json log = Json::parse(sarif(document));
  EXPECT_EQ(log.at("version"), "2.1.0");
  EXPECT_EQ(log.at("runs").size(), 1u);
  return log.at("runs").at(0);
}
/// The results of a rule.
std::vector<Json> of_rule(const Json& run, const std::string& rule) {
  std::vector<Json> found;
  for (const Json& r : run.at("results"))
    if (r.at("ruleId") == rule) found.push_back(r);
  return found;
}
std::string uri(const Json& result) {
  return result.at("locations").at(0).at("physicalLocation").at("artifactLocation").at("uri");
}

TEST(Sarif, EachResultNamesARuleThatIsThere) {
  const Json run = run_of(example());
  const Json& rules = run.at("tool").at("driver").at("rules");
  ASSERT_FALSE(run.at("results").empty());
  for (const Json& r : run.at("results")) {
    EXPECT_EQ(rules.at(r.at("ruleIndex").get<std::size_t>()).at("id"), r.at("ruleId"));
    EXPECT_FALSE(r.at("message").at("text").get<std::string>().empty());
    EXPECT_EQ(r.at("locations").size(), 1u);
  }
}

TEST(Sarif, AKnownDivergenceIsANoteAndItsRowTheRule) {
  const Json run = run_of(example());
  const auto notes = of_rule(run, "D17");
  ASSERT_FALSE(notes.empty());
  EXPECT_EQ(notes[0].at("level"), "note");
  EXPECT_EQ(uri(notes[0]), "corpus/divergences/D17.toml");
  const Json& rule = run.at("tool").at("driver").at("rules").at(notes[0].at("ruleIndex").get<std::size_t>());
  EXPECT_NE(rule.at("fullDescription").at("text").get<std::string>().find("When "), std::string::npos);
}

TEST(Sarif, WhatFailsTheRunIsAnErrorWhereItIs) {
  const Json run = run_of(example());
  const auto divergent = of_rule(run, "replay");
  ASSERT_EQ(divergent.size(), 1u);
  EXPECT_EQ(divergent[0].at("level"), "error");
  EXPECT_EQ(uri(divergent[0]), "findings/effect-3fa1.toml");
  for (const char* rule : {"fuzz", "conform"}) EXPECT_FALSE(of_rule(run, rule).empty()) << rule;
}

TEST(Sarif, ACampaignsFindingsAndStoppedLanesAreErrors) {
  Json document = results({"v6.9", "v6.10"}, {}, nullptr);
  document["campaign"] = {{"findings", Json::array({Json{{"identity", "i"}, {"first_difference", "d"}, {"file", "night/f.toml"}, {"replay", "r"}}})},
                          {"lanes", Json::array({Json{{"lane", "v6_9"}, {"stopped", "it crashes"}}, Json{{"lane", "v6_10"}}})}};
  const Json run = run_of(document);
  ASSERT_EQ(of_rule(run, "fuzz").size(), 1u);
  EXPECT_EQ(of_rule(run, "fuzz")[0].at("partialFingerprints").at("gupdiffIdentity/v1"), "i");
  ASSERT_EQ(of_rule(run, "campaign").size(), 1u);
}

TEST(Sarif, AnOpenTheoremIsAWarningWithoutAFile) {
  Json document = example();
  for (const char* section : {"replay", "fuzz", "conform"}) document.erase(section);
  for (Json& t : document["proofs"]["theorems"]) t["verdict"] = "proved";
  EXPECT_TRUE(run_of(document).at("results").empty());
  document["proofs"]["theorems"][0]["verdict"] = "inconclusive";
  document["proofs"]["theorems"][0]["theorem"] = "x86_64/v6.9:v6.10/hugetlb-1G/one-page";
  const Json run = run_of(document);
  ASSERT_EQ(run.at("results").size(), 1u);
  EXPECT_EQ(run.at("results").at(0).at("level"), "warning");
  EXPECT_TRUE(run.at("results").at(0).at("locations").at(0).contains("logicalLocations"));
}

TEST(Sarif, ADocumentWithoutSectionsHasNoResults) {
  EXPECT_TRUE(run_of(results({"v6.9", "v6.10"}, {}, nullptr)).at("results").empty());
}

TEST(Sarif, APathIsAUri) {
  Json document = example();
  for (Json& e : document["replay"]["entries"])
    if (e["verdict"] == "divergent") e["file"] = "/tmp/a b#1.toml";
  EXPECT_EQ(uri(of_rule(run_of(document), "replay").at(0)), "file:///tmp/a%20b%231.toml");
}

}  // namespace
}  // namespace gupdiff
