// SPDX-License-Identifier: GPL-2.0-only
// The parts of a campaign one by one: its settings, its files, whose turn it is, what a crash
// means. Whole campaigns are in tests/cli/campaign_test.py and campaign_afl_test.py.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "fuzz/campaign.hpp"
#include "fuzz/campaign_lanes.hpp"
#include "fuzz/corpus_merge.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

class CampaignFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("gupdiff-campaign-" + std::to_string(getpid()));
    fs::create_directories(folder);
    paths.folder = folder;
  }
  void TearDown() override { fs::remove_all(folder); }
  void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  fs::path folder;
  CampaignPaths paths;
};

Lane some_lane(const char* pair, ArchitectureSet archs) {
  Lane lane;
  lane.pair = *parse_pair(pair);
  lane.architectures = archs;
  lane.name = lane_name(lane);
  return lane;
}

TEST_F(CampaignFolder, SettingsComeBackAsTheyWereWritten) {
  CampaignSettings s;
  s.seed = ~std::uint64_t{0};
  s.tool_version = "9.9";
  s.lanes = {some_lane("v6.9:v6.10", 0b11), some_lane("v6.1:v6.9", 0b1)};
  s.lanes[0].enabled.reset(static_cast<std::size_t>(find_row("D17")));
  s.lanes[1].anything = true;
  write(paths.settings(), to_toml(s));
  const CampaignSettings back = read_settings(paths.settings());
  EXPECT_EQ(back.seed, s.seed);
  EXPECT_EQ(back.tool_version, "9.9");
  ASSERT_EQ(back.lanes.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(back.lanes[i].name, s.lanes[i].name);
    EXPECT_EQ(back.lanes[i].pair, s.lanes[i].pair);
    EXPECT_EQ(back.lanes[i].engine, s.lanes[i].engine);
    EXPECT_EQ(back.lanes[i].architectures, s.lanes[i].architectures);
    EXPECT_EQ(back.lanes[i].enabled, s.lanes[i].enabled);
    EXPECT_EQ(back.lanes[i].anything, s.lanes[i].anything);
  }
}

TEST(Lanes, AreNamedAfterWhatTheyAre) {
  EXPECT_EQ(some_lane("v6.9:v6.10", 1u << static_cast<unsigned>(Architecture::x86_64)).name, "v6.9_v6.10.libfuzzer.x86_64");
}

TEST(Seeds, AreDifferentForEverySliceAlsoInTheirLow32Bits) {
  std::set<std::uint32_t> low;
  for (std::uint64_t slice = 0; slice < 100000; ++slice) low.insert(static_cast<std::uint32_t>(slice_seed(1, "lane", slice)));
  EXPECT_EQ(low.size(), 100000u);
  EXPECT_EQ(low.count(0), 0u);
  EXPECT_NE(slice_seed(1, "a", 0), slice_seed(1, "b", 0));
  EXPECT_NE(slice_seed(1, "a", 0), slice_seed(2, "a", 0));
}

TEST_F(CampaignFolder, ATornLastLineIsNotReadAndIsCutOffByTheNext) {
  const fs::path file = folder / "lines";
  append_line(file, "one");
  append_line(file, "two");
  std::ofstream(file, std::ios::app) << "tor";
  EXPECT_EQ(lines_of(file), (std::vector<std::string>{"one", "two"}));
  append_line(file, "three");
  EXPECT_EQ(read(file), "one\ntwo\nthree\n");
}

TEST_F(CampaignFolder, OneProcessAtATimeHasTheLock) {
  {
    const CampaignLock lock(paths);
    EXPECT_EQ(CampaignLock::holder(paths), getpid());
    EXPECT_THROW(CampaignLock second(paths), InputError);
  }
  EXPECT_EQ(CampaignLock::holder(paths), std::nullopt);
  const CampaignLock again(paths);
}

TEST_F(CampaignFolder, StateAndStatisticsComeBack) {
  fs::create_directories(paths.lane("l"));
  fs::create_directories(paths.findings());
  EXPECT_EQ(read_lane_state(paths, "l").slices, 0u);  // never ran
  LaneState s;
  s.slices = 7;
  s.executions = 1'000'000'000'000;
  s.stopped = "because \"so\"";
  s.seeded = true;
  write_lane_state(paths, "l", s);
  const LaneState back = read_lane_state(paths, "l");
  EXPECT_EQ(back.slices, 7u);
  EXPECT_EQ(back.executions, s.executions);
  EXPECT_EQ(back.stopped, s.stopped);
  EXPECT_TRUE(back.seeded);
  append_statistics(paths, {1.5, 100, "l", 10, 2.5, 3, 4, 5, 6});
  std::ofstream(paths.statistics(), std::ios::app) << "{\"at\":1}\nnot ours\n{\"at\":2,";
  const auto lines = read_statistics(paths);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].executions, 10u);
  EXPECT_EQ(lines[0].crashes, 6u);
  append_finding(paths, {"identity", "result: \t\xff", "l", "findings/f.toml", 1, 2});
  ASSERT_EQ(read_findings(paths).size(), 1u);
  EXPECT_EQ(read_findings(paths)[0].identity, "identity");
}

