// SPDX-License-Identifier: GPL-2.0-only
// The lanes of a campaign while it is being run: whose turn it is, what each run is told, and
// what its end means for the lane.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "fuzz/campaign_state.hpp"
#include "fuzz/campaign_worker.hpp"
#include "fuzz/statistics.hpp"

namespace gupdiff {

/// Crashes of a lane with no whole slice between, after which no worker serves it any more.
inline constexpr std::uint64_t kCrashesInARow = 3;

/// One lane at work.
struct RunningLane {
  Lane lane;
  LaneState state;
  unsigned workers = 0;        ///< at it now: processors they use
  double served = 0;           ///< seconds of workers, in this run of the campaign
  std::uint64_t corpus = 0;    ///< at the last look
  double last_at = -1;         ///< the campaign's seconds at the lane's last line of statistics
  std::uint64_t last_executions = 0;
  double rate = 0;
};

/// A lane's engine runs in any number of workers on one corpus, or has processes of its own.
bool shares_corpus(Engine engine);

/// How many processors of `jobs` a run of the lane's engine takes at once, with `lanes` to be served.
unsigned processors_of(const RunningLane& lane, unsigned jobs, std::size_t lanes);

/// Whether the engine adds to the corpus; the random one only reads it.
bool keeps_corpus(Engine engine);

/// The lane whose turn it is: served least, in this run and then ever, of those that are not
/// stopped and can take another worker; -1: there is none.
int next_lane(const std::vector<RunningLane>& lanes);

/// What a run of `lane` on `jobs` processors is told; counts the run in the lane's state.
FuzzOptions slice_options(const CampaignPaths& paths, const CampaignSettings& settings, RunningLane& lane, double seconds, unsigned jobs);

/// Takes what the worker has reported since the last time into its lane.
void count_report(RunningLane& lane, Worker& worker);

/// What the end of a worker's run means for the lane: lines for the log. `asked`: it was told to end.
std::vector<std::string> end_slice(RunningLane& lane, const WorkerReport& report, bool asked);

/// Brings a lane's folder in order before a run: restores a corpus whose exchange was cut short,
/// sets aside what is no input, puts the campaign's seeds in the first time. Lines for the log.
std::vector<std::string> prepare_lane(const CampaignPaths& paths, RunningLane& lane);

}  // namespace gupdiff
