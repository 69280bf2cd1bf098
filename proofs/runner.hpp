// SPDX-License-Identifier: GPL-2.0-only
// Jobs in child processes: one job a process, several at a time, the longest first. A
// child that is killed, hangs or runs out of memory costs its own job and nothing else.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gupdiff {

/// Called by a job's work now and then: how many paths it has begun.
using JobReport = std::function<void(std::uint64_t paths)>;

/// One piece of work. Jobs know nothing of each other.
struct Job {
  std::string name;
  double estimate = 1;  ///< about how many seconds it takes; decides the order alone
  /// Runs in the child; what it returns is the job's output. May throw InputError (ends
  /// the whole run) or anything else (ends the job).
  std::function<std::string(const JobReport&)> work;
};

/// How a job ended. Only `done` has an output.
enum class Ending : std::uint8_t { done, timeout, memory, died, interrupted };

/// What came of a job.
struct JobResult {
  Ending ending = Ending::interrupted;
  std::string output;
  std::string how;         ///< unless done: "killed by signal 9 (Killed)"
  double seconds = 0;      ///< wall clock, of its process
  double cpu_seconds = 0;  ///< user and system, of its process
  double begun = 0;        ///< seconds after the run began
  std::uint64_t peak_kib = 0;  ///< largest resident size of its process
};

/// A job that has a process now.
struct RunningJob {
  std::string_view name;
  pid_t pid = 0;
  std::uint64_t paths = 0;
  double seconds = 0;
};

/// How far a run is.
struct RunnerProgress {
  std::size_t done = 0, total = 0;  ///< jobs
  std::uint64_t paths = 0;          ///< of every job of this run, also of those that ended
  double seconds = 0;               ///< since the run began
  double seconds_left = 0;          ///< from the estimates, corrected by what the jobs took so far
  std::vector<RunningJob> running;
};

struct RunnerOptions {
  unsigned jobs = 1;        ///< processes at a time, at least 1
  unsigned memory_mb = 0;   ///< of data for each process; 0: no limit
  double timeout_seconds = 0;  ///< a job that runs longer is ended; 0: none is
  std::size_t done_before = 0;  ///< jobs that `progress` counts as done from the start
  std::function<bool()> interrupted;  ///< asked ten times a second: end the run?
  std::function<void(const RunnerProgress&)> progress;  ///< about four times a second, and at each start
  std::function<void(std::size_t job, const JobResult&)> finished;  ///< as each one ends
};

/// Runs the jobs and returns their results in the order of `jobs`. Call it from a process
/// with one thread. The children have a process group each, and end with their parent.
std::vector<JobResult> run_jobs(const std::vector<Job>& jobs, const RunnerOptions& options);

/// The largest sum of the peaks of jobs that ran at the same time, in KiB: a bound on the
/// memory the run has needed.
std::uint64_t peak_of_all(const std::vector<JobResult>& results);

}  // namespace gupdiff
