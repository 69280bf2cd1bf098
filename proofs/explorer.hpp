// SPDX-License-Identifier: GPL-2.0-only
// Replay-based path exploration: a program over Symbolic is run once for each
// path it can take. Every run carries an assignment that satisfies its path, so
// the side taken at a branch is only evaluated; the other side is looked for. What a run
// shares with the run before it is answered from memory.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proofs/assignment.hpp"
#include "proofs/knowledge.hpp"
#include "proofs/solver.hpp"
#include "proofs/term.hpp"

namespace gupdiff {

class SecondOpinion;

/// The prover contradicted itself (a replay that decided differently, a model
/// that does not satisfy its query): exit code 6, never a verdict.
struct ProverError {
  std::string message;
};

/// Where an exploration ends unfinished.
struct Budget {
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::uint64_t max_paths = ~std::uint64_t{0};
};

/// Why an exploration is incomplete; `none`: it is not.
/// `crashed`: the process that ran it was killed or ended with an error; `interrupted`: by the user.
enum class Shortfall : std::uint8_t { none, timeout, memory, unknown, path_budget, crashed, interrupted };
std::string_view shortfall_name(Shortfall);

/// Counters of an exploration (of one worker, or summed).
struct ExplorationCounts {
  std::uint64_t paths = 0;
  std::uint64_t branches = 0;    ///< new branches met
  std::uint64_t inferred = 0;    ///< conditions that followed from the path's facts
  std::uint64_t nudged = 0;      ///< other sides found feasible by a nearby assignment
  std::uint64_t core_hits = 0;   ///< other sides known infeasible from an earlier core
  std::uint64_t infeasible = 0;  ///< other sides shown infeasible, core hits included
  std::uint64_t checks = 0;      ///< questions to the solver
  std::uint64_t beyond_bound = 0;  ///< paths dropped because they left the bound; in no other count
  double solver_seconds = 0;
  void add(const ExplorationCounts&);
};

/// A path not yet run: an assignment that takes it, and the literals (by hash)
/// its run must decide first. Branches beyond them are new.
struct PendingPath {
  Assignment assignment;
  std::vector<std::uint64_t> trail;
};

/// The paths not yet run, shared between the workers of one exploration.
class Frontier {
 public:
  explicit Frontier(Budget budget) : budget_(budget) {}

  void put(PendingPath path);
  /// The newest path, once there is one. False: none is left, or stopped.
  bool take(PendingPath& path);
  /// The path last taken by the caller has been run.
  void finished();
  void stop(Shortfall why);
  /// Records an incompleteness without stopping.
  void note(Shortfall why);
  bool stopped() const { return stopped_; }
  bool out_of_time() const { return std::chrono::steady_clock::now() >= budget_.deadline; }
  Shortfall shortfall() const { return shortfall_; }
  const Budget& budget() const { return budget_; }
  std::uint64_t paths() const { return paths_; }

 private:
  const Budget budget_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<PendingPath> pending_;
  unsigned running_ = 0;
  std::atomic<bool> stopped_{false};
  std::atomic<Shortfall> shortfall_{Shortfall::none};
  std::atomic<std::uint64_t> paths_{0};
};

/// One worker of an exploration: its own arena, solver and caches.
class Explorer final : public Decider {
 public:
  explicit Explorer(TermArena& arena);
  ~Explorer();

  /// Adds a condition every path satisfies; before the first explore().
  void assume(const Term* condition);
  /// An assignment that satisfies the assumptions.
  Answer satisfy(Assignment& found);
  /// Runs `body` once for each path taken from `frontier` until none is left. What was found out for one
  /// frontier (contradictions, models) serves the next: the assumptions are the same.
  void explore(Frontier& frontier, const std::function<void()>& body);

  bool decide(const Term* condition) override;
  /// Drops the running path if it has left the bound (see `beyond_bound`). decide() asks at
  /// each new branch; a body asks where a path could leave the bound and meet no branch after.
  void stay_within_bound() const;

  /// Does `goal` hold for every assignment of the path just run? `unsat` means
  /// yes; `sat` fills `counterexample`; anything else is not known.
  Answer refute(std::string_view name, const Term* goal, Assignment& counterexample);

  /// Evaluates under the running path's assignment.
  Evaluator& now() { return now_; }
  const ExplorationCounts& counts();
  const SolverUse& solver_use() const { return solver_.use(); }
  /// Literals decided on the running path, in order.
  const std::vector<const Term*>& path() const { return path_; }

  /// Whether the running path is more than the exploration is about. Such a path is counted
  /// apart and says nothing; its answer may not go from true to false while a path runs.
  std::function<bool()> beyond_bound;
  bool use_cores = true;   ///< remember contradictions across paths
  bool use_nudges = true;  ///< try nearby assignments before the solver
  SecondOpinion* second = nullptr;  ///< asked what decides the exploration, if there is one

 private:
  bool decide_anew(const Term* condition);
  Answer find(std::string_view name, const Term* literal, Assignment& found);
  bool contradicted(const Term* literal);
  bool nearby(const Term* literal, Assignment& found);
  bool repair(const Term* literal, unsigned variant, Assignment& found);
  void slice(const Term* literal, std::vector<const Term*> rest, std::vector<const Term*>& out,
             std::vector<std::uint64_t>& masks);
  bool donated(const Term* literal, const std::vector<std::uint64_t>& masks, Assignment& found);
  bool remember(std::string_view name, const Term* literal);
  bool satisfied(Evaluator& e) const;
  void learn(const Term* literal);
  void index(const Term* clause);
  bool sampled(const Term* inferred);
  void ask_inference(const Term* wrong);
  void ask_inference(const Term* asked, const Term* simpler);
  void begin(PendingPath path);
  void rewind(std::size_t steps);

  /// One condition asked of decide(), and the answer.
  struct Asked {
    const Term* condition;
    bool taken;
  };
  /// One literal of the running path, and where the explorer stood before it was learnt.
  struct Step {
    std::size_t asked;    ///< number of the question it answers
    std::size_t facts;    ///< Knowledge::mark()
    std::size_t clauses;  ///< entries of indexed_
    std::uint64_t hash;   ///< path_hash_
  };

  TermArena& arena_;
  Frontier* frontier_ = nullptr;  ///< of the exploration that runs
  Solver solver_;
  Evaluator now_, trial_;
  Knowledge knowledge_;
  ExplorationCounts counts_;
  std::vector<const Term*> assumptions_;
  std::vector<const Term*> path_;
  std::uint64_t path_hash_ = 0;  ///< of the literals of path_ and their order
  std::vector<std::vector<const Term*>> clauses_;  ///< disjunctions of the path, by variable
  std::vector<std::uint32_t> indexed_;             ///< the variables they were added to, in order, assumptions apart
  std::vector<std::uint64_t> trail_;  ///< hashes of path_, and of what is left to be replayed
  std::vector<Step> steps_;           ///< of path_
  std::vector<Asked> asked_;          ///< everything decided on the running path, inferred or not
  std::size_t question_ = 0;          ///< questions of the running path so far
  std::size_t known_ = 0;             ///< the first so many are answered from asked_
  std::size_t prefix_ = 0;            ///< literals of trail_ to be replayed
  std::vector<Assignment> donors_;  ///< the solver's last models
  std::size_t next_donor_ = 0;
  std::vector<std::vector<const Term*>> cores_;
  std::unordered_map<const Term*, std::vector<std::uint32_t>> cores_with_;
};

}  // namespace gupdiff
