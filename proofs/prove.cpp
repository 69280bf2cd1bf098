// SPDX-License-Identifier: GPL-2.0-only
// A run of the prover: its tasks go to child processes, their results are collected and
// added up, and a process that did not end well costs its own task.
#include "proofs/prove.hpp"

#include <algorithm>

#include "proofs/result_json.hpp"
#include "proofs/solver.hpp"
#include "proofs/task.hpp"

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

/// A process is ended this long after its task should have seen that its time is up: a query
/// of the solver may be running then.
constexpr double kGraceSeconds = 30;

/// The result of a task whose process has none to give.
TheoremResult without_result(const Task& task, const JobResult& job) {
  TheoremResult r;
  r.verdict = Verdict::inconclusive;
  switch (job.ending) {
    case Ending::timeout: r.shortfall = Shortfall::timeout; break;
    case Ending::memory: r.shortfall = Shortfall::memory; break;
    case Ending::interrupted: r.shortfall = Shortfall::interrupted; break;
    case Ending::done:
    case Ending::died: r.shortfall = Shortfall::crashed; break;
  }
  r.shortfall_detail = "in " + task.part() + ": " + job.how;
  r.seconds = job.seconds;
  return r;
}

}  // namespace

std::string_view verdict_name(Verdict v) {
  switch (v) {
    case Verdict::proved: return "proved";
    case Verdict::refuted: return "refuted";
    case Verdict::vacuous: return "vacuous";
    case Verdict::inconclusive: return "inconclusive";
  }
  return "?";
}

bool glob_matches(std::string_view glob, std::string_view name) {
  std::size_t g = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (g < glob.size() && (glob[g] == '?' || glob[g] == name[n]) && glob[g] != '*') {
      ++g;
      ++n;
    } else if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::vector<std::string> list_theorems(WalkPair pair) {
  ProveOptions all;
  all.pair = pair;
  std::vector<std::string> names;
  for (const Task& t : tasks_of(all))
    if (names.empty() || names.back() != t.theorem) names.push_back(t.theorem);
  return names;
}

std::vector<TheoremResult> prove(const ProveOptions& options, ProveUse* use) {
  const auto begun = Clock::now();
  const std::vector<Task> tasks = tasks_of(options);
  RunnerOptions runner;
  runner.jobs = std::max(1u, options.jobs);
  runner.memory_mb = std::max(1u, options.memory_mb / runner.jobs);
  runner.timeout_seconds = options.timeout_seconds + kGraceSeconds;
  runner.interrupted = options.interrupted;
  runner.progress = options.progress;
  std::vector<TheoremResult> results(tasks.size());
  runner.finished = [&](std::size_t i, const JobResult& job) {
    results[i] = job.ending == Ending::done ? result_of(Json::parse(job.output), tasks[i].theorem) : without_result(tasks[i], job);
  };
  std::vector<Job> jobs;
  for (const Task& task : tasks)
    jobs.push_back({task.theorem + ", " + task.part(), task.estimate, [&, memory = runner.memory_mb](const JobReport& report) {
                      Solver::limit_memory(memory);
                      return result_json(run_task(task, options, report)).dump();
                    }});
  const std::vector<JobResult> ended = run_jobs(jobs, runner);
  ProveUse used;
  used.units = tasks.size();
  for (std::size_t i = 0; i < ended.size(); ++i) {
    if (ended[i].ending == Ending::interrupted) {
      results[i] = without_result(tasks[i], ended[i]);
      used.interrupted = true;
    }
    used.unit_seconds += ended[i].seconds;
    used.peak_kib = std::max(used.peak_kib, ended[i].peak_kib);
  }
  used.peak_all_kib = peak_of_all(ended);
  used.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  if (use) *use = used;
  return add_up(tasks, std::move(results));
}

}  // namespace gupdiff
