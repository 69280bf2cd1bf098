// SPDX-License-Identifier: GPL-2.0-only
// A campaign's state as JSON.
#include "report/campaign_section.hpp"

#include <algorithm>

#include "model/arch/words.hpp"

namespace gupdiff {
namespace {

Json lane_json(const LaneStatus& l) {
  Json out = {{"lane", l.lane.name},
              {"pair", pair_name(l.lane.pair)},
              {"engine", engine_name(l.lane.engine)},
              {"architectures", architecture_names(l.lane.architectures)},
              {"without", rows_off(l.lane.enabled)},
              {"anything", l.lane.anything},
              {"slices", l.state.slices},
              {"executions", l.state.executions},
              {"coverage", l.state.coverage},
              {"corpus", l.corpus},
              {"findings", l.state.findings},
              {"crashes", l.state.crashes}};
  if (l.state.stability >= 0) out["stability"] = l.state.stability;
  if (l.aliens > 0) out["aliens"] = l.aliens;
  if (!l.state.last_crash.empty()) out["last_crash"] = l.state.last_crash;
  if (!l.state.stopped.empty()) out["stopped"] = l.state.stopped;
  return out;
}

RunVerdict verdict_of_campaign(const CampaignStatus& s) {
  if (!s.findings.empty()) return RunVerdict::divergence;
  if (std::any_of(s.lanes.begin(), s.lanes.end(), [](const LaneStatus& l) { return !l.state.stopped.empty(); }))
    return RunVerdict::internal_error;
  if (std::any_of(s.lanes.begin(), s.lanes.end(), [](const LaneStatus& l) { return l.state.executions == 0; }))
    return RunVerdict::inconclusive;
  return RunVerdict::holds;
}

/// The command that replays a finding from where the campaign lies now.
std::string replay_of(const std::filesystem::path& folder, const CampaignStatus& s, const CampaignFinding& f) {
  for (const LaneStatus& l : s.lanes)
    if (l.lane.name == f.lane) return replay_command(folder / f.file, l.lane.pair, l.lane.enabled);
  return "gupdiff replay " + (folder / f.file).string();
}

}  // namespace

Json campaign_section(const std::filesystem::path& folder, const CampaignStatus& s) {
  Json lanes = Json::array(), findings = Json::array(), problems = Json::array();
  for (const LaneStatus& l : s.lanes) lanes.push_back(lane_json(l));
  for (const CampaignFinding& f : s.findings)
    findings.push_back({{"identity", f.identity}, {"first_difference", f.summary}, {"lane", f.lane},
                        {"file", (folder / f.file).string()}, {"replay", replay_of(folder, s, f)}});
  for (const CampaignProblem& p : s.problems) problems.push_back({{"lane", p.lane}, {"sentence", p.sentence}});
  return {{"verdict", verdict_word(verdict_of_campaign(s))}, {"folder", folder.string()}, {"seed", s.settings.seed}, {"seeds", s.seeds},
          {"lanes", std::move(lanes)}, {"findings", std::move(findings)}, {"problems", std::move(problems)}};
}

Json campaign_times(const CampaignStatus& s) {
  std::string ended = s.state.ended;
  if (ended == "running" && !s.running) ended = "killed";
  Json out = {{"runs", s.state.runs}, {"seconds", s.state.seconds}, {"budget", s.state.budget}, {"spent", s.state.spent},
              {"jobs", s.state.jobs}, {"ended", ended}};
  if (s.running) out["process"] = *s.running;
  out["lanes"] = Json::array();
  for (const LaneStatus& l : s.lanes) out["lanes"].push_back({{"lane", l.lane.name}, {"seconds", l.state.seconds}, {"rate", l.rate}});
  return out;
}

RunHead campaign_head(const CampaignStatus& s) {
  RunHead head;
  head.seed = s.settings.seed;
  const auto add = [](std::string& list, int walk) {
    const std::string name = walk_name(walk);
    if ((", " + list + ", ").find(", " + name + ", ") == std::string::npos) list += (list.empty() ? "" : ", ") + name;
  };
  for (const LaneStatus& l : s.lanes) {
    add(head.pair_a, l.lane.pair.a);
    add(head.pair_b, l.lane.pair.b);
    for (const std::string& id : rows_off(l.lane.enabled))
      if (std::find(head.without.begin(), head.without.end(), id) == head.without.end()) head.without.push_back(id);
  }
  return head;
}

}  // namespace gupdiff
