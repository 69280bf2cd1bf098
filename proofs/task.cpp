// SPDX-License-Identifier: GPL-2.0-only
// The tasks of a run, what one costs, and what their results add up to.
#include "proofs/task.hpp"

#include <algorithm>
#include <iterator>

#include "oracle/era_rows.hpp"
#include "proofs/prove_reader.hpp"

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

std::string full_name(const Theorem& t, WalkPair pair) {
  return t.arch + "/" + pair_name(pair) + "/" + t.name;
}

/// Whether both walks are modelled on the machine the theorem is about.
bool pair_runs(WalkPair pair, const Theorem& t) {
  const auto runs = [&](int walk) { return runs_on(walks()[static_cast<std::size_t>(walk)], t.cells.front().config); };
  return runs(pair.a) && runs(pair.b);
}

/// The units of a theorem, in order.
std::vector<Unit> units_of(const Theorem& t, WalkPair pair) {
  std::vector<Unit> units;
  for (int cell = 0; cell < static_cast<int>(t.cells.size()); ++cell) {
    units.push_back({&t, cell, {Pass::relation}});
    if (pair.a == pair.b) continue;  // one walk, and no row speaks of it
    if (has_tight_pass(t)) units.back().passes.push_back(Pass::tight);
    units.back().passes.push_back(Pass::older_alone);
  }
  return units;
}

/// Paths of a shape of request where the older walk does not fault, in the relation of the two
/// walks under FOLL_GET, measured of 2M pages on x86-64. `entries`: huge pages that it touches.
struct ShapeCost {
  std::string_view shape;
  double paths;
  int entries;
};
constexpr ShapeCost kShapes[] = {
    {"one-page", 330, 1},      {"two-inside", 330, 1},     {"three-inside", 330, 1}, {"past-vma", 320, 1},  {"across-entry", 1'050, 2},
    {"three-across", 1'840, 2}, {"more-than-leaf", 1'150, 2}, {"cross-table", 1'200, 2}, {"cross-vma", 3'000, 2},
};
constexpr ShapeCost kOtherShape = {"", 700, 1};

/// A guess that puts units in order; a wrong one costs balance and nothing else.
double estimated_seconds(const Unit& unit) {
  const Cell& cell = unit.cell();
  const std::string_view name = unit.theorem->name;
  ShapeCost cost = kOtherShape;
  for (const ShapeCost& s : kShapes)
    if (name.find("hugetlb-") == 0 && name.find("/" + std::string(s.shape)) != std::string_view::npos) cost = s;
  double paths = cost.paths;
  // Each fault divides most paths again, in each entry.
  constexpr double kFactors[2][4] = {{1, 8, 12, 14}, {1, 13, 35, 65}};  // by faults allowed: 0, 1, 2, any number
  paths *= kFactors[cost.entries - 1][cell.faults ? std::min<int>(*cell.faults, 2) : 3];
  if (cell.wanted == Wanted::pin) paths *= 1.7;
  if (cell.wanted == Wanted::nothing) paths *= 0.9;
  paths *= unit.passes.size() > 2 ? 2.6 : unit.passes.size() > 1 ? 1.4 : 1;
  if (cell.absent) paths *= 0.5;
  constexpr double kSecondsEach = 0.00015;
  return 0.05 + paths * kSecondsEach;
}

bool chosen(const ProveOptions& o, const std::string& name) {
  if (o.names.empty()) return glob_matches(o.glob, name);
  return std::find(o.names.begin(), o.names.end(), name) != o.names.end();
}

/// refuted beats inconclusive beats vacuous beats proved.
int rank(Verdict v) {
  switch (v) {
    case Verdict::proved:
    case Verdict::proved_except: return 0;
    case Verdict::vacuous: return 1;
    case Verdict::inconclusive: return 2;
    case Verdict::refuted: return 3;
  }
  return 3;
}

void merge(TheoremResult& whole, TheoremResult cell) {
  if (rank(cell.verdict) > rank(whole.verdict)) whole.verdict = cell.verdict;
  if (whole.shortfall == Shortfall::none) {
    whole.shortfall = cell.shortfall;
    whole.shortfall_detail = cell.shortfall_detail;
  }
  whole.counts.add(cell.counts);
  whole.second.add(cell.second);
  whole.seconds += cell.seconds;
  if (cell.slowest_query_seconds > whole.slowest_query_seconds) {
    whole.slowest_query_seconds = cell.slowest_query_seconds;
    whole.slowest_query = cell.slowest_query;
  }
  for (auto& [row, n] : cell.rows_used) whole.rows_used[row] += n;
  for (auto& [row, n] : cell.rows_needed) whole.rows_needed[row] += n;
  for (auto& [row, facets] : cell.rows_shown)
    for (auto& [facet, n] : facets) whole.rows_shown[row][facet] += n;
  for (auto& [outcome, n] : cell.outcomes) whole.outcomes[outcome] += n;
  if (!cell.assumptions.empty()) whole.assumptions = std::move(cell.assumptions);
  for (Counterexample& c : cell.counterexamples) whole.counterexamples.push_back(std::move(c));
  for (const auto& [line, ways] : cell.branches) whole.branches[line] |= ways;
  if (whole.internal_error.empty()) {
    whole.internal_error = cell.internal_error;
    whole.kept_path = cell.kept_path;
  }
}

/// Says what holds of the whole: with which rows, and that each is needed.
void conclude(TheoremResult& t) {
  if (t.verdict == Verdict::proved) {
    for (auto row = t.rows_used.begin(); row != t.rows_used.end();) {
      const auto needed = t.rows_needed.find(row->first);
      const bool never = needed == t.rows_needed.end();
      if (claimed_tight(find_row(row->first)) && (never || needed->second != row->second) && t.internal_error.empty())
        t.internal_error = "row " + row->first + " is proved tight and not needed on a path on which it speaks";
      row = never ? t.rows_used.erase(row) : std::next(row);  // a row that speaks in vain is none of the exceptions
    }
  }
  if (t.verdict == Verdict::proved && !t.rows_used.empty()) t.verdict = Verdict::proved_except;
  if (!t.internal_error.empty() && t.verdict != Verdict::refuted) t.verdict = Verdict::inconclusive;
}

}  // namespace

