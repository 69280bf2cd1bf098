// SPDX-License-Identifier: GPL-2.0-only
// What a campaign's folder says of it, and what is wrong with it.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "fuzz/campaign.hpp"
#include "fuzz/campaign_lanes.hpp"
#include "fuzz/health.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

/// What the inputs of a lane do not reach, as far as there are any.
std::vector<std::string> health_of(const CampaignPaths& paths, const LaneStatus& l) {
  std::vector<std::string> out;
  HealthScope scope = health_scope({l.lane.pair}, l.lane.architectures);
  if (l.state.stability >= 0) scope.stability = l.state.stability / 100;
  try {
    const Health health = folder_health(paths.corpus(l.lane.name), scope);
    for (const HealthProblem& p : health_problems(health, scope)) out.push_back(p.sentence);
  } catch (const InputError& e) {
    out.push_back(e.message);
  }
  return out;
}

void find_problems(CampaignStatus& s, const CampaignPaths& paths, bool health) {
  for (const LaneStatus& l : s.lanes) {
    const auto problem = [&](std::string sentence) { s.problems.push_back({l.lane.name, std::move(sentence)}); };
    if (!l.state.stopped.empty()) problem("stopped: " + l.state.stopped);
    if (l.state.executions == 0) problem("nothing was run yet");
    else if (l.corpus == 0 && keeps_corpus(l.lane.engine)) problem("it keeps no inputs although it was run");
    else if (health && keeps_corpus(l.lane.engine))
      for (std::string& sentence : health_of(paths, l)) problem(std::move(sentence));
  }
}

}  // namespace

CampaignStatus campaign_status(const std::filesystem::path& folder, bool health) {
  const CampaignPaths paths{folder};
  CampaignStatus s;
  s.settings = open_campaign(paths);
  s.state = read_campaign_state(paths);
  s.running = CampaignLock::holder(paths);
  s.statistics = read_statistics(paths);
  std::map<std::string, double> rate;
  for (const StatisticsLine& line : s.statistics) rate[line.lane] = line.rate;
  for (const Lane& lane : s.settings.lanes) {
    LaneStatus l;
    l.lane = lane;
    l.state = read_lane_state(paths, lane.name);
    const CorpusCensus c = census(paths.corpus(lane.name), false);
    l.corpus = c.inputs;
    l.aliens = c.aliens;
    l.rate = s.running ? rate[lane.name] : l.state.seconds > 0 ? static_cast<double>(l.state.executions) / l.state.seconds : 0;
    s.lanes.push_back(std::move(l));
  }
  s.findings = read_findings(paths);
  s.seeds = census(paths.seeds(), false).inputs;
  find_problems(s, paths, health);
  return s;
}

}  // namespace gupdiff
