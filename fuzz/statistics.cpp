// SPDX-License-Identifier: GPL-2.0-only
// Lines of JSON, one a lane and moment, and AFL++'s text of the newest.
#include "fuzz/statistics.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gupdiff {

using Json = nlohmann::ordered_json;

double statistics_interval(double seconds) {
  if (seconds < 10) return 1;
  if (seconds < 600) return 5;
  if (seconds < 3600) return 15;
  return seconds < 24 * 3600 ? 60 : 300;
}

void append_statistics(const CampaignPaths& paths, const StatisticsLine& s) {
  const auto tenth = [](double x) { return static_cast<double>(static_cast<std::int64_t>(x * 10 + 0.5)) / 10; };
  const Json j = {{"at", tenth(s.at)}, {"time", s.time}, {"lane", s.lane}, {"executions", s.executions}, {"rate", tenth(s.rate)},
                  {"corpus", s.corpus}, {"coverage", s.coverage}, {"findings", s.findings}, {"crashes", s.crashes}};
  append_line(paths.statistics(), j.dump());
}

std::vector<StatisticsLine> read_statistics(const CampaignPaths& paths) {
  std::vector<StatisticsLine> out;
  for (const std::string& line : lines_of(paths.statistics())) {
    const Json j = Json::parse(line, nullptr, false);
    if (!j.is_object()) continue;
    try {
      out.push_back({j.at("at"), j.at("time"), j.at("lane"), j.at("executions"), j.at("rate"), j.at("corpus"), j.at("coverage"),
                     j.at("findings"), j.at("crashes")});
    } catch (const Json::exception&) {
      continue;  // not a whole line of ours
    }
  }
  return out;
}

std::string fuzzer_stats(const Lane& lane, const LaneState& s, const StatisticsLine& last, int pid, const std::string& command) {
  std::string out;
  const auto line = [&](std::string_view key, const auto& value) { out += fmt::format("{:<18}: {}\n", key, value); };
  line("start_time", s.began);
  line("last_update", s.updated);
  line("run_time", static_cast<std::uint64_t>(last.at));
  line("fuzzer_pid", pid);
  line("cycles_done", s.slices > 0 ? s.slices - 1 : 0);
  line("execs_done", s.executions);
  line("execs_per_sec", fmt::format("{:.2f}", s.seconds > 0 ? static_cast<double>(s.executions) / s.seconds : 0.0));
  line("execs_ps_last_min", fmt::format("{:.2f}", last.rate));
  line("corpus_count", last.corpus);
  line("edges_found", s.coverage);
  if (s.stability >= 0) line("stability", fmt::format("{:.2f}%", s.stability));
  line("saved_crashes", last.findings + last.crashes);
  // Readers compute with these, and a lane has no such thing.
  for (const char* key : {"saved_hangs", "pending_favs", "pending_total", "max_depth", "cur_item", "last_find", "last_crash", "last_hang"})
    line(key, 0);
  line("bitmap_cvg", "0.00%");
  line("afl_banner", lane.name);
  line("afl_version", fmt::format("gupdiff-{}", engine_name(lane.engine)));
  line("target_mode", "default");
  line("command_line", command);
  return out;
}

}  // namespace gupdiff
