// SPDX-License-Identifier: GPL-2.0-only
#include "cli/prove_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "report/proof_cache.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

constexpr std::int64_t kLeastMemory = 64, kUsualMemory = 750;  // MiB, of one process

std::string number(std::int64_t n) {
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::int64_t checked(const char* flag, std::int64_t value, std::int64_t least, std::int64_t most, const char* unit) {
  if (value >= least && value <= most) return value;
  throw InputError{fmt::format("{} {}: give {} to {} {}.", flag, value, number(least), number(most), unit)};
}

}  // namespace

void add_prove_flags(CLI::App& sub, ProveFlags& flags, double timeout) {
  flags.timeout = timeout;
  sub.add_option("--timeout", flags.timeout, "Seconds for each unit (a pass over a cell of a theorem)")->capture_default_str();
  sub.add_option("--max-paths", flags.max_paths, "Paths of each unit")->capture_default_str();
  sub.add_option("--jobs,--threads", flags.jobs, "Processes at a time, a unit each; as many as there are CPUs if left out")
      ->each([&flags](const std::string&) { flags.given_jobs = true; });
  sub.add_option("--memory", flags.memory_mb, "MiB for all processes together; 750 for each if left out")
      ->each([&flags](const std::string&) { flags.given_memory = true; });
  sub.add_option("--cache", flags.cache, "Folder of the results of earlier runs; gupdiff/proofs in $XDG_CACHE_HOME or ~/.cache if left out");
  sub.add_flag("--no-cache", flags.no_cache, "Prove everything, and keep nothing for another run");
}

void apply(const ProveFlags& flags, ProveOptions& options) {
  constexpr double kShortest = 0.1, kLongest = 86'400;
  if (!(flags.timeout >= kShortest && flags.timeout <= kLongest))
    throw InputError{fmt::format("--timeout {:g}: give {} to 86,400 seconds.", flags.timeout, kShortest)};
  options.timeout_seconds = flags.timeout;
  options.max_paths = static_cast<std::uint64_t>(checked("--max-paths", flags.max_paths, 1, 10'000'000'000, "paths"));
  options.jobs = flags.given_jobs ? static_cast<unsigned>(checked("--jobs", flags.jobs, 1, 256, "processes"))
                                  : std::clamp(std::thread::hardware_concurrency(), 1u, 256u);
  const std::int64_t jobs = options.jobs;
  options.memory_mb = static_cast<unsigned>(
      flags.given_memory ? checked("--memory", flags.memory_mb, kLeastMemory * jobs, std::int64_t{1} << 20,
                                   fmt::format("MiB for {} processes", jobs).c_str())
                         : kUsualMemory * jobs);
}

std::string cache_folder(const ProveFlags& flags) {
  if (flags.no_cache && !flags.cache.empty()) throw InputError{"--cache and --no-cache: give one of them."};
  if (flags.no_cache) return "";
  return flags.cache.empty() ? default_proof_cache().string() : flags.cache;
}

}  // namespace gupdiff
