// SPDX-License-Identifier: GPL-2.0-only
// A name says where a theorem stands: ARCH/PAIR/MEMORY/SHAPE... in the grid of its
// architecture, ARCH/reader/KERNEL/CLAIM... in that of its readers.
#include "report/proofs_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "report/view_text.hpp"

namespace gupdiff {

using namespace view_text;

namespace {

bool proved(std::string_view word) { return word == "proved" || word == "proved-except"; }

/// A name without its third part, which is the column: where it stands in a grid.
struct Place {
  std::string arch, column, row;
  bool reader = false;
};

bool place_of(const std::string& name, Place& out) {
  std::size_t at[3], from = 0;
  for (std::size_t& slash : at) {
    slash = name.find('/', from);
    if (slash == std::string::npos) return false;
    from = slash + 1;
  }
  out.arch = name.substr(0, at[0]);
  out.reader = name.substr(at[0] + 1, at[1] - at[0] - 1) == "reader";
  out.column = name.substr(at[1] + 1, at[2] - at[1] - 1);
  out.row = name.substr(at[2] + 1);
  return true;
}

/// A list that finds its members, kept in the order of their first mention.
std::size_t index_in(std::vector<std::string>& list, const std::string& word) {
  const auto at = std::find(list.begin(), list.end(), word);
  if (at != list.end()) return static_cast<std::size_t>(at - list.begin());
  list.push_back(word);
  return list.size() - 1;
}

struct Grid {
  std::string arch;
  std::vector<std::string> columns, rows;
  std::map<std::pair<std::size_t, std::size_t>, const Json*> cells;  ///< by row and column
};

Json cell_view(const Json* t) {
  if (!t) return {{"word", ""}};
  const std::string word = t->value("verdict", "");
  const std::string rows = joined(t->value("rows", Json::array()), " ");
  return {{"word", word}, {"tone", tone(word)}, {"paths", count(*t, "paths")}, {"title", (*t)["theorem"]}, {"used", rows}};
}

Json grids_view(const std::vector<Grid>& grids) {
  Json out = Json::array();
  for (const Grid& g : grids) {
    Json columns = Json::array(), rows = Json::array();
    for (const std::string& c : g.columns) columns.push_back({{"column", c}});
    for (std::size_t r = 0; r < g.rows.size(); ++r) {
      Json cells = Json::array();
      for (std::size_t c = 0; c < g.columns.size(); ++c) {
        const auto at = g.cells.find({r, c});
        cells.push_back(cell_view(at == g.cells.end() ? nullptr : at->second));
      }
      rows.push_back({{"row", g.rows[r]}, {"cells", std::move(cells)}});
    }
    std::map<std::string, std::uint64_t> words;
    for (const auto& [where, t] : g.cells) ++words[(*t)["verdict"].get<std::string>()];
    std::string counts;
    for (const auto& [word, n] : words) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", grouped(n), word);
    out.push_back({{"arch", g.arch}, {"counts", counts}, {"columns", std::move(columns)}, {"rows", std::move(rows)}});
  }
  return out;
}

Json theorem_view(const Json& t, const Json& run) {
  const std::string word = t.value("verdict", ""), name = t.value("theorem", "");
  std::string took, apart;
  if (run.contains("theorem_seconds") && run["theorem_seconds"].contains(name))
    took = seconds(run["theorem_seconds"][name].get<double>());
  if (t.contains("apart"))
    for (const auto& [part, input] : t["apart"].items())
      apart += fmt::format("{}{}, shown by {}", apart.empty() ? "Apart: " : "; ", part, input.get<std::string>());
  return {{"apart", apart}, {"theorem", name}, {"statement", t.value("statement", "")}, {"verdict", word},
          {"tone", tone(word)}, {"bad", !proved(word)}, {"paths", count(t, "paths")}, {"checks", count(t, "checks")},
          {"seconds", took}, {"rows", joined(t.value("rows", Json::array()))},
          {"assumed", joined(t.value("assumptions", Json::array()), " ")}, {"detail", t.value("detail", "")},
          {"counterexample", joined(t.value("counterexamples", Json::array()))}};
}

/// "46,123,456 paths; 312 of 2,400 units from an earlier run; 280 s; at most 420 MiB"
std::string cost(const Json& s, const Json& run) {
  std::uint64_t paths = 0;
  for (const Json& t : s["theorems"]) paths += t.value("paths", std::uint64_t{0});
  std::string text = plural(paths, "path", "paths");
  const Json use = run.value("proofs", Json::object());
  if (!use.contains("units")) return text;
  if (use.value("cached", 0u) != 0) text += fmt::format("; {} of {} units from an earlier run", count(use, "cached"), count(use, "units"));
  return text + fmt::format("; {}; at most {} MiB", seconds(use.value("seconds", 0.0)), count(use, "peak_mib"));
}

}  // namespace

std::string verdict_counts(const Json& s) {
  std::string out;
  for (const auto& [word, n] : s.at("verdicts").items()) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", grouped(n.get<std::uint64_t>()), word);
  return out;
}

Json proofs_view(const Json& s, const Json& run) {
  Json out = {{"verdict", s.value("verdict", "")}, {"tone", tone(s.value("verdict", ""))}, {"counts", verdict_counts(s)},
              {"cost", cost(s, run)}, {"number", grouped(s["theorems"].size())}};
  std::vector<Grid> pairs, readers;
  Json theorems = Json::array(), open = Json::array();
  for (const Json& t : s["theorems"]) {
    Json shown = theorem_view(t, run);
    if (shown["bad"].get<bool>()) open.push_back(shown);
    theorems.push_back(std::move(shown));
    Place place;
    if (!place_of(t.value("theorem", ""), place)) continue;
    std::vector<Grid>& grids = place.reader ? readers : pairs;
    auto grid = std::find_if(grids.begin(), grids.end(), [&](const Grid& g) { return g.arch == place.arch; });
    if (grid == grids.end()) {
      grids.emplace_back();
      grid = grids.end() - 1;
      grid->arch = place.arch;
    }
    const std::size_t row = index_in(grid->rows, place.row), column = index_in(grid->columns, place.column);
    grid->cells[{row, column}] = &t;
  }
  set_list(out, "theorems", std::move(theorems));
  out["any_open"] = !open.empty();
  set_list(out, "open", std::move(open));
  set_list(out, "grids", grids_view(pairs));
  out["any_readers"] = !readers.empty();
  set_list(out, "readers", grids_view(readers));
  Json assumptions = s.value("assumptions", Json::array());
  out["any_assumptions"] = !assumptions.empty();
  set_list(out, "assumptions", std::move(assumptions));
  return out;
}

}  // namespace gupdiff
