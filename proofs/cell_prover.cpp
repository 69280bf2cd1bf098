// SPDX-License-Identifier: GPL-2.0-only
// One pass over one cell: its assumptions are shown satisfiable, then on every path
// each facet must be as the catalogue says and each safety property must hold.
#include "proofs/cell_prover.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <thread>

#include "oracle/safety.hpp"
#include "proofs/concretise.hpp"
#include "proofs/corpus_writer.hpp"
#include "proofs/counterexample.hpp"
#include "proofs/kept_path.hpp"
#include "proofs/row_claims.hpp"
#include "proofs/symbolic_walks.hpp"

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

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

/// A unit being run, shared by its workers.
struct CellRun {
  const Unit unit;
  const ProveOptions& options;
  const UnitProgress& report;
  const Budget budget;
  Pass pass = Pass::relation;  ///< the one that runs
  std::optional<Frontier> frontier;  ///< of that pass

  std::mutex mutex;
  TheoremResult result;
  Clock::time_point next_progress = Clock::now();

  CellRun(const Unit& u, const ProveOptions& o, Budget b, const UnitProgress& p)
      : unit(u), options(o), report(p), budget(b) {}
};

/// One thread's work on a cell.
class Worker {
 public:
  explicit Worker(CellRun& run)
      : run_(run),
        pair_(run.options.pair),
        older_(std::min(pair_.a, pair_.b)),
        newer_(std::max(pair_.a, pair_.b)),
        explorer_(arena_),
        setting_(run.unit.theorem->build(arena_, run.unit.cell(), run.unit.theorem->order)),
        second_(arena_, run.options.second,
                run.unit.theorem->arch + "/" + pair_name(pair_) + "/" + run.unit.theorem->name,
                run.unit.cell().name) {
    if (run.options.second.wanted()) explorer_.second = &second_;
    for (const Assumption& a : setting_.assumptions) explorer_.assume(a.holds.in(arena_));
    // Before the exploration begins: what it forks on must be there already.
    for (std::size_t r = 0; r < asks_about_.size(); ++r)
      asks_about_[r] = SymbolicCond(arena_.bool_variable("asks about " + std::string(catalogue()[r].id)));
    if (!run.options.corpus.empty()) corpus_.emplace(run.options.corpus);
    if (run.unit.cell().faults) explorer_.beyond_bound = [this] { return too_many_faults(); };
  }

  /// Shows the assumptions satisfiable and finds the first path. False: the cell is decided.
  bool start(PendingPath& first) {
    TheoremResult& r = run_.result;
    for (const Assumption& a : setting_.assumptions)
      r.assumptions.push_back({a.name, std::string(a.source)});
    if (const auto faults = run_.unit.cell().faults)
      r.assumptions.push_back({bound_text(*faults), "bound of the cell"});
    switch (explorer_.satisfy(first.assignment)) {
      case Answer::sat: return true;
      case Answer::unsat: r.verdict = Verdict::vacuous; return false;
      case Answer::timeout: r.shortfall = Shortfall::timeout; return false;
      case Answer::out_of_memory: r.shortfall = Shortfall::memory; return false;
      case Answer::unknown:
      case Answer::crashed: r.shortfall = Shortfall::unknown; return false;
    }
    return false;
  }

  /// Runs paths of the run's pass until none is left.
  void work() {
    try {
      explorer_.explore(*run_.frontier, [&] { path(); });
    } catch (const ProverError& e) {
      fail(e.message);
      const std::lock_guard lock(run_.mutex);
      if (run_.result.kept_path.empty())
        run_.result.kept_path = kept_path(e.message, setting_, failing_.empty() ? explorer_.now().assignment() : failing_, explorer_.path(), arena_);
    } catch (const std::exception& e) {
      fail(e.what());
    }
  }

  std::uint64_t paths() { return explorer_.counts().paths; }

  /// Adds what all its passes came to to the result.
  void add_up() {
    const std::lock_guard lock(run_.mutex);
    run_.result.counts.add(explorer_.counts());
    run_.result.second.add(second_.counts());
    for (int r = 0; r < kKnownRows; ++r) {
      const auto i = static_cast<std::size_t>(r);
      const std::string id(catalogue()[i].id);
      if (spoke_[i] != 0) run_.result.rows_used[id] += spoke_[i];
      if (needed_[i] != 0) run_.result.rows_needed[id] += needed_[i];
      for (int f = 0; f < kFacets; ++f)
        if (const std::uint64_t n = shown_[i][static_cast<std::size_t>(f)]; n != 0)
          run_.result.rows_shown[id][std::string(facet_name(static_cast<Facet>(f)))] += n;
    }
    for (auto& [outcome, n] : outcomes_) run_.result.outcomes[outcome] += n;
    const SolverUse& use = explorer_.solver_use();
    if (use.slowest > run_.result.slowest_query_seconds) {
      run_.result.slowest_query_seconds = use.slowest;
      run_.result.slowest_query = use.slowest_name;
    }
  }

