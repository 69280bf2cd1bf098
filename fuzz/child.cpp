// SPDX-License-Identifier: GPL-2.0-only
// The parent's side: starts the child, shows progress, gathers what it found and how
// it ended.
#include "fuzz/child.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

/// A file descriptor that is read line by line.
struct LineSource {
  int fd = -1;
  std::string pending;
  bool open = true;

  template <class Take>
  void read_some(Take take) {
    char buffer[8192];
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) return;
    if (n <= 0) {
      open = false;
      return;
    }
    pending.append(buffer, static_cast<std::size_t>(n));
    std::size_t end;
    while ((end = pending.find('\n')) != std::string::npos) {
      take(pending.substr(0, end));
      pending.erase(0, end + 1);
    }
  }
};

std::uint64_t number_after(const std::string& line, const char* key) {
  const auto at = line.find(key);
  return at == std::string::npos ? 0 : std::strtoull(line.c_str() + at + std::strlen(key), nullptr, 10);
}

/// One finding as a line of tab-separated fields, and back.
std::string encode_finding(const FuzzFinding& f) {
  std::string out;
  for (const std::string& field : {f.identity, f.summary, f.text_file.string(), f.binary_file.string(), f.replay_command,
                                   fmt::format("{:.3f}", f.search_seconds), fmt::format("{:.3f}", f.shrink_seconds)}) {
    for (const char c : field) out += c == '\t' || c == '\n' ? ' ' : c;
    out += '\t';
  }
  out.pop_back();
  return out;
}

FuzzFinding decode_finding(const std::string& line) {
  std::string field[7];
  int i = 0;
  for (const char c : line) {
    if (c == '\t' && i < 6) ++i;
    else field[i] += c;
  }
  return {field[0], field[1], field[2], field[3], field[4], std::strtod(field[5].c_str(), nullptr), std::strtod(field[6].c_str(), nullptr)};
}

/// What the child says: its log on one pipe (libFuzzer's, or a line like its), findings on the other.
struct Listening {
  FuzzResult result;
  std::string last_words;  ///< errors in its log
  std::string bad_input;   ///< an InputError of the child

  void log(const std::string& line) {
    if (line.find(" cov: ") != std::string::npos) {
      result.coverage = number_after(line, " cov: ");
      result.corpus = number_after(line, " corp: ");
      if (const auto at = line.find(" stab: "); at != std::string::npos) result.stability = std::strtod(line.c_str() + at + 7, nullptr);
    } else if (line.find("ERROR") != std::string::npos || line.find("==") == 0) {
      if (last_words.size() < 2000) last_words += (last_words.empty() ? "" : " ") + line;
    }
  }
  void finding(const std::string& line) {
    if (!line.empty() && line[0] == '!') bad_input = line.substr(1);
    else result.findings.push_back(decode_finding(line));
  }
};

void show_progress(const FuzzOptions& o, const FuzzResult& r, double rate, bool last) {
  std::string left;
  if (o.seconds > 0) left = fmt::format("  {:.0f} s left", o.seconds > r.seconds ? o.seconds - r.seconds : 0.0);
  fmt::print(stderr, "\r\033[Kfuzz {}  {} runs  {:.0f} runs/s  {} edges  {} inputs kept  {} finding{}{}{}",
             pair_name(o.pair), r.executions, rate, r.coverage, r.corpus, r.findings.size(), r.findings.size() == 1 ? "" : "s", left,
             last ? "\n" : "");
  std::fflush(stderr);
}

/// The folder of findings, there as long as this is. The last run that holds it takes it away again if nothing is in it:
/// several may share one.
class FindingsFolder {
 public:
  explicit FindingsFolder(const std::filesystem::path& path) : path_(path) {
    do {
      if (fd_ >= 0) close(fd_);
      std::error_code error;
      std::filesystem::create_directories(path_, error);
      if (error) refuse(error.message());
      fd_ = open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (fd_ < 0 && errno != ENOENT) refuse(std::strerror(errno));
      if (fd_ >= 0) flock(fd_, LOCK_SH);
    } while (!holds());  // another run took it away just now
    if (faccessat(fd_, ".", W_OK | X_OK, 0) != 0) refuse(std::strerror(errno));
  }
  ~FindingsFolder() {
    std::error_code not_empty;
    if (flock(fd_, LOCK_EX | LOCK_NB) == 0 && holds()) std::filesystem::remove(path_, not_empty);
    close(fd_);
  }
  FindingsFolder(const FindingsFolder&) = delete;
  FindingsFolder& operator=(const FindingsFolder&) = delete;

