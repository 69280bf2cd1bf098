// SPDX-License-Identifier: GPL-2.0-only
// What must be there before a proof that wants a second opinion begins.
#include "cli/second_opinion.hpp"

#include <unistd.h>

#include "cli/terminal.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {

void add_second_opinion(CLI::App& sub, SecondOpinionOptions& o) {
  CLI::Option* solver = sub.add_option("--cross-check", o.solver, "Ask this solver (cvc5, or its path) every query that decides something, too");
  sub.add_option("--cross-check-inferences", o.inference_rate, "And one of so many conditions that were inferred without a solver; 0: none")
      ->needs(solver)->capture_default_str();
  sub.add_option_function<double>("--cross-check-timeout", [&o](double s) { o.query_ms = static_cast<unsigned>(s * 1000); },
                                  "Seconds it may take for one query; 10 if left out")
      ->check(CLI::Range(0.001, 86400.0))->needs(solver);
  sub.add_option("--smt2", o.folder, "Folder to write every such query to, as SMT-LIB 2");
  sub.add_option("--disagreements", o.disagreements, "Folder for a query on which the solvers differ")->needs(solver)->capture_default_str();
}

void prepare(SecondOpinionOptions& o) {
  if (!o.solver.empty()) {
    const std::string found = find_program(o.solver);
    if (found.empty())
      throw InputError{fmt::format("--cross-check {}: there is no such program; install the package cvc5 "
                                   "('apt-get install cvc5' or 'scripts/setup.sh --tests') or give its path.", o.solver)};
    o.solver = found;
  }
  if (o.folder.empty()) return;
  make_folder(o.folder);
  if (access(o.folder.c_str(), W_OK | X_OK) != 0)
    throw InputError{fmt::format("--smt2 {}: queries cannot be written here; name another folder.", o.folder)};
}

}  // namespace gupdiff