 private:
  void fail(const std::string& message) {
    run_.frontier->stop(Shortfall::none);
    const std::lock_guard lock(run_.mutex);
    if (run_.result.internal_error.empty()) run_.result.internal_error = message;
  }

  /// Whether the older walk has used up the cell's faults: those of handle_mm_fault(), and of v6.1 its own.
  bool too_many_faults() const {
    return older_run_ && older_run_->faults.size() + older_run_->hugetlb_faults.size() > *run_.unit.cell().faults;
  }
  /// Runs the older walk by `run` into `m`, within the cell's bound.
  template <class Run>
  void bounded(Machine<Symbolic>& m, Run run) {
    older_run_ = &m;
    run(m);
    explorer_.stay_within_bound();
    older_run_ = nullptr;
  }

  void path() {
    claims_.clear();
    older_run_ = nullptr;
    switch (run_.pass) {
      case Pass::relation: relation(); break;
      case Pass::older_alone: older_alone(); break;
      case Pass::tight: tight(); break;
    }
    for (const auto& [claim, holds] : claims_) {
      Assignment failing;
      switch (explorer_.refute(claim.name(), holds.in(arena_), failing)) {
        case Answer::unsat: break;
        case Answer::sat: refuted(claim, failing); break;
        case Answer::timeout: run_.frontier->note(Shortfall::timeout); break;
        case Answer::out_of_memory: run_.frontier->note(Shortfall::memory); break;
        case Answer::unknown:
        case Answer::crashed: run_.frontier->note(Shortfall::unknown); break;
      }
      if (run_.frontier->stopped()) return;
    }
    if (corpus_) {
      concretise(setting_.world, explorer_.now(), world_);
      corpus_->put(world_);
    }
    progress();
  }

  // Everything that may still fork comes before the first claim is checked. The older walk comes
  // first: what it does may be beyond the bound.
  void relation() {
    const World<Symbolic>& w = setting_.world;
    bounded(expected_, [&](Machine<Symbolic>& m) { run_expected(pair_, run_.options.enabled, w, m); });
    run_walk(newer_, w, walked_);
    for (int f = 0; f < kFacets; ++f) {
      const Facet facet = static_cast<Facet>(f);
      claims_.push_back({{facet}, facet_equal<Symbolic>(facet, w, expected_, walked_)});
    }
    claim_safety(newer_);
    concretise(w, explorer_.now(), world_);
    run_walk(newer_, world_, concrete_);
    agree(walked_, newer_);
    count_outcome(newer_);
    run_expected(pair_, run_.options.enabled, world_, concrete_);
    agree(expected_, older_);
    count_rows();
    if (!has_tight_pass(*run_.unit.theorem)) claim_tight_rows();
  }

  /// Which rows spoke on the path, and which of them its own assignment shows to be needed.
  void count_rows() {
    const RowSet enabled = run_.options.enabled;
    RowSet spoke = concrete_.known_applied;
    if (spoke != enabled) {
      run_expected(pair_, spoke, world_, other_);
      if (!all_facets_equal<Concrete>(world_, concrete_, other_)) add_silent_rows(spoke);
    }
    for (std::size_t r = 0; r < spoke.size(); ++r) {
      if (!spoke[r]) continue;
      ++spoke_[r];
      RowSet others = enabled;
      run_expected(pair_, others.reset(r), world_, other_);
      if (all_facets_equal<Concrete>(world_, concrete_, other_)) continue;
      ++needed_[r];
      for (int f = 0; f < kFacets; ++f)
        if (row_names(static_cast<int>(r), f) && !facet_equal<Concrete>(static_cast<Facet>(f), world_, concrete_, other_))
          ++shown_[r][static_cast<std::size_t>(f)];
    }
  }

