// SPDX-License-Identifier: GPL-2.0-only
// The loop of the random engine.
#include "fuzz/random_engine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>

#include <sys/time.h>
#include <unistd.h>

#include "fuzz/finding.hpp"
#include "fuzz/input_file.hpp"
#include "oracle/judge.hpp"
#include "scenario/binary.hpp"
#include "scenario/generator.hpp"
#include "scenario/input_error.hpp"
#include "scenario/request_variation.hpp"

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

/// Inputs of a corpus that are used as bases, in the order of their names.
constexpr std::size_t kMostCorpusInputs = 65536, kLongestInput = 4096;

/// Ends this process by SIGPROF in so many seconds of the processor, unless it is set again: walks are
/// bounded (model/machine), so only one that is broken is late. A base takes milliseconds.
void watch(int seconds) {
  const itimerval in{{0, 0}, {seconds, 0}};
  setitimer(ITIMER_PROF, &in, nullptr);
}
constexpr int kSecondsOfABase = 5, kSecondsOfShrinking = 60;

class RandomRun {
 public:
  RandomRun(const FuzzOptions& o, FuzzCounters& c, int report_fd)
      : options_(o),
        counters_(c),
        report_fd_(report_fd),
        writer_(o),
        bounds_(o.bounds()),
        expectation_(o.pair, o.enabled),
        random_{Random{o.seed}.next()},  // seeds that follow each other share no part of a sequence
        left_(o.runs == 0 ? ~std::uint64_t{0} : o.runs) {
    read_corpus();
  }

  void run() {
    const auto start = Clock::now();
    const auto limit = std::chrono::duration<double>(options_.seconds);
    // One base is more than a hundred pairs: often enough to look at the clock.
    for (std::uint64_t round = 0; left_ > 0 && !done_; ++round) {
      if (options_.seconds > 0 && Clock::now() - start >= limit) break;
      watch(kSecondsOfABase);
      next_base(round);
      run_base();
      counters_.executions.store(executions_, std::memory_order_relaxed);
    }
    counters_.executions.store(executions_, std::memory_order_relaxed);
  }

 private:
  void read_corpus() {
    if (options_.corpus_dir.empty()) return;
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (std::filesystem::directory_iterator at(options_.corpus_dir, error), end; !error && at != end; at.increment(error))
      if (at->is_regular_file(error) && at->file_size(error) <= kLongestInput) files.push_back(at->path());
    std::sort(files.begin(), files.end());
    files.resize(std::min(files.size(), kMostCorpusInputs));
    for (const auto& file : files) corpus_.push_back(read_input(file));
  }

  void next_base(std::uint64_t round) {
    if (!corpus_.empty() && round % 2 == 0) {
      decode(corpus_[round / 2 < corpus_.size() ? round / 2 : random_.below(static_cast<std::uint32_t>(corpus_.size()))], base_);
    } else if (options_.anything && random_.chance(50)) {
      generate_anything(random_, base_, pick(random_, options_.architectures));
    } else {
      generate_reachable(random_, base_, pick(random_, options_.architectures));
    }
  }

  bool modelled(const Scenario& w) const {
    return runs_on(walks()[static_cast<std::size_t>(options_.pair.a)], w.config) &&
           runs_on(walks()[static_cast<std::size_t>(options_.pair.b)], w.config);
  }

  void run_base() {
    for (unsigned i = 0; i < kMemoriesOfABase && !done_; ++i) {
      scenario_ = base_;
      if (i > 0) mutate_some(random_, scenario_, bounds_);
      if (!modelled(scenario_)) continue;
      CallRound calls(random_, scenario_, bounds_);
      while (left_ > 0 && !done_ && calls.next()) {
        --left_;
        ++executions_;
        if (!holds(scenario_, expectation_, machines_)) take();
      }
    }
  }

  void take() {
    watch(kSecondsOfShrinking);
    if (const auto finding = writer_.take(encode(scenario_))) send_finding(report_fd_, *finding);
    watch(kSecondsOfABase);
    done_ = !options_.keep_going;
  }

  const FuzzOptions& options_;
  FuzzCounters& counters_;
  const int report_fd_;
  FindingWriter writer_;
  const Bounds bounds_;
  const ExpectedWalk expectation_;
  Random random_;
  std::uint64_t left_, executions_ = 0;
  bool done_ = false;
  std::vector<std::vector<std::uint8_t>> corpus_;
  Scenario base_, scenario_;  // they and the machines keep their storage
  PairMachines machines_;
};

}  // namespace

void run_random(const FuzzOptions& options, FuzzCounters& counters, int report_fd) {
  try {
    RandomRun(options, counters, report_fd).run();
  } catch (const InputError& e) {
    send_error(report_fd, e);
    _exit(2);
  } catch (const std::bad_alloc&) {
    std::abort();  // a walk that wants all the memory there is ends like one that crashes
  }
}

}  // namespace gupdiff
