// SPDX-License-Identifier: GPL-2.0-only
// A run of AFL++: seeds, instances, their crashes as findings, what is worth keeping.
#include "fuzz/afl.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>

#include "fuzz/afl_instance.hpp"
#include "fuzz/afl_sync.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/neighbours.hpp"
#include "oracle/judge.hpp"
#include "scenario/binary.hpp"
#include "scenario/fnv.hpp"
#include "scenario/generator.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t kLongestInput = 1024;  ///< afl-fuzz is told the same (-G)
constexpr const char* kCorePattern = "/proc/sys/kernel/core_pattern";
constexpr const char* kSettingsFile = "gupdiff-afl-settings";
constexpr int kInterruptedStatus = 72;  ///< as libFuzzer's

volatile std::sig_atomic_t interrupted = 0;

/// What a work folder is about: its queue means nothing to another pair.
std::string settings_of(const FuzzOptions& o) {
  return fmt::format("{} architectures {} {}\n", pair_name(o.pair), o.architectures, o.anything ? "anything" : "kernel");
}

/// The files of a folder, sorted by name; none if there is no such folder.
std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->is_regular_file(error)) out.push_back(at->path());
  std::sort(out.begin(), out.end());
  return out;
}

void check_work_folder(const FuzzOptions& o) {
  std::error_code error;
  if (o.work_dir.empty() || !fs::exists(o.work_dir, error) || fs::is_empty(o.work_dir, error)) return;
  const std::string settings = read_whole(o.work_dir / kSettingsFile).value_or("");
  if (settings.empty())
    throw InputError{fmt::format("{}: is not the work folder of an AFL++ run; name an empty or a new one", o.work_dir.string())};
  if (settings != settings_of(o))
    throw InputError{fmt::format("{}: is the work folder of another run ({}); name an empty or a new one", o.work_dir.string(),
                                 settings.substr(0, settings.find('\n')))};
}

class AflRun {
 public:
  AflRun(const FuzzOptions& o, FuzzCounters& c, int report_fd)
      : options_(o),
        counters_(c),
        report_fd_(report_fd),
        writer_(o),
        expectation_(o.pair, o.enabled),
        neighbours_(expectation_, o.bounds(), kAflNeighbours),
        afl_(find_afl(std::getenv("PATH"), afl_folder(), kCorePattern)) {
    adopt_orphans();
    temporary_ = o.work_dir.empty();
    work_ = temporary_ ? fs::temp_directory_path() / fmt::format("gupdiff-afl-{}", getpid()) : fs::absolute(o.work_dir);
    std::error_code error;
    fs::create_directories(work_ / "seeds", error);
    if (error) throw InputError{fmt::format("{}: the work folder cannot be made: {}", work_.string(), error.message())};
    write_whole(work_ / kSettingsFile, settings_of(o));
  }
  ~AflRun() {
    for (AflInstance& i : instances_) i.kill();
    end_orphans();
    std::error_code ignored;
    if (temporary_) fs::remove_all(work_, ignored);
  }
  AflRun(const AflRun&) = delete;
  AflRun& operator=(const AflRun&) = delete;

  /// The status to end with.
  int run() {
    if (!write_seeds()) return 0;
    if (!options_.sync_dir.empty()) exchange_queues(work_, options_.sync_dir);
    for (unsigned i = 0; i < std::max(options_.jobs, 1u); ++i) instances_.emplace_back(options_, afl_, work_, work_ / "seeds", i);
    watch();
    for (AflInstance& i : instances_) i.kill();
    end_orphans();
    if (!options_.sync_dir.empty()) exchange_queues(work_, options_.sync_dir);
    collect();
    keep_corpus();
    if (!failure_.empty()) {
      fmt::print(stderr, "ERROR: {}\n", failure_);
      return 1;
    }
    return interrupted ? kInterruptedStatus : 0;
  }

 private:
  /// Takes a failing input; whether to stop.
  bool take(std::span<const std::uint8_t> input) {
    if (const auto finding = writer_.take(input)) {
      send_finding(report_fd_, *finding);
      found_ = true;
    }
    return found_ && !options_.keep_going;
  }
  /// What the target would end with: `input` if it fails, else the first of its neighbours that does; empty if all hold.
  std::span<const std::uint8_t> failing(std::span<const std::uint8_t> input) {
    decode(input, scenario_);
    return holds(scenario_, expectation_, machines_) ? neighbours_.first_failing(input) : input;
  }

