// SPDX-License-Identifier: GPL-2.0-only
// Runs every walk on a present huge page of every size and writes down what it cost: loop
// iterations, entries read, locks taken (facts D14).
#include "report/cost_section.hpp"

#include <fmt/format.h>

#include "oracle/run_walk.hpp"
#include "scenario/present_page.hpp"
#include "unified/follow_whole_sets.hpp"

namespace gupdiff {
namespace {

constexpr const char* kWholeSets = "with contiguous sets handled";

/// The requests measured: 1, 16 and 512 pages where the huge page has that many, and all.
std::vector<std::uint32_t> requests(const HugetlbSize& size) {
  const std::uint64_t pages = std::uint64_t{1} << size.order;
  const std::uint32_t all = static_cast<std::uint32_t>(pages < kMostCostPages ? pages : kMostCostPages);
  std::vector<std::uint32_t> out;
  for (const std::uint32_t n : {1u, 16u, 512u})
    if (n < all) out.push_back(n);
  out.push_back(all);
  return out;
}

/// What one walk costs for each request; null if it does not answer (an architecture whose
/// sizes this walk cannot read).
template <class Run>
Json costs(const Config& config, const HugetlbSize& size, Machine<Concrete>& m, Run run) {
  Json list = Json::array();
  for (const std::uint32_t pages : requests(size)) {
    run(present_huge_page(config, size, pages), m);
    if (m.halted() || m.ret != pages || !m.faults.empty()) return nullptr;
    list.push_back({{"pages", pages}, {"loops", m.cost.walks}, {"lockless_reads", m.cost.lockless_reads},
                    {"locked_reads", m.cost.locked_reads}, {"locks", m.cost.locks}});
  }
  return list;
}

std::uint32_t loops_of_all(const Json& walk) { return walk.at("requests").back().at("loops").get<std::uint32_t>(); }

/// The kernel a row is known by: the series' own where it is among them.
std::string known_as(const Json& row) {
  for (const char* name : {"v6.9", "v6.10"})
    for (const Json& w : row.at("walks"))
      if (w == name) return name;
  return row.at("walks").front();
}

/// D14 in one sentence, for a size where some walk takes more loops than the baseline.
std::string finding(const Json& walks, std::string_view size) {
  std::size_t baseline = 0;
  for (std::size_t i = 0; i < walks.size(); ++i)
    if (known_as(walks[i]) == "v6.9") baseline = i;
  const Json& first = walks[baseline];
  const std::uint32_t least = loops_of_all(first);
  for (const Json& w : walks) {
    if (loops_of_all(w) <= least || !w.at("kernel").get<bool>()) continue;
    std::string text = fmt::format("{}: {} looks up {} times what {} looks up {}: one entry a loop instead of one huge page (D14)",
                                   size, known_as(w), loops_of_all(w),
                                   known_as(first), least == 1 ? "once" : fmt::format("{} times", least));
    for (const Json& v : walks)
      if (!v.at("kernel").get<bool>()) text += fmt::format("; {}: {}", kWholeSets, loops_of_all(v));
    return text + ".";
  }
  return "";
}

Json size_costs(const Config& config, const HugetlbSize& size) {
  Json list = Json::array();
  Machine<Concrete> m;
  for (int i = 0; i < static_cast<int>(walks().size()); ++i) {
    if (!runs_on(walks()[static_cast<std::size_t>(i)], config)) continue;
    const std::string name = walk_name(i);
    Json measured = costs(config, size, m, [&](const Scenario& w, Machine<Concrete>& out) { run_walk(i, w, out); });
    if (measured.is_null()) continue;
    // Kernels that cost the same share a row.
    bool shared = false;
    for (Json& row : list)
      if (row.at("requests") == measured) {
        row["walks"].push_back(name);
        shared = true;
        break;
      }
    if (!shared) list.push_back({{"walks", {name}}, {"kernel", true}, {"requests", std::move(measured)}});
  }
  if (size.entries() > 1) {
    Json measured = costs(config, size, m, [&](const Scenario& w, Machine<Concrete>& out) {
      out.reset(w, kV6_12);
      run_request(out, unified::FollowWholeSets{});
    });
    if (!measured.is_null()) list.push_back({{"walks", {kWholeSets}}, {"kernel", false}, {"requests", std::move(measured)}});
  }
  Json out = {{"size", size.name}, {"pages", std::uint64_t{1} << size.order}, {"entries", size.entries()}, {"walks", list}};
  if (!list.empty())
    if (const std::string text = finding(list, size.name); !text.empty()) out["finding"] = text;
  return out;
}

}  // namespace

Json cost_section(std::optional<Architecture> only) {
  Json tables = Json::array();
  for (int a = 0; a < kArchitectures; ++a) {
    const auto arch = static_cast<Architecture>(a);
    if (only && *only != arch) continue;
    for (std::uint8_t v = 0; v < geometries(arch).size(); ++v) {
      const Config config = usual_config(arch, v);
      const Geometry& g = geometry_of(config);
      Json sizes = Json::array();
      for (const HugetlbSize& size : g.hugetlb) sizes.push_back(size_costs(config, size));
      tables.push_back({{"architecture", architecture_name(arch)}, {"label", architecture_label(arch)},
                        {"geometry", g.name}, {"sizes", std::move(sizes)}});
    }
  }
  return {{"request", "get_user_pages() from the start of one present, writable huge page of a shared mapping"},
          {"tables", std::move(tables)}};
}

}  // namespace gupdiff
