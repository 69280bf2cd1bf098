// SPDX-License-Identifier: GPL-2.0-only
// Forks the children, reads what they say, and says how each ended.
#include "proofs/runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <list>
#include <new>
#include <numeric>

#include "scenario/input_error.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUPDIFF_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define GUPDIFF_ADDRESS_SANITIZER 1
#endif

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

/// Exit code of a child whose memory ran out; Z3 itself uses 101 for the same.
constexpr int kMemoryExit = 102, kSolverMemoryExit = 101;

double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

/// What a child writes: a letter, a length, and that many bytes.
enum Message : char { kPaths = 'P', kOutput = 'R', kError = 'E', kBadInput = 'I' };
struct Head {
  char kind;
  std::uint64_t length;
};

void write_all(int fd, const void* bytes, std::size_t n) {
  for (const char* at = static_cast<const char*>(bytes); n != 0;) {
    const ssize_t wrote = write(fd, at, n);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) _exit(1);  // nobody listens
    at += wrote;
    n -= static_cast<std::size_t>(wrote);
  }
}

void tell(int fd, Message kind, std::string_view bytes) {
  Head head{};
  head.kind = kind;
  head.length = bytes.size();
  write_all(fd, &head, sizeof head);
  write_all(fd, bytes.data(), bytes.size());
}

void limit_memory([[maybe_unused]] unsigned mb) {
#if !defined(GUPDIFF_ADDRESS_SANITIZER)  // whose shadow is larger than any limit
  if (mb == 0) return;
  const rlim_t bytes = rlim_t{mb} << 20;
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_DATA, &limit);
#endif
  std::set_new_handler([] { _exit(kMemoryExit); });
}

[[noreturn]] void be_child(const Job& job, int fd, pid_t parent, unsigned memory_mb) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
  limit_memory(memory_mb);
  try {
    const std::string output = job.work([fd](std::uint64_t paths) {
      tell(fd, kPaths, {reinterpret_cast<const char*>(&paths), sizeof paths});
    });
    tell(fd, kOutput, output);
  } catch (const InputError& e) {
    tell(fd, kBadInput, e.message);
  } catch (const std::exception& e) {
    tell(fd, kError, e.what());
  } catch (...) {
    tell(fd, kError, "an unknown exception");
  }
  _exit(0);  // no destructors, no flushing of the parent's buffers
}

struct Child {
  std::size_t job = 0;
  pid_t pid = 0;
  int fd = -1;
  Clock::time_point begun;
  std::string received;
  std::uint64_t paths = 0;
  bool late = false;  ///< ended by us: it ran too long
};