TEST(Statistics, LinesGetRarerAsTheRunGetsOlder) {
  double at = 0;
  int lines = 0;
  for (; at < 14 * 86400; ++lines) at += statistics_interval(at);
  EXPECT_LT(lines, 8000) << "two weeks stay readable";
  EXPECT_LE(statistics_interval(60), 5);
}

TEST(Statistics, FuzzerStatsHasAflsKeys) {
  const Lane lane = some_lane("v6.9:v6.10", 1);
  LaneState s;
  s.executions = 500;
  s.seconds = 2;
  const std::string text = fuzzer_stats(lane, s, {10, 100, lane.name, 500, 50, 3, 4, 5, 6}, 123, "gupdiff campaign run c");
  for (const char* line : {"start_time        : 0\n", "execs_done        : 500\n", "execs_per_sec     : 250.00\n", "corpus_count      : 3\n",
                           "fuzzer_pid        : 123\n", "saved_crashes     : 11\n", "afl_banner        : v6.9_v6.10.libfuzzer."})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  EXPECT_EQ(text.find("stability"), std::string::npos) << "nobody measured it";
}

TEST(Turns, GoToTheLaneThatWasServedLeast) {
  std::vector<RunningLane> lanes(3);
  lanes[0].served = 10;
  lanes[1].served = 5;
  lanes[2].served = 1;
  lanes[2].state.stopped = "it crashes";
  EXPECT_EQ(next_lane(lanes), 1);
  lanes[0].served = 5;
  lanes[0].state.seconds = 100;
  EXPECT_EQ(next_lane(lanes), 1);  // the one that earlier runs served less
  lanes[1].workers = 1;
  EXPECT_EQ(next_lane(lanes), 0);  // a second worker for a lane only when each has one
  lanes[0].workers = 1;
  EXPECT_EQ(next_lane(lanes), 1);
  for (RunningLane& l : lanes) l.state.stopped = "it crashes";
  EXPECT_EQ(next_lane(lanes), -1);
}

TEST(Crashes, StopALaneOnlyInARow) {
  RunningLane lane;
  WorkerReport crash, whole;
  crash.failure = "signal 11";
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(end_slice(lane, crash, false).size(), 1u);
    EXPECT_TRUE(end_slice(lane, whole, false).empty());
  }
  EXPECT_EQ(lane.state.crashes, 10u);
  EXPECT_TRUE(lane.state.stopped.empty());
  end_slice(lane, crash, true);  // we ended it ourselves
  EXPECT_EQ(lane.state.crashes, 10u);
  for (std::uint64_t i = 0; i < kCrashesInARow; ++i) end_slice(lane, crash, false);
  EXPECT_NE(lane.state.stopped.find("signal 11"), std::string::npos);
}

TEST_F(CampaignFolder, AnExchangeThatIsCutShortLeavesOneWholeCorpus) {
  const fs::path lane = paths.lane("l"), corpus = lane / "corpus";
  // Cut between the two renames of a file system that cannot exchange.
  write(lane / "corpus.old/a", "old");
  write(lane / "corpus.new/b", "new");
  finish_exchange(lane);
  EXPECT_EQ(read(corpus / "a"), "old");
  // Cut while the new one was being written.
  write(lane / "corpus.new/b", "ne");
  finish_exchange(lane);
  EXPECT_EQ(read(corpus / "a"), "old");
  EXPECT_FALSE(fs::exists(lane / "corpus.new"));
  // Whole.
  write(lane / "corpus.new/b", "new");
  write(corpus / "late", "from another machine");
  exchange_corpus(lane, {"a"});
  EXPECT_EQ(read(corpus / "b"), "new");
  EXPECT_FALSE(fs::exists(corpus / "a"));
  EXPECT_EQ(read(corpus / "late"), "from another machine");
  EXPECT_FALSE(fs::exists(lane / "corpus.old"));
}

TEST_F(CampaignFolder, AWorkerThatDiesSaysHow) {
  FuzzOptions o;
  o.findings_dir = folder / "findings";
  o.corpus_dir = folder / "corpus";
  o.seconds = 60;
  Worker worker(0, o);
  while (worker.report().executions == 0 && worker.listen()) {
  }
  worker.signal(SIGKILL);
  while (worker.listen()) {
  }
  EXPECT_NE(worker.report().failure.find("signal 9"), std::string::npos) << worker.report().failure;
  EXPECT_FALSE(worker.report().whole);
}

}  // namespace
}  // namespace gupdiff
