// SPDX-License-Identifier: GPL-2.0-only
// Proving a theorem: its assumptions are shown satisfiable, then on every path
// each facet must be as the catalogue says and each safety property must hold.
#include "proofs/prove.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <thread>

#include "oracle/run_walk.hpp"
#include "oracle/safety.hpp"
#include "proofs/concretise.hpp"
#include "proofs/counterexample.hpp"
#include "proofs/prove_reader.hpp"
#include "proofs/theorem.hpp"

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

std::string walk_name(int walk) {
  return std::string(walks()[static_cast<std::size_t>(walk)].name);
}

std::string full_name(const Theorem& t, WalkPair pair) {
  return t.arch + "/" + walk_name(pair.a) + ":" + walk_name(pair.b) + "/" + t.name;
}

std::string_view errno_name(std::uint64_t ret) {
  switch (static_cast<std::int64_t>(ret)) {
    case -E_INTR: return "-EINTR";
    case -E_AGAIN: return "-EAGAIN";
    case -E_NOMEM: return "-ENOMEM";
    case -E_FAULT: return "-EFAULT";
    case -E_BUSY: return "-EBUSY";
    case -E_EXIST: return "-EEXIST";
    case -E_INVAL: return "-EINVAL";
    case -E_OPNOTSUPP: return "-EOPNOTSUPP";
    case -E_REMOTEIO: return "-EREMOTEIO";
    case -E_HWPOISON: return "-EHWPOISON";
    default: return "error";
  }
}

std::string outcome_name(const Machine<Concrete>& m) {
  switch (m.termination) {
    case Termination::returned: break;
    case Termination::livelock: return "livelock";
    case Termination::sleeps: return "sleeps";
    case Termination::oops: return "oops";
    case Termination::bug: return "bug";
    case Termination::out_of_bounds: return "out of bounds";
  }
  const auto ret = static_cast<std::int64_t>(m.ret);
  return ret >= 0 ? "returns " + std::to_string(ret) : std::string(errno_name(m.ret));
}

/// What a pass over a cell explores. The older walk's own safety has a pass of its own:
/// in one with the others, its paths would multiply with theirs.
enum class Pass : std::uint8_t { relation, older_alone };

/// One pass over one cell of one theorem, shared by its workers.
struct CellRun {
  const Theorem& theorem;
  int cell;
  Pass pass;
  const ProveOptions& options;
  Frontier frontier;
  Clock::time_point begun = Clock::now();

  std::mutex mutex;
  TheoremResult result;             // this cell's share
  Clock::time_point next_progress = Clock::now();
  std::uint64_t paths_before = 0;   // of the theorem's earlier cells
  std::string name;                 // of the theorem

  CellRun(const Theorem& t, int c, Pass p, const ProveOptions& o, Budget b)
      : theorem(t), cell(c), pass(p), options(o), frontier(b) {}
};

/// One thread's work on a cell.
class Worker {
 public:
  explicit Worker(CellRun& run)
      : run_(run),
        pair_(run.options.pair),
        older_(std::min(pair_.a, pair_.b)),
        newer_(std::max(pair_.a, pair_.b)),
        explorer_(arena_, run.frontier),
        setting_(run.theorem.build(arena_, run.theorem.cells[static_cast<std::size_t>(run.cell)], run.theorem.order)) {
    for (const Assumption& a : setting_.assumptions) explorer_.assume(a.holds.in(arena_));
  }

  /// Shows the assumptions satisfiable and queues the first path. False: the cell is decided.
  bool start() {
    PendingPath first;
    TheoremResult& r = run_.result;
    for (const Assumption& a : setting_.assumptions)
      r.assumptions.push_back({a.name, std::string(a.source)});
    switch (explorer_.satisfy(first.assignment)) {
      case Answer::sat: run_.frontier.put(std::move(first)); return true;
      case Answer::unsat: r.verdict = Verdict::vacuous; return false;
      case Answer::timeout: r.shortfall = Shortfall::timeout; return false;
      case Answer::out_of_memory: r.shortfall = Shortfall::memory; return false;
      case Answer::unknown:
      case Answer::crashed: r.shortfall = Shortfall::unknown; return false;
    }
    return false;
  }

  void work() {
    try {
      explorer_.explore([&] { path(); });
    } catch (const ProverError& e) {
      fail(e.message);
    } catch (const std::exception& e) {
      fail(e.what());
    }
    const std::lock_guard lock(run_.mutex);
    run_.result.counts.add(explorer_.counts());
    for (auto& [row, n] : rows_) run_.result.rows_used[row] += n;
    for (auto& [outcome, n] : outcomes_) run_.result.outcomes[outcome] += n;
    const SolverUse& use = explorer_.solver_use();
    if (use.slowest > run_.result.slowest_query_seconds) {
      run_.result.slowest_query_seconds = use.slowest;
      run_.result.slowest_query = use.slowest_name;
    }
  }

 private:
  void fail(const std::string& message) {
    run_.frontier.stop(Shortfall::none);
    const std::lock_guard lock(run_.mutex);
    if (run_.result.internal_error.empty()) run_.result.internal_error = message;
  }

  void path() {
    claims_.clear();
    if (run_.pass == Pass::relation) {
      relation();
    } else {
      older_alone();
    }
    for (const auto& [claim, holds] : claims_) {
      Assignment failing;
      switch (explorer_.refute(claim.name(), holds.in(arena_), failing)) {
        case Answer::unsat: break;
        case Answer::sat: refuted(claim, failing); break;
        case Answer::timeout: run_.frontier.note(Shortfall::timeout); break;
        case Answer::out_of_memory: run_.frontier.note(Shortfall::memory); break;
        case Answer::unknown:
        case Answer::crashed: run_.frontier.note(Shortfall::unknown); break;
      }
      if (run_.frontier.stopped()) return;
    }
    progress();
  }

