// SPDX-License-Identifier: GPL-2.0-only
// fork, exec, two pipes and a clock.
#include "mutants/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kErrorKept = std::size_t{64} << 10;
constexpr int kExecFailed = 127;

struct Pipe {
  int read = -1, write = -1;
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
  ~Pipe() {
    close_end(read);
    close_end(write);
  }
};

[[noreturn]] void become(char* const* argv, const ProgramLimits& limits, pid_t parent, int out, int error, int failed) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, 0);
  dup2(out, 1);
  dup2(error, 2);
  if (limits.memory_mb != 0) {
    const rlim_t bytes = rlim_t{limits.memory_mb} << 20;
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_DATA, &limit);
  }
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  execvp(argv[0], argv);
  const int reason = errno;
  if (write(failed, &reason, sizeof reason) < 0) _exit(kExecFailed);
  _exit(kExecFailed);
}

/// Appends what is there. False: the other end is closed.
bool read_some(int fd, std::string& to, std::size_t most) {
  char bytes[1 << 16];
  const ssize_t n = read(fd, bytes, sizeof bytes);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (to.size() < most) to.append(bytes, std::min(static_cast<std::size_t>(n), most - to.size()));
  return n > 0;
}

double seconds_of(const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); }

}  // namespace

std::string ProgramEnd::how() const {
  if (!not_started.empty()) return not_started;
  if (late) return fmt::format("still running after {:.0f} s", seconds);
  if (signal != 0) return fmt::format("ended by signal {} ({})", signal, strsignal(signal));
  std::string last = error;
  while (!last.empty() && (last.back() == '\n' || last.back() == '.')) last.pop_back();
  if (const auto line = last.rfind('\n'); line != std::string::npos) last.erase(0, line + 1);
  return fmt::format("exit code {}{}{}", exit_code, last.empty() ? "" : ": ", last);
}

ProgramEnd run_program(const std::vector<std::string>& command, const ProgramLimits& limits) {
  ProgramEnd end;
  Pipe out, error, failed;
  if (!out.open() || !error.open() || !failed.open()) {
    end.not_started = fmt::format("{} cannot be started: {}", command[0], std::strerror(errno));
    return end;
  }
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const auto begun = Clock::now();
  const pid_t parent = getpid(), pid = fork();
  if (pid == 0) become(argv.data(), limits, parent, out.write, error.write, failed.write);
  const int reason = errno;
  for (Pipe* p : {&out, &error, &failed}) p->close_end(p->write);
  if (pid < 0) {
    end.not_started = fmt::format("{} cannot be started: {}", command[0], std::strerror(reason));
    return end;
  }
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begun).count(); };
  pollfd fds[] = {{out.read, POLLIN, 0}, {error.read, POLLIN, 0}};
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    poll(fds, 2, 100);
    if (fds[0].revents != 0 && !read_some(out.read, end.out, std::string::npos)) fds[0].fd = -1;
    if (fds[1].revents != 0 && !read_some(error.read, end.error, kErrorKept)) fds[1].fd = -1;
    if (!end.late && seconds() > limits.seconds) {
      end.late = true;
      kill(pid, SIGKILL);
    }
    if (end.late && seconds() > limits.seconds + 5) break;  // something it started holds the pipe
  }
  int status = 0;
  rusage use{};
  while (wait4(pid, &status, 0, &use) < 0 && errno == EINTR) continue;
  end.seconds = seconds();
  end.cpu_seconds = seconds_of(use.ru_utime) + seconds_of(use.ru_stime);
  int exec_error = 0;
  if (read(failed.read, &exec_error, sizeof exec_error) == static_cast<ssize_t>(sizeof exec_error)) {
    end.not_started = exec_error == ENOENT ? fmt::format("{} is not installed", command[0])
                                           : fmt::format("{} cannot be started: {}", command[0], std::strerror(exec_error));
    return end;
  }
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  else end.signal = WTERMSIG(status);
  return end;
}

}  // namespace gupdiff
