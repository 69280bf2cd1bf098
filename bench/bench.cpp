// SPDX-License-Identifier: GPL-2.0-only
// gupdiff_bench [--quick]: pairs of walks per second, alone and in each engine, beside empty libFuzzer
// and AFL++ targets. One core, but for the two workers; both elapsed and CPU time are shown,
// because on a shared machine only the latter can be compared.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "bench/inputs.hpp"
#include "fuzz/afl.hpp"
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
  PairMachines machines;
  const RowSet rows = all_rows();
  std::size_t good = 0;
  const auto once = [&] {
    for (const auto& bytes : inputs) {
      decode(bytes, w);
      good += holds(w, default_pair(), rows, machines);
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

/// A run of an engine for `seconds`; with `workers`, so many processes at once, each with a seed of its own.
Measured inside(Engine engine, double seconds, FuzzResult& result, unsigned workers = 1) {
  FuzzOptions o;
  o.engine = engine;
  o.seconds = seconds;
  o.keep_going = true;
  o.progress = false;
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("gupdiff-bench-{}", getpid());
  const Measured m = timed(RUSAGE_CHILDREN, [&] {
    std::vector<int> ends;
    for (unsigned i = 1; i < workers; ++i) {
      int channel[2];
      if (pipe(channel) != 0) std::abort();
      std::fflush(nullptr);  // or the child prints it again
      if (fork() == 0) {
        o.seed = 1 + i;
        o.findings_dir = folder / std::to_string(i);
        const std::uint64_t n = fuzz(o).executions;
        _exit(write(channel[1], &n, sizeof n) == sizeof n ? 0 : 1);
      }
      close(channel[1]);
      ends.push_back(channel[0]);
    }
    o.findings_dir = folder / "0";
    result = fuzz(o);
    double all = static_cast<double>(result.executions);
    for (const int end : ends) {
      std::uint64_t n = 0;
      if (read(end, &n, sizeof n) == sizeof n) all += static_cast<double>(n);
      close(end);
      wait(nullptr);
    }
    return all;
  });
  std::filesystem::remove_all(folder);
  return m;
}

/// afl-fuzz on the empty target, as the engine starts it but for our mutator and CmpLog.
Measured empty_afl_target(double seconds) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / fmt::format("gupdiff-bench-afl-{}", getpid());
  fs::create_directories(folder / "seeds");
  std::ofstream(folder / "seeds" / "seed") << "seed";
  const std::string command = fmt::format(
      "AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_TRY_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 afl-fuzz -i {0}/seeds -o {0}/out -M main "
      "-m none -t 2000 -s 1 -G 1024 -V {1} -- {2} > /dev/null 2>&1",
      folder.string(), static_cast<int>(seconds), (afl_folder() / "gupdiff_afl_empty").string());
  const Measured m = timed(RUSAGE_CHILDREN, [&] {
    if (std::system(command.c_str()) != 0) return 0.0;
    return static_cast<double>(read_afl_stats(folder / "out" / "main" / "fuzzer_stats").executions);
  });
  fs::remove_all(folder);
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
  const auto note = [&] {
    if (!result.failure.empty()) fmt::print("  the fuzzer failed: {}\n", result.failure);
    if (!result.findings.empty()) fmt::print("  note: {} findings on the way\n", result.findings.size());
  };
  const Measured libfuzzer = inside(Engine::libfuzzer, seconds, result);
  row("pairs inside libFuzzer", libfuzzer);
  note();
  fmt::print("  inside / empty: {:.2f} elapsed, {:.2f} of CPU time (target: >= 0.25)\n", libfuzzer.rate() / empty.rate(),
             libfuzzer.cpu_rate() / empty.cpu_rate());
  const Measured random = inside(Engine::random, seconds, result);
  row("pairs of the random engine", random);
  note();
  fmt::print("  {:.2f} M pairs/s of CPU time (target: >= 2), {:.2f} of the empty target's rate\n", random.cpu_rate() / 1e6,
             random.cpu_rate() / empty.cpu_rate());
  for (const auto& [engine, one] : {std::pair{Engine::libfuzzer, libfuzzer}, std::pair{Engine::random, random}}) {
    const Measured two = inside(engine, seconds, result, 2);
    row(fmt::format("two workers, {}", engine_name(engine)).c_str(), two);
    note();
    fmt::print("  two / one: {:.2f} elapsed (target: >= 1.8 on idle cores), {:.2f} a second of CPU time\n", two.rate() / one.rate(),
               two.cpu_rate() / one.cpu_rate());
  }
  if (!std::filesystem::exists(afl_folder() / "gupdiff_afl_empty")) {
    fmt::print("AFL++: {} is not built: cmake --preset afl && cmake --build --preset afl\n", afl_folder().string());
    return 0;
  }
  const double longer = seconds < 15 ? 15 : seconds;  // afl-fuzz's first seconds are start and calibration
  const Measured empty_afl = empty_afl_target(longer);
  const Measured afl = inside(Engine::afl, longer, result);
  fmt::print("{:<44} {:>8.1f} k/s elapsed {:>8.1f} k/s of CPU time\n", "empty AFL++ target", empty_afl.rate() / 1e3, empty_afl.cpu_rate() / 1e3);
  fmt::print("{:<44} {:>8.1f} k/s elapsed {:>8.1f} k/s of CPU time, stability {:.2f} %\n", "pairs under AFL++",
             afl.rate() / 1e3, afl.cpu_rate() / 1e3, result.stability);
  note();
  fmt::print("  afl / empty: {:.2f} elapsed, {:.2f} of CPU time (target: >= 0.8)\n", afl.rate() / empty_afl.rate(),
             afl.cpu_rate() / empty_afl.cpu_rate());
  return 0;
}
