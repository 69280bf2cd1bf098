// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign_lanes.hpp"

#include <algorithm>
#include <ctime>
#include <tuple>

#include <fmt/format.h>

#include "fuzz/corpus_merge.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/input_file.hpp"
#include "scenario/binary.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {

namespace fs = std::filesystem;

bool shares_corpus(Engine engine) { return engine != Engine::afl; }

unsigned processors_of(const RunningLane& l, unsigned jobs, std::size_t lanes) {
  return shares_corpus(l.lane.engine) ? 1 : std::max(1u, jobs / static_cast<unsigned>(std::max<std::size_t>(lanes, 1)));
}

bool keeps_corpus(Engine engine) { return engine != Engine::random; }

int next_lane(const std::vector<RunningLane>& lanes) {
  int best = -1;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const RunningLane& l = lanes[i];
    if (!l.state.stopped.empty() || (l.workers > 0 && !shares_corpus(l.lane.engine))) continue;
    const auto rank = [](const RunningLane& x) { return std::tuple{x.workers, x.served, x.state.seconds}; };
    if (best < 0 || rank(l) < rank(lanes[static_cast<std::size_t>(best)])) best = static_cast<int>(i);
  }
  return best;
}

FuzzOptions slice_options(const CampaignPaths& paths, const CampaignSettings& settings, RunningLane& l, double seconds, unsigned jobs) {
  FuzzOptions o;
  o.engine = l.lane.engine;
  o.pair = l.lane.pair;
  o.enabled = l.lane.enabled;
  o.architectures = l.lane.architectures;
  o.anything = l.lane.anything;
  o.seconds = seconds;
  o.seed = slice_seed(settings.seed, l.lane.name, l.state.slices);
  o.corpus_dir = paths.corpus(l.lane.name);
  o.findings_dir = paths.findings();
  if (!shares_corpus(l.lane.engine)) {
    o.jobs = jobs;
    o.work_dir = paths.engine_work(l.lane.name);
  }
  o.keep_going = true;
  o.keep_findings = true;
  o.progress = false;
  ++l.state.slices;
  return o;
}

void count_report(RunningLane& l, Worker& w) {
  const WorkerReport& r = w.report();
  l.state.executions += r.executions - w.counted_executions;
  l.state.seconds += r.seconds - w.counted_seconds;
  l.served += r.seconds - w.counted_seconds;
  w.counted_executions = r.executions;
  w.counted_seconds = r.seconds;
  l.state.coverage = std::max(l.state.coverage, r.coverage);
  if (r.stability >= 0) l.state.stability = r.stability;
  l.state.updated = static_cast<std::uint64_t>(std::time(nullptr));
}

std::vector<std::string> end_slice(RunningLane& l, const WorkerReport& r, bool asked) {
  if (r.failure.empty()) {
    if (!r.interrupted) l.state.crashes_in_a_row = 0;
    return {};
  }
  if (asked) return {};  // ended by us, if not in order
  ++l.state.crashes;
  ++l.state.crashes_in_a_row;
  l.served += 1;  // a lane that dies at once must not take every turn
  l.state.last_crash = r.failure;
  std::vector<std::string> lines = {fmt::format("lane {}: a worker was lost: {}", l.lane.name, r.failure)};
  if (l.state.crashes_in_a_row >= kCrashesInARow) {
    l.state.stopped = fmt::format("{} workers in a row were lost, the last one thus: {}", l.state.crashes_in_a_row, r.failure);
    lines.push_back(fmt::format("lane {}: stopped: {} workers in a row were lost; the other lanes go on", l.lane.name, l.state.crashes_in_a_row));
  }
  return lines;
}

std::vector<std::string> prepare_lane(const CampaignPaths& paths, RunningLane& l) {
  std::vector<std::string> lines;
  const std::string& name = l.lane.name;
  finish_exchange(paths.lane(name));
  make_campaign_folder(paths.corpus(name));
  if (const std::uint64_t n = set_aliens_aside(paths.corpus(name), paths.set_aside(name)))
    lines.push_back(fmt::format("lane {}: {} entries of its corpus are no inputs (folders, links, unreadable or above 1 MiB): moved to {}", name, n,
                                paths.set_aside(name).string()));
  if (const CorpusCensus c = census(paths.corpus(name), true); c.torn > 0)
    lines.push_back(fmt::format("lane {}: {} of {} inputs are cut short, as a killed process leaves them; they are run as they are", name, c.torn, c.inputs));
  if (l.state.seeded) return lines;
  std::size_t taken = 0, all = 0;
  Scenario scenario;
  std::error_code error;
  for (fs::directory_iterator at(paths.seeds(), error), end; !error && at != end; at.increment(error)) {
    if (!plain_input(*at)) continue;
    ++all;
    const std::vector<std::uint8_t> bytes = read_input(at->path());
    decode(bytes, scenario);
    if (!fits_lane(l.lane, scenario)) continue;
    write_input(paths.corpus(name) / at->path().filename(), bytes);
    ++taken;
  }
  l.state.seeded = true;
  if (all > 0) lines.push_back(fmt::format("lane {}: starts from {} of {} seeds (the others are of other machines)", name, taken, all));
  return lines;
}

}  // namespace gupdiff
