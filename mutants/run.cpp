// SPDX-License-Identifier: GPL-2.0-only
// Mutants are jobs of the prover's runner: a process each, which dies alone.
#include "mutants/run.hpp"

#include <fmt/format.h>

#include <chrono>
#include <set>

#include "mutants/run_one.hpp"

namespace gupdiff {
namespace {

/// Those that stand for all of the same pair, walk and architectures.
std::vector<const Mutant*> one_of_each(std::span<const Mutant> mutants) {
  std::set<std::string> seen;
  std::vector<const Mutant*> out;
  for (const Mutant& m : mutants)
    if (!m.diff.empty() && seen.insert(fmt::format("{} {} {}", pair_name(m.pair), m.walk, fmt::join(m.architectures, ","))).second) out.push_back(&m);
  return out;
}

RunnerOptions runner_options(const MutantRunOptions& options) {
  RunnerOptions out;
  out.jobs = options.jobs;
  out.interrupted = options.interrupted;
  out.progress = options.progress;
  return out;
}

}  // namespace

MutantsRun run_mutants(std::span<const Mutant> mutants, const MutantBuilder& builder, const MutantRunOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  MutantsRun out;
  std::vector<Job> jobs;
  const std::vector<const Mutant*> controls = one_of_each(mutants);
  if (!controls.empty()) builder.build_unpatched(ModuleKind::quick);  // once; all of them are of it
  for (const Mutant* m : controls)
    jobs.push_back({"unpatched " + walk_name(m->walk), 1,
                    [m, &builder, &options](const JobReport&) { return run_unpatched(*m, builder, options); }});
  for (const JobResult& r : run_jobs(jobs, runner_options(options))) {
    if (r.ending == Ending::interrupted) out.interrupted = true;
    else if (r.ending != Ending::done && out.wrong_sources.empty()) out.wrong_sources = "the sources without any patch could not be tried: " + r.how;
    else if (!r.output.empty() && out.wrong_sources.empty()) out.wrong_sources = r.output;
  }
  out.seconds = seconds();
  if (!out.wrong_sources.empty() || out.interrupted) return out;

  jobs.clear();
  for (const Mutant& m : mutants)
    jobs.push_back({m.name, 1, [&m, &builder, &options](const JobReport&) { return run_mutant(m, builder, options).dump(); }});
  const std::vector<JobResult> results = run_jobs(jobs, runner_options(options));
  for (std::size_t i = 0; i < results.size(); ++i) {
    const JobResult& r = results[i];
    if (r.ending == Ending::interrupted) {
      out.interrupted = true;
      continue;
    }
    Json both = r.ending == Ending::done ? Json::parse(r.output, nullptr, false) : Json();
    if (!both.is_object()) {
      both = {{"entry", mutant_head(mutants[i])}, {"times", Json::object()}};
      both["entry"]["verdict"] = "failed";
      both["entry"]["reason"] = fmt::format("{}: its run {}", mutants[i].name, r.how);
    }
    out.entries.push_back(std::move(both["entry"]));
    out.times[mutants[i].name] = std::move(both["times"]);
  }
  builder.trim_cache();
  out.seconds = seconds();
  return out;
}

}  // namespace gupdiff
