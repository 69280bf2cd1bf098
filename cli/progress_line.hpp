// SPDX-License-Identifier: GPL-2.0-only
// One line on the terminal that says how far the prover is.
#pragma once

#include <string>

#include "proofs/runner.hpp"

namespace gupdiff {

/// The line, at most `columns` wide: "37/312 units, 1,204,331 paths, 9,874/s, 2 min left: RUNNING".
std::string progress_text(const RunnerProgress& p, std::size_t columns);

/// The line on standard error; the caller has made sure that it is a terminal.
class ProgressLine {
 public:
  void show(const RunnerProgress& p) const;
  /// Removes the line if there is one.
  void clear() const;

 private:
  mutable bool shown_ = false;
};

}  // namespace gupdiff
