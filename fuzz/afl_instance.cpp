// SPDX-License-Identifier: GPL-2.0-only
// Starting, watching and ending afl-fuzz.
#include "fuzz/afl_instance.hpp"

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "fuzz/neighbours.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

/// A run of the target that takes longer is looked at again, and is a hang if it takes kHangMilliseconds.
constexpr unsigned kTimeoutMilliseconds = 2000;

/// afl-fuzz's environment.
void set_environment(const FuzzOptions& o, const AflInstallation& afl, const fs::path& pairs) {
  const auto set = [](const char* name, const std::string& value) { setenv(name, value.c_str(), 1); };
  set("AFL_CUSTOM_MUTATOR_LIBRARY", afl.mutator.string());
  // Byte-wise havoc makes of the binary form mostly walks over thousands of pages: a third of the executions
  // and half of the inputs kept (bench/README.md). CmpLog's stage comes before and stays.
  set("AFL_CUSTOM_MUTATOR_ONLY", "1");
  set("GUPDIFF_ARCHITECTURES", std::to_string(o.architectures));
  if (o.anything) set("GUPDIFF_ANYTHING", "1");
  set("GUPDIFF_AFL_PAIRS", pairs.string());
  // Its screen is ours to draw.
  set("AFL_NO_UI", "1");
  set("AFL_NO_COLOR", "1");
  // find_afl() has looked at the core pattern itself: a pattern that pipes is refused there, with the
  // remedy, and not ignored. This keeps afl-fuzz from asking again about patterns it only dislikes.
  set("AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", "1");
  // A governor that is not "performance" costs speed and nothing else; setting it takes root.
  set("AFL_SKIP_CPUFREQ", "1");
  // afl-fuzz and its target take turns: on one core that is twice as fast as on two that wake each other up
  // (bench/README.md). Where every core is taken it goes on without one.
  set("AFL_TRY_AFFINITY", "1");
  set("AFL_HANG_TMOUT", std::to_string(kHangMilliseconds));
  set("AFL_NO_CRASH_README", "1");
  set("AFL_SYNC_TIME", "1");  // minutes
  // What others have already found is taken in before anything else.
  set("AFL_IMPORT_FIRST", "1");
}

std::vector<std::string> command_line(const FuzzOptions& o, const AflInstallation& afl, const fs::path& work,
                                      const std::string& input, unsigned number) {
  std::vector<std::string> words = {afl.afl_fuzz.string(), "-i", input, "-o", work.string(), number == 0 ? "-M" : "-S",
                                    AflInstance::name(number), "-m", "none", "-t", std::to_string(kTimeoutMilliseconds),
                                    // One seed each, or they would all do the same.
                                    "-s", std::to_string(static_cast<std::uint32_t>(o.seed) + number), "-G", "1024"};
  // CmpLog costs more executions than it saves: alone, an instance covers more without (bench/README.md). With
  // several, one of the secondaries has it, for what it alone may find.
  if (number == 1) words.insert(words.end(), {"-c", afl.cmplog.string()});
  if (o.seconds > 0) words.insert(words.end(), {"-V", std::to_string(static_cast<std::uint64_t>(std::ceil(o.seconds)))});
  if (o.runs > 0) words.insert(words.end(), {"-E", std::to_string(o.runs / (o.jobs * std::uint64_t{1 + kAflNeighbours}) + 1)});
  const std::string without = fmt::format("{}", fmt::join(rows_off(o.enabled), ","));
  words.insert(words.end(), {"--", afl.target.string(), "--pair", pair_name(o.pair)});
  if (!without.empty()) words.insert(words.end(), {"--without", without});
  return words;
}

}  // namespace

std::string AflInstance::name(unsigned number) { return number == 0 ? "main" : fmt::format("secondary{:02}", number); }

