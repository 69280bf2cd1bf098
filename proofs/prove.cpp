// SPDX-License-Identifier: GPL-2.0-only
// Theorems by name, their units one after another, and what those add up to.
#include "proofs/prove.hpp"

#include <algorithm>

#include "proofs/cell_prover.hpp"
#include "proofs/prove_reader.hpp"
#include "proofs/solver.hpp"

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

std::string walk_name(int walk) {
  return std::string(walks()[static_cast<std::size_t>(walk)].name);
}

std::string full_name(const Theorem& t, WalkPair pair) {
  return t.arch + "/" + walk_name(pair.a) + ":" + walk_name(pair.b) + "/" + t.name;
}

/// refuted beats inconclusive beats vacuous beats proved.
int rank(Verdict v) {
  switch (v) {
    case Verdict::proved: return 0;
    case Verdict::vacuous: return 1;
    case Verdict::inconclusive: return 2;
    case Verdict::refuted: return 3;
  }
  return 3;
}

void merge(TheoremResult& whole, TheoremResult cell) {
  if (rank(cell.verdict) > rank(whole.verdict)) whole.verdict = cell.verdict;
  if (whole.shortfall == Shortfall::none) whole.shortfall = cell.shortfall;
  whole.counts.add(cell.counts);
  if (cell.slowest_query_seconds > whole.slowest_query_seconds) {
    whole.slowest_query_seconds = cell.slowest_query_seconds;
    whole.slowest_query = cell.slowest_query;
  }
  for (auto& [row, n] : cell.rows_used) whole.rows_used[row] += n;
  for (auto& [outcome, n] : cell.outcomes) whole.outcomes[outcome] += n;
  whole.assumptions = std::move(cell.assumptions);
  for (Counterexample& c : cell.counterexamples) whole.counterexamples.push_back(std::move(c));
  if (whole.internal_error.empty()) whole.internal_error = cell.internal_error;
}

/// The units of a theorem, in order.
std::vector<Unit> units_of(const Theorem& t, WalkPair pair) {
  std::vector<Unit> units;
  for (int cell = 0; cell < static_cast<int>(t.cells.size()); ++cell) {
    units.push_back({&t, cell, Pass::relation});
    if (pair.a != pair.b) units.push_back({&t, cell, Pass::older_alone});
  }
  return units;
}

TheoremResult prove_one(const Theorem& theorem, const ProveOptions& options) {
  TheoremResult whole;
  whole.name = full_name(theorem, options.pair);
  whole.summary = theorem.summary;
  whole.verdict = Verdict::proved;
  const auto begun = Clock::now();
  Budget budget;
  budget.deadline =
      begun + std::chrono::duration_cast<Clock::duration>(
                  std::chrono::duration<double>(std::max(0.0, options.timeout_seconds)));
  for (const Unit& unit : units_of(theorem, options.pair)) {
    budget.max_paths = options.max_paths - std::min(options.max_paths, whole.counts.paths);
    const std::uint64_t before = whole.counts.paths;
    merge(whole, prove_unit(unit, options, budget, [&](std::uint64_t paths) {
            if (!options.progress) return;
            options.progress({whole.name, unit.cell().name, before + paths,
                              std::chrono::duration<double>(Clock::now() - begun).count()});
          }));
    if ((whole.verdict == Verdict::refuted && options.first_only) || !whole.internal_error.empty()) break;
  }
  if (!whole.internal_error.empty() && whole.verdict != Verdict::refuted)
    whole.verdict = Verdict::inconclusive;
  whole.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return whole;
}

}  // namespace

std::string_view verdict_name(Verdict v) {
  switch (v) {
    case Verdict::proved: return "proved";
    case Verdict::refuted: return "refuted";
    case Verdict::vacuous: return "vacuous";
    case Verdict::inconclusive: return "inconclusive";
  }
  return "?";
}

bool glob_matches(std::string_view glob, std::string_view name) {
  std::size_t g = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (g < glob.size() && (glob[g] == '?' || glob[g] == name[n]) && glob[g] != '*') {
      ++g;
      ++n;
    } else if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

/// Whether both walks are modelled on the machine the theorem is about.
static bool pair_runs(WalkPair pair, const Theorem& t) {
  const auto runs = [&](int walk) { return runs_on(walks()[static_cast<std::size_t>(walk)], t.cells.front().config); };
  return runs(pair.a) && runs(pair.b);
}

std::vector<std::string> list_theorems(WalkPair pair) {
  std::vector<std::string> names;
  for (const Theorem& t : theorems())
    if (pair_runs(pair, t)) names.push_back(full_name(t, pair));
  for (const ReaderStatement& s : reader_statements()) names.push_back(s.name);
  return names;
}

std::vector<TheoremResult> prove(const ProveOptions& options) {
  Solver::limit_memory(options.memory_mb);
  std::vector<TheoremResult> results;
  for (const Theorem& t : theorems())
    if (pair_runs(options.pair, t) && glob_matches(options.glob, full_name(t, options.pair)))
      results.push_back(prove_one(t, options));
  for (const ReaderStatement& s : reader_statements())
    if (glob_matches(options.glob, s.name)) results.push_back(prove_reader(s, options));
  return results;
}

}  // namespace gupdiff
