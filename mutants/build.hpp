// SPDX-License-Identifier: GPL-2.0-only
// A mutant as shared objects that stand in for the walk it patches (docs/stand-in.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutants/mutant.hpp"

namespace gupdiff {

/// What mutants are built of and with.
struct BuildOptions {
  std::filesystem::path source;         ///< root of the project's sources
  std::filesystem::path cache;          ///< folder of what was built earlier; made if missing
  std::string compiler;                 ///< clang++ of the version the program was built with
};

/// What came of a build.
struct Built {
  enum class State : std::uint8_t {
    done,
    stillborn,  ///< the patched sources do not compile
    failed,     ///< anything else: the patch does not apply, no compiler, no space
  };
  State state = State::done;
  std::filesystem::path module;  ///< done: the shared object
  std::string sentence;          ///< else: why
  double cpu_seconds = 0;        ///< 0: it was there
};

/// Over which words the walks of a module run, and how fast.
enum class ModuleKind : std::uint8_t {
  quick,  ///< machine words, built in a third of the time, five times slower: most mutants die at once
  fast,   ///< machine words
  terms,  ///< solver terms
};

/// Patches copies of sources and compiles them. What it builds is kept under a hash of the patch, of
/// every source that goes into it, and of the compiler.
class MutantBuilder {
 public:
  /// Throws InputError: sources that are not there, no compiler, a cache that cannot be written.
  explicit MutantBuilder(BuildOptions options);

  /// Builds `mutant`, or finds it built. Throws nothing; writes whole files or none, so any
  /// number of processes may build at a time.
  Built build(const Mutant& mutant, ModuleKind kind) const;
  /// The same of the sources as they are: what a mutant is when nothing is wrong.
  Built build_unpatched(ModuleKind kind) const;

  /// Removes what was not used for longest, above a bound on what is kept.
  void trim_cache() const;

  const BuildOptions& options() const { return options_; }

 private:
  Built build(const std::string& name, const std::string& diff, const std::vector<std::string>& touched, ModuleKind kind) const;
  std::string patch(const std::filesystem::path& overlay, const std::string& name, const std::string& diff,
                    const std::vector<std::string>& touched) const;
  std::string compile(const std::filesystem::path& overlay, const std::filesystem::path& to, ModuleKind kind, Built& built) const;

  BuildOptions options_;
  std::vector<std::string> sources_;  ///< that the module includes, sorted
  std::string sources_key_;           ///< compiler, and names and hashes of them
};

/// Where mutants are kept if nobody says: $XDG_CACHE_HOME or ~/.cache, then gupdiff/mutants.
/// Empty: there is no such place.
std::filesystem::path default_mutant_cache();

}  // namespace gupdiff
