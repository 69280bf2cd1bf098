// SPDX-License-Identifier: GPL-2.0-only
// The campaign at work: workers on the lanes in turn, what they report written down, and an
// end in order whatever ends it.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <ctime>

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "fuzz/campaign.hpp"
#include "fuzz/campaign_lanes.hpp"
#include "fuzz/corpus_merge.hpp"
#include "fuzz/finding.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {

namespace fs = std::filesystem;

namespace {

using Clock = Worker::Clock;

/// Seconds that workers get to end in order before they are killed.
constexpr double kGrace = 10;
/// Seconds beyond its slice after which a worker is taken for hung: reading a large corpus on a busy
/// machine may take some.
constexpr double kOverdue = 30;

/// How a run ends that nothing else ended.
constexpr const char* kTimeOver = "time";

class Campaign {
 public:
  Campaign(const CampaignRun& options, CampaignSettings settings);
  CampaignOutcome run();

 private:
  void begin();
  void recover_findings();
  void start_workers();
  void listen();
  void end_worker(std::size_t i);
  void take_findings(RunningLane& lane, WorkerReport& report);
  void watch();
  void write_statistics();
  void write_states();
  void show();
  void finish();
  void ask_to_end(std::string why);
  void note(const std::string& line);
  /// Runs what writes; a failure ends the run in order, and is said once.
  template <class Write>
  void writing(Write write);

  double seconds() const { return std::chrono::duration<double>(Clock::now() - started_).count(); }
  double campaign_seconds() const { return before_ + seconds(); }
  double left() const { return o_.seconds > 0 ? o_.seconds - seconds() : 1e9; }
  unsigned busy_processors() const {
    unsigned n = 0;
    for (const Worker& w : workers_) n += w.processors();
    return n;
  }
  std::size_t stopped() const {
    return static_cast<std::size_t>(std::count_if(lanes_.begin(), lanes_.end(), [](const RunningLane& l) { return !l.state.stopped.empty(); }));
  }

