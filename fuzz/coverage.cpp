// SPDX-License-Identifier: GPL-2.0-only
// From llvm-cov's functions to lines and edges of files.
#include "fuzz/coverage.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenario/toml_reader.hpp"

namespace gupdiff {
namespace {

using nlohmann::json;

/// A region of llvm-cov: [first line, column, last line, column, count, file, expanded file, kind].
struct Region {
  Place begin, end;
  std::uint64_t count = 0;
  int kind = 0;
};
constexpr int kCode = 0, kSkipped = 2;  // others: gaps between code

std::string trimmed(const std::string& s) {
  const auto from = s.find_first_not_of(" \t"), to = s.find_last_not_of(" \t\r");
  return from == std::string::npos ? std::string() : s.substr(from, to - from + 1);
}

/// Whether there is anything to run in a line.
bool is_code(const std::string& line) {
  return !line.empty() && line.rfind("//", 0) != 0 && line.find_first_not_of("{}();") != std::string::npos;
}

std::vector<std::string> lines_in(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw InputError{fmt::format("{}: cannot be read; the coverage build is of another source tree", path.string())};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(trimmed(line));
  return lines;
}

/// What one instance of a function says of `line`: whether it ran, or nothing if the line is none of
/// its own. A line ran if the code it starts in did or any code that starts in it (llvm-cov's rule).
std::optional<bool> line_ran(const std::vector<Region>& regions, int line) {
  const Place start{line, 1};
  const Region* around = nullptr;
  bool any = false, ran = false;
  for (const Region& r : regions) {
    if (r.begin < start && start < r.end && (!around || r.begin >= around->begin)) around = &r;
    if (r.kind != kCode || r.begin.first != line) continue;
    any = true;
    ran = ran || r.count > 0;
  }
  if (around && around->kind == kSkipped) return std::nullopt;
  if (around) return ran || around->count > 0;
  return any ? std::optional<bool>(ran) : std::nullopt;
}

void fold_function(FileCoverage& file, const json& function, const std::vector<std::string>& source) {
  std::vector<Region> regions;
  for (const json& r : function.at("regions")) {
    if (r.at(5) != 0) continue;  // inside a macro's text
    regions.push_back({{r.at(0), r.at(1)}, {r.at(2), r.at(3)}, r.at(4), r.at(7)});
    if (regions.back().kind == kCode) {
      bool& ran = file.regions[regions.back().begin];
      ran = ran || regions.back().count > 0;
    }
  }
  if (regions.empty()) return;
  int last = 0;
  for (const Region& r : regions) last = std::max(last, r.end.first);
  for (int line = regions.front().begin.first; line <= last; ++line) {
    if (line < 1 || static_cast<std::size_t>(line) > source.size() || !is_code(source[static_cast<std::size_t>(line) - 1])) continue;
    if (const auto ran = line_ran(regions, line)) {
      bool& any = file.lines[line];
      any = any || *ran;
    }
  }
  for (const json& b : function.at("branches")) {
    if (b.at(6) != 0) continue;
    for (const bool outcome : {true, false}) {
      bool& ran = file.branches[{{b.at(0), b.at(1)}, outcome}];
      ran = ran || b.at(outcome ? 4 : 5).get<std::uint64_t>() > 0;
    }
  }
}

template <class Of>
Covered sum(const Coverage& c, std::string_view room, Of of) {
  Covered all;
  for (const FileCoverage& f : c.files)
    if (room.empty() || f.room() == room) all = all + covered(f.*of);
  return all;
}

}  // namespace

Coverage fold_coverage(std::string_view exported, const std::filesystem::path& source) {
  Coverage out;
  std::map<std::string, std::pair<FileCoverage, std::vector<std::string>>> files;
  const std::string root = source.string() + "/";
  try {
    const json document = json::parse(exported);
    for (const json& function : document.at("data").at(0).at("functions")) {
      const std::string path = function.at("filenames").at(0);
      if (path.rfind(root, 0) != 0) continue;
      const std::string name = path.substr(root.size());
      auto [at, fresh] = files.try_emplace(name);
      if (fresh) at->second = {FileCoverage{name, {}, {}, {}}, lines_in(path)};
      fold_function(at->second.first, function, at->second.second);
    }
  } catch (const json::exception& e) {
    throw InputError{fmt::format("llvm-cov-19 export: not the form that is known ({})", e.what())};
  }
  for (auto& [name, file] : files) {
    for (const auto& [line, ran] : file.first.lines)
      if (!ran) out.gaps.push_back({name, line, file.second[static_cast<std::size_t>(line) - 1], {}});
    out.files.push_back(std::move(file.first));
  }
  if (out.files.empty()) throw InputError{"llvm-cov-19 export: it speaks of no file of the models"};
  return out;
}

std::vector<GapReason> read_reasons(const std::filesystem::path& path) {
  const std::string name = path.string();
  toml::table document;
  try {
    std::ifstream in(path);
    if (!in) throw InputError{fmt::format("{}: cannot be read", name)};
    document = toml::parse(in, name);
  } catch (const toml::parse_error& e) {
    throw InputError{fmt::format("{}:{}: {}", name, e.source().begin.line, e.description())};
  }
  std::vector<GapReason> reasons;
  TomlReader top(document, name, "the list of gaps");
  for (const toml::table* t : top.tables("gap")) {
    TomlReader gap(*t, name, "[[gap]]");
    GapReason r;
    r.file = gap.required_text("file");
    r.function = gap.required_text("function");
    r.reason = gap.required_text("reason");
    r.code = gap.texts("code");
    r.line = gap.line();
    if (r.code.empty()) gap.fail("code", "missing: the lines that are not reached");
    gap.finish();
    reasons.push_back(std::move(r));
  }
  top.finish();
  return reasons;
}

std::vector<std::string> give_reasons(Coverage& coverage, const std::vector<GapReason>& reasons, std::string_view list) {
  std::vector<std::string> wrong;
  for (const GapReason& r : reasons)
    for (const std::string& code : r.code) {
      const auto gap = std::find_if(coverage.gaps.begin(), coverage.gaps.end(), [&](const CoverageGap& g) {
        return g.reason.empty() && g.file == r.file && g.code == code;
      });
      if (gap != coverage.gaps.end()) gap->reason = r.reason;
      else wrong.push_back(fmt::format("{}:{}: '{}' of {} is reached, or not there: take it off the list", list, r.line, code, r.file));
    }
  for (const CoverageGap& g : coverage.gaps) {
    const std::string_view room = std::string_view(g.file).substr(0, g.file.find('/'));
    if (g.reason.empty() && std::find(std::begin(kCoveredRooms), std::end(kCoveredRooms), room) != std::end(kCoveredRooms))
      wrong.push_back(fmt::format("{}:{}: '{}' is not reached, and {} gives no reason", g.file, g.line, g.code, list));
  }
  return wrong;
}

Covered lines_of(const Coverage& c, std::string_view room) { return sum(c, room, &FileCoverage::lines); }
Covered regions_of(const Coverage& c, std::string_view room) { return sum(c, room, &FileCoverage::regions); }
Covered branches_of(const Coverage& c, std::string_view room) { return sum(c, room, &FileCoverage::branches); }

}  // namespace gupdiff
