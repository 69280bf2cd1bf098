// SPDX-License-Identifier: GPL-2.0-only
// The enumeration, divided by flags; and the proof of the same bound.
#include "proofs/exhaust.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "proofs/cell_prover.hpp"
#include "proofs/counterexample.hpp"

namespace gupdiff {
namespace {

/// Combinations of flags that one thread takes at a time.
constexpr std::size_t kChunk = 64;

/// One chunk: a way of wanting pages and part of its flags.
struct Chunk {
  Wanted wanted;
  std::size_t begin, end;
};

struct Enumeration {
  const SmallScope& scope;
  const ExhaustOptions& options;
  std::vector<std::uint32_t> flags[3];
  std::vector<Chunk> chunks;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  ExhaustResult result;
  std::size_t first_divergence = ~std::size_t{0};  ///< its chunk
  std::chrono::steady_clock::time_point next_progress = std::chrono::steady_clock::now();

  Enumeration(const SmallScope& s, const ExhaustOptions& o) : scope(s), options(o) {
    for (const Wanted w : {Wanted::nothing, Wanted::get, Wanted::pin}) {
      auto& all = flags[static_cast<int>(w)];
      all = scope.flag_words(w);
      for (std::size_t at = 0; at < all.size(); at += kChunk) chunks.push_back({w, at, std::min(all.size(), at + kChunk)});
    }
  }

  void work() {
    PairMachines machines;
    Scenario world = scope.base;
    // Chunks are handed out in order, so all before the first divergence are finished.
    for (std::size_t c = 0; !stop && (c = next++) < chunks.size();) run(c, world, machines);
  }

  void run(std::size_t number, Scenario& world, PairMachines& machines) {
    const Chunk& chunk = chunks[number];
    RowSet spoke, needed, known;
    {
      const std::lock_guard lock(mutex);
      known = result.needed;
    }
    std::uint64_t worlds = 0;
    for (std::size_t f = chunk.begin; f < chunk.end; ++f)
      for (std::size_t i = 0; i < scope.letters[0].size(); ++i)
        for (std::size_t j = 0; j < scope.letters[1].size(); ++j) {
          set_world(scope, i, j, chunk.wanted, flags[static_cast<int>(chunk.wanted)][f], world);
          ++worlds;
          if (!holds(world, options.pair, options.enabled, machines)) return diverged(number, world);
          const RowSet rows = machines.expected.known_applied;
          if (rows.none()) continue;
          spoke |= rows;
          // A row that did not speak changes nothing when it is switched off.
          const RowSet open = rows & ~(needed | known);
          for (std::size_t r = 0; open.any() && r < open.size(); ++r) {
            if (!open.test(r)) continue;
            RowSet without = options.enabled;
            without.reset(r);
            if (!holds(world, options.pair, without, machines)) needed.set(r);
          }
        }
    const std::lock_guard lock(mutex);
    result.worlds += worlds;
    result.spoke |= spoke;
    result.needed |= needed;
    if (const auto now = std::chrono::steady_clock::now(); options.progress && now >= next_progress) {
      next_progress = now + std::chrono::milliseconds(250);
      options.progress(result.worlds);
    }
  }

  void diverged(std::size_t number, const Scenario& world) {
    stop = true;
    const std::lock_guard lock(mutex);
    if (number >= first_divergence) return;
    first_divergence = number;
    Scenario found = world;
    tidy(found);
    result.divergence = std::move(found);
  }
};

}  // namespace

ExhaustResult exhaust(const SmallScope& scope, const ExhaustOptions& options) {
  Enumeration e(scope, options);
  e.result.name = scope.name;
  std::vector<std::thread> others;
  for (unsigned t = 1; t < options.threads; ++t) others.emplace_back([&] { e.work(); });
  e.work();
  for (std::thread& t : others) t.join();
  if (e.result.divergence) {  // how far the others were is chance
    e.result.worlds = 0;
    e.result.spoke.reset();
    e.result.needed.reset();
  }
  return std::move(e.result);
}

std::string differs_from_proof(const SmallScope& scope, const ExhaustResult& result, const ExhaustOptions& options) {
  const Theorem theorem = theorem_of(scope);
  ProveOptions prover;
  prover.pair = options.pair;
  prover.threads = options.threads;
  std::string wrong;
  std::map<std::string, std::uint64_t> met;  // rows that spoke in the proofs
  /// Whether the bound is proved with `rows`; says in `wrong` if it cannot be told.
  const auto proved = [&](const RowSet& rows) {
    prover.enabled = rows;
    for (int cell = 0; cell < static_cast<int>(theorem.cells.size()); ++cell) {
      const TheoremResult r = prove_unit({&theorem, cell, {Pass::relation}}, prover, Budget{}, {});
      met.insert(r.rows_used.begin(), r.rows_used.end());
      if (!r.internal_error.empty()) wrong = "the proof: " + r.internal_error;
      if (r.verdict == Verdict::refuted) return false;
      if (r.verdict == Verdict::vacuous || r.verdict == Verdict::inconclusive)
        wrong = "the proof is " + std::string(verdict_name(r.verdict));
    }
    return true;
  };
  const auto differs = [&](const std::string& what, bool enumerated, const RowSet& rows) -> std::string {
    const bool holds = proved(rows);
    if (!wrong.empty()) return what + ": " + wrong;
    if (holds == enumerated) return {};
    return what + ": the enumeration says that it " + (enumerated ? "holds" : "does not hold") + ", the proof that it does" + (holds ? "" : " not");
  };
  if (std::string text = differs("with every row", !result.divergence, options.enabled); !text.empty()) return text;
  if (result.divergence) return {};
  for (const auto& [row, paths] : met)
    if (!result.spoke.test(static_cast<std::size_t>(find_row(row)))) return row + ": it speaks in the proof, in no world enumerated";
  for (std::size_t r = 0; r < result.spoke.size(); ++r) {
    if (!result.spoke.test(r)) continue;
    RowSet without = options.enabled;
    without.reset(r);
    std::string text = differs("without " + std::string(catalogue()[r].id), !result.needed.test(r), without);
    if (!text.empty()) return text;
  }
  return {};
}

}  // namespace gupdiff
