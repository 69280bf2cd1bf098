// SPDX-License-Identifier: GPL-2.0-only
// gupdiff_bench [--quick]: pairs of walks per second, alone and inside libFuzzer,
// beside an empty libFuzzer target. One core; both elapsed and CPU time are shown,
// because on a shared machine only the latter can be compared.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "bench/inputs.hpp"
#include "fuzz/engine.hpp"
#include "model/arch/words.hpp"
#include "oracle/judge.hpp"

namespace {

using namespace gupdiff;

/// Work done and the time it took.
struct Measured {
  double count = 0, elapsed = 0, cpu = 0;
  double rate() const { return elapsed > 0 ? count / elapsed : 0; }
  double cpu_rate() const { return cpu > 0 ? count / cpu : 0; }
};

double cpu_seconds(int who) {
  rusage u;
  getrusage(who, &u);
  return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
         static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

/// Runs `work`, which returns how much it did, and times it.
template <class Work>
Measured timed(int who, Work work) {
  Measured m;
  const double cpu = cpu_seconds(who);
  const auto start = std::chrono::steady_clock::now();
  m.count = work();
  m.elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  m.cpu = cpu_seconds(who) - cpu;
  return m;
}

/// Decode, both walks and the comparison, over all inputs again and again.
Measured pairs_alone(const std::vector<std::vector<std::uint8_t>>& inputs, double seconds) {
  Scenario w;
  Machine<Concrete> expected, newer;
  const RowSet rows = all_rows();
  std::size_t good = 0;
  const auto once = [&] {
    for (const auto& bytes : inputs) {
      decode(bytes, w);
      good += holds(w, default_pair(), rows, expected, newer);
    }
  };
  once();  // the vectors grow
  const Measured m = timed(RUSAGE_SELF, [&] {
    const auto start = std::chrono::steady_clock::now();
    double n = 0;
    do {
      once();
      n += static_cast<double>(inputs.size());
    } while (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < seconds);
    return n;
  });
  if (good == 0) std::abort();
  return m;
}

/// Runs the empty target for `seconds` and reads its number of executions.
Measured empty_target(double seconds) {
  const std::string command = fmt::format("{} -max_len=64 -seed=1 -max_total_time={} -print_final_stats=1 2>&1",
                                          GUPDIFF_BENCH_EMPTY, static_cast<int>(seconds));
  return timed(RUSAGE_CHILDREN, [&] {
    std::FILE* f = popen(command.c_str(), "r");
    double n = 0;
    char line[512];
    while (f && std::fgets(line, sizeof line, f))
      if (const char* at = std::strstr(line, "number_of_executed_units:")) n = std::atof(at + std::strlen("number_of_executed_units:"));
    if (f) pclose(f);
    return n;
  });
}

Measured inside_libfuzzer(double seconds, FuzzResult& result) {
  FuzzOptions o;
  o.seconds = seconds;
  o.keep_going = true;
  o.progress = false;
  o.findings_dir = std::filesystem::temp_directory_path() / fmt::format("gupdiff-bench-{}", getpid());
  Measured m = timed(RUSAGE_CHILDREN, [&] {
    result = fuzz(o);
    return static_cast<double>(result.executions);
  });
  std::filesystem::remove_all(o.findings_dir);
  return m;
}

void row(const char* what, const Measured& m) {
  fmt::print("{:<44} {:>8.3f} M/s elapsed {:>8.3f} M/s of CPU time\n", what, m.rate() / 1e6, m.cpu_rate() / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  if (argc > 1 && !quick) {
    fmt::print(stderr, "usage: gupdiff_bench [--quick]\n");
    return 1;
  }
  const double seconds = quick ? 2 : 10;
  const std::size_t count = 1 << 16;
  const auto inputs = bench_inputs(count);
  double bytes = 0;
  for (const auto& i : inputs) bytes += static_cast<double>(i.size());
  fmt::print("{} distinct inputs of {:.0f} bytes on average; {:.0f} s each\n", count, bytes / static_cast<double>(count), seconds);

  const Measured alone = pairs_alone(inputs, seconds);
  row("pairs alone (decode, both walks, judge)", alone);
  for (int a = 0; a < kArchitectures; ++a) {
    const auto arch = static_cast<Architecture>(a);
    if (arch == Architecture::x86_64) continue;
    const Measured other = pairs_alone(bench_inputs(count, arch), seconds);
    row(fmt::format("pairs alone, {}", architecture_label(arch)).c_str(), other);
    fmt::print("  x86-64 is {:.2f} times as fast (target: <= 1.5)\n", alone.cpu_rate() / other.cpu_rate());
  }
  const Measured empty = empty_target(seconds);
  row("empty libFuzzer target", empty);
  FuzzResult result;
  const Measured inside = inside_libfuzzer(seconds, result);
  row("pairs inside libFuzzer", inside);
  fmt::print("inside / empty: {:.2f} elapsed, {:.2f} of CPU time (target: >= 0.20)\n", inside.rate() / empty.rate(),
             inside.cpu_rate() / empty.cpu_rate());
  fmt::print("alone: {:.2f} M pairs/s of CPU time (target: >= 2)\n", alone.cpu_rate() / 1e6);
  if (!result.failure.empty()) fmt::print("the fuzzer failed: {}\n", result.failure);
  if (!result.findings.empty()) fmt::print("note: {} findings on the way\n", result.findings.size());
  return 0;
}
