// SPDX-License-Identifier: GPL-2.0-only
// A finding's folder holds all that a reader and a regression test need.
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <iterator>

#include "fuzz/finding.hpp"
#include "report/finding_folder.hpp"
#include "report/replay_section.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(FindingFolder, HoldsTextTracesPictureJsonAndARegressionThatReplaysAsItSays) {
  const fs::path folder = fs::temp_directory_path() / ("gupdiff-finding-" + std::to_string(getpid())) / "finding-x";
  const ScenarioFile witness = load(fs::path(GUPDIFF_CORPUS) / "divergences" / "D17.toml");
  RowSet rows = all_rows();
  rows.reset(static_cast<std::size_t>(find_row("D17")));
  ScenarioFile file;
  file.world = witness.world;
  const FuzzFinding f = write_finding(folder, file, default_pair(), rows);
  write_finding_folder(f, default_pair(), rows);

  EXPECT_TRUE(same_scenario(load(folder / "scenario.toml").world, witness.world));
  EXPECT_TRUE(same_scenario(load(folder / "scenario.bin").world, witness.world));
  const std::string text = content(folder / "finding.txt");
  for (const char* part : {"result: v6.9: 1; v6.10: livelock", "parts at   follow_pud_mask: reads pud", "row        D17",
                           "gupdiff replay ", "--without D17", "folio A", "hugetlb_follow_page_mask", "follow_pud_mask"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  const Json json = Json::parse(content(folder / "finding.json"));
  EXPECT_EQ(json.at("identity").at("text"), f.identity);
  EXPECT_EQ(json.at("identity").at("row"), "D17");
  EXPECT_EQ(json.at("entry").at("verdict"), "divergent");
  EXPECT_FALSE(json.at("entry").at("trace").at("rows").empty());

  const ScenarioFile regression = load(folder / "regression.toml");
  ASSERT_TRUE(regression.expect);
  EXPECT_FALSE(regression.title.empty());
  EXPECT_FALSE(regression.note.empty());
  EXPECT_EQ(replay_entry("r", regression, default_pair(), all_rows(), {}).at("verdict"), "known");
  EXPECT_NE(std::find(regression.expect->divergence.begin(), regression.expect->divergence.end(), "D17"),
            regression.expect->divergence.end());

  // Nothing half-written is left, and a second run writes over the first.
  write_finding_folder(write_finding(folder, file, default_pair(), rows), default_pair(), rows);
  const auto files = std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  EXPECT_TRUE(files == 5 || files == 6) << files;  // with picture.svg where Graphviz is
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.parent_path()), fs::directory_iterator()), 1);
  fs::remove_all(folder.parent_path());
}

}  // namespace
}  // namespace gupdiff
