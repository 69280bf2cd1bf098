// SPDX-License-Identifier: GPL-2.0-only
// Random scenarios for the encoder check. Each has a number and all that is random about it
// follows from the seed and that number, so that any one can be repeated.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "proofs/encoder_check.hpp"
#include "scenario/generator.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

/// Scenarios that share an arena: its terms are not freed one by one.
constexpr std::uint64_t kChunk = 32;

/// A pair of walks that runs on the machine, the older one first; one in four is a walk with itself.
WalkPair random_pair(Random& random, const Config& config) {
  const auto count = static_cast<std::uint32_t>(walks().size());
  const auto any = [&] {
    for (;;)
      if (const std::uint32_t w = random.below(count); runs_on(walks()[w], config)) return static_cast<int>(w);
  };
  const int a = any(), b = any();
  return {std::min(a, b), std::max(a, b)};
}

RowSet random_rows(Random& random) {
  if (random.chance(50)) return all_rows();
  RowSet rows;
  for (std::size_t r = 0; r < rows.size(); ++r) rows.set(r, random.chance(50));
  return rows;
}

void random_world(Random& random, const EncoderOptions& options, World<Concrete>& world) {
  const Architecture arch = pick(random, options.architectures);
  const Bounds bounds = random.chance(60) ? Bounds::kernel : Bounds::anything;
  if (bounds == Bounds::kernel)
    generate_reachable(random, world, arch);
  else
    generate_anything(random, world, arch);
  for (std::uint32_t n = random.below(4); n > 0; --n) mutate_some(random, world, bounds);
}

/// A path costs the square of its length, and a request may be of thousands of small pages: one
/// whose walks look up more than this many is made that short.
constexpr std::uint32_t kMaxLookups = 24;

void shorten(World<Concrete>& world, WalkPair pair, Machine<Concrete>& machine) {
  std::uint32_t lookups = 0;
  for (const int walk : {pair.a, pair.b}) {
    run_walk(walk, world, machine);
    lookups = std::max(lookups, machine.cost.walks);
  }
  if (lookups <= kMaxLookups) return;
  world.request.nr_pages = std::min(world.request.nr_pages, kMaxLookups);
  normalise(world);
}

struct Campaign {
  const EncoderOptions& options;
  std::atomic<std::uint64_t> next{0}, done{0};  ///< chunks handed out; scenarios compared
  std::atomic<bool> stop{false};
  std::mutex mutex;
  EncoderResult result;
  std::chrono::steady_clock::time_point next_progress = std::chrono::steady_clock::now();

  explicit Campaign(const EncoderOptions& o) : options(o) {}

  void work() {
    const std::uint64_t chunks = (options.runs + kChunk - 1) / kChunk;
    // Chunks are handed out in order, so all below the first mismatch are finished.
    for (std::uint64_t c = 0; !stop && (c = next++) < chunks;) chunk(c);
  }

  void chunk(std::uint64_t c) {
    EncoderCheck check;
    check.disturb = options.disturb;
    World<Concrete> world;
    Machine<Concrete> machine;
    for (std::uint64_t i = c * kChunk; i < std::min((c + 1) * kChunk, options.runs); ++i) {
      const std::uint64_t number = options.first + i;
      Random random{Random{options.seed ^ Random{number}.next()}.next()};
      random_world(random, options, world);
      const WalkPair pair = random_pair(random, world.config);
      shorten(world, pair, machine);
      const RowSet rows = random_rows(random);
      std::string what = check.check(world, pair, rows, random);
      ++done;
      if (what.empty()) continue;
      stop = true;
      const std::lock_guard lock(mutex);
      if (!result.mismatch || number < result.mismatch->number)
        result.mismatch = EncoderMismatch{number, pair, std::move(what), world};
      break;
    }
    const std::lock_guard lock(mutex);
    result.counts.add(check.counts());
    if (const auto now = std::chrono::steady_clock::now(); options.progress && now >= next_progress) {
      next_progress = now + std::chrono::milliseconds(250);
      options.progress(done);
    }
  }
};

}  // namespace

EncoderResult fuzz_encoder(const EncoderOptions& options) {
  Campaign campaign(options);
  std::vector<std::thread> others;
  for (unsigned t = 1; t < options.threads; ++t) others.emplace_back([&] { campaign.work(); });
  campaign.work();
  for (std::thread& t : others) t.join();
  return std::move(campaign.result);
}

EncoderResult check_encoder(const World<Concrete>& world) {
  EncoderResult result;
  Random random{1};
  const int count = static_cast<int>(walks().size());
  for (int a = 0; a < count && !result.mismatch; ++a)
    for (int b = a; b < count && !result.mismatch; ++b) {
      if (!runs_on(walks()[static_cast<std::size_t>(a)], world.config) ||
          !runs_on(walks()[static_cast<std::size_t>(b)], world.config))
        continue;
      EncoderCheck check;
      std::string what = check.check(world, {a, b}, all_rows(), random);
      if (!what.empty()) result.mismatch = EncoderMismatch{0, {a, b}, std::move(what), world};
      result.counts.add(check.counts());
    }
  return result;
}

}  // namespace gupdiff