class Run {
 public:
  Run(const std::vector<Job>& jobs, const RunnerOptions& options)
      : jobs_(jobs), options_(options), order_(jobs.size()), results_(jobs.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return jobs_[a].estimate != jobs_[b].estimate ? jobs_[a].estimate > jobs_[b].estimate : a < b;
    });
  }
  ~Run() { end_all(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  std::vector<JobResult> take() {
    for (JobResult& r : results_) r.how = "not begun: the run was interrupted";
    while (next_ < order_.size() || !children_.empty()) {
      if (options_.interrupted && options_.interrupted()) {
        interrupt();
        break;
      }
      while (next_ < order_.size() && children_.size() < std::max(1u, options_.jobs)) start(order_[next_++]);
      listen();
      if (options_.timeout_seconds > 0)
        for (Child& c : children_)
          if (!c.late && seconds_since(c.begun) > options_.timeout_seconds) {
            c.late = true;
            kill(-c.pid, SIGKILL);
          }
      progress(false);
    }
    return std::move(results_);
  }

 private:
  void start(std::size_t job) {
    JobResult& r = results_[job];
    r.begun = seconds_since(begun_);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return failed(job, std::strerror(errno));
    std::fflush(nullptr);  // else a child's exit could write the same text again
    const pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
      close(ends[0]);
      be_child(jobs_[job], ends[1], parent, options_.memory_mb);
    }
    const int reason = errno;
    close(ends[1]);
    if (pid < 0) {
      close(ends[0]);
      return failed(job, std::strerror(reason));
    }
    setpgid(pid, pid);  // here as well: whoever comes first
    Child c;
    c.job = job;
    c.pid = pid;
    c.fd = ends[0];
    c.begun = Clock::now();
    children_.push_back(std::move(c));
    progress(true);
  }

  void failed(std::size_t job, const std::string& reason) {
    results_[job].ending = Ending::died;
    results_[job].how = "its process could not be started (" + reason + ")";
    ended(job);
  }

  void ended(std::size_t job) {
    ++done_;
    spent_ += results_[job].seconds;
    estimated_ += jobs_[job].estimate;
    if (options_.finished) options_.finished(job, results_[job]);
  }

  /// Waits a moment for news, and takes all there is.
  void listen() {
    std::vector<pollfd> fds;
    for (const Child& c : children_) fds.push_back({c.fd, POLLIN, 0});
    if (poll(fds.data(), fds.size(), 100) <= 0) return;
    std::size_t i = 0;
    for (auto c = children_.begin(); c != children_.end(); ++i) {
      const bool gone = fds[i].revents != 0 && !hear(*c);
      if (gone) reap(*c);
      c = gone ? children_.erase(c) : std::next(c);
    }
  }

  /// Reads what is there. False: the child has closed its end.
  bool hear(Child& c) {
    char bytes[1 << 16];
    const ssize_t n = read(c.fd, bytes, sizeof bytes);
    if (n < 0) return errno == EINTR || errno == EAGAIN;
    if (n == 0) return false;
    c.received.append(bytes, static_cast<std::size_t>(n));
    // Of the counts of paths only the last matters.
    for (Head head; c.received.size() >= sizeof head;) {
      std::memcpy(&head, c.received.data(), sizeof head);
      if (head.kind != kPaths || head.length != sizeof c.paths || c.received.size() < sizeof head + sizeof c.paths) break;
      std::memcpy(&c.paths, c.received.data() + sizeof head, sizeof c.paths);
      c.received.erase(0, sizeof head + sizeof c.paths);
    }
    return true;
  }

  void reap(Child& c) {
    close(c.fd);
    c.fd = -1;
    int status = 0;
    rusage use{};
    while (wait4(c.pid, &status, 0, &use) < 0 && errno == EINTR) continue;
    JobResult& r = results_[c.job];
    r.seconds = seconds_since(c.begun);
    const auto cpu = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
    r.cpu_seconds = cpu(use.ru_utime) + cpu(use.ru_stime);
    r.peak_kib = static_cast<std::uint64_t>(use.ru_maxrss);
    r.how.clear();
    Head head{};
    const bool whole = c.received.size() >= sizeof head &&
                       (std::memcpy(&head, c.received.data(), sizeof head), c.received.size() == sizeof head + head.length);
    const std::string_view said = whole ? std::string_view(c.received).substr(sizeof head) : std::string_view();
    if (c.late) {
      r.ending = Ending::timeout;
      r.how = "still running long after its time was up";
    } else if (WIFSIGNALED(status)) {
      r.ending = Ending::died;
      r.how = "killed by signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
    } else if (WEXITSTATUS(status) == kMemoryExit || WEXITSTATUS(status) == kSolverMemoryExit) {
      r.ending = Ending::memory;
      r.how = "out of memory at a limit of " + std::to_string(options_.memory_mb) + " MiB a process";
    } else if (WEXITSTATUS(status) == 0 && whole && head.kind == kOutput) {
      r.ending = Ending::done;
      r.output = said;
    } else if (whole && head.kind == kBadInput) {
      throw InputError{std::string(said)};
    } else {
      r.ending = Ending::died;
      r.how = whole && head.kind == kError ? "ended with an error: " + std::string(said)
                                           : "ended without a result (exit code " + std::to_string(WEXITSTATUS(status)) + ")";
    }
    ended_paths_ += c.paths;
    ended(c.job);
  }

  void end_all() {
    for (Child& c : children_) kill(-c.pid, SIGKILL);
    for (Child& c : children_) {
      if (c.fd >= 0) close(c.fd);
      while (waitpid(c.pid, nullptr, 0) < 0 && errno == EINTR) continue;
    }
    children_.clear();
  }

  void interrupt() {
    for (const Child& c : children_) {
      results_[c.job].seconds = seconds_since(c.begun);
      results_[c.job].how = "the run was interrupted";
    }
    end_all();
  }

  void progress(bool now) {
    if (!options_.progress || (!now && Clock::now() < next_progress_)) return;
    next_progress_ = Clock::now() + std::chrono::milliseconds(250);
    RunnerProgress p;
    p.done = done_ + options_.done_before;
    p.total = jobs_.size() + options_.done_before;
    p.paths = ended_paths_;
    p.seconds = seconds_since(begun_);
    // Seconds a job takes for each second estimated; the estimates count for some jobs' worth.
    constexpr double kPrior = 3;
    double spent = spent_ + kPrior, estimated = estimated_ + kPrior, left = 0, longest = 0;
    for (const Child& c : children_) {
      const double ran = seconds_since(c.begun);
      p.paths += c.paths;
      p.running.push_back({jobs_[c.job].name, c.pid, c.paths, ran});
      if (ran > jobs_[c.job].estimate) {  // it is longer than was thought, who knows how much
        spent += ran;
        estimated += jobs_[c.job].estimate;
      }
    }
    const double scale = spent / estimated;
    for (std::size_t i = next_; i < order_.size(); ++i) left += scale * jobs_[order_[i]].estimate;
    for (const Child& c : children_) {
      const double rest = std::max(0.0, scale * jobs_[c.job].estimate - seconds_since(c.begun));
      left += rest;
      longest = std::max(longest, rest);
    }
    p.seconds_left = std::max(longest, left / std::max(1u, options_.jobs));
    options_.progress(p);
  }

  const std::vector<Job>& jobs_;
  const RunnerOptions& options_;
  std::vector<std::size_t> order_;
  std::vector<JobResult> results_;
  std::size_t next_ = 0, done_ = 0;
  std::list<Child> children_;
  double spent_ = 0, estimated_ = 0;
  std::uint64_t ended_paths_ = 0;
  const Clock::time_point begun_ = Clock::now();
  Clock::time_point next_progress_ = begun_;
};

}  // namespace

std::vector<JobResult> run_jobs(const std::vector<Job>& jobs, const RunnerOptions& options) {
  return Run(jobs, options).take();
}

std::uint64_t peak_of_all(const std::vector<JobResult>& results) {
  std::uint64_t peak = 0;
  for (const JobResult& at : results) {  // the sum is largest at the moment when some job begins
    std::uint64_t sum = 0;
    for (const JobResult& r : results)
      if (r.begun <= at.begun && at.begun < r.begun + r.seconds) sum += r.peak_kib;
    peak = std::max(peak, sum);
  }
  return peak;
}

}  // namespace gupdiff
