// SPDX-License-Identifier: GPL-2.0-only
// Counting what inputs reach.
#include "fuzz/health.hpp"

#include <algorithm>

#include "model/arch/usual_config.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/corpus_folder.hpp"

namespace gupdiff {
namespace {

void add(Share& s, bool reached) {
  ++s.of;
  s.reached += reached;
}

const Vma<Concrete>* vma_at(const Scenario& w, std::uint64_t address) {
  for (const auto& v : w.vmas)
    if (address >= v.start && address < v.end) return &v;
  return nullptr;
}

}  // namespace

std::string_view walk_reach_name(WalkReach r) {
  constexpr std::string_view names[] = {"hugetlb lookup", "lookup elsewhere", "page", "fault", "retry"};
  return names[static_cast<int>(r)];
}

HealthScope health_scope(const std::vector<WalkPair>& pairs, ArchitectureSet architectures) {
  HealthScope s;
  s.architectures = architectures;
  for (const WalkPair& p : pairs)
    for (const int w : {p.a, p.b})
      if (std::find(s.walks.begin(), s.walks.end(), w) == s.walks.end()) s.walks.push_back(w);
  std::sort(s.walks.begin(), s.walks.end());
  return s;
}

HealthCounter::HealthCounter(HealthScope scope) : scope_(std::move(scope)) {
  health_.walks.resize(walks().size());
  for (int a = 0; a < kArchitectures; ++a) {
    if (!(scope_.architectures >> a & 1u)) continue;
    const auto arch = static_cast<Architecture>(a);
    for (std::size_t v = 0; v < geometries(arch).size(); ++v)
      for (const HugetlbSize& size : geometries(arch)[v].hugetlb)
        health_.sizes.push_back({arch, static_cast<std::uint8_t>(v), size.name, {}});
  }
}

void HealthCounter::count(const Scenario& w) {
  Health& h = health_;
  ++h.inputs;
  const Vma<Concrete>* first = vma_at(w, w.request.start);
  const bool hugetlb = first && first->kind == VmaKind::hugetlb;
  std::uint32_t endings = 0;
  for (const int i : scope_.walks) {
    if (!runs_on(walks()[static_cast<std::size_t>(i)], w.config)) continue;
    run_walk(i, w, machine_);
    const Machine<Concrete>& m = machine_;
    auto& reach = h.walks[static_cast<std::size_t>(i)];
    add(reach[static_cast<int>(WalkReach::hugetlb)], m.cost.walks > 0 && hugetlb);
    add(reach[static_cast<int>(WalkReach::other)], m.cost.walks > 0 && !hugetlb);
    add(reach[static_cast<int>(WalkReach::page)], !m.pages.empty());
    add(reach[static_cast<int>(WalkReach::fault)], !m.faults.empty());
    add(reach[static_cast<int>(WalkReach::retry)], m.lock_tries > (takes_mmap_lock(w.request.api) ? 1u : 0u));
    endings |= 1u << static_cast<unsigned>(m.termination);
  }
  for (int t = 0; t < kTerminations; ++t) add(h.terminations[static_cast<std::size_t>(t)], endings >> t & 1u);
  const std::uint32_t states = state_kinds(w), possible = possible_state_kinds(w.config);
  for (int k = 0; k < kStateKinds; ++k)
    if ((possible | states) >> k & 1u) add(h.states[static_cast<std::size_t>(k)], states >> k & 1u);
  FlagPairs flags{};
  add_flag_pairs(w, machine_, flags);
  for (std::size_t i = 0; i < kFollBits; ++i) {
    add(h.flags[i], flags[i] != 0);
    for (std::size_t j = i + 1; j < kFollBits; ++j) add(h.pairs[i][j], flags[i] >> j & 1u);
  }
  for (int a = 0; a < kArchitectures; ++a)
    add(h.architectures[static_cast<std::size_t>(a)], static_cast<int>(w.config.arch) == a);
  for (int a = 0; a < kApis; ++a) add(h.apis[static_cast<std::size_t>(a)], static_cast<int>(w.request.api) == a);
  const std::uint64_t end = w.request.start + (std::uint64_t{w.request.nr_pages} << geometry_of(w.config).page_shift);
  for (SizeShare& s : h.sizes) {
    if (s.arch != w.config.arch || s.variant != w.config.variant) continue;
    const bool on = std::any_of(w.vmas.begin(), w.vmas.end(), [&](const Vma<Concrete>& v) {
      return v.kind == VmaKind::hugetlb && v.start < end && v.end > w.request.start &&
             geometry_of(w.config).hugetlb_size(v.huge_order)->name == s.size;
    });
    add(s.inputs, on);
  }
}

Health folder_health(const std::filesystem::path& folder, const HealthScope& scope) {
  HealthCounter counter(scope);
  const CorpusFolder corpus = corpus_folder(folder);
  for (const auto& path : corpus.scenarios) counter.count(load(path).world);
  Health h = counter.health();
  h.skipped = corpus.skipped;
  return h;
}

}  // namespace gupdiff
