// SPDX-License-Identifier: GPL-2.0-only
// The process, and both ends of its pipe: a line of JSON for each half second.
#include "fuzz/campaign_worker.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

using Json = nlohmann::json;

void send(int fd, const Json& j) {
  const std::string line = j.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t n = write(fd, line.data() + at, line.size() - at);
    if (n <= 0) return;
    at += static_cast<std::size_t>(n);
  }
}

Json to_json(const FuzzFinding& f) {
  return {f.identity, f.summary, f.text_file.string(), f.binary_file.string(), f.replay_command};
}

/// What the process does: one run, reported as it goes.
[[noreturn]] void work(int fd, FuzzOptions options) {
  std::size_t sent = 0;
  const auto report = [&](const FuzzResult& r, Json j) {
    j["executions"] = r.executions;
    j["coverage"] = r.coverage;
    j["seconds"] = r.seconds;
    if (options.engine == Engine::afl) j["stability"] = r.stability;
    j["findings"] = Json::array();
    for (; sent < r.findings.size(); ++sent) j["findings"].push_back(to_json(r.findings[sent]));
    send(fd, j);
  };
  options.progress = false;
  options.tick = [&](const FuzzResult& r) { report(r, Json::object()); };
  try {
    const FuzzResult r = fuzz(options);
    report(r, {{"end", true}, {"failure", r.failure}, {"interrupted", r.interrupted}});
  } catch (const InputError& e) {
    send(fd, {{"end", true}, {"bad_input", e.message}});
  } catch (const std::exception& e) {
    send(fd, {{"end", true}, {"failure", e.what()}});
  }
  _exit(0);
}

/// A process group of its own, so that Ctrl-C at the terminal comes to the campaign alone, which
/// ends its workers in order; and none outlives it.
void settle(pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(number, SIG_DFL);
  const int null = open("/dev/null", O_RDWR);
  if (null >= 0)
    for (const int fd : {0, 1, 2}) dup2(null, fd);
}

}  // namespace

Worker::Worker(std::size_t lane, const FuzzOptions& options) : lane_(lane), seconds_(options.seconds), processors_(options.jobs) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw InputError{fmt::format("no worker can be started: {}", std::strerror(errno))};
  std::fflush(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) {
    const int error = errno;
    close(ends[0]);
    close(ends[1]);
    throw InputError{fmt::format("no worker can be started: {}", std::strerror(error))};
  }
  if (pid_ == 0) {
    close(ends[0]);
    settle(parent);
    work(ends[1], options);
  }
  setpgid(pid_, pid_);  // both sides do: whichever is first
  close(ends[1]);
  fd_ = ends[0];
}

Worker::Worker(Worker&& other) noexcept
    : counted_executions(other.counted_executions), counted_seconds(other.counted_seconds), lane_(other.lane_), seconds_(other.seconds_), processors_(other.processors_),
      pid_(std::exchange(other.pid_, -1)), fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)),
      report_(std::move(other.report_)), started_(other.started_) {}

Worker& Worker::operator=(Worker&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(fd_, other.fd_);
  counted_executions = other.counted_executions;
  counted_seconds = other.counted_seconds;
  lane_ = other.lane_;
  seconds_ = other.seconds_;
  processors_ = other.processors_;
  pending_ = std::move(other.pending_);
  report_ = std::move(other.report_);
  started_ = other.started_;
  return *this;
}

Worker::~Worker() {
  if (pid_ > 0) {
    signal(SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (fd_ >= 0) close(fd_);
}

void Worker::signal(int number) const {
  if (pid_ > 0) kill(-pid_, number);
}

bool Worker::listen() {
  char buffer[16384];
  const ssize_t n = read(fd_, buffer, sizeof buffer);
  if (n < 0 && errno == EINTR) return true;
  if (n > 0) {
    pending_.append(buffer, static_cast<std::size_t>(n));
    for (std::size_t end; (end = pending_.find('\n')) != std::string::npos; pending_.erase(0, end + 1)) take_line(pending_.substr(0, end));
    return true;
  }
  siginfo_t ended;
  while (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  signal(SIGKILL);  // to an engine that its worker left behind
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (!report_.whole) {
    report_.interrupted = WIFSIGNALED(status) && WTERMSIG(status) == SIGINT;
    if (!report_.interrupted)
      report_.failure = WIFSIGNALED(status) ? fmt::format("the worker was ended by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)))
                                            : fmt::format("the worker ended with status {}", WEXITSTATUS(status));
  }
  return false;
}

void Worker::take_line(const std::string& line) {
  const Json j = Json::parse(line, nullptr, false);
  if (!j.is_object()) return;
  report_.executions = std::max(report_.executions, j.value("executions", std::uint64_t{0}));
  report_.coverage = std::max(report_.coverage, j.value("coverage", std::uint64_t{0}));
  report_.stability = j.value("stability", report_.stability);
  report_.seconds = std::max(report_.seconds, j.value("seconds", 0.0));
  for (const Json& f : j.value("findings", Json::array())) report_.findings.push_back({f.at(0), f.at(1), f.at(2).get<std::string>(), f.at(3).get<std::string>(), f.at(4)});
  if (!j.value("end", false)) return;
  report_.whole = true;
  report_.failure = j.value("failure", "");
  report_.interrupted = j.value("interrupted", false);
  report_.bad_input = j.value("bad_input", "");
}

}  // namespace gupdiff
