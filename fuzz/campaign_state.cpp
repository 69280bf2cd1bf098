// SPDX-License-Identifier: GPL-2.0-only
// State as JSON: tolerant of keys it does not know, strict about what is not JSON at all.
#include "fuzz/campaign_state.hpp"

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fuzz/finding.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

/// An empty object if the file is not there.
Json read_object(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return Json::object();
  std::ifstream in(file, std::ios::binary);
  Json out = Json::parse(in, nullptr, false);
  if (!out.is_object())
    throw InputError{fmt::format("{}: is not what a campaign writes; remove it, and the counts in it start again (inputs and findings stay)", file.string())};
  return out;
}

void write_object(const fs::path& file, const Json& object) {
  write_scenario_file(file, object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

template <class T>
void get(const Json& j, const char* key, T& to) {
  if (const auto at = j.find(key); at != j.end()) {
    try {
      at->get_to(to);
    } catch (const Json::exception&) {
      throw InputError{fmt::format("state of the campaign: '{}' is not what a campaign writes; remove that state.json, and the counts in it start again", key)};
    }
  }
}

}  // namespace

LaneState read_lane_state(const CampaignPaths& paths, const std::string& lane) {
  const Json j = read_object(paths.lane_state(lane));
  LaneState s;
  get(j, "slices", s.slices);
  get(j, "executions", s.executions);
  get(j, "seconds", s.seconds);
  get(j, "coverage", s.coverage);
  get(j, "findings", s.findings);
  get(j, "crashes", s.crashes);
  get(j, "crashes_in_a_row", s.crashes_in_a_row);
  get(j, "last_crash", s.last_crash);
  get(j, "stopped", s.stopped);
  get(j, "began", s.began);
  get(j, "updated", s.updated);
  get(j, "seeded", s.seeded);
  get(j, "stability", s.stability);
  return s;
}

void write_lane_state(const CampaignPaths& paths, const std::string& lane, const LaneState& s) {
  write_object(paths.lane_state(lane),
               {{"slices", s.slices}, {"executions", s.executions}, {"seconds", s.seconds}, {"coverage", s.coverage},
                {"findings", s.findings}, {"crashes", s.crashes}, {"crashes_in_a_row", s.crashes_in_a_row},
                {"last_crash", s.last_crash}, {"stopped", s.stopped}, {"began", s.began}, {"updated", s.updated},
                {"seeded", s.seeded}, {"stability", s.stability}});
}

CampaignState read_campaign_state(const CampaignPaths& paths) {
  const Json j = read_object(paths.state());
  CampaignState s;
  get(j, "runs", s.runs);
  get(j, "seconds", s.seconds);
  get(j, "budget", s.budget);
  get(j, "spent", s.spent);
  get(j, "jobs", s.jobs);
  get(j, "ended", s.ended);
  return s;
}

void write_campaign_state(const CampaignPaths& paths, const CampaignState& s) {
  write_object(paths.state(), {{"runs", s.runs}, {"seconds", s.seconds}, {"budget", s.budget}, {"spent", s.spent}, {"jobs", s.jobs}, {"ended", s.ended}});
}

std::vector<CampaignFinding> read_findings(const CampaignPaths& paths) {
  std::vector<CampaignFinding> out;
  for (const std::string& line : lines_of(paths.findings_list())) {
    const Json j = Json::parse(line, nullptr, false);
    if (!j.is_object()) continue;
    CampaignFinding f;
    get(j, "identity", f.identity);
    get(j, "summary", f.summary);
    get(j, "lane", f.lane);
    get(j, "file", f.file);
    get(j, "at", f.at);
    get(j, "time", f.time);
    out.push_back(std::move(f));
  }
  return out;
}

void append_finding(const CampaignPaths& paths, const CampaignFinding& f) {
  const Json j = {{"identity", f.identity}, {"summary", f.summary}, {"lane", f.lane}, {"file", f.file}, {"at", f.at}, {"time", f.time}};
  append_line(paths.findings_list(), j.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::uint64_t slice_seed(std::uint64_t campaign_seed, const std::string& lane, std::uint64_t slice) {
  std::uint64_t h = 0xcbf29ce484222325ull ^ campaign_seed;
  for (const char c : lane) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  h ^= h >> 31;
  // An odd multiplier permutes the low 32 bits; engines that take no more of the seed take those.
  const std::uint32_t low = static_cast<std::uint32_t>(h) + static_cast<std::uint32_t>(slice) * 0x9e3779b1u;
  return (h & 0xffffffff00000000ull) | (low == 0 ? 0x5bd1e995u : low);
}

}  // namespace gupdiff