AflInstance::AflInstance(const FuzzOptions& o, const AflInstallation& afl, const fs::path& work, const fs::path& seeds,
                         unsigned number)
    : folder_(work / name(number)), log_(work / (name(number) + ".log")), pairs_(work / (name(number) + ".pairs")) {
  const bool resumed = fs::exists(folder_ / "fuzzer_stats") || fs::exists(folder_ / "queue");
  executions_before_ = count_pairs();
  if (executions_before_ == 0) write_whole(pairs_, std::string(sizeof executions_before_, '\0'));
  std::vector<std::string> words = command_line(o, afl, work, resumed ? "-" : seeds.string(), number);
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  const int log = open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (log < 0) throw InputError{fmt::format("{}: cannot be written: {}", log_.string(), std::strerror(errno))};
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // also when we are killed outright
    if (getppid() != parent) _exit(1);
    setpgid(0, 0);
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    set_environment(o, afl, pairs_);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    dup2(log, 1);
    dup2(log, 2);
    for (int fd = 3; fd < 64; ++fd) close(fd);  // the pipes to our parent are not its own
    execv(argv[0], argv.data());
    _exit(127);
  }
  const int error = errno;
  close(log);
  if (pid_ < 0) throw InputError{fmt::format("afl-fuzz cannot be started: {}", std::strerror(error))};
}

bool AflInstance::running() {
  if (pid_ < 0) return false;
  const pid_t gone = waitpid(pid_, &status_, WNOHANG);
  if (gone == 0) return true;
  ::kill(-pid_, SIGKILL);  // a target that outlived it
  pid_ = -1;
  return false;
}

void AflInstance::stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
}

void AflInstance::kill() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

AflStats AflInstance::stats() const {
  AflStats s = read_afl_stats(folder_ / "fuzzer_stats");
  // A folder taken up again goes on counting.
  const std::uint64_t pairs = count_pairs();
  s.executions = pairs - std::min(pairs, executions_before_);
  return s;
}

std::uint64_t AflInstance::count_pairs() const {
  std::uint64_t n = 0;
  std::ifstream in(pairs_, std::ios::binary);
  in.read(reinterpret_cast<char*>(&n), sizeof n);
  return in.gcount() == sizeof n ? n : 0;
}

std::string AflInstance::last_words() const {
  std::ifstream in(log_);
  std::string line, words;
  while (std::getline(in, line)) {
    if (line.find("[-]") != std::string::npos || line.find("ABORT") != std::string::npos || line.find("SYSTEM ERROR") != std::string::npos)
      words += (words.empty() ? "" : " ") + line;
    if (words.size() > 500) break;
  }
  return words.empty() ? "no reason given, see " + log_.string() : words;
}

void adopt_orphans() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

void end_orphans() {
  // A child's children come to us when it ends: until there are none.
  for (int tries = 0; tries < 200; ++tries) {
    int status;
    while (waitpid(-1, &status, WNOHANG) > 0) {
    }
    bool any = false;
    std::error_code error;
    for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
      const pid_t pid = static_cast<pid_t>(std::strtol(at->path().filename().c_str(), nullptr, 10));
      if (pid <= 0) continue;
      std::ifstream in(at->path() / "stat");
      std::string stat;
      std::getline(in, stat);
      // "PID (NAME) STATE PPID ...", and a name may hold anything.
      const std::size_t name_end = stat.rfind(") ");
      if (name_end == std::string::npos || std::strtol(stat.c_str() + name_end + 4, nullptr, 10) != getpid()) continue;
      any = true;
      ::kill(pid, SIGKILL);
    }
    if (!any) return;
    usleep(5000);
  }
}

AflStats read_afl_stats(const fs::path& file) {
  AflStats s;
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = line.substr(0, line.find_last_not_of(' ', colon - 1) + 1);
    const char* value = line.c_str() + colon + 1;
    if (key == "execs_done") s.executions = std::strtoull(value, nullptr, 10);
    else if (key == "edges_found") s.edges = std::strtoull(value, nullptr, 10);
    else if (key == "corpus_count") s.corpus = std::strtoull(value, nullptr, 10);
    else if (key == "stability") s.stability = std::strtod(value, nullptr);
  }
  return s;
}

}  // namespace gupdiff
