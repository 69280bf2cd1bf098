// SPDX-License-Identifier: GPL-2.0-only
// libFuzzer inside our process: its flags, its callback, its way out.
#include "fuzz/libfuzzer.hpp"

#include <cmath>
#include <cstdlib>
#include <span>

#include <unistd.h>

#include <fmt/format.h>

#include "fuzz/finding.hpp"
#include "fuzz/neighbours.hpp"
#include "fuzz/target.hpp"
#include "scenario/input_error.hpp"

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*callback)(const std::uint8_t*, std::size_t));

namespace gupdiff {
namespace {

/// What libFuzzer's callback, a plain function, has to reach.
struct Running {
  const FuzzOptions* options;
  FuzzCounters* counters;
  FindingWriter* writer;
  Neighbours* neighbours;
  int report_fd;
  std::uint64_t executions;
};
Running running;

void take(std::span<const std::uint8_t> input) {
  try {
    if (const auto finding = running.writer->take(input)) send_finding(running.report_fd, *finding);
  } catch (const InputError& e) {
    send_error(running.report_fd, e);
    _exit(2);
  }
  if (!running.options->keep_going) _exit(0);
}

int run_one(const std::uint8_t* data, std::size_t size) {
  std::uint64_t& executions = running.executions;
  const auto count = [&](std::uint64_t more) {
    executions += more;
    running.counters->executions.store(executions, std::memory_order_relaxed);
  };
  if (running.options->runs != 0 && executions >= running.options->runs) _exit(0);
  const int verdict = gupdiff_target_run(data, size);
  if (verdict != 1) {
    count(1);
    if (verdict == 0) take({data, size});
    return -1;  // not an input to build on
  }
  const std::span<const std::uint8_t> failing = running.neighbours->first_failing({data, size});
  count(1 + kLibfuzzerNeighbours);
  if (!failing.empty()) take(failing);
  return 0;
}

}  // namespace

void drive_libfuzzer(std::vector<std::string> words, int (*target)(const std::uint8_t*, std::size_t)) {
  on_exit([](int status, void*) { _exit(status); }, nullptr);
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(words.size());
  char** args = argv.data();
  LLVMFuzzerRunDriver(&argc, &args, target);
  _exit(0);
}

void run_libfuzzer(const FuzzOptions& options, FuzzCounters& counters, int report_fd) {
  FindingWriter writer(options);
  Neighbours neighbours(ExpectedWalk(options.pair, options.enabled), options.bounds(), kLibfuzzerNeighbours);
  running = {&options, &counters, &writer, &neighbours, report_fd, 0};
  gupdiff_target_configure(options.pair.a, options.pair.b, options.enabled.to_string().c_str());
  gupdiff_target_bounds(options.anything, options.architectures);
  std::vector<std::string> words = {
      "gupdiff",
      fmt::format("-seed={}", static_cast<std::uint32_t>(options.seed == 0 ? 1 : options.seed)),
      "-max_len=1024",
      // Every input is as long as its scenario needs: nothing to grow or to trim.
      "-len_control=0",
      "-shrink=0",
      "-reduce_inputs=0",
      "-timeout=30",
      "-rss_limit_mb=4096",
      fmt::format("-artifact_prefix={}/crash-", options.findings_dir.string()),
  };
  if (options.seconds > 0) words.push_back(fmt::format("-max_total_time={}", static_cast<int>(std::ceil(options.seconds))));
  if (!options.corpus_dir.empty()) words.push_back(options.corpus_dir.string());
  drive_libfuzzer(std::move(words), run_one);
}

}  // namespace gupdiff
