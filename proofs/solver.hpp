// SPDX-License-Identifier: GPL-2.0-only
// Z3, wrapped once: conjunctions of terms go in, one of six answers comes out,
// with a model or a core. Only solver.cpp includes z3++.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proofs/assignment.hpp"
#include "proofs/term.hpp"

namespace gupdiff {

/// What the solver said of a query. Only `sat` and `unsat` are knowledge.
enum class Answer : std::uint8_t {
  sat,
  unsat,
  timeout,
  out_of_memory,
  unknown,  ///< gave up for another reason
  crashed,  ///< the solver raised an error
};
std::string_view answer_name(Answer);

/// What one solver has done so far.
struct SolverUse {
  std::uint64_t checks = 0;
  double seconds = 0;
  double slowest = 0;            ///< seconds of the slowest check
  std::string slowest_name;      ///< and the name it was asked under
};

/// One Z3 context over one arena. Not shared between threads.
class Solver {
 public:
  /// `timeout_ms` bounds each check.
  Solver(const TermArena& arena, unsigned timeout_ms);
  ~Solver();

  /// Is the conjunction of `conditions` satisfiable? On `sat`, `model` gets the
  /// values of the variables in them (others stay as they were); on `unsat`,
  /// `core` the positions of a contradictory subset.
  Answer check(std::string_view name, std::span<const Term* const> conditions, Assignment* model,
               std::vector<std::size_t>* core);

  const SolverUse& use() const;
  /// Bounds the memory of every solver of the process, in MiB.
  static void limit_memory(unsigned mb);
  /// Name and version of the solver, for reports.
  static std::string version();

 private:
  struct Z3;
  std::unique_ptr<Z3> z3_;
};

}  // namespace gupdiff