  /// Switches of the era that make a difference here where nothing records that they do: of such
  /// a row, which names all facets, nothing is claimed but that it is needed. Any other row must speak. Of two that
  /// each do alone, one is taken.
  void add_silent_rows(RowSet& spoke) {
    RowSet rows = run_.options.enabled;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (spoke[r] || !rows[r]) continue;
      RowSet without = rows;
      run_expected(pair_, without.reset(r), world_, other_);
      if (all_facets_equal<Concrete>(world_, concrete_, other_)) {
        rows = without;
        continue;
      }
      if (has_claim(static_cast<int>(r)))
        throw ProverError{"row " + std::string(catalogue()[r].id) + " made a difference and did not say so"};
      spoke.set(r);
    }
  }

  /// Whether something is claimed of row `row` wherever it speaks.
  static bool has_claim(int row) { return claimed_tight(row) || !row_names_all(row); }

  void tight() {
    bounded(expected_, [&](Machine<Symbolic>& m) { run_expected(pair_, run_.options.enabled, setting_.world, m); });
    claim_tight_rows();
  }

  /// Of each row that spoke in `expected_`: the same without it is run, and must differ where the row says, or, of a
  /// row that is recorded more widely, nowhere else.
  void claim_tight_rows() {
    const World<Symbolic>& w = setting_.world;
    RowSet spoke = expected_.known_applied;
    for (std::size_t r = 0; r < spoke.size(); ++r)
      if (!has_claim(static_cast<int>(r))) spoke.reset(r);
    if (spoke.none()) return;
    leave_one_that_branches(spoke);
    concretise(w, explorer_.now(), world_);
    run_expected(pair_, run_.options.enabled, world_, concrete_);
    agree(expected_, older_);
    for (std::size_t r = 0; r < spoke.size(); ++r) {
      if (!spoke[r]) continue;
      RowSet others = run_.options.enabled;
      run_expected(pair_, others.reset(r), w, walked_);
      const int row = static_cast<int>(r);
      claims_.push_back({row_claim(row), claimed_tight(row) ? row_differs<Symbolic>(row, w, expected_, walked_)
                                                            : row_keeps_to_its_facets<Symbolic>(row, w, pair_, run_.options.enabled, expected_, walked_)});
      run_expected(pair_, others, world_, concrete_);
      agree(walked_, older_);
    }
  }

  /// Without a row that changes what happens the older walk goes other ways, and after several
  /// such runs on one path their branches would multiply. Where more than one spoke a free choice
  /// divides the path: each of them is asked about on one part, all other rows on the first part.
  void leave_one_that_branches(RowSet& rows) {
    constexpr unsigned kWhatHappens = 1u << static_cast<int>(Facet::result) | 1u << static_cast<int>(Facet::effect);
    RowSet branching;
    for (std::size_t r = 0; r < rows.size(); ++r)
      if (rows[r] && ((catalogue()[r].facets & kWhatHappens) != 0 || !claimed_tight(static_cast<int>(r)))) branching.set(r);
    std::size_t left = branching.count(), r = 0;
    if (left < 2) return;
    for (const std::size_t all = left;; ++r) {
      if (!branching[r]) continue;
      if (--left != 0 && !Symbolic::truth(asks_about_[r])) continue;
      rows = left + 1 == all ? rows & ~branching : RowSet();
      rows.set(r);
      return;
    }
  }

  void older_alone() {
    bounded(walked_, [&](Machine<Symbolic>& m) { run_walk(older_, setting_.world, m); });
    claim_safety(older_);
    concretise(setting_.world, explorer_.now(), world_);
    run_walk(older_, world_, concrete_);
    agree(walked_, older_);
    count_outcome(older_);
  }

  void claim_safety(int walk) {
    Translations<Symbolic> translated;
    SafetyCheck<Symbolic> check{setting_.world, walked_, run_.options.enabled};
    check.translated = &translated;
    for (int p = 0; p < kProperties; ++p) {
      const auto property = static_cast<SafetyProperty>(p);
      if (setting_.any_words && !needs_no_premise(property)) continue;
      SymbolicCond holds = property_claim<Symbolic>(p, check);
      // Few paths come here with anything left to say: of those alone it is asked whether a kernel could be there, which forks.
      const bool decided = holds.constant() && holds.value();
      if (!decided && needs_complete_world(property) && (Symbolic::truth(holds) || !premise_holds(property)))
        holds = SymbolicCond(true);
      if (!decided && property == SafetyProperty::references_balance) holds = holds || !swap_cache_is_counted<Symbolic>(setting_.world);
      claims_.push_back({{Facet::result, p, walk, -1}, holds});
    }
  }

  /// What `property` asks of the world beyond what the theorems assume.
  bool premise_holds(SafetyProperty property) const {
    return complete<Symbolic>(setting_.world) &&
           (property != SafetyProperty::terminates || private_files_fit<Symbolic>(setting_.world));
  }

  /// Every path's outcome, in its assignment, must be the concrete run's: one wrong
  /// simplification, translation or domain rule anywhere shows here.
  void agree(const Machine<Symbolic>& symbolic, int walk) {
    const std::string difference = encoder_mismatch(symbolic, explorer_.now(), concrete_);
    if (!difference.empty())
      throw ProverError{walk_name(walk) + ": the symbolic and the concrete run differ in " + difference};
  }

  void count_outcome(int walk) { ++outcomes_[walk_name(walk) + ": " + outcome_name(concrete_)]; }

  void refuted(const Claim& claim, const Assignment& failing) {
    auto world = counterexample(setting_, claim, pair_, run_.options.enabled, failing, arena_);
    if (!world) {
      failing_ = failing;
      throw ProverError{"a counterexample to '" + claim.name() + "' does not fail when replayed"};
    }
    {
      const std::lock_guard lock(run_.mutex);
      auto& found = run_.result.counterexamples;
      const std::string name = claim.name();
      if (std::none_of(found.begin(), found.end(),
                       [&](const Counterexample& c) { return c.claim == name; }))
        found.push_back({std::move(*world),
                         run_.unit.cell().name, name});
    }
    if (run_.options.first_only) run_.frontier->stop(Shortfall::none);
  }

  void progress() {
    if (!run_.report) return;
    const std::lock_guard lock(run_.mutex);
    const auto now = Clock::now();
    if (now < run_.next_progress) return;
    run_.next_progress = now + std::chrono::milliseconds(250);
    run_.report(run_.frontier->paths());
  }

  CellRun& run_;
  WalkPair pair_;
  int older_, newer_;
  TermArena arena_;
  Explorer explorer_;
  Setting setting_;
  SecondOpinion second_;
  Machine<Symbolic> walked_, expected_;
  const Machine<Symbolic>* older_run_ = nullptr;  ///< the machine that the bounded walk is running in
  Machine<Concrete> concrete_, other_;
  World<Concrete> world_;
  std::vector<std::pair<Claim, SymbolicCond>> claims_;
  Assignment failing_;  ///< of a counterexample that does not replay
  std::optional<CorpusWriter> corpus_;
  std::array<std::uint64_t, kKnownRows> spoke_{}, needed_{};
  std::array<std::array<std::uint64_t, kFacets>, kKnownRows> shown_{};  ///< of those needed, by facet that the row names
  std::array<SymbolicCond, kKnownRows> asks_about_;  ///< free: whether a path is the one for a row's claim
  std::map<std::string, std::uint64_t> outcomes_;
};

