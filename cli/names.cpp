// SPDX-License-Identifier: GPL-2.0-only
// Looks up pairs and rows, and says what is allowed when there is no such thing.
#include "cli/names.hpp"

#include <fmt/format.h>

#include "scenario/input_error.hpp"

namespace gupdiff {

void add_pair(CLI::App& sub, PairOptions& comparison) {
  sub.add_option("--pair", comparison.pair, "The two walks to compare")
      ->capture_default_str()
      ->each([&comparison](const std::string&) { comparison.given = true; });
}

void add_comparison(CLI::App& sub, PairOptions& comparison) {
  add_pair(sub, comparison);
  sub.add_option("--without", comparison.without, "Catalogue rows to switch off, such as D17")->delimiter(',');
}

void add_architectures(CLI::App& sub, std::vector<std::string>& names) {
  sub.add_option("--arch", names, "Architectures of new scenarios, such as arm64; all catalogued ones if left out")->delimiter(',');
}

Architecture architecture_named(const std::string& name) {
  std::string allowed;
  for (int a = 0; a < kArchitectures; ++a) {
    if (architecture_names()[a] == name) return static_cast<Architecture>(a);
    allowed += fmt::format("{}{}", a == 0 ? "" : ", ", architecture_names()[a]);
  }
  throw InputError{fmt::format("--arch {}: there is no such architecture; there are {}.", name, allowed)};
}

ArchitectureSet architectures_named(const std::vector<std::string>& names) {
  ArchitectureSet set = 0;
  for (const std::string& name : names) set |= 1u << static_cast<unsigned>(architecture_named(name));
  return names.empty() ? kCatalogued : set;
}

namespace {
const WalkEntry* not_run(WalkPair pair, const Config& c) {
  for (const int w : {pair.a, pair.b})
    if (!runs_on(walks()[static_cast<std::size_t>(w)], c)) return &walks()[static_cast<std::size_t>(w)];
  return nullptr;
}
}  // namespace

ArchitectureSet architectures_of(WalkPair pair, const std::vector<std::string>& asked) {
  ArchitectureSet set = asked.empty() ? kCatalogued : architectures_named(asked);
  for (int a = 0; a < kArchitectures; ++a) {
    const Config c = usual_config(static_cast<Architecture>(a));
    const WalkEntry* walk = set >> a & 1u ? not_run(pair, c) : nullptr;
    if (!walk) continue;
    if (!asked.empty()) throw InputError{fmt::format("--arch {}: {} is not modelled there; walks of {}.", architecture_names()[a], walk->name, walks_on(c))};
    set &= ~(1u << a);
  }
  return set;
}

std::string not_modelled(WalkPair pair, const Config& c) {
  const WalkEntry* walk = not_run(pair, c);
  return walk ? fmt::format("{} is not modelled on its machine; walks of {}", walk->name, walks_on(c)) : "";
}

void require_walks(WalkPair pair, const Config& c, const std::string& file) {
  const std::string reason = not_modelled(pair, c);
  if (!reason.empty()) throw InputError{fmt::format("{}: {}.", file, reason)};
}

std::string walk_names() {
  std::string names;
  for (const WalkEntry& walk : walks()) {
    if (!names.empty()) names += ", ";
    names += walk.name;
    if (!walk.alias.empty()) names += fmt::format(" (or {})", walk.alias);
  }
  return names;
}

std::string row_names() {
  std::string names;
  for (const Row& row : catalogue()) {
    if (!names.empty()) names += ", ";
    names += row.id;
  }
  return names;
}

WalkPair PairOptions::walks() const {
  const auto colon = pair.find(':');
  if (colon == std::string::npos)
    throw InputError{fmt::format("--pair {}: a pair is two walks with a colon between, such as {}.", pair, kDefaultPair)};
  for (const std::string& name : {pair.substr(0, colon), pair.substr(colon + 1)})
    if (find_walk(name) < 0)
      throw InputError{fmt::format("--pair {}: there is no walk '{}'; the walks are {}.", pair, name, walk_names())};
  if (const auto found = parse_pair(pair)) return *found;
  throw InputError{fmt::format("--pair {}: not a pair of walks; the walks are {}.", pair, walk_names())};
}

WalkPair PairOptions::walks_of(const ScenarioFile& scenario) const {
  if (!given && scenario.expect)
    if (const auto own = parse_pair(scenario.expect->pair)) return *own;
  return walks();
}

RowSet PairOptions::rows() const {
  RowSet rows = all_rows();
  for (const std::string& id : without) {
    const int row = find_row(id);
    if (row < 0)
      throw InputError{fmt::format("--without {}: the catalogue has no such row; its rows are {}.", id, row_names())};
    rows.reset(static_cast<std::size_t>(row));
  }
  return rows;
}

RunHead PairOptions::head() const {
  const WalkPair p = walks();
  return {walk_name(p.a), walk_name(p.b), 1, without};
}

}  // namespace gupdiff
