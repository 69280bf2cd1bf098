// SPDX-License-Identifier: GPL-2.0-only
// State as JSON: tolerant of keys it does not know, strict about what is not JSON at all.
#include "fuzz/campaign_state.hpp"

#include <concepts>
#include <fstream>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fuzz/finding.hpp"
#include "scenario/fnv.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

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
  write_whole(file, object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
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

/// The fields of each record by name, once for reading and writing: `field(name, member)`.
template <class State, class Field>
  requires std::same_as<std::remove_const_t<State>, LaneState>
void each_field(State& s, Field field) {
  field("slices", s.slices);
  field("executions", s.executions);
  field("seconds", s.seconds);
  field("coverage", s.coverage);
  field("findings", s.findings);
  field("crashes", s.crashes);
  field("crashes_in_a_row", s.crashes_in_a_row);
  field("last_crash", s.last_crash);
  field("stopped", s.stopped);
  field("began", s.began);
  field("updated", s.updated);
  field("seeded", s.seeded);
  field("stability", s.stability);
}
template <class State, class Field>
  requires std::same_as<std::remove_const_t<State>, CampaignState>
void each_field(State& s, Field field) {
  field("runs", s.runs);
  field("seconds", s.seconds);
  field("budget", s.budget);
  field("spent", s.spent);
  field("jobs", s.jobs);
  field("ended", s.ended);
}
template <class State, class Field>
  requires std::same_as<std::remove_const_t<State>, CampaignFinding>
void each_field(State& f, Field field) {
  field("identity", f.identity);
  field("summary", f.summary);
  field("lane", f.lane);
  field("file", f.file);
  field("at", f.at);
  field("time", f.time);
}

template <class State>
State from_json(const Json& j) {
  State s;
  each_field(s, [&](const char* name, auto& member) { get(j, name, member); });
  return s;
}
template <class State>
Json to_json(const State& s) {
  Json j = Json::object();
  each_field(s, [&](const char* name, const auto& member) { j[name] = member; });
  return j;
}

}  // namespace

LaneState read_lane_state(const CampaignPaths& paths, const std::string& lane) {
  return from_json<LaneState>(read_object(paths.lane_state(lane)));
}

void write_lane_state(const CampaignPaths& paths, const std::string& lane, const LaneState& s) {
  write_object(paths.lane_state(lane), to_json(s));
}

CampaignState read_campaign_state(const CampaignPaths& paths) { return from_json<CampaignState>(read_object(paths.state())); }

void write_campaign_state(const CampaignPaths& paths, const CampaignState& s) { write_object(paths.state(), to_json(s)); }

std::vector<CampaignFinding> read_findings(const CampaignPaths& paths) {
  std::vector<CampaignFinding> out;
  for (const std::string& line : lines_of(paths.findings_list())) {
    const Json j = Json::parse(line, nullptr, false);
    if (j.is_object()) out.push_back(from_json<CampaignFinding>(j));
  }
  return out;
}

void append_finding(const CampaignPaths& paths, const CampaignFinding& f) {
  append_line(paths.findings_list(), to_json(f).dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::uint64_t slice_seed(std::uint64_t campaign_seed, const std::string& lane, std::uint64_t slice) {
  std::uint64_t h = fnv1a(lane, kFnvBasis ^ campaign_seed);
  h ^= h >> 31;
  // An odd multiplier permutes the low 32 bits; engines that take no more of the seed take those.
  const std::uint32_t low = static_cast<std::uint32_t>(h) + static_cast<std::uint32_t>(slice) * 0x9e3779b1u;
  return (h & 0xffffffff00000000ull) | (low == 0 ? 0x5bd1e995u : low);
}

}  // namespace gupdiff
