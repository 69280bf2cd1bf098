// SPDX-License-Identifier: GPL-2.0-only
// The projections show what the document holds, escaped, and nothing external.
#include "report/projections.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace gupdiff {
namespace {

Json example() {
  std::ifstream in(GUPDIFF_EXAMPLE);
  return Json::parse(in);
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Html, ShowsVerdictRowsTheoremsAndBothTraces) {
  const std::string page = html(example());
  for (const char* part : {"<h1 class=\"bad\">divergence</h1>", "D17", "hugetlb_1g_one_page", "proved", "inconclusive",
                           "hugetlb_walk", "follow_pud_mask", "<svg", "48,123,456", "Apart: D24, shown by pgd 0x1",
                           "with contiguous sets handled"})
    EXPECT_TRUE(has(page, part)) << part;
}

TEST(Html, LoadsNothingFromOutside) {
  const std::string page = html(example());
  for (const char* part : {"<script", "src=", "@import", "url(", "<link", "<?xml", "<!DOCTYPE svg"})
    EXPECT_FALSE(has(page, part)) << part;
}

TEST(Html, EscapesWhatComesFromScenarios) {
  Json doc = example();
  doc["replay"]["entries"][6]["file"] = "<b>&\".toml";
  const std::string page = html(doc);
  EXPECT_FALSE(has(page, "<b>&\".toml"));
  EXPECT_TRUE(has(page, "&lt;b&gt;&amp;&quot;.toml"));
}

TEST(Html, LeavesNoTemplateTagBehind) {
  EXPECT_FALSE(has(html(example()), "{{"));
  EXPECT_FALSE(has(junit(example()), "{{"));
  EXPECT_FALSE(has(markdown(example()), "{{"));
}

TEST(Html, ADocumentWithoutSectionsStillRenders) {
  const Json doc = results({"v6.9", "v6.10"}, {}, nullptr);
  EXPECT_TRUE(has(html(doc), "holds"));
  EXPECT_TRUE(has(junit(doc), "</testsuites>"));
  EXPECT_TRUE(has(markdown(doc), "holds"));
}

TEST(Junit, AFailureIsWhatIsDivergentOrNotProved) {
  const std::string xml = junit(example());
  EXPECT_TRUE(has(xml, "<testcase classname=\"replay\" name=\"corpus/divergences/D17.toml\"></testcase>"));
  EXPECT_TRUE(has(xml, "name=\"findings/effect-3fa1.toml\"><failure message=\"divergent\">"));
  EXPECT_TRUE(has(xml, "name=\"hugetlb_2m_two_pages\"><failure message=\"inconclusive\">"));
  EXPECT_TRUE(has(xml, "&lt;dirty&gt;"));
}

TEST(Junit, ControlCharactersAreLeftOut) {
  Json doc = example();
  doc["replay"]["entries"][0]["file"] = std::string("a\x01" "b");
  EXPECT_TRUE(has(junit(doc), "name=\"ab\""));
}

TEST(Markdown, OpensWithPairAndVerdict) {
  EXPECT_EQ(markdown(example()).rfind("# gupdiff v6.9 : v6.10: divergence", 0), 0u);
}

}  // namespace
}  // namespace gupdiff
