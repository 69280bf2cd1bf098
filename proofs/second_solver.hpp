// SPDX-License-Identifier: GPL-2.0-only
// cvc5 in a process of its own, spoken to in SMT-LIB 2 over a socket; whatever becomes of
// that process is an answer, too.
#pragma once

#include <sys/types.h>

#include <string>

#include "proofs/solver.hpp"

namespace gupdiff {

/// What the process said; `why` in words if that is neither sat nor unsat.
struct SecondAnswer {
  Answer answer = Answer::crashed;
  std::string why;
};

/// One process, started at the first query and again after it died or hung.
class SecondSolver {
 public:
  SecondSolver(std::string program, unsigned query_ms) : program_(std::move(program)), query_ms_(query_ms) {}
  ~SecondSolver() { stop(); }
  SecondSolver(const SecondSolver&) = delete;
  SecondSolver& operator=(const SecondSolver&) = delete;

  /// Whether `assertions` (smt_assertions()) are satisfiable.
  SecondAnswer check(const std::string& assertions);

 private:
  std::string start();
  void stop();
  bool send(const std::string& text);
  SecondAnswer receive();

  const std::string program_;
  const unsigned query_ms_;
  pid_t process_ = -1;
  int to_ = -1, from_ = -1;
  std::string unread_;
  unsigned asked_ = 0;     ///< of this process
  unsigned failures_ = 0;  ///< deaths and hangs in a row
};

}  // namespace gupdiff
