// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with what inputs reach.
#include <bit>

#include <fmt/format.h>

#include "fuzz/health.hpp"
#include "oracle/difference.hpp"
#include "scenario/names.hpp"

namespace gupdiff {
namespace {

std::string flag_name(int bit) {
  const auto names = bit_names(foll_flag_names(), std::uint64_t{1} << bit);
  return names.empty() ? fmt::format("FOLL_ bit {}", bit) : fmt::format("FOLL_{}", names.front());
}

std::string percent(double share) { return fmt::format("{:.4g} %", 100 * share); }

/// "no input does X", or how few do.
std::string seldom(const Share& s, double least, std::string_view does) {
  if (s.reached == 0) return fmt::format("no input {}", does);
  return fmt::format("{} of {} inputs ({}) {}; {} must", s.reached, s.of, percent(s.share()), does, percent(least));
}

class Problems {
 public:
  std::vector<HealthProblem> list;

  /// `least`: the share there must be, and one input at least.
  void check(const char* kind, const Share& s, double least, std::string_view does) {
    if (s.reached == 0 || s.share() < least) list.push_back({kind, seldom(s, least, does)});
  }
};

void check_flags(Problems& p, const Health& h) {
  const FlagPairs& possible = possible_flag_pairs();
  for (int i = 0; i < kFollBits; ++i) {
    const std::uint32_t with = possible[static_cast<std::size_t>(i)];
    if (with == 0) continue;
    const Share& flag = h.flags[static_cast<std::size_t>(i)];
    p.check("flag", flag, kHealthFlag, fmt::format("has {}", flag_name(i)));
    for (int j = i + 1; j < kFollBits; ++j) {
      const Share& other = h.flags[static_cast<std::size_t>(j)];
      if (!(with >> j & 1u) || flag.share() * static_cast<double>(other.reached) < kHealthMeetings) continue;
      p.check("pair", h.pairs[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)], 0,
              fmt::format("has {} with {}", flag_name(i), flag_name(j)));
    }
  }
}

}  // namespace

std::vector<HealthProblem> health_problems(const Health& h, const HealthScope& scope) {
  Problems p;
  if (scope.stability && *scope.stability < kHealthStability)
    p.list.push_back({"stability", fmt::format("AFL++ saw a stability of {}: some input does not run the same each time; {} is required",
                                               percent(*scope.stability), percent(kHealthStability))});
  if (h.inputs < kHealthInputs) {
    p.list.push_back({"inputs", fmt::format("{} inputs are too few to be judged; {} are needed", h.inputs, kHealthInputs)});
    return p.list;
  }
  for (const int w : scope.walks)
    for (int r = 0; r < kWalkReaches; ++r)
      p.check("walk", h.walks[static_cast<std::size_t>(w)][static_cast<std::size_t>(r)], kHealthWalk[r],
              fmt::format("comes to a {} in {}", walk_reach_name(static_cast<WalkReach>(r)), walk_name(w)));
  for (int k = 0; k < kStateKinds; ++k)
    if (const Share& s = h.states[static_cast<std::size_t>(k)]; s.of > 0)
      p.check("state", s, kHealthState, fmt::format("lies on {}", state_kind_name(static_cast<StateKind>(k))));
  check_flags(p, h);
  for (int a = 0; a < kArchitectures; ++a)
    if (scope.architectures >> a & 1u)
      p.check("architecture", h.architectures[static_cast<std::size_t>(a)], kHealthArchitecture,
              fmt::format("is of {}", architecture_label(static_cast<Architecture>(a))));
  for (const SizeShare& s : h.sizes) {
    // Its machine occurs at all: `of` counts the machine's inputs.
    const std::uint64_t chances = h.architectures[static_cast<std::size_t>(s.arch)].reached;
    if (s.inputs.of == 0 ? chances < kHealthChances : s.inputs.of < kHealthChances) continue;
    p.check("size", s.inputs, 0, fmt::format("lies on {} hugetlb pages of {} {}", s.size, architecture_label(s.arch),
                                             geometries(s.arch)[s.variant].name));
  }
  for (const Termination t : {Termination::returned, Termination::livelock, Termination::sleeps})
    p.check("termination", h.terminations[static_cast<std::size_t>(t)], 0, fmt::format("ends in: {}", termination_name(t)));
  for (int a = 0; a < kApis; ++a)
    p.check("api", h.apis[static_cast<std::size_t>(a)], kHealthApi, fmt::format("calls {}", api_name(static_cast<Api>(a))));
  return p.list;
}

}  // namespace gupdiff
