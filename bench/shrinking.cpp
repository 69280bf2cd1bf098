// SPDX-License-Identifier: GPL-2.0-only
// How small and how soon findings get: every row of the catalogue switched off, one at a time; the
// findings that come up are shrunk as `gupdiff fuzz` and `gupdiff minimize` do.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fuzz/finding.hpp"
#include "oracle/identity.hpp"
#include "oracle/judge.hpp"
#include "scenario/generator.hpp"
#include "scenario/mutator.hpp"
#include "scenario/shrinker.hpp"

namespace {

using namespace gupdiff;
using Clock = std::chrono::steady_clock;

struct Shrunk {
  std::string row, identity, text;
  std::size_t entries_before, entries, vmas;
  int asked;
  double seconds;
};

/// Findings of `row`: up to `wanted` of different identities among `tries` scenarios.
std::vector<Shrunk> findings_of(const Row& row, int wanted, int tries) {
  const ScenarioFile witness = load(std::filesystem::path(GUPDIFF_CORPUS) / "divergences" / row.witness);
  const WalkPair pair = *parse_pair(witness.expect->pair);
  RowSet rows = all_rows();
  rows.reset(static_cast<std::size_t>(row.known));
  Random random{static_cast<std::uint64_t>(row.known) + 1};
  PairMachines machines;
  std::set<std::string> seen;
  std::vector<Shrunk> out;
  Scenario w;
  for (int i = 0; i < tries && static_cast<int>(out.size()) < wanted; ++i) {
    if (i % 16 == 0) {
      // Seldom found states start from the witness, grown again by mutation and crossed with others.
      generate_reachable(random, w, witness.world.config.arch);
      if (i > tries / 2) {
        const Scenario other = w;
        cross_over(random, witness.world, other, w);
      }
    }
    mutate_some(random, w, Bounds::kernel);
    if (holds(w, pair, rows, machines)) continue;
    const FindingIdentity id = identify(w, pair, rows);
    if (!seen.insert(id.text()).second) continue;
    Scenario small = w;
    const auto start = Clock::now();
    const int asked = shrink_finding(small, pair, rows, id);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    ScenarioFile file;
    file.world = small;
    out.push_back({std::string(row.id), id.text(), to_text(file), table_entries(w), table_entries(small), small.vmas.size(), asked, seconds});
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  int wanted = 10, tries = 200000;
  bool json = false, list = false;
  std::string only;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json") json = true;
    else if (word == "--list") list = true;
    else if (word == "--findings" && i + 1 < argc) wanted = std::atoi(argv[++i]);
    else if (word == "--tries" && i + 1 < argc) tries = std::atoi(argv[++i]);
    else if (word == "--row" && i + 1 < argc) only = argv[++i];
    else return fmt::print(stderr, "usage: {} [--findings N] [--tries N] [--row ID] [--list] [--json]\n", argv[0]), 1;
  }
  std::vector<Shrunk> all;
  std::set<std::string> rows;
  for (const Row& row : catalogue()) {
    if (!only.empty() && only != row.id) continue;
    for (Shrunk& s : findings_of(row, wanted, tries)) all.push_back(std::move(s)), rows.insert(std::string(row.id));
  }
  if (all.empty()) return 1;
  const auto most = [&](auto of) { return of(*std::max_element(all.begin(), all.end(), [&](auto& x, auto& y) { return of(x) < of(y); })); };
  const auto share = [&](auto is) { return static_cast<double>(std::count_if(all.begin(), all.end(), is)) / static_cast<double>(all.size()); };
  const double small = share([](const Shrunk& s) { return s.entries <= 8 && s.vmas <= 1; });
  double seconds = 0;
  std::map<std::size_t, int> entries;
  for (const Shrunk& s : all) seconds += s.seconds, ++entries[s.entries];
  if (json) {
    nlohmann::ordered_json out = {{"findings", all.size()}, {"rows", rows.size()}, {"small", small}, {"seconds", seconds}, {"slowest", most([](const Shrunk& s) { return s.seconds; })}};
    for (const Shrunk& s : all)
      out["each"].push_back({{"row", s.row}, {"identity", s.identity}, {"entries_before", s.entries_before}, {"entries", s.entries}, {"vmas", s.vmas}, {"asked", s.asked}, {"seconds", s.seconds}});
    fmt::print("{}\n", out.dump(1));
    return 0;
  }
  for (const Shrunk& s : all)
    if (list || s.entries > 8 || s.vmas > 1)
      fmt::print("{}: {} entries (from {}), {} mappings, {} tries, {:.3f} s\n{}", s.identity, s.entries, s.entries_before, s.vmas, s.asked, s.seconds, list ? s.text + "\n" : "");
  fmt::print("{} findings of {} rows; at most 8 entries and one mapping: {:.1f} %\n", all.size(), rows.size(), 100 * small);
  for (const auto& [n, count] : entries) fmt::print("  {:>3} entries: {}\n", n, count);
  fmt::print("{:.1f} s in all, slowest {:.2f} s, most asked {}\n", seconds, most([](const Shrunk& s) { return s.seconds; }), most([](const Shrunk& s) { return s.asked; }));
  return 0;
}
