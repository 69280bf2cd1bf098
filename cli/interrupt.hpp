// SPDX-License-Identifier: GPL-2.0-only
// Ctrl-C during long work: noted, so that the work can end in order and say what it has.
#pragma once

namespace gupdiff {

/// Thrown where a command cannot go on after an interruption; main() ends with its exit code.
struct Interrupted {};

/// While it lives, SIGINT and SIGTERM are noted; a second one ends the program at once.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
};

/// The signal that was noted; 0: none.
int interrupting_signal();

/// 128 and the number of the signal, as a shell would say: 130 after Ctrl-C.
int interrupted_exit_code();

}  // namespace gupdiff
