// SPDX-License-Identifier: GPL-2.0-only
// Starting, asking and ending the process.
#include "proofs/second_solver.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

extern char** environ;

namespace gupdiff {
namespace {

/// A process that fails so often in a row is not started again.
constexpr unsigned kFailures = 3;
/// A process is replaced after so many queries: what it keeps of them only grows.
constexpr unsigned kQueries = 2000;

}  // namespace

std::string SecondSolver::start() {
  int in[2] = {-1, -1}, out[2] = {-1, -1};
  // A socket, so that writing to a dead process is an error and not a signal.
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0) return std::strerror(errno);
  if (pipe2(out, O_CLOEXEC) != 0) {
    const int error = errno;
    close(in[0]);
    close(in[1]);
    return std::strerror(error);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const std::string limit = "--tlimit-per=" + std::to_string(query_ms_);
  std::string arguments[] = {program_, "--lang=smt2", "--incremental", limit};
  char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), arguments[3].data(), nullptr};
  const int error = posix_spawn(&process_, program_.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[1]);
  close(out[1]);
  to_ = in[0];
  from_ = out[0];
  if (error != 0) {
    process_ = -1;
    stop();
    return std::strerror(error);
  }
  asked_ = 0;
  unread_.clear();
  return send("(set-logic QF_BV)\n") ? std::string() : "it died";
}

void SecondSolver::stop() {
  if (to_ >= 0) close(to_);
  if (from_ >= 0) close(from_);
  to_ = from_ = -1;
  if (process_ > 0) {
    kill(process_, SIGKILL);
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  process_ = -1;
}

bool SecondSolver::send(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = ::send(to_, text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += static_cast<std::size_t>(n);
  }
  return true;
}

SecondAnswer SecondSolver::receive() {
  using Clock = std::chrono::steady_clock;
  // It is to give up by itself; twice the time and it hangs.
  const auto deadline = Clock::now() + std::chrono::milliseconds(2 * std::uint64_t{query_ms_} + 1000);
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      const std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (line == "sat") return {Answer::sat, {}};
      if (line == "unsat") return {Answer::unsat, {}};
      if (line == "unknown") return {Answer::unknown, "it gave up or ran out of time"};
      return {Answer::crashed, "it said: " + line};
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return {Answer::timeout, "it did not answer in time"};
    pollfd ready{from_, POLLIN, 0};
    const int polled = poll(&ready, 1, static_cast<int>(left));
    if (polled < 0 && errno == EINTR) continue;
    if (polled <= 0) return {Answer::timeout, "it did not answer in time"};
    char buffer[4096];
    const ssize_t n = read(from_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return {Answer::crashed, "it died"};
    unread_.append(buffer, static_cast<std::size_t>(n));
  }
}

SecondAnswer SecondSolver::check(const std::string& assertions) {
  if (failures_ >= kFailures) return {Answer::crashed, "it failed " + std::to_string(kFailures) + " times in a row and is asked no more"};
  if (process_ > 0 && asked_ >= kQueries) stop();
  if (process_ <= 0)
    if (std::string why = start(); !why.empty()) {
      ++failures_;
      stop();
      return {Answer::crashed, "it cannot be started: " + why};
    }
  ++asked_;
  SecondAnswer answer{Answer::crashed, "it died"};
  if (send("(push 1)\n" + assertions + "(check-sat)\n(pop 1)\n")) answer = receive();
  if (answer.answer == Answer::crashed || answer.answer == Answer::timeout) {
    ++failures_;
    stop();
  } else {
    failures_ = 0;
  }
  return answer;
}

}  // namespace gupdiff
