// SPDX-License-Identifier: GPL-2.0-only
// A run of the prover: its tasks go to child processes, their results are collected and
// added up, and a process that did not end well costs its own task.
#include "proofs/prove.hpp"

#include <algorithm>

#include "proofs/prover_hash.hpp"
#include "proofs/result_json.hpp"
#include "proofs/solver.hpp"
#include "proofs/task.hpp"
#include "scenario/input_error.hpp"

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

/// What the result of a task depends on. Time, path and memory limits are not in it: only
/// results that met none of them are kept.
std::string result_key(const Task& task, const ProveOptions& o) {
  std::string key = "gupdiff proof, format 1\nprover " + std::string(prover_hash()) + "\nsolver " + Solver::version() + "\ntask " + task.name() +
                    "\nthreads " + std::to_string(o.threads) + (o.first_only ? "\nfirst counterexample" : "\nall counterexamples") + "\nwithout";
  for (std::size_t row = 0; row < o.enabled.size(); ++row)
    if (!o.enabled.test(row)) key += " " + std::string(catalogue()[row].id);
  return key + "\n";
}

/// Whether nothing would make another run come to anything else.
bool complete(const TheoremResult& r) {
  return r.verdict != Verdict::inconclusive && r.shortfall == Shortfall::none && r.internal_error.empty();
}

bool stored(const Task& task, const ProveOptions& options, const ResultStore& store, TheoremResult& out) {
  const std::optional<std::string> text = store.load(result_key(task, options));
  if (!text) return false;
  const Json json = Json::parse(*text, nullptr, false);
  if (json.is_discarded()) return false;
  try {
    out = result_of(json, task.name());
  } catch (const InputError&) {
    return false;
  }
  return complete(out);
}

}  // namespace

std::string_view verdict_name(Verdict v) {
  switch (v) {
    case Verdict::proved: return "proved";
    case Verdict::proved_except: return "proved-except";
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

bool any_glob_matches(const std::vector<std::string>& globs, std::string_view name) {
  return globs.empty() || std::any_of(globs.begin(), globs.end(), [&](const std::string& g) { return glob_matches(g, name); });
}

std::vector<TheoremText> describe_theorems(const ProveOptions& options) {
  std::vector<TheoremText> texts;
  for (const Task& t : tasks_of(options)) {
    if (texts.empty() || texts.back().name != t.theorem)
      texts.push_back({t.theorem, t.reader ? t.reader->summary : t.unit.theorem->summary, {}});
    if (t.reader) continue;
    std::vector<std::string>& cells = texts.back().cells;
    if (cells.empty() || cells.back() != t.unit.cell().name) cells.push_back(t.unit.cell().name);
  }
  return texts;
}

std::vector<std::string> list_theorems(WalkPair pair) {
  ProveOptions all;
  all.pair = pair;
  std::vector<std::string> names;
  for (TheoremText& t : describe_theorems(all)) names.push_back(std::move(t.name));
  return names;
}

std::vector<TheoremResult> run_tasks(std::span<const Task> tasks, const ProveOptions& options, ProveUse& use) {
  const auto begun = Clock::now();
  use = {};
  use.units = tasks.size();
  ResultStore* const store = options.side_effects ? nullptr : options.store;
  std::vector<TheoremResult> results(tasks.size());
  std::vector<std::size_t> open;  // tasks to be run
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (!store || !stored(tasks[i], options, *store, results[i])) {
      open.push_back(i);
      continue;
    }
    ++use.cached;
    ++use.cached_units[tasks[i].theorem];
  }
  if (!open.empty()) model_branches();  // read once, before the processes divide
  RunnerOptions runner;
  runner.jobs = std::max(1u, std::min(options.jobs, static_cast<unsigned>(std::max<std::size_t>(1, open.size()))));
  runner.memory_mb = std::max(1u, options.memory_mb / runner.jobs);
  runner.timeout_seconds = options.timeout_seconds + kGraceSeconds;
  runner.done_before = use.cached;
  bool refuted = false;
  runner.interrupted = [&] { return refuted || (options.interrupted && options.interrupted()); };
  runner.progress = options.progress;
  runner.finished = [&](std::size_t j, const JobResult& job) {
    const Task& task = tasks[open[j]];
    TheoremResult& r = results[open[j]];
    r = job.ending == Ending::done ? result_of(Json::parse(job.output), task.name()) : without_result(task, job);
    refuted = refuted || (options.stop_at_refutation && r.verdict == Verdict::refuted);
    if (!store || !complete(r)) return;
    store->seconds[task.name()] = job.cpu_seconds;
    store->save(result_key(task, options), job.output);
  };
  std::vector<Job> jobs;
  for (const std::size_t i : open) {
    const Task& task = tasks[i];
    double estimate = task.estimate;
    if (store)
      if (const auto known = store->seconds.find(task.name()); known != store->seconds.end()) estimate = known->second;
    jobs.push_back({task.name(), estimate, [&task, &options, memory = runner.memory_mb](const JobReport& report) {
                      Solver::limit_memory(memory);
                      return result_json(run_task(task, options, report)).dump();
                    }});
  }
  const std::vector<JobResult> ended = run_jobs(jobs, runner);
  for (std::size_t j = 0; j < ended.size(); ++j) {
    if (ended[j].ending == Ending::interrupted) {
      results[open[j]] = without_result(tasks[open[j]], ended[j]);
      use.interrupted = !refuted;
    }
    use.cpu_seconds += ended[j].cpu_seconds;
    use.peak_kib = std::max(use.peak_kib, ended[j].peak_kib);
  }
  use.peak_all_kib = peak_of_all(ended);
  use.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return results;
}

std::vector<TheoremResult> prove(const ProveOptions& options, ProveUse* use) {
  ProveUse used;
  const std::vector<Task> tasks = tasks_of(options);
  std::vector<TheoremResult> results = run_tasks(tasks, options, use ? *use : used);
  return add_up(tasks, std::move(results));
}

}  // namespace gupdiff
