// SPDX-License-Identifier: GPL-2.0-only
// What is drawn of a campaign's statistics.
#include "report/campaign_plots.hpp"

#include <gtest/gtest.h>

namespace gupdiff {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::vector<StatisticsLine> lines_of_two(int n) {
  std::vector<StatisticsLine> out;
  for (int i = 1; i <= n; ++i)
    for (const char* lane : {"a", "b"})
      out.push_back({5.0 * i, 1000, lane, std::uint64_t(i) * 1'000'000, 250'000, std::uint64_t(i), lane[0] == 'b' ? 0 : 1000 + std::uint64_t(i), 0, 0});
  return out;
}

TEST(CampaignSeries, KeepsTheEndOfALongOne) {
  const Json series = campaign_series(lines_of_two(10'000), {"a", "b", "never ran"}, 400);
  ASSERT_EQ(series.size(), 3u);
  EXPECT_EQ(series[0]["at"].size(), 400u);
  EXPECT_EQ(series[0]["at"].back(), 50'000.0);
  EXPECT_EQ(series[1]["executions"].back(), 10'000'000'000u);
  EXPECT_TRUE(series[2]["at"].empty());
}

TEST(CampaignPlots, SayTheirNumbersAndUnits) {
  const Json series = campaign_series(lines_of_two(2000), {"a", "b"});
  const std::string script = plot_script(series, "executions", "Pairs of walks");
  EXPECT_TRUE(has(script, "running time, minutes")) << script.substr(0, 600);
  EXPECT_TRUE(has(script, "\"2 G\" 2000000000"));
  EXPECT_TRUE(has(script, "\"0\" 0"));
}

TEST(CampaignPlots, LeaveOutWhatWasNotMeasured) {
  const Json series = campaign_series(lines_of_two(20), {"a", "b"});
  const std::string script = plot_script(series, "coverage", "Edges");
  const std::string b = script.substr(script.find("$lane1 <<"));
  EXPECT_FALSE(has(b.substr(0, b.find("END\n", 15)), "\n5 0\n"));
  EXPECT_TRUE(has(script, "set yrange [1000:"));  // not squeezed along the top
}

TEST(CampaignPlots, AreDrawnByGnuplotForOneLineOfStatisticsAndForMany) {
  for (const int n : {1, 2, 1000}) {
    std::string warning;
    const Json plots = campaign_plots(campaign_series(lines_of_two(n), {"a", "b"}), warning);
    if (has(warning, "not installed")) GTEST_SKIP() << warning;
    EXPECT_EQ(plots.size(), 5u) << n << warning;
  }
  std::string warning;
  EXPECT_TRUE(campaign_plots(campaign_series({}, {"a"}), warning).empty());
  EXPECT_EQ(warning, "");
}

TEST(CampaignPlots, DrawAtMostEightLanes) {
  std::vector<StatisticsLine> lines;
  std::vector<std::string> names;
  for (int i = 0; i < 12; ++i) {
    names.push_back("lane" + std::to_string(i));
    lines.push_back({5, 1000, names.back(), std::uint64_t(i) * 100, 1, 1, 1, 0, 0});
  }
  const auto colours = lane_colours(campaign_series(lines, names));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(colours[static_cast<std::size_t>(i)].empty(), i < 4) << i;
}

}  // namespace
}  // namespace gupdiff