  // Everything that may still fork comes before the first claim is checked.
  void relation() {
    const World<Symbolic>& w = setting_.world;
    run_walk(newer_, w, walked_);
    run_expected(pair_, run_.options.enabled, w, expected_);
    for (int f = 0; f < kFacets; ++f) {
      const Facet facet = static_cast<Facet>(f);
      claims_.push_back({{facet, -1, -1}, facet_equal<Symbolic>(facet, w, expected_, walked_)});
    }
    claim_safety(newer_);
    concretise(w, explorer_.now(), world_);
    run_walk(newer_, world_, concrete_);
    agree(walked_, newer_);
    run_expected(pair_, run_.options.enabled, world_, concrete_);
    agree(expected_, older_);
    for (int r = 0; r < kKnownRows; ++r)
      if (concrete_.known_applied[static_cast<std::size_t>(r)])
        ++rows_[std::string(catalogue()[static_cast<std::size_t>(r)].id)];
  }

  void older_alone() {
    run_walk(older_, setting_.world, walked_);
    claim_safety(older_);
    concretise(setting_.world, explorer_.now(), world_);
    run_walk(older_, world_, concrete_);
    agree(walked_, older_);
  }

  void claim_safety(int walk) {
    for (int p = 0; p < kProperties; ++p)
      claims_.push_back(
          {{Facet::result, p, walk}, property_claim<Symbolic>(p, setting_.world, walked_, run_.options.enabled)});
  }

  /// Every path's outcome, in its assignment, must be the concrete run's: one wrong
  /// simplification, translation or domain rule anywhere shows here.
  void agree(const Machine<Symbolic>& symbolic, int walk) {
    const std::string difference = encoder_mismatch(symbolic, explorer_.now(), concrete_);
    if (!difference.empty())
      throw ProverError{walk_name(walk) + ": the symbolic and the concrete run differ in " + difference};
    if (&symbolic == &walked_) ++outcomes_[walk_name(walk) + ": " + outcome_name(concrete_)];
  }

  void refuted(const Claim& claim, const Assignment& failing) {
    auto world = counterexample(setting_, claim, pair_, run_.options.enabled, failing, arena_);
    if (!world)
      throw ProverError{"a counterexample to '" + claim.name() + "' does not fail when replayed"};
    {
      const std::lock_guard lock(run_.mutex);
      auto& found = run_.result.counterexamples;
      const std::string name = claim.name();
      if (std::none_of(found.begin(), found.end(),
                       [&](const Counterexample& c) { return c.claim == name; }))
        found.push_back({std::move(*world),
                         run_.theorem.cells[static_cast<std::size_t>(run_.cell)].name, name});
    }
    if (run_.options.first_only) run_.frontier.stop(Shortfall::none);
  }

  void progress() {
    if (!run_.options.progress) return;
    const std::lock_guard lock(run_.mutex);
    const auto now = Clock::now();
    if (now < run_.next_progress) return;
    run_.next_progress = now + std::chrono::milliseconds(250);
    run_.options.progress({run_.name, run_.theorem.cells[static_cast<std::size_t>(run_.cell)].name,
                           run_.paths_before + run_.frontier.paths(),
                           std::chrono::duration<double>(now - run_.begun).count()});
  }

  CellRun& run_;
  WalkPair pair_;
  int older_, newer_;
  TermArena arena_;
  Explorer explorer_;
  Setting setting_;
  Machine<Symbolic> walked_, expected_;
  Machine<Concrete> concrete_;
  World<Concrete> world_;
  std::vector<std::pair<Claim, SymbolicCond>> claims_;
  std::map<std::string, std::uint64_t> rows_, outcomes_;
};

void fail(CellRun& run, const std::string& message) {
  run.frontier.stop(Shortfall::none);
  const std::lock_guard lock(run.mutex);
  if (run.result.internal_error.empty()) run.result.internal_error = message;
}

void explore_cell(CellRun& run) {
  Worker first(run);
  if (!first.start()) return;
  std::vector<std::thread> others;
  for (unsigned t = 1; t < run.options.threads; ++t)
    others.emplace_back([&run] {
      try {
        Worker w(run);
        w.work();
      } catch (const std::exception& e) {
        fail(run, e.what());
      }
    });
  first.work();
  for (std::thread& t : others) t.join();
}

void run_cell(CellRun& run) {
  try {
    explore_cell(run);
  } catch (const ProverError& e) {
    fail(run, e.message);
  }
  TheoremResult& r = run.result;
  if (r.verdict == Verdict::vacuous) return;
  if (r.shortfall == Shortfall::none) r.shortfall = run.frontier.shortfall();
  if (!r.counterexamples.empty()) {
    r.verdict = Verdict::refuted;
  } else if (r.shortfall == Shortfall::none && r.internal_error.empty()) {
    r.verdict = r.counts.paths == 0 ? Verdict::vacuous : Verdict::proved;
  }
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
  bool done = false;
  for (int cell = 0; !done && cell < static_cast<int>(theorem.cells.size()); ++cell) {
    for (const Pass pass : {Pass::relation, Pass::older_alone}) {
      if (pass == Pass::older_alone && options.pair.a == options.pair.b) continue;
      budget.max_paths = options.max_paths - std::min(options.max_paths, whole.counts.paths);
      CellRun run(theorem, cell, pass, options, budget);
      run.begun = begun;
      run.name = whole.name;
      run.paths_before = whole.counts.paths;
      run_cell(run);
      merge(whole, std::move(run.result));
      done = (whole.verdict == Verdict::refuted && options.first_only) ||
             !whole.internal_error.empty();
      if (done) break;
    }
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
