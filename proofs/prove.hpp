// SPDX-License-Identifier: GPL-2.0-only
// `gupdiff prove`: runs theorems about a pair of walks and says of each whether
// it is proved, refuted, vacuous or inconclusive.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oracle/catalogue.hpp"
#include "oracle/facet.hpp"
#include "oracle/registry.hpp"
#include "proofs/explorer.hpp"

namespace gupdiff {

/// What a theorem came to. They are different words because they are different things.
enum class Verdict : std::uint8_t {
  proved,        ///< holds on every path, and there are paths
  refuted,       ///< a counterexample, replayed concretely
  vacuous,       ///< the assumptions contradict each other: nothing was shown
  inconclusive,  ///< not finished; TheoremResult::shortfall says why
};
std::string_view verdict_name(Verdict);

/// A world on which the claim fails. Replayed on the concrete walks before it is reported.
struct Counterexample {
  World<Concrete> world;  ///< a valid scenario, shrunk
  std::string cell;       ///< the cell of the theorem it belongs to
  std::string claim;      ///< what fails: "result", ..., or "v6.10: PROPERTY"
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
  ExplorationCounts counts;
  double seconds = 0;  ///< wall clock
  std::string slowest_query;
  double slowest_query_seconds = 0;
  std::map<std::string, std::uint64_t> rows_used;  ///< catalogue id -> paths it spoke on
  /// How the calls ended, "v6.10: -EFAULT" -> paths: shows that the theorem is about something.
  std::map<std::string, std::uint64_t> outcomes;
  std::vector<AssumptionText> assumptions;  ///< of the last cell
  std::vector<Counterexample> counterexamples;
  /// Reader theorems: what shows each part of the exception, by its name.
  std::map<std::string, std::string> witnesses;
  std::string refutation;      ///< reader theorems: the input on which the statement fails
  std::string internal_error;  ///< not empty: the prover contradicted itself (exit code 6)
};

/// Seen while a theorem runs.
struct ProveProgress {
  std::string_view theorem;
  std::string_view cell;
  std::uint64_t paths = 0;
  double seconds = 0;
};

struct ProveOptions {
  WalkPair pair = default_pair();
  std::string glob = "*";     ///< of whole theorem names; * and ? as in a shell, * also over '/'
  RowSet enabled = all_rows();
  double timeout_seconds = 600;  ///< for each theorem
  std::uint64_t max_paths = 20'000'000;
  unsigned threads = 2;
  bool first_only = true;     ///< stop a theorem at its first counterexample
  unsigned memory_mb = 1500;  ///< of the solver, all threads
  std::function<void(const ProveProgress&)> progress;  ///< about four times a second
};

/// Names of every theorem about `pair`, in the order they are proved.
std::vector<std::string> list_theorems(WalkPair pair);

/// Proves the theorems whose names match; none match: empty.
std::vector<TheoremResult> prove(const ProveOptions& options);

/// Shell-style match of a whole name.
bool glob_matches(std::string_view glob, std::string_view name);

}  // namespace gupdiff
