// SPDX-License-Identifier: GPL-2.0-only
// Pictures: the tree says what each entry is, the graph shows both walks' paths.
#include <gtest/gtest.h>

#include <cstdlib>

#include "oracle/run_walk.hpp"
#include "scenario/picture.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

Scenario seed(const char* name) { return load(std::filesystem::path(GUPDIFF_CORPUS) / "seeds" / name).world; }

TEST(Picture, TheTreeDecodesEveryEntry) {
  const std::string text = picture_text(seed("hugetlb-2m-write.toml"));
  EXPECT_NE(text.find("VMA [0x200000000000, 0x200000400000) 2M hugetlb"), std::string::npos) << text;
  EXPECT_NE(text.find("pmd 0x200000000000 leaf [W-A-D-SOFT_DIRTY] -> folio A+0 (2M hugetlb anon excl dirty"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("pud 0x200000000000 table"), std::string::npos) << text;
}

TEST(Picture, TheGraphHoldsBothPaths) {
  const Scenario w = seed("hugetlb-2m-write.toml");
  std::vector<WalkPath> paths;
  for (const char* name : {"v6.9", "v6.10"}) {
    Machine<Narrated> m;
    run_narrated(find_walk(name), w, m);
    paths.push_back(walk_path(name, m));
    EXPECT_FALSE(paths.back().reads.empty());
  }
  const std::string dot = picture_dot(w, paths);
  EXPECT_NE(dot.find("label=\"v6.9\""), std::string::npos);
  EXPECT_NE(dot.find("label=\"v6.10\""), std::string::npos);
  EXPECT_NE(dot.find("-> pmd_"), std::string::npos);
}

TEST(Picture, GraphvizIsRunIfItIsThere) {
  std::string warning;
  const auto svg = dot_to_svg(picture_dot(seed("thp-read.toml"), {}), warning);
  EXPECT_TRUE(svg.has_value() != !warning.empty());
  if (svg) EXPECT_NE(svg->find("</svg>"), std::string::npos);
}

TEST(Picture, WithoutGraphvizThereIsAWarning) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  std::string warning;
  EXPECT_FALSE(dot_to_svg("digraph {}", warning));
  EXPECT_NE(warning.find("not installed"), std::string::npos) << warning;
  setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace gupdiff