  /// Inputs of the corpus, or one of each architecture; afl-fuzz wants none that fails. False: one of
  /// them is a finding that ends the run.
  bool write_seeds() {
    Scenario w;
    std::vector<std::string> good;
    const auto consider = [&](const std::string& bytes) {
      const std::span<const std::uint8_t> input(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
      decode(input, w);
      for (const int walk : {options_.pair.a, options_.pair.b})
        if (!runs_on(walks()[static_cast<std::size_t>(walk)], w.config)) return true;
      if (const auto fails = failing(input); !fails.empty()) return !take(fails);
      good.push_back(bytes);
      return true;
    };
    if (!options_.corpus_dir.empty())
      for (const fs::path& file : files_of(options_.corpus_dir)) {
        std::error_code error;
        const auto size = fs::file_size(file, error);
        if (error || size == 0 || size > kLongestInput) continue;
        if (!consider(read_whole(file).value_or(""))) return false;
      }
    Random random{options_.seed * 0x9e3779b97f4a7c15ull};
    for (int tries = 0; good.empty() && tries < 100; ++tries)
      for (int a = 0; a < kArchitectures; ++a) {
        if (!(options_.architectures >> a & 1u)) continue;
        generate_reachable(random, w, static_cast<Architecture>(a));
        const std::vector<std::uint8_t> bytes = encode(w);
        if (!consider({bytes.begin(), bytes.end()})) return false;
      }
    for (std::size_t i = 0; i < good.size(); ++i) write_whole(work_ / "seeds" / fmt::format("seed-{:06}", i), good[i]);
    return true;
  }

  /// Until all instances have ended: at their limits, or because we say so.
  void watch() {
    const auto start = Clock::now();
    // -V is theirs; ours is for one that does not look.
    const auto limit = std::chrono::duration<double>(options_.seconds + 10);
    auto exchanged = start;
    bool stopping = false;
    auto stopped = start;
    for (;;) {
      bool running = false;
      for (AflInstance& i : instances_) {
        if (i.running()) {
          running = true;
        } else if (!i.ended_well() && !stopping && failure_.empty()) {
          failure_ = fmt::format("afl-fuzz {}: {}", i.folder().filename().string(), i.last_words());
        }
      }
      if (!running) break;
      const bool enough = collect();
      report();
      const auto now = Clock::now();
      if (!options_.sync_dir.empty() && now - exchanged > 10s) {
        exchange_queues(work_, options_.sync_dir);
        exchanged = now;
      }
      if (!stopping && (enough || interrupted || !failure_.empty() || (options_.seconds > 0 && now - start > limit))) {
        for (AflInstance& i : instances_) i.stop();
        stopping = true;
        stopped = now;
      }
      if (stopping && now - stopped > 10s)
        for (AflInstance& i : instances_) i.kill();
      std::this_thread::sleep_for(100ms);
    }
    report();
  }

  /// New crashes, also those that an instance put aside when it was resumed; whether to stop.
  bool collect() {
    for (const AflInstance& i : instances_) {
      std::error_code error;
      for (fs::directory_iterator at(i.folder(), error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        const bool crashes = name.rfind("crashes", 0) == 0;
        if (!crashes && name.rfind("hangs", 0) != 0) continue;
        for (const fs::path& file : files_of(at->path())) {
          if (file.filename().string().rfind("id:", 0) != 0 || !seen_.insert(file.string()).second) continue;
          const std::string bytes = read_whole(file).value_or("");
          if (crashes) {
            const auto fails = failing({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
            if (!fails.empty() && take(fails)) return true;
          } else {
            hang(bytes);
          }
        }
      }
    }
    return false;
  }
  void hang(const std::string& bytes) {
    const fs::path kept = options_.findings_dir / fmt::format("hang-{:016x}.bin", fnv1a(bytes));
    write_whole(kept, bytes);
    if (failure_.empty()) failure_ = fmt::format("a walk of {} does not end", kept.string());
  }

  void report() {
    AflStats all;
    for (const AflInstance& i : instances_) {
      const AflStats s = i.stats();
      all.executions += s.executions;
      all.corpus += s.corpus;
      all.edges = std::max(all.edges, s.edges);
      all.stability = std::min(all.stability, s.stability);
    }
    counters_.executions.store(all.executions, std::memory_order_relaxed);
    const std::string line = fmt::format("# cov: {} corp: {} stab: {:.2f}\n", all.edges, all.corpus, all.stability);
    if (line != reported_) fmt::print(stderr, "{}", line);
    reported_ = line;
  }

  /// What the instances found worth keeping goes to the corpus, as libFuzzer's does.
  void keep_corpus() {
    if (options_.corpus_dir.empty()) return;
    for (const AflInstance& i : instances_)
      for (const fs::path& file : files_of(i.folder() / "queue")) {
        const std::string name = file.filename().string();
        if (name.rfind("id:", 0) != 0 || name.find(",orig:") != std::string::npos || name.find(",sync:") != std::string::npos) continue;
        const std::string bytes = read_whole(file).value_or("");
        const fs::path kept = options_.corpus_dir / fmt::format("afl-{:016x}", fnv1a(bytes));
        if (!fs::exists(kept)) write_whole(kept, bytes);
      }
  }

  const FuzzOptions& options_;
  FuzzCounters& counters_;
  const int report_fd_;
  FindingWriter writer_;
  const ExpectedWalk expectation_;
  Neighbours neighbours_;
  Scenario scenario_;
  PairMachines machines_;
  const AflInstallation afl_;
  fs::path work_;
  bool temporary_ = false, found_ = false;
  std::vector<AflInstance> instances_;
  std::set<std::string> seen_;
  std::string failure_, reported_;
};

void run_afl_child(const FuzzOptions& options, FuzzCounters& counters, int report_fd) {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = 1; });
  int status = 2;
  try {
    status = AflRun(options, counters, report_fd).run();
  } catch (const InputError& e) {
    send_error(report_fd, e);
  }
  std::fflush(nullptr);
  _exit(status);
}

}  // namespace

FuzzResult run_afl(const FuzzOptions& options) {
  find_afl(std::getenv("PATH"), afl_folder(), kCorePattern);
  check_work_folder(options);
  return run_in_child(options, run_afl_child);
}

}  // namespace gupdiff
