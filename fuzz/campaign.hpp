// SPDX-License-Identifier: GPL-2.0-only
// A campaign: a folder in which any number of comparisons are fuzzed by several processes,
// for minutes or for weeks, stopped and continued as one likes (docs/campaigns.md).
#pragma once

#include <functional>

#include "fuzz/campaign_folder.hpp"
#include "fuzz/campaign_settings.hpp"
#include "fuzz/campaign_state.hpp"
#include "fuzz/statistics.hpp"

namespace gupdiff {

/// The settings of a campaign that is there. Throws InputError that says what to do about it: no
/// such folder, no campaign in it, settings of another format or that do not parse.
CampaignSettings open_campaign(const CampaignPaths& paths);

/// How far a running campaign is, for a live line.
struct CampaignProgress {
  std::uint64_t executions = 0;      ///< pairs of walks, of all lanes, since the campaign began
  double rate = 0;                   ///< pairs a second, all workers together, in the last seconds
  std::uint64_t corpus = 0;          ///< inputs kept, of all lanes
  std::uint64_t coverage = 0;        ///< edges, the largest of the lanes
  std::size_t findings = 0;
  std::uint64_t crashes = 0;
  unsigned workers = 0;              ///< at work now
  std::size_t lanes = 0, stopped = 0;
  double seconds = 0, budget = 0;    ///< of this run; budget 0: no limit
};

struct CampaignRun {
  std::filesystem::path folder;
  double seconds = 0;                ///< wall clock; 0: until stopped
  unsigned jobs = 1;                 ///< workers at a time
  bool resume = false;               ///< continue the last run with what is left of its time
  double slice = 60;                 ///< seconds of one worker on one lane before the next lane's turn
  std::function<bool()> stop;        ///< asked five times a second: true ends the run in order
  std::function<void(const CampaignProgress&)> tick;  ///< twice a second
  std::function<void(const std::string&)> notice;     ///< each line that goes into the log
  /// Each finding that is new to the campaign, when its scenario has been written.
  std::function<void(const FuzzFinding&, const Lane&)> found;
};

/// How a run of the campaign ended.
struct CampaignOutcome {
  std::size_t new_findings = 0, findings = 0;
  std::size_t stopped_lanes = 0;     ///< by crashes
  bool interrupted = false;          ///< by `stop`
  std::string failure;               ///< why it ended early: no space left, something cannot be written; else empty
  /// 10: findings; 6: a lane was stopped by crashes; 2: `failure`; 0: none of these. The caller
  /// knows what an interruption is worth.
  int exit_code() const { return !failure.empty() ? 2 : findings ? 10 : stopped_lanes ? 6 : 0; }
};

/// Runs the campaign until its time is over or it is stopped. Throws InputError: no campaign, one
/// of another format, being run already, a folder that cannot be written, nothing left to resume.
CampaignOutcome run_campaign(const CampaignRun& options);

/// What `merge` or `minimize` did to one lane.
struct LaneMerge {
  std::string lane;
  std::uint64_t before = 0;    ///< inputs it had
  std::uint64_t offered = 0;   ///< inputs the others had for it (merge)
  std::uint64_t after = 0;     ///< inputs it has now
  std::uint64_t features = 0;  ///< the engine's features: that were new (merge), that it covers (minimize)
  std::uint64_t edges = 0;     ///< edges, likewise
};
struct MergeOutcome {
  std::vector<LaneMerge> lanes;
  std::uint64_t skipped = 0;   ///< files of the others that are no inputs
};

/// Adds to each lane what the inputs of `others` (campaigns, or folders of scenarios) cover beyond
/// it. They are only read. Throws InputError.
MergeOutcome merge_into_campaign(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& others);
/// Replaces the corpus of each lane by a smallest one of the same coverage. The old one is there
/// until the new one is whole. Throws InputError.
MergeOutcome minimize_campaign(const std::filesystem::path& folder);

/// Something that makes a campaign worth less than it seems.
struct CampaignProblem {
  std::string lane;
  std::string sentence;
};

struct LaneStatus {
  Lane lane;
  LaneState state;
  std::uint64_t corpus = 0;    ///< inputs in its folder
  std::uint64_t aliens = 0;    ///< what else is in it
  double rate = 0;             ///< pairs a second of its workers, at the last line of statistics
};
struct CampaignStatus {
  CampaignSettings settings;
  CampaignState state;
  std::optional<int> running;  ///< the process that runs it
  std::vector<LaneStatus> lanes;
  std::vector<CampaignFinding> findings;
  std::vector<CampaignProblem> problems;
  std::vector<StatisticsLine> statistics;
  std::uint64_t seeds = 0;
};

/// What the folder says, whether it is being run or not; changes nothing. `health`: also look at
/// what the inputs reach, which takes seconds. Throws InputError.
CampaignStatus campaign_status(const std::filesystem::path& folder, bool health);

}  // namespace gupdiff
