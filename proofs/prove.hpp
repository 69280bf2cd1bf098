// SPDX-License-Identifier: GPL-2.0-only
// `gupdiff prove`: runs theorems about a pair of walks and says of each whether
// it is proved, refuted, vacuous or inconclusive.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oracle/catalogue.hpp"
#include "oracle/facet.hpp"
#include "oracle/registry.hpp"
#include "proofs/branch_lines.hpp"
#include "proofs/explorer.hpp"
#include "proofs/runner.hpp"
#include "proofs/second_opinion.hpp"

namespace gupdiff {

/// What a theorem came to. They are different words because they are different things.
enum class Verdict : std::uint8_t {
  proved,        ///< holds on every path, there are paths, and no row was needed
  proved_except, ///< the same, with catalogue rows in force, each of them shown to be needed
  refuted,       ///< a counterexample, replayed concretely
  vacuous,       ///< the assumptions contradict each other: nothing was shown
  inconclusive,  ///< not finished; TheoremResult::shortfall says why
};
inline constexpr int kVerdicts = static_cast<int>(Verdict::inconclusive) + 1;
std::string_view verdict_name(Verdict);

/// A world on which the claim fails. Replayed on the concrete walks before it is reported.
struct Counterexample {
  World<Concrete> world;  ///< a valid scenario, shrunk
  std::string cell;       ///< the cell of the theorem it belongs to
  std::string claim;      ///< what fails: "result", ..., "v6.10: PROPERTY", or "row D17 is tight"
};

/// An assumption in words, and where it is argued.
struct AssumptionText {
  std::string name;
  std::string source;
};

struct TheoremResult {
  std::string name;  ///< "x86_64/v6.9:v6.10/hugetlb-2M/one-page"
  std::string summary;
  Verdict verdict = Verdict::inconclusive;
  Shortfall shortfall = Shortfall::none;
  std::string shortfall_detail;  ///< where, and how a process ended; may be empty
  ExplorationCounts counts;
  double seconds = 0;  ///< of its processes together, wall clock
  std::string slowest_query;
  double slowest_query_seconds = 0;
  std::map<std::string, std::uint64_t> rows_used;  ///< catalogue id -> paths of the relation it spoke on
  /// The same -> those of them on whose own assignment some facet differs without the row.
  std::map<std::string, std::uint64_t> rows_needed;
  /// The same -> facet that the row names -> those of them on which that facet differs without the row.
  std::map<std::string, std::map<std::string, std::uint64_t>> rows_shown;
  /// How the calls ended, "v6.10: -EFAULT" -> paths: shows that the theorem is about something.
  std::map<std::string, std::uint64_t> outcomes;
  std::vector<AssumptionText> assumptions;  ///< of the last cell
  std::vector<Counterexample> counterexamples;
  /// Reader theorems: what shows each part of the exception, by its name.
  std::map<std::string, std::string> witnesses;
  /// Pair theorems: branches of the models on symbolic conditions, by "file:line:column", and
  /// which ways some feasible path took them. One not named was not reached.
  BranchWays branches;
  std::string refutation;      ///< reader theorems: the input on which the statement fails
  SecondOpinionCounts second;  ///< --cross-check
  std::string internal_error;  ///< not empty: the prover contradicted itself (exit code 6)
  std::string kept_path;       ///< where it did, on a path: what to debug it by, a scenario file
};

/// Results of earlier runs. The prover itself neither reads nor writes files.
struct ResultStore {
  /// What was saved under `key`, if it is there and whole.
  std::function<std::optional<std::string>(const std::string& key)> load;
  std::function<void(const std::string& key, const std::string& result)> save;
  /// What each task took in earlier runs, by its name: decides the order alone. Updated.
  std::map<std::string, double> seconds;
};

/// What is asked of the prover. Whatever of it can change a unit's result belongs in
/// result_key() (prove.cpp) and question_json() (shard.cpp), or sets `side_effects`.
struct ProveOptions {
  WalkPair pair = default_pair();
  std::string glob = "*";     ///< of whole theorem names; * and ? as in a shell, * also over '/'
  std::vector<std::string> names;  ///< not empty: exactly these theorems, whatever `glob` says
  RowSet enabled = all_rows();
  double timeout_seconds = 600;  ///< for each unit, from when its process begins
  std::uint64_t max_paths = 20'000'000;  ///< of each unit
  unsigned jobs = 2;          ///< processes at a time
  unsigned threads = 1;       ///< inside one unit; with more than one, `checks` differs from run to run
  bool first_only = true;     ///< stop a unit at its first counterexample
  bool stop_at_refutation = false;  ///< begin no unit and end those that run once one is refuted; what is left is inconclusive
  unsigned memory_mb = 1500;  ///< of all processes together; each gets its equal part
  ResultStore* store = nullptr;  ///< not asked when `side_effects`
  std::string corpus;         ///< not empty: every explored path becomes a scenario in this folder
  bool side_effects = false;  ///< units do more than give a result (write files, ask another solver)
  SecondOpinionOptions second;  ///< of every unit
  std::function<bool()> interrupted;  ///< asked now and then: stop, and keep what there is?
  std::function<void(const RunnerProgress&)> progress;  ///< about four times a second
};

/// What a run took: different from one run to the next, unlike its results.
struct ProveUse {
  std::size_t units = 0;    ///< run or not: units of the theorems, and reader theorems
  std::size_t cached = 0;   ///< of these, taken from the store
  std::map<std::string, std::size_t> cached_units;  ///< by theorem, where there are any
  double seconds = 0;       ///< wall clock
  double cpu_seconds = 0;   ///< of the processor, of all units that were run
  std::uint64_t peak_kib = 0;     ///< largest process
  std::uint64_t peak_all_kib = 0;  ///< bound on all processes at one time
  bool interrupted = false;
};

/// Names of every theorem about `pair`, in the order they are proved.
std::vector<std::string> list_theorems(WalkPair pair);

/// A theorem in words.
struct TheoremText {
  std::string name, summary;
  std::vector<std::string> cells;  ///< reader theorems have none
};
/// The theorems that `options` chooses, in the order they are proved.
std::vector<TheoremText> describe_theorems(const ProveOptions& options);

/// Proves the theorems whose names match; none match: empty. Each unit runs in a process of
/// its own: call it from a process with one thread. The results are the same whatever the
/// number of processes.
std::vector<TheoremResult> prove(const ProveOptions& options, ProveUse* use = nullptr);

/// Shell-style match of a whole name.
bool glob_matches(std::string_view glob, std::string_view name);
/// Whether one of `globs` matches, or there are none: everything is asked for.
bool any_glob_matches(const std::vector<std::string>& globs, std::string_view name);

}  // namespace gupdiff
