// SPDX-License-Identifier: GPL-2.0-only
// Jobs in child processes: whatever one of them does, the others' results are kept.
#include "proofs/runner.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

using namespace std::string_literals;

Job job(std::string name, std::function<std::string(const JobReport&)> work, double estimate = 1) {
  return {std::move(name), estimate, std::move(work)};
}
std::string sleeps(const JobReport&) {
  for (;;) pause();
}

TEST(Runner, ResultsStandInTheOrderOfTheJobsAndTheLongestIsBegunFirst) {
  std::vector<Job> jobs;
  for (int i = 0; i < 7; ++i)
    jobs.push_back(job("j" + std::to_string(i), [i](const JobReport&) { return std::string(static_cast<std::size_t>(i) * 100'000, 'x'); }, i % 4));
  for (const unsigned at_a_time : {1u, 3u}) {
    RunnerOptions o;
    o.jobs = at_a_time;
    const auto results = run_jobs(jobs, o);
    ASSERT_EQ(results.size(), jobs.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      EXPECT_EQ(results[i].ending, Ending::done) << results[i].how;
      EXPECT_EQ(results[i].output.size(), i * 100'000);
      EXPECT_GT(results[i].peak_kib, 0u);
    }
    EXPECT_LE(results[3].begun, results[0].begun);
    EXPECT_GE(peak_of_all(results), std::max_element(results.begin(), results.end(), [](auto& a, auto& b) { return a.peak_kib < b.peak_kib; })->peak_kib);
  }
}

TEST(Runner, AKilledChildCostsItsOwnJob) {
  const std::vector<Job> jobs = {job("victim", sleeps, 9), job("other", [](const JobReport&) { return "fine"s; })};
  RunnerOptions o;
  o.jobs = 2;
  o.progress = [](const RunnerProgress& p) {
    for (const RunningJob& r : p.running)
      if (r.name == "victim") kill(r.pid, SIGKILL);
  };
  const auto results = run_jobs(jobs, o);
  EXPECT_EQ(results[0].ending, Ending::died);
  EXPECT_EQ(results[0].how, "killed by signal 9 (Killed)");
  EXPECT_EQ(results[1].ending, Ending::done);
  EXPECT_EQ(results[1].output, "fine");
}

TEST(Runner, EachWayToEndBadlyIsToldApart) {
  const std::vector<Job> jobs = {
      job("throws", [](const JobReport&) -> std::string { throw std::runtime_error("no luck"); }),
      job("exits", [](const JobReport&) -> std::string { _exit(3); }),
      job("hungry", [](const JobReport&) -> std::string { return std::string(std::size_t{1} << 45, 'x'); }),
      job("hangs", sleeps),
  };
  RunnerOptions o;
  o.jobs = 4;
  o.memory_mb = 256;
  o.timeout_seconds = 0.5;
  const auto results = run_jobs(jobs, o);
  EXPECT_EQ(results[0].ending, Ending::died);
  EXPECT_EQ(results[0].how, "ended with an error: no luck");
  EXPECT_EQ(results[1].ending, Ending::died);
  EXPECT_EQ(results[1].how, "ended without a result (exit code 3)");
  // Under AddressSanitizer there is no limit, and its allocator ends the process.
  EXPECT_TRUE(results[2].ending == Ending::memory || results[2].how.find("Sanitizer") != std::string::npos ||
              results[2].how == "ended without a result (exit code 1)")
      << results[2].how;
  EXPECT_EQ(results[3].ending, Ending::timeout);
}

TEST(Runner, BadInputFoundByAChildEndsTheRun) {
  const std::vector<Job> jobs = {job("bad", [](const JobReport&) -> std::string { throw InputError{"not here."}; }), job("other", sleeps)};
  RunnerOptions o;
  o.jobs = 2;
  try {
    run_jobs(jobs, o);
    FAIL();
  } catch (const InputError& e) {
    EXPECT_EQ(e.message, "not here.");
  }
}

TEST(Runner, AnInterruptedRunKeepsWhatItHasAndLeavesNoProcess) {
  std::vector<pid_t> pids;
  bool stop = false;
  const std::vector<Job> jobs = {job("quick", [](const JobReport&) { return "done"s; }, 3), job("endless", sleeps, 2), job("never begun", sleeps, 1)};
  RunnerOptions o;
  o.progress = [&](const RunnerProgress& p) {
    for (const RunningJob& r : p.running) pids.push_back(r.pid);
    stop = p.done == 1;
  };
  o.interrupted = [&] { return stop; };
  const auto results = run_jobs(jobs, o);
  EXPECT_EQ(results[0].output, "done");
  EXPECT_EQ(results[1].ending, Ending::interrupted);
  EXPECT_EQ(results[2].ending, Ending::interrupted);
  for (const pid_t pid : pids) EXPECT_NE(kill(pid, 0), 0);
}

TEST(Runner, ProcessorTimeIsTheJobsOwn) {
  const auto spin = [](const JobReport&) {
    for (const std::clock_t until = std::clock() + CLOCKS_PER_SEC / 5; std::clock() < until;) continue;
    return ""s;
  };
  const auto results = run_jobs({job("spins", spin), job("sleeps", [](const JobReport&) { return usleep(200'000), ""s; })}, {});
  EXPECT_GE(results[0].cpu_seconds, 0.15);
  EXPECT_LT(results[1].cpu_seconds, 0.15);
}

TEST(Runner, ProgressCountsJobsAndPaths) {
  std::vector<Job> jobs;
  for (int i = 0; i < 3; ++i)
    jobs.push_back(job("j", [](const JobReport& report) {
      for (const std::uint64_t n : {1u, 5u, 10u}) report(n);
      return ""s;
    }));
  RunnerOptions o;
  o.done_before = 2;
  RunnerProgress last;
  o.progress = [&](const RunnerProgress& p) {
    EXPECT_GE(p.done, last.done);
    EXPECT_EQ(p.total, 5u);
    EXPECT_GT(p.seconds_left, 0);
    last = p;
  };
  run_jobs(jobs, o);
  EXPECT_EQ(last.done, 4u);  // at the start of the last one
  EXPECT_EQ(last.paths, 20u);
}

}  // namespace
}  // namespace gupdiff