 private:
  [[noreturn]] void refuse(const std::string& why) {
    if (fd_ >= 0) close(fd_);
    throw InputError{fmt::format("{}: the findings folder cannot be written: {}", path_.string(), why)};
  }
  /// Whether what is open is what the path names.
  bool holds() const {
    struct stat held{}, named{};
    return fd_ >= 0 && fstat(fd_, &held) == 0 && stat(path_.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
  }

  const std::filesystem::path path_;
  int fd_ = -1;
};

/// Makes sure that the corpus a run reads and writes is there, before it starts.
void prepare_corpus(const FuzzOptions& o) {
  std::error_code error;
  if (o.corpus_dir.empty()) return;
  if (!std::filesystem::exists(o.corpus_dir, error)) {
    std::filesystem::create_directories(o.corpus_dir, error);
    if (error)
      throw InputError{fmt::format("{}: the corpus folder cannot be made: {}", o.corpus_dir.string(), error.message())};
  } else if (!std::filesystem::is_directory(o.corpus_dir, error)) {
    throw InputError{fmt::format("{}: is not a folder, so it cannot be the corpus", o.corpus_dir.string())};
  }
  if (access(o.corpus_dir.c_str(), R_OK | W_OK | X_OK) != 0)
    throw InputError{fmt::format("{}: the corpus folder cannot be read and written: {}", o.corpus_dir.string(), std::strerror(errno))};
}

[[noreturn]] void become(EngineChild engine, const FuzzOptions& options, FuzzCounters& counters, int log_fd,
                         int report_fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // none outlives the process that listens to it
  std::signal(SIGINT, SIG_DFL);
  dup2(log_fd, 2);
  close(log_fd);
  engine(options, counters, report_fd);
  _exit(0);
}

/// Reads both pipes until the child has closed them, or is out of time and killed.
void listen_to(const FuzzOptions& options, pid_t child, LineSource& log, LineSource& findings,
               const FuzzCounters& counters, Listening& heard) {
  const bool progress = options.progress && isatty(2);
  const auto start = Clock::now();
  auto shown = start;
  std::uint64_t shown_runs = 0;
  bool drew = false;
  double rate = 0;
  while (log.open || findings.open) {
    pollfd fds[] = {{log.open ? log.fd : -1, POLLIN, 0}, {findings.open ? findings.fd : -1, POLLIN, 0}};
    poll(fds, 2, 200);
    if (fds[0].revents) log.read_some([&](const std::string& l) { heard.log(l); });
    if (fds[1].revents) findings.read_some([&](const std::string& l) { heard.finding(l); });
    const auto now = Clock::now();
    heard.result.seconds = std::chrono::duration<double>(now - start).count();
    heard.result.executions = counters.executions.load(std::memory_order_relaxed);
    const double since = std::chrono::duration<double>(now - shown).count();
    if (since >= 0.5) {
      rate = static_cast<double>(heard.result.executions - shown_runs) / since;
      if (progress) show_progress(options, heard.result, rate, false);
      if (options.tick) options.tick(heard.result);
      shown = now;
      shown_runs = heard.result.executions;
      drew = progress;
    }
    // libFuzzer looks at the clock between inputs only: an outer limit for the worst case.
    if (options.seconds > 0 && heard.result.seconds > options.seconds * 1.1 + 40) kill(child, SIGKILL);
  }
  if (drew) show_progress(options, heard.result, heard.result.rate(), true);
}

void send_line(int fd, std::string line) {
  line += '\n';
  const char* at = line.data();
  std::size_t left = line.size();
  while (left > 0) {
    const ssize_t n = write(fd, at, left);
    if (n <= 0) return;
    at += n;
    left -= static_cast<std::size_t>(n);
  }
}

}  // namespace

void send_finding(int report_fd, const FuzzFinding& f) { send_line(report_fd, encode_finding(f)); }
void send_error(int report_fd, const InputError& e) { send_line(report_fd, "!" + e.message); }

FuzzResult run_in_child(const FuzzOptions& options, EngineChild engine) {
  const FindingsFolder folder(options.findings_dir);
  prepare_corpus(options);
  void* shared = mmap(nullptr, sizeof(FuzzCounters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int log[2], report[2];
  if (shared == MAP_FAILED || pipe(log) != 0 || pipe(report) != 0)
    throw InputError{fmt::format("the fuzzer cannot be started: {}", std::strerror(errno))};
  auto* counters = new (shared) FuzzCounters;
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw InputError{fmt::format("the fuzzer cannot be started: {}", std::strerror(errno))};
  if (child == 0) {
    close(log[0]);
    close(report[0]);
    become(engine, options, *counters, log[1], report[1]);
  }
  close(log[1]);
  close(report[1]);
  // Ctrl-C ends the child, which shares our terminal; we stay to say what it found.
  const auto before = std::signal(SIGINT, SIG_IGN);
  LineSource log_lines{log[0], {}, true}, finding_lines{report[0], {}, true};
  Listening heard;
  listen_to(options, child, log_lines, finding_lines, *counters, heard);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  std::signal(SIGINT, before);
  close(log[0]);
  close(report[0]);
  heard.result.executions = counters->executions.load();
  if (options.tick) options.tick(heard.result);
  munmap(shared, sizeof(FuzzCounters));
  if (!heard.bad_input.empty()) throw InputError{heard.bad_input};
  FuzzResult& r = heard.result;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) r.interrupted = true;
  else if (WIFSIGNALED(status)) {
    r.signal = WTERMSIG(status);
    r.failure = r.signal == SIGPROF ? "a walk does not end" : fmt::format("the fuzzer was ended by signal {}", r.signal);
  }
  else if (WEXITSTATUS(status) == 72) r.interrupted = true;  // libFuzzer's exit code for Ctrl-C
  else if (WEXITSTATUS(status) != 0)
    r.failure = fmt::format("the fuzzer ended with status {}: {}", WEXITSTATUS(status),
                            heard.last_words.empty() ? "no reason given" : heard.last_words);
  return r;
}

}  // namespace gupdiff
