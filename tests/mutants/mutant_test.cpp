// SPDX-License-Identifier: GPL-2.0-only
// A mutant's file is read as it says, or refused with the place and the reason.
#include "mutants/mutant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kWhole = R"(Mutant: M06
Title: FOLL_SPLIT_PMD is acted on in a hugetlb mapping
Kind: real
Re-enacts: 8977752c8056
Source: facts 7.1 M06
Pair: v6.12:v6.12.117
Walk: v6.12.117
Arch: x86_64, arm64
Facet: effect
Theorem: x86_64/*/hugetlb-2M/*

Two lines
of text.
---
--- a/unified/follow_page.hpp
+++ b/unified/follow_page.hpp
@@ -1,2 +1,2 @@
-// one
+// two
 // three
)";

/// The text with the first `from` replaced.
std::string with(const std::string& from, const std::string& to) {
  std::string text = kWhole;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string refusal(const std::string& text) {
  try {
    parse_mutant(text, "M06/mutant.patch");
  } catch (const InputError& e) {
    return e.message;
  }
  return "not refused";
}

TEST(Mutant, AFileIsReadAsItSays) {
  const Mutant m = parse_mutant(kWhole, "file");
  EXPECT_EQ(m.name, "M06");
  EXPECT_EQ(m.kind, MutantKind::real);
  EXPECT_EQ(pair_name(m.pair), "v6.12:v6.12.117");
  EXPECT_EQ(m.walk, find_walk("v6.12.117"));
  EXPECT_THAT(m.architectures, ElementsAre("x86_64", "arm64"));
  EXPECT_THAT(m.facets, ElementsAre("effect"));
  EXPECT_EQ(m.theorem, "x86_64/*/hugetlb-2M/*");
  EXPECT_EQ(m.text, "Two lines\nof text.\n");
  EXPECT_THAT(m.touched, ElementsAre("unified/follow_page.hpp"));
  EXPECT_EQ(m.diff.rfind("--- a/unified/follow_page.hpp\n", 0), 0u);
  EXPECT_EQ(m.apart(), "");
}

TEST(Mutant, WhatIsApartIsNeverRun) {
  EXPECT_EQ(parse_mutant(with("\nTwo", "Needs: concurrency\n\nTwo"), "f").apart(), "needs concurrency");
  EXPECT_EQ(parse_mutant(with("\nTwo", "Equivalent: E16 is E16\n\nTwo"), "f").apart(), "equivalent");
  const Mutant m = parse_mutant("Mutant: M22\nTitle: t\nKind: real\nRe-enacts: 57efa1fe5957\nSource: facts 7.2\nNot-modelled: fast GUP\n", "f");
  EXPECT_EQ(m.apart(), "not modelled");
  EXPECT_TRUE(m.diff.empty());
}

TEST(Mutant, AProperyIsAFacetAndATheoremMayBeNone) {
  const Mutant m = parse_mutant(with("Facet: effect", "Facet: result, references-balance"), "f");
  EXPECT_THAT(m.facets, ElementsAre("result", "references-balance"));
  const Mutant none = parse_mutant(with("Theorem: x86_64/*/hugetlb-2M/*", "Theorem: none: no theorem splits"), "f");
  EXPECT_EQ(none.theorem, "");
  EXPECT_EQ(none.no_theorem, "no theorem splits");
}

TEST(Mutant, WhatIsWrongIsSaidWithItsLine) {
  const struct {
    std::string text;
    const char *place, *words;
  } cases[] = {
      {"", ":1:", "is empty"},
      {with("Title:", "Titel:"), ":2:", "the keys are Mutant, Title"},
      {with("Kind: real", "Kind: unreal"), ":3:", "real, derived, synthetic, generated"},
      {with("Kind: real\n", ""), ":10:", "the header has no Kind"},
      {with("Kind: real", "Mutant: M07"), ":3:", "said already in line 1"},
      {with("Title: FOLL_SPLIT_PMD is acted on in a hugetlb mapping", "Title:"), ":2:", "no value"},
      {with("Mutant: M06", "Mutant: ../M06"), ":1:", "folder's name"},
      {with("Pair: v6.12:v6.12.117", "Pair: v6.12"), ":6:", "no pair"},
      {with("Walk: v6.12.117", "Walk: v6.9"), ":7:", "not a walk of the pair"},
      {with("Arch: x86_64", "Arch: vax"), ":8:", "x86_64"},
      {with("Facet: effect", "Facet: looks"), ":9:", "result, effect, protocol, cost"},
      {with("Theorem: x86_64/*/hugetlb-2M/*", "Theorem: none"), ":10:", "none: REASON"},
      {with("\nTwo", "Needs: luck\n\nTwo"), ":11:", "concurrency"},
      {with("+++ b/unified/follow_page.hpp", "+++ b/unified/other.hpp"), ":16:", "files that are there"},
      {with("--- a/unified/follow_page.hpp\n+++ b/unified/follow_page.hpp", "--- a/../x.hpp\n+++ b/../x.hpp"), ":16:", "out of the sources"},
      {with("@@ -1,2 +1,2 @@", "what"), ":15:", "no unified diff"},
      {kWhole.substr(0, kWhole.find("---")), ":14:", "has no diff"},
      {with("Kind: real", "Kind: real\r"), ":3:", "carriage return"},
  };
  for (const auto& c : cases) {
    const std::string said = refusal(c.text);
    EXPECT_THAT(said, HasSubstr(std::string("M06/mutant.patch") + c.place)) << c.words;
    EXPECT_THAT(said, HasSubstr(c.words));
  }
}

TEST(Mutant, AWrongFileInAFolderCostsItselfAlone) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "mutants_of_a_folder";
  fs::remove_all(folder);
  for (const char* name : {"M06", "M07", "M08"}) {
    fs::create_directories(folder / name);
    std::ofstream(folder / name / "mutant.patch") << (std::string(name) == "M08" ? with("Kind: real", "Kind: odd") : kWhole);
  }
  const MutantSet set = load_mutants(folder);
  ASSERT_EQ(set.mutants.size(), 1u);
  EXPECT_EQ(set.mutants[0].folder, folder / "M06");
  ASSERT_EQ(set.wrong.size(), 2u);
  EXPECT_THAT(set.wrong[0].second, HasSubstr("its folder is called M07"));
  EXPECT_THAT(set.wrong[1].second, HasSubstr("no kind 'odd'"));
  fs::remove_all(folder);
  EXPECT_THROW(load_mutants(folder), InputError);
}

}  // namespace
}  // namespace gupdiff
