// SPDX-License-Identifier: GPL-2.0-only
// Whether a set of inputs is worth running: what share of them reached each walk, each kind
// of memory, each FOLL_ flag and pair of flags, each machine. Counts first, then what is
// wrong with them; both are functions of the inputs alone.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/flag_pairs.hpp"
#include "model/machine/machine.hpp"
#include "oracle/registry.hpp"
#include "scenario/generator.hpp"
#include "scenario/mutator.hpp"

namespace gupdiff {

/// How far an input got in one walk. An input counts for each that holds.
enum class WalkReach : std::uint8_t {
  hugetlb,  ///< slow GUP looked a page of a hugetlb mapping up (v6.1: in follow_hugetlb_page)
  other,    ///< or of any other mapping
  page,     ///< it handed pages out
  fault,    ///< it called handle_mm_fault()
  retry,    ///< mmap_lock was dropped and taken again
};
inline constexpr int kWalkReaches = 5;
std::string_view walk_reach_name(WalkReach r);

/// What the inputs are meant for: nothing outside it is asked for.
struct HealthScope {
  std::vector<int> walks;                        ///< indices into walks()
  ArchitectureSet architectures = kCatalogued;
  /// Share of the inputs that AFL++ found to run the same each time (0..1), if it ran.
  std::optional<double> stability;
};
/// The two walks of each pair, each walk once.
HealthScope health_scope(const std::vector<WalkPair>& pairs, ArchitectureSet architectures);

/// Inputs that reached a thing, and how many could have: those whose machine has it.
struct Share {
  std::uint64_t reached = 0;
  std::uint64_t of = 0;
  double share() const { return of ? static_cast<double>(reached) / static_cast<double>(of) : 0; }
};

/// One hugetlb size of one machine, and the inputs whose request lies on a mapping of it.
struct SizeShare {
  Architecture arch{};
  std::uint8_t variant = 0;
  std::string_view size;
  Share inputs;
};

/// What a set of inputs reached.
struct Health {
  std::uint64_t inputs = 0;
  std::uint64_t skipped = 0;  ///< files of the folder that are no scenarios
  std::vector<std::array<Share, kWalkReaches>> walks;  ///< by index into walks(); those of the scope are filled
  std::array<Share, kStateKinds> states{};
  std::array<Share, kFollBits> flags{};                ///< by bit number, as the lookups saw them
  std::array<std::array<Share, kFollBits>, kFollBits> pairs{};  ///< [i][j], i < j
  std::array<Share, kArchitectures> architectures{};
  std::vector<SizeShare> sizes;                        ///< every size of every machine of the scope
  std::array<Share, kTerminations> terminations{};     ///< of any walk of the scope
  std::array<Share, kApis> apis{};
};

/// Counts inputs one by one.
class HealthCounter {
 public:
  explicit HealthCounter(HealthScope scope);
  /// Runs `w` through the walks of the scope that run on its machine.
  void count(const Scenario& w);
  const Health& health() const { return health_; }

 private:
  HealthScope scope_;
  Health health_;
  Machine<Concrete> machine_;
};

/// Something the inputs do not reach, or too seldom.
struct HealthProblem {
  std::string kind;      ///< "inputs", "walk", "state", "flag", "pair", "architecture", "size", "termination", "api", "stability"
  std::string sentence;  ///< "no input has FOLL_LONGTERM with FOLL_WRITE"
};

/// The thresholds: below them, inputs are missing something, not just unlucky. (docs/campaigns.md, "Health")
inline constexpr std::uint64_t kHealthInputs = 500;  ///< fewer inputs are not judged further
inline constexpr double kHealthWalk[kWalkReaches] = {0.10, 0.10, 0.10, 0.02, 0.002};
inline constexpr double kHealthState = 0.001;
inline constexpr double kHealthFlag = 0.001;
inline constexpr double kHealthArchitecture = 0.01;
inline constexpr double kHealthApi = 0.005;
inline constexpr double kHealthStability = 1.0;
/// Two flags must meet if, were they independent, they would have met this often.
inline constexpr double kHealthMeetings = 16;
/// A machine must occur among this many inputs of its architecture, a size among this many of its machine.
inline constexpr std::uint64_t kHealthChances = 150;

/// Everything of `scope` that `health` does not reach. Empty: healthy.
std::vector<HealthProblem> health_problems(const Health& health, const HealthScope& scope);

/// The health of every scenario below `folder`: .toml and .bin files, and files without such a
/// name that start with kBinaryMagic (a fuzzer's own). Others are counted as skipped. In the order
/// of their paths. Throws InputError: no folder, no scenario in it, a file that cannot be read.
Health folder_health(const std::filesystem::path& folder, const HealthScope& scope);

}  // namespace gupdiff
