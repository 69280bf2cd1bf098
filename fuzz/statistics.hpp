// SPDX-License-Identifier: GPL-2.0-only
// A campaign's numbers over time: statistics.jsonl, and for each lane a fuzzer_stats file
// with AFL++'s keys, which dashboards read.
#pragma once

#include <string>
#include <vector>

#include "fuzz/campaign_folder.hpp"
#include "fuzz/campaign_state.hpp"

namespace gupdiff {

/// One lane at one moment.
struct StatisticsLine {
  double at = 0;                ///< seconds of the campaign's running time
  std::uint64_t time = 0;       ///< seconds since 1970
  std::string lane;
  std::uint64_t executions = 0; ///< since the campaign began
  double rate = 0;              ///< a second of running time, since the lane's line before
  std::uint64_t corpus = 0, coverage = 0, findings = 0, crashes = 0;
};

/// Seconds from one line to the next, when the run is `seconds` old: one at first, minutes after
/// a day, so that weeks stay readable.
double statistics_interval(double seconds);

void append_statistics(const CampaignPaths& paths, const StatisticsLine& line);
/// Lines that are not whole are left out.
std::vector<StatisticsLine> read_statistics(const CampaignPaths& paths);

/// The text of fuzzer_stats: AFL++'s keys, as far as they mean something here.
std::string fuzzer_stats(const Lane& lane, const LaneState& state, const StatisticsLine& last, int pid,
                         const std::string& command);

}  // namespace gupdiff
