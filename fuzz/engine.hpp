// SPDX-License-Identifier: GPL-2.0-only
// One run of one fuzzing engine on one pair: the engine in child processes, progress and
// findings in ours.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"
#include "scenario/mutator.hpp"

namespace gupdiff {

/// What thinks inputs up and keeps the good ones. All of them run the same target on the same
/// binary form.
enum class Engine : std::uint8_t {
  libfuzzer,  ///< LLVM's, linked into this program
  afl,        ///< AFL++, in processes of its own
  random,     ///< the generator in a loop: no coverage, many more pairs a second
};
std::string_view engine_name(Engine e);
std::optional<Engine> engine_named(std::string_view name);
/// "libfuzzer, afl, random": for a sentence that says what there is.
std::string engine_names();

struct FuzzResult;

struct FuzzOptions {
  Engine engine = Engine::libfuzzer;
  WalkPair pair = default_pair();
  RowSet enabled = all_rows();        ///< catalogue rows that explain a difference
  double seconds = 60;                ///< wall-clock budget; 0: no limit
  std::uint64_t runs = 0;             ///< executions, give or take an input's neighbours; 0: no limit
  std::uint64_t seed = 1;             ///< same seed, same order of inputs
  std::filesystem::path corpus_dir;   ///< read and added to; empty: none, start from nothing
  std::filesystem::path findings_dir = "findings";  ///< made if missing, removed if left empty
  bool keep_going = false;            ///< do not stop at the first finding
  bool keep_findings = false;         ///< a finding whose folder is there is reported as it is, not shrunk and written again
  ArchitectureSet architectures = kCatalogued;  ///< that new scenarios are of
  bool anything = false;              ///< mutate beyond what kernels write
  unsigned jobs = 1;                  ///< afl: instances of afl-fuzz, one main and jobs - 1 secondaries
  std::filesystem::path work_dir;     ///< afl: its own folder, kept and taken up again; empty: a temporary one
  std::filesystem::path sync_dir;     ///< afl: shared with other hosts' runs to exchange queues; empty: none
  bool progress = true;               ///< a progress line on standard error if it is a terminal
  /// How far mutations may go: `anything`, as the mutator and the neighbours are told it.
  Bounds bounds() const { return anything ? Bounds::anything : Bounds::kernel; }
  /// Called about twice a second, and once at the end, with what there is so far.
  std::function<void(const FuzzResult&)> tick;
};

/// One finding of a run, deduplicated by its identity. Its folder is FINDINGS/finding-HASH.
struct FuzzFinding {
  std::string identity;              ///< FindingIdentity::text(): pair, facet, first differing step, row
  std::string summary;               ///< one line: facet and first difference, or the property
  std::filesystem::path text_file;   ///< the scenario, shrunk: scenario.toml in its folder
  std::filesystem::path binary_file; ///< the same: scenario.bin
  std::string replay_command;        ///< `gupdiff replay FILE --pair ...`
  double search_seconds = 0;         ///< of the processor, until it was found; 0: not known
  double shrink_seconds = 0;         ///< of the processor, for making it small
};

struct FuzzResult {
  std::uint64_t executions = 0;      ///< scenarios run through both walks: inputs and their neighbours
  double seconds = 0;
  std::uint64_t coverage = 0;        ///< edges covered, as the engine counts them; random counts none
  std::uint64_t corpus = 0;          ///< inputs it keeps
  double stability = 100;            ///< percent of edges that an input covers each time; afl measures it
  std::vector<FuzzFinding> findings;
  std::string failure;               ///< the fuzzer itself died: why; else empty
  int signal = 0;                    ///< that ended it then; 0: none. SIGPROF: a walk does not end (random)
  bool interrupted = false;          ///< Ctrl-C
  double rate() const { return seconds > 0 ? static_cast<double>(executions) / seconds : 0; }
  /// 0: all held; 10: findings; 6: the fuzzer or a model crashed.
  int exit_code() const { return !findings.empty() ? 10 : !failure.empty() ? 6 : 0; }
};

/// Runs the engine to its limits. Throws InputError: a corpus that is not a folder, findings that
/// cannot be written.
FuzzResult fuzz(const FuzzOptions& options);

/// `gupdiff replay FILE --pair A:B [--without D17,...]`.
std::string replay_command(const std::filesystem::path& file, WalkPair pair, const RowSet& enabled);

}  // namespace gupdiff