std::string Task::part() const {
  if (reader) return "whole";
  return unit.cell().name;
}

std::vector<Task> tasks_of(const ProveOptions& options) {
  std::vector<Task> tasks;
  for (const Theorem& t : theorems()) {
    const std::string name = full_name(t, options.pair);
    if (!pair_runs(options.pair, t) || !chosen(options, name)) continue;
    for (const Unit& unit : units_of(t, options.pair)) tasks.push_back({name, unit, nullptr, estimated_seconds(unit)});
  }
  for (const ReaderStatement& s : reader_statements())
    if (chosen(options, s.name)) tasks.push_back({s.name, {}, &s, 0.05});
  return tasks;
}

TheoremResult run_task(const Task& task, const ProveOptions& options, const UnitProgress& progress) {
  const auto begun = Clock::now();
  if (task.reader) return prove_reader(*task.reader, options);
  Budget budget;
  budget.deadline = begun + std::chrono::duration_cast<Clock::duration>(
                                std::chrono::duration<double>(std::max(0.0, options.timeout_seconds)));
  budget.max_paths = options.max_paths;
  TheoremResult r = prove_unit(task.unit, options, budget, progress);
  r.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  if (r.shortfall != Shortfall::none && r.shortfall_detail.empty()) r.shortfall_detail = "in " + task.part();
  return r;
}

std::vector<TheoremResult> add_up(std::span<const Task> tasks, std::vector<TheoremResult> results) {
  std::vector<TheoremResult> whole;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Task& task = tasks[i];
    if (task.reader) {
      whole.push_back(std::move(results[i]));
      whole.back().name = task.theorem;
      whole.back().summary = task.reader->summary;
      continue;
    }
    if (i == 0 || tasks[i - 1].theorem != task.theorem) {
      whole.emplace_back();
      whole.back().name = task.theorem;
      whole.back().summary = task.unit.theorem->summary;
      whole.back().verdict = Verdict::proved;
    }
    merge(whole.back(), std::move(results[i]));
  }
  for (TheoremResult& t : whole) conclude(t);
  return whole;
}

}  // namespace gupdiff
