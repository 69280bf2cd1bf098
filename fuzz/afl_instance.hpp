// SPDX-License-Identifier: GPL-2.0-only
// One afl-fuzz process and its folder.
#pragma once

#include <sys/types.h>

#include "fuzz/afl.hpp"

namespace gupdiff {

/// One instance, a process group of its own: Ctrl-C reaches it through us, and its target dies with it.
class AflInstance {
 public:
  /// Starts instance `number` (0: the main one) in `work` with inputs from `seeds`; takes its folder up
  /// again if there is one. Throws InputError.
  AflInstance(const FuzzOptions& options, const AflInstallation& afl, const std::filesystem::path& work,
              const std::filesystem::path& seeds, unsigned number);
  AflInstance(AflInstance&&) = default;

  static std::string name(unsigned number);
  /// Whether it still runs; if not, ended_well() says how it ended.
  bool running();
  bool ended_well() const { return status_ == 0; }
  /// Asks it to end: afl-fuzz writes its figures and takes its target with it.
  void stop();
  /// Ends it for certain.
  void kill();
  /// Pairs of walks of this run alone, and what else its figures say.
  AflStats stats() const;
  const std::filesystem::path& folder() const { return folder_; }
  /// What afl-fuzz said last: why it ended.
  std::string last_words() const;

 private:
  std::uint64_t count_pairs() const;

  std::filesystem::path folder_, log_, pairs_;
  pid_t pid_ = -1;
  int status_ = 0;
  std::uint64_t executions_before_ = 0;
};

/// What an afl-fuzz leaves behind (a fork server of 4.04 may outlive it, and holds its folder's lock) becomes
/// this process's child from now on, for end_orphans() to end.
void adopt_orphans();
/// Ends every child of this process, and theirs.
void end_orphans();

}  // namespace gupdiff
