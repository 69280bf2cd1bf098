// SPDX-License-Identifier: GPL-2.0-only
// A worker: a process that does one run of an engine on one lane and reports by pipe, so that
// whatever becomes of it costs the campaign nothing else.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "fuzz/engine.hpp"

namespace gupdiff {

/// What a worker has said so far.
struct WorkerReport {
  std::uint64_t executions = 0;
  std::uint64_t coverage = 0;
  double seconds = 0;
  double stability = -1;              ///< AFL++'s, in percent; -1: not known
  std::vector<FuzzFinding> findings;  ///< since the last look
  bool whole = false;                 ///< it came to its end and said so
  bool interrupted = false;
  std::string failure;                ///< the engine died: how
  std::string bad_input;              ///< an InputError: ends the campaign's run
};

class Worker {
 public:
  using Clock = std::chrono::steady_clock;

  /// Starts the process. Throws InputError if there is none to be had.
  Worker(std::size_t lane, const FuzzOptions& options);
  Worker(Worker&& other) noexcept;
  Worker& operator=(Worker&& other) noexcept;
  /// Ends the process, and the engine's with it, if they are still there.
  ~Worker();

  std::size_t lane() const { return lane_; }
  int fd() const { return fd_; }
  /// Of its run, as it was told.
  double seconds() const { return seconds_; }
  unsigned processors() const { return processors_; }
  double age() const { return std::chrono::duration<double>(Clock::now() - started_).count(); }
  /// Takes in what it wrote; false when it has ended: then report() is complete.
  bool listen();
  WorkerReport& report() { return report_; }
  /// SIGINT (ends in order) or SIGKILL, to it and its engine.
  void signal(int number) const;

  std::uint64_t counted_executions = 0;  ///< of report(), already in the lane's state
  double counted_seconds = 0;

 private:
  void take_line(const std::string& line);

  std::size_t lane_;
  double seconds_;
  unsigned processors_;
  pid_t pid_ = -1;
  int fd_ = -1;
  std::string pending_;
  WorkerReport report_;
  Clock::time_point started_ = Clock::now();
};

}  // namespace gupdiff