  CampaignRun o_;
  CampaignPaths paths_;
  CampaignSettings settings_;
  CampaignState state_;
  std::vector<RunningLane> lanes_;
  std::vector<Worker> workers_;
  std::vector<CampaignFinding> findings_;
  std::set<std::string> known_;
  CampaignOutcome outcome_;
  Clock::time_point started_ = Clock::now();
  double before_ = 0;                   ///< seconds the campaign ran before this run
  double next_statistics_ = 0, next_look_ = 0;
  double ending_since_ = -1;
  bool killed_ = false;
  std::string ended_;                   ///< why; empty: going on
  std::uint64_t shown_executions_ = 0;
  double shown_at_ = 0, shown_rate_ = 0;
};

Campaign::Campaign(const CampaignRun& options, CampaignSettings settings)
    : o_(options), paths_{options.folder}, settings_(std::move(settings)) {}

template <class Write>
void Campaign::writing(Write write) {
  try {
    write();
  } catch (const InputError& e) {
    if (outcome_.failure.empty()) outcome_.failure = e.message;
    ask_to_end(e.message);
  }
}

void Campaign::note(const std::string& line) {
  if (o_.notice) o_.notice(line);
  writing([&] { log_line(paths_, line); });
}

void Campaign::ask_to_end(std::string why) {
  if (!ended_.empty()) return;
  ended_ = std::move(why);
  ending_since_ = seconds();
  for (const Worker& w : workers_) w.signal(SIGINT);
}

void Campaign::begin() {
  state_ = read_campaign_state(paths_);
  if (o_.resume) {
    if (state_.runs == 0) throw InputError{fmt::format("{}: has never been run, so there is nothing to resume; use 'gupdiff campaign run {}'", o_.folder.string(), o_.folder.string())};
    if (o_.seconds <= 0 && state_.budget > 0) {
      o_.seconds = state_.budget - state_.spent;
      if (o_.seconds < 1)
        throw InputError{fmt::format("{}: its last run had all of its {:.0f} s; say with --time how much longer it is to run", o_.folder.string(), state_.budget)};
    }
  }
  before_ = state_.seconds;
  if (const std::string why = no_space(o_.folder); !why.empty()) throw InputError{why};
  make_campaign_folder(paths_.findings());
  // So that it is never empty, and no run of an engine removes it under another's hands.
  if (std::error_code error; !fs::exists(paths_.findings_list(), error)) write_whole(paths_.findings_list(), {});
  const std::string last_end = state_.ended;
  ++state_.runs;
  state_.budget = o_.seconds;
  state_.spent = 0;
  state_.jobs = o_.jobs;
  state_.ended = "running";
  write_campaign_state(paths_, state_);
  if (last_end == "running") note("the last run was killed: nothing of its corpora and findings is lost, at most the last seconds of its counts");
  for (const Lane& lane : settings_.lanes) {
    RunningLane l;
    l.lane = lane;
    l.state = read_lane_state(paths_, lane.name);
    if (!l.state.stopped.empty()) note(fmt::format("lane {}: had been stopped, and is tried again", lane.name));
    l.state.stopped.clear();
    l.state.crashes_in_a_row = 0;
    if (l.state.began == 0) l.state.began = static_cast<std::uint64_t>(std::time(nullptr));
    for (const std::string& line : prepare_lane(paths_, l)) note(line);
    l.corpus = census(paths_.corpus(lane.name), false).inputs;
    l.last_executions = l.state.executions;
    l.last_at = before_;
    write_lane_state(paths_, lane.name, l.state);
    lanes_.push_back(std::move(l));
  }
  findings_ = read_findings(paths_);
  for (const CampaignFinding& f : findings_) known_.insert(f.identity);
  started_ = Clock::now();
  recover_findings();
  note(fmt::format("run {}: {} lanes, {} workers, {}", state_.runs, lanes_.size(), o_.jobs,
                   o_.seconds > 0 ? fmt::format("{:.0f} s", o_.seconds) : "no limit of time"));
}

/// A run that was killed may have written a finding and not listed it.
void Campaign::recover_findings() {
  std::set<std::string> listed;
  for (const CampaignFinding& f : findings_) listed.insert(finding_name(f.identity));
  std::error_code error;
  for (fs::directory_iterator at(paths_.findings(), error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code missing;
    if (name.rfind("finding-", 0) != 0 || listed.count(name) || !fs::exists(at->path() / "scenario.toml", missing)) continue;
    try {
      const ScenarioFile file = load(at->path() / "scenario.toml");
      for (RunningLane& lane : lanes_) {
        if (!fits_lane(lane.lane, file.world)) continue;
        const FindingIdentity identity = identify(file.world, lane.lane.pair, lane.lane.enabled);
        if (identity.empty() || finding_name(identity.text()) != name) continue;
        WorkerReport report;
        report.findings = {found_before(at->path(), identity, lane.lane.pair, lane.lane.enabled)};
        take_findings(lane, report);
        break;
      }
    } catch (const InputError& e) {
      note(e.message);  // not as we wrote it: left alone
    }
  }
}

void Campaign::start_workers() {
  // Every lane gets a turn in a run that has a second for it. libFuzzer knows whole seconds only.
  const double turn = o_.seconds > 0 ? std::floor(o_.seconds * o_.jobs / static_cast<double>(lanes_.size())) : o_.slice;
  const std::size_t served = lanes_.size() - stopped();
  for (unsigned busy = busy_processors(); ended_.empty() && busy < o_.jobs && left() >= 0.5; busy = busy_processors()) {
    const int next = next_lane(lanes_);
    if (next < 0) return;
    RunningLane& lane = lanes_[static_cast<std::size_t>(next)];
    const unsigned processors = std::min(processors_of(lane, o_.jobs, served), o_.jobs - busy);
    // AFL++ looks at its whole queue again whenever it is started.
    const double slice = shares_corpus(lane.lane.engine) ? o_.slice : 5 * o_.slice;
    const FuzzOptions options = slice_options(paths_, settings_, lane, std::max(1.0, std::min({slice, turn, left()})), processors);
    // Before the run: its seed is not used again, whatever happens.
    writing([&] { write_lane_state(paths_, lane.lane.name, lane.state); });
    if (!ended_.empty()) return;
    writing([&] {
      workers_.emplace_back(static_cast<std::size_t>(next), options);
      lane.workers += processors;
    });
  }
}

void Campaign::take_findings(RunningLane& lane, WorkerReport& report) {
  for (const FuzzFinding& f : report.findings) {
    if (!known_.insert(f.identity).second) continue;
    ++lane.state.findings;
    ++outcome_.new_findings;
    std::error_code error;
    const fs::path file = fs::relative(f.text_file, o_.folder, error);
    findings_.push_back({f.identity, f.summary, lane.lane.name, error ? f.text_file.string() : file.string(), campaign_seconds(),
                         static_cast<std::uint64_t>(std::time(nullptr))});
    writing([&] {
      // Listed last: what a kill -9 leaves unlisted is taken up by the next run.
      if (o_.found) o_.found(f, lane.lane);
      append_finding(paths_, findings_.back());
    });
    note(fmt::format("finding {}: {} ({})", findings_.size(), f.summary, f.replay_command));
  }
  report.findings.clear();
}

void Campaign::end_worker(std::size_t i) {
  Worker worker = std::move(workers_[i]);
  workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(i));
  RunningLane& lane = lanes_[worker.lane()];
  lane.workers -= worker.processors();
  const WorkerReport& r = worker.report();
  if (!r.bad_input.empty()) {
    if (outcome_.failure.empty()) outcome_.failure = fmt::format("lane {}: {}", lane.lane.name, r.bad_input);
    ask_to_end(outcome_.failure);
  }
  const bool killed_by_us = killed_ && ended_ != kTimeOver;
  for (const std::string& line : end_slice(lane, r, killed_by_us)) note(line);
  writing([&] { write_lane_state(paths_, lane.lane.name, lane.state); });
  if (stopped() == lanes_.size()) ask_to_end("every lane was stopped by crashes");
}

void Campaign::listen() {
  std::vector<pollfd> fds;
  for (const Worker& w : workers_) fds.push_back({w.fd(), POLLIN, 0});
  poll(fds.data(), static_cast<nfds_t>(fds.size()), 200);
  for (std::size_t i = workers_.size(); i-- > 0;) {
    if (!fds[i].revents) continue;
    const bool going_on = workers_[i].listen();
    RunningLane& lane = lanes_[workers_[i].lane()];
    count_report(lane, workers_[i]);
    take_findings(lane, workers_[i].report());
    if (!going_on) end_worker(i);
  }
}

/// Looks at the clock, the disk and the user.
void Campaign::watch() {
  if (o_.stop && o_.stop() && !outcome_.interrupted) {
    outcome_.interrupted = true;
    ask_to_end("interrupted");
  }
  if (seconds() >= next_look_) {
    next_look_ = seconds() + 0.5;
    if (ended_.empty())
      if (std::string why = no_space(o_.folder); !why.empty()) {
        outcome_.failure = why;
        ask_to_end(std::move(why));
      }
    if (o_.tick) show();
  }
  if (seconds() >= next_statistics_) {
    if (next_statistics_ > 0) {
      write_statistics();
      write_states();
    }
    next_statistics_ = seconds() + statistics_interval(seconds());
  }
  // Engines keep to their time themselves; this is for those that do not.
  for (const Worker& w : workers_)
    if (w.age() > w.seconds() + kOverdue) w.signal(SIGKILL);
  if (left() < -kGrace) ask_to_end(kTimeOver);
  if (!ended_.empty() && seconds() - ending_since_ > kGrace && !killed_) {
    for (const Worker& w : workers_) w.signal(SIGKILL);
    killed_ = true;
  }
}

void Campaign::write_statistics() {
  for (RunningLane& l : lanes_) {
    l.corpus = census(paths_.corpus(l.lane.name), false).inputs;
    const double now = campaign_seconds(), since = now - l.last_at;
    l.rate = since > 0 ? static_cast<double>(l.state.executions - l.last_executions) / since : 0;
    const StatisticsLine line{now, static_cast<std::uint64_t>(std::time(nullptr)), l.lane.name, l.state.executions, l.rate, l.corpus,
                              l.state.coverage, l.state.findings, l.state.crashes};
    l.last_at = now;
    l.last_executions = l.state.executions;
    writing([&] {
      append_statistics(paths_, line);
      const std::string text = fuzzer_stats(l.lane, l.state, line, getpid(), fmt::format("gupdiff campaign run {}", o_.folder.string()));
      write_whole(paths_.fuzzer_stats(l.lane.name), text);
    });
  }
}

void Campaign::write_states() {
  writing([&] {
    for (const RunningLane& l : lanes_) write_lane_state(paths_, l.lane.name, l.state);
    state_.seconds = campaign_seconds();
    state_.spent = seconds();
    write_campaign_state(paths_, state_);
  });
}

void Campaign::show() {
  CampaignProgress p;
  for (const RunningLane& l : lanes_) {
    p.executions += l.state.executions;
    p.corpus += l.corpus;
    p.coverage = std::max(p.coverage, l.state.coverage);
    p.crashes += l.state.crashes;
  }
  const double now = seconds(), since = now - shown_at_;
  if (shown_executions_ > 0 && since > 0) {
    const double rate = static_cast<double>(p.executions - shown_executions_) / since;
    shown_rate_ = shown_rate_ > 0 ? 0.7 * shown_rate_ + 0.3 * rate : rate;  // calm enough to be read
  }
  shown_at_ = now;
  shown_executions_ = p.executions;
  p.rate = shown_rate_;
  p.findings = findings_.size();
  p.workers = busy_processors();
  p.lanes = lanes_.size();
  p.stopped = stopped();
  p.seconds = now;
  p.budget = o_.seconds;
  o_.tick(p);
}

void Campaign::finish() {
  write_statistics();
  state_.ended = ended_.empty() ? kTimeOver : ended_;
  write_states();
  outcome_.findings = findings_.size();
  outcome_.stopped_lanes = stopped();
  std::uint64_t executions = 0;
  for (const RunningLane& l : lanes_) executions += l.state.executions;
  note(fmt::format("run {} ended after {:.0f} s ({}): {} pairs of walks in all, {} findings", state_.runs, seconds(), state_.ended, executions, findings_.size()));
}

CampaignOutcome Campaign::run() {
  // A file that may grow no further is a failed write, as a full disk is.
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  begin();
  while (true) {
    start_workers();
    if (workers_.empty()) break;
    listen();
    watch();
  }
  finish();
  std::signal(SIGXFSZ, before);
  return outcome_;
}

}  // namespace

CampaignSettings open_campaign(const CampaignPaths& paths) {
  std::error_code error;
  const std::string name = paths.folder.string();
  if (!fs::exists(paths.folder, error)) throw InputError{fmt::format("{}: there is no such folder; 'gupdiff campaign new {}' makes a campaign", name, name)};
  if (!fs::is_directory(paths.folder, error)) throw InputError{fmt::format("{}: is no folder; name a campaign's", name)};
  if (!fs::exists(paths.settings(), error))
    throw InputError{fmt::format("{}: has no campaign.toml: it is no campaign, or its making was cut short; remove it and use 'gupdiff campaign new {}'", name, name)};
  return read_settings(paths.settings());
}

CampaignOutcome run_campaign(const CampaignRun& options) {
  const CampaignPaths paths{options.folder};
  CampaignSettings settings = open_campaign(paths);
  if (access(paths.folder.c_str(), W_OK | X_OK) != 0)
    throw InputError{fmt::format("{}: this folder cannot be written; change its permissions or copy the campaign to where it can", paths.folder.string())};
  const CampaignLock lock(paths);
  return Campaign(options, std::move(settings)).run();
}

}  // namespace gupdiff
