// SPDX-License-Identifier: GPL-2.0-only
// What a campaign remembers from one run to the next: small files that are replaced whole, and
// the list of findings, which only grows.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "fuzz/campaign_folder.hpp"
#include "fuzz/campaign_settings.hpp"

namespace gupdiff {

/// Of one lane. Counts are since the campaign began.
struct LaneState {
  std::uint64_t slices = 0;            ///< runs begun; each has a seed of its own
  std::uint64_t executions = 0;        ///< pairs of walks
  double seconds = 0;                  ///< of all its workers together
  std::uint64_t coverage = 0;          ///< the most edges an engine saw
  std::uint64_t findings = 0;          ///< that this lane was the first to find
  std::uint64_t crashes = 0;           ///< workers lost
  std::uint64_t crashes_in_a_row = 0;  ///< without a whole slice between
  std::string last_crash;              ///< how
  std::string stopped;                 ///< why no worker serves it; empty: it is served
  std::uint64_t began = 0, updated = 0;  ///< seconds since 1970; 0: never
  bool seeded = false;                 ///< the seeds are in its corpus
  double stability = -1;               ///< AFL++'s, in percent; -1: not known
};

/// How the last run ended.
struct CampaignState {
  std::uint64_t runs = 0;      ///< `run` and `resume` so far
  double seconds = 0;          ///< that the campaign ran, all runs together
  double budget = 0;           ///< of the last run, seconds; 0: no limit
  double spent = 0;            ///< of it
  unsigned jobs = 1;
  std::string ended = "never run";  ///< "running", "time", "interrupted", or a sentence
};

/// A lane's state; a lane that never ran has the default. Throws InputError: not what was written.
LaneState read_lane_state(const CampaignPaths& paths, const std::string& lane);
void write_lane_state(const CampaignPaths& paths, const std::string& lane, const LaneState& state);
CampaignState read_campaign_state(const CampaignPaths& paths);
void write_campaign_state(const CampaignPaths& paths, const CampaignState& state);

/// One finding, from whichever lane found it first.
struct CampaignFinding {
  std::string identity;    ///< findings of different lanes and runs are the same by it
  std::string summary, lane;
  std::string file;        ///< the scenario, relative to the campaign's folder
  double at = 0;           ///< seconds of the campaign's running time
  std::uint64_t time = 0;  ///< seconds since 1970
};
std::vector<CampaignFinding> read_findings(const CampaignPaths& paths);
void append_finding(const CampaignPaths& paths, const CampaignFinding& finding);

/// Seed of run number `slice` of a lane: its low 32 bits differ from slice to slice.
std::uint64_t slice_seed(std::uint64_t campaign_seed, const std::string& lane, std::uint64_t slice);

}  // namespace gupdiff
