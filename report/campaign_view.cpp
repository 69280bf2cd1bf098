// SPDX-License-Identifier: GPL-2.0-only
#include "report/campaign_view.hpp"

#include "report/campaign_plots.hpp"
#include "report/view_text.hpp"

namespace gupdiff {

using namespace view_text;

Json campaign_view(const Json& s, const Json& run) {
  const Json times = run.value("campaign", Json::object());
  Json out = {{"verdict", s.value("verdict", "")}, {"tone", tone(s.value("verdict", ""))}, {"folder", s.value("folder", "")},
              {"seed", s.value("seed", Json(0)).dump()}, {"seeds", count(s, "seeds")}, {"ended", times.value("ended", "")},
              {"seconds", times.contains("seconds") ? seconds(times["seconds"].get<double>()) : ""},
              {"jobs", times.contains("jobs") ? times["jobs"].dump() : ""}, {"runs", times.contains("runs") ? times["runs"].dump() : ""}};
  Json lanes = Json::array(), problems = Json::array(), findings = Json::array(), plots = Json::array();
  std::uint64_t executions = 0;
  const std::vector<std::string> colours = times.contains("plots") && times.contains("series") ? lane_colours(times["series"]) : std::vector<std::string>{};
  for (std::size_t i = 0; i < s.at("lanes").size(); ++i) {
    const Json& l = s["lanes"][i];
    executions += l.value("executions", std::uint64_t{0});
    const Json lane_times = times.contains("lanes") && i < times["lanes"].size() ? times["lanes"][i] : Json::object();
    lanes.push_back({{"colour", i < colours.size() ? colours[i] : ""}, {"lane", l.value("lane", "")}, {"pair", l.value("pair", "")}, {"engine", l.value("engine", "")}, {"architectures", joined(l.at("architectures"))},
                     {"without", joined(l.at("without"))}, {"anything", l.value("anything", false)}, {"executions", count(l, "executions")},
                     {"rate", lane_times.contains("rate") ? grouped(static_cast<std::uint64_t>(lane_times["rate"].get<double>())) : ""},
                     {"corpus", count(l, "corpus")}, {"coverage", count(l, "coverage")}, {"findings", count(l, "findings")},
                     {"crashes", count(l, "crashes")}, {"stopped", l.value("stopped", "")}});
  }
  for (const Json& p : s.at("problems")) {
    if (problems.empty() || problems.back().at("lane") != p.at("lane")) problems.push_back({{"lane", p.at("lane")}, {"problems", Json::array()}});
    problems.back()["problems"].push_back({{"sentence", p.value("sentence", "")}});
  }
  for (Json& lane : problems) lane["number"] = plural(lane["problems"].size(), "problem", "problems");
  for (const Json& f : s.at("findings"))
    findings.push_back({{"identity", f.value("identity", "")}, {"first_difference", f.value("first_difference", "")}, {"lane", f.value("lane", "")},
                        {"file", f.value("file", "")}, {"replay", f.value("replay", "")}});
  for (const Json& p : times.value("plots", Json::array())) {
    const std::string svg = p.value("svg", "");
    const auto at = svg.find("<svg");
    if (at != std::string::npos) plots.push_back({{"title", p.value("title", "")}, {"svg", svg.substr(at)}});
  }
  out["executions"] = grouped(executions);
  set_list(out, "lanes", std::move(lanes));
  out["any_problem"] = !problems.empty();
  set_list(out, "problem_lanes", std::move(problems));
  set_list(out, "findings", std::move(findings));
  out["any_plot"] = !plots.empty();
  set_list(out, "plots", std::move(plots));
  return out;
}

}  // namespace gupdiff
