// SPDX-License-Identifier: GPL-2.0-only
// What a run of the prover consists of: the units of the chosen theorems and the chosen
// reader theorems, each with a name and an estimate of what it costs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "oracle/readers.hpp"
#include "proofs/cell_prover.hpp"

namespace gupdiff {

/// A unit of a theorem, or a whole reader theorem.
struct Task {
  std::string theorem;  ///< full name
  Unit unit;            ///< unless `reader`
  const ReaderStatement* reader = nullptr;
  /// Seconds on the machine it was measured on, from the task's shape alone: the same on every
  /// machine, so that they agree on how shards divide the work.
  double estimate = 0;

  /// Name within its theorem: "FOLL_GET".
  std::string part() const;
  std::string name() const { return theorem + ", " + part(); }
};

/// The tasks of the theorems that `options` chooses, theorems in their order, units in theirs.
std::vector<Task> tasks_of(const ProveOptions& options);

/// Runs a task in this process, with one thread.
TheoremResult run_task(const Task& task, const ProveOptions& options, const UnitProgress& progress);

/// Runs the tasks in processes of their own; one result each, in their order.
std::vector<TheoremResult> run_tasks(std::span<const Task> tasks, const ProveOptions& options, ProveUse& use);

/// What the results of `tasks` (one each, in their order) come to, theorem by theorem.
std::vector<TheoremResult> add_up(std::span<const Task> tasks, std::vector<TheoremResult> results);

}  // namespace gupdiff
