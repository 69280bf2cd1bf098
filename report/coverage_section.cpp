// SPDX-License-Identifier: GPL-2.0-only
// Writes down which code ran and which inputs reached what.
#include "report/coverage_section.hpp"

#include <fmt/format.h>

#include "model/arch/words.hpp"
#include "oracle/difference.hpp"
#include "scenario/names.hpp"

namespace gupdiff {
namespace {

Json part(const Covered& c) { return {{"covered", c.covered}, {"total", c.total}}; }
Json part(const Share& s) { return {{"reached", s.reached}, {"of", s.of}}; }

std::string foll_name(std::size_t bit) {
  const auto names = bit_names(foll_flag_names(), std::uint64_t{1} << bit);
  return names.empty() ? std::string() : std::string(names.front());
}

}  // namespace

Json coverage_section(const Coverage& c, const std::vector<WalkPair>& pairs, const std::vector<std::string>& wrong) {
  Json names = Json::array(), rooms = Json::array(), files = Json::array(), gaps = Json::array();
  for (const WalkPair& p : pairs)
    names.push_back(pair_name(p));
  for (const char* room : {"model", "legacy", "unified", "oracle"})
    rooms.push_back({{"room", room}, {"lines", part(lines_of(c, room))}, {"regions", part(regions_of(c, room))},
                     {"branches", part(branches_of(c, room))}});
  for (const FileCoverage& f : c.files)
    files.push_back({{"file", f.file}, {"lines", part(covered(f.lines))}, {"regions", part(covered(f.regions))},
                     {"branches", part(covered(f.branches))}});
  for (const CoverageGap& g : c.gaps) {
    Json gap = {{"file", g.file}, {"line", g.line}, {"code", g.code}};
    if (!g.reason.empty()) gap["reason"] = g.reason;
    gaps.push_back(std::move(gap));
  }
  return {{"verdict", verdict_word(wrong.empty() ? RunVerdict::holds : RunVerdict::inconclusive)},
          {"scenarios", c.scenarios}, {"pairs", std::move(names)}, {"rooms", std::move(rooms)},
          {"files", std::move(files)}, {"gaps", std::move(gaps)}, {"wrong", wrong}};
}

Json health_section(const Health& h, const HealthScope& scope) {
  Json by_walk = Json::array(), states = Json::object(), flags = Json::object(), pairs = Json::object(),
       architectures = Json::object(), sizes = Json::array(), endings = Json::object(), apis = Json::object(), problems = Json::array();
  for (const int w : scope.walks) {
    Json reach = {{"walk", walk_name(w)}};
    for (int r = 0; r < kWalkReaches; ++r)
      reach[std::string(walk_reach_name(static_cast<WalkReach>(r)))] = part(h.walks[static_cast<std::size_t>(w)][static_cast<std::size_t>(r)]);
    by_walk.push_back(std::move(reach));
  }
  for (std::size_t k = 0; k < kStateKinds; ++k) states[std::string(state_kind_name(static_cast<StateKind>(k)))] = part(h.states[k]);
  for (std::size_t i = 0; i < kFollBits; ++i) {
    if (foll_name(i).empty()) continue;
    flags[foll_name(i)] = part(h.flags[i]);
    for (std::size_t j = i + 1; j < kFollBits; ++j)
      if (possible_flag_pairs()[i] >> j & 1u) pairs[foll_name(i) + "+" + foll_name(j)] = part(h.pairs[i][j]);
  }
  for (std::size_t a = 0; a < kArchitectures; ++a)
    if (scope.architectures >> a & 1u) architectures[std::string(architecture_names()[a])] = part(h.architectures[a]);
  for (const SizeShare& s : h.sizes)
    sizes.push_back({{"architecture", architecture_names()[static_cast<std::size_t>(s.arch)]},
                     {"geometry", geometries(s.arch)[s.variant].name}, {"size", s.size}, {"inputs", part(s.inputs)}});
  for (std::size_t t = 0; t < kTerminations; ++t) endings[std::string(termination_name(static_cast<Termination>(t)))] = part(h.terminations[t]);
  for (std::size_t a = 0; a < kApis; ++a) apis[std::string(api_name(static_cast<Api>(a)))] = part(h.apis[a]);
  for (const HealthProblem& p : health_problems(h, scope)) problems.push_back({{"kind", p.kind}, {"sentence", p.sentence}});
  return {{"verdict", verdict_word(problems.empty() ? RunVerdict::holds : RunVerdict::inconclusive)},
          {"inputs", h.inputs}, {"skipped", h.skipped}, {"walks", std::move(by_walk)}, {"memory", std::move(states)},
          {"flags", std::move(flags)}, {"flag_pairs", std::move(pairs)}, {"architectures", std::move(architectures)},
          {"sizes", std::move(sizes)}, {"terminations", std::move(endings)}, {"apis", std::move(apis)}, {"problems", std::move(problems)}};
}

}  // namespace gupdiff