void fail(CellRun& run, const std::string& message) {
  if (run.frontier) run.frontier->stop(Shortfall::none);
  const std::lock_guard lock(run.mutex);
  if (run.result.internal_error.empty()) run.result.internal_error = message;
}

/// One pass by all workers. False: the passes after it need not run.
bool run_pass(CellRun& run, Pass pass, const PendingPath& first, std::vector<std::unique_ptr<Worker>>& workers) {
  TheoremResult& r = run.result;
  const auto paths = [&] {
    std::uint64_t all = 0;
    for (const auto& w : workers) all += w->paths();
    return all;
  };
  const std::uint64_t before = paths();
  run.pass = pass;
  run.frontier.emplace(run.budget);
  run.frontier->put(first);
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < workers.size(); ++t) others.emplace_back([&worker = *workers[t]] { worker.work(); });
  workers.front()->work();
  for (std::thread& t : others) t.join();
  const Shortfall shortfall = run.frontier->shortfall();
  if (shortfall != Shortfall::none && r.shortfall == Shortfall::none) {
    r.shortfall = shortfall;
    r.shortfall_detail = "in " + run.unit.cell().name + ", " + std::string(pass_name(pass));
  }
  if (paths() == before && shortfall == Shortfall::none && r.counterexamples.empty()) r.verdict = Verdict::vacuous;
  return r.internal_error.empty();
}

void explore_cell(CellRun& run) {
  std::vector<std::unique_ptr<Worker>> workers;
  PendingPath first;
  workers.push_back(std::make_unique<Worker>(run));
  if (!workers.front()->start(first)) return;
  for (unsigned t = 1; t < run.options.threads; ++t) workers.push_back(std::make_unique<Worker>(run));
  for (const Pass pass : run.unit.passes)
    if (!run_pass(run, pass, first, workers)) break;
  for (const auto& w : workers) w->add_up();
}

}  // namespace

std::string_view pass_name(Pass pass) {
  switch (pass) {
    case Pass::relation: return "relation";
    case Pass::older_alone: return "older walk alone";
    case Pass::tight: break;
  }
  return "rows are tight";
}

bool has_tight_pass(const Theorem& theorem) { return theorem.name.rfind("hugetlb-", 0) == 0; }

TheoremResult prove_unit(const Unit& unit, const ProveOptions& options, Budget budget, const UnitProgress& progress) {
  forget_branches();
  CellRun run(unit, options, budget, progress);
  try {
    explore_cell(run);
  } catch (const ProverError& e) {
    fail(run, e.message);
  }
  TheoremResult& r = run.result;
  r.branches = taken_branches();
  if (!r.counterexamples.empty()) {
    r.verdict = Verdict::refuted;
  } else if (r.shortfall != Shortfall::none || !r.internal_error.empty()) {
    r.verdict = Verdict::inconclusive;
  } else if (r.verdict != Verdict::vacuous) {
    r.verdict = Verdict::proved;
  }
  return std::move(r);
}

}  // namespace gupdiff
