// SPDX-License-Identifier: GPL-2.0-only
// Header lines, an empty line, text, "---", a unified diff.
#include "mutants/mutant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "model/arch/words.hpp"
#include "oracle/facet.hpp"
#include "oracle/safety.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

constexpr std::string_view kKinds[kMutantKinds] = {"real", "derived", "synthetic", "generated"};

/// The keys of the header, in the order they are written in.
enum Key { kMutant, kTitle, kKind, kReEnacts, kSource, kPair, kWalk, kArch, kFacet, kTheorem, kNeeds, kNotModelled, kEquivalent, kKeys };
constexpr std::string_view kKeyNames[kKeys] = {"Mutant", "Title",   "Kind",    "Re-enacts",    "Source",    "Pair", "Walk",
                                               "Arch",   "Facet",   "Theorem", "Needs",        "Not-modelled", "Equivalent"};
constexpr Key kNeverNeeded = kNeeds;  ///< from here on
constexpr Key kNeededToRun = kPair;   ///< from here on only by what is run

std::string list_of(const std::vector<std::string_view>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

/// Without spaces at either end.
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view item = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    out.emplace_back(trimmed(item));
  }
  return out;
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& file) : rest_(text), file_(file) {}

  Mutant parse() {
    if (rest_.empty()) fail(1, "is empty; docs/mutants.md says what is in it");
    read_header();
    read_text();
    read_diff();
    fill();
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(int line, const std::string& sentence) const { throw InputError{fmt::format("{}:{}: {}.", file_, line, sentence)}; }

  bool next_line(std::string_view& line) {
    if (rest_.empty()) return false;
    const auto end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (!line.empty() && line.back() == '\r') fail(line_ + 1, "ends with a carriage return; use plain line ends");
    ++line_;
    return true;
  }

  void read_header() {
    for (std::string_view line; next_line(line) && !line.empty();) {
      const auto colon = line.find(':');
      const auto* const key = std::find(std::begin(kKeyNames), std::end(kKeyNames), line.substr(0, colon));
      if (colon == std::string_view::npos || key == std::end(kKeyNames))
        fail(line_, fmt::format("'{}' is no line of the header; the keys are {}, then comes an empty line", line.substr(0, 60),
                                list_of({std::begin(kKeyNames), std::end(kKeyNames)})));
      Field& f = fields_[key - std::begin(kKeyNames)];
      if (f.line != 0) fail(line_, fmt::format("{} is said already in line {}", *key, f.line));
      const std::string_view value = trimmed(line.substr(colon + 1));
      if (value.empty()) fail(line_, fmt::format("{} has no value", *key));
      f = {std::string(value), line_};
    }
    header_end_ = line_;
  }

  void read_text() {
    for (std::string_view line; next_line(line);) {
      if (line == "---") return;
      out_.text += std::string(line) + "\n";
    }
  }

  void read_diff() {
    diff_begin_ = line_ + 1;
    out_.diff = std::string(rest_);
    bool hunk = false;
    std::string_view before;
    for (std::string_view line; next_line(line);) {
      const bool is_new = line.rfind("+++ ", 0) == 0 && before.rfind("--- ", 0) == 0;
      if (is_new) add_file(before, line);
      hunk = hunk || line.rfind("@@ -", 0) == 0;
      before = line;
    }
    if (out_.touched.empty() || !hunk) {
      if (out_.diff.find_first_not_of(" \n") != std::string::npos)
        fail(diff_begin_, "what follows '---' is no unified diff; make it with 'diff -u' or 'git diff', with a/ and b/ before the paths");
      out_.diff.clear();
      out_.touched.clear();
    }
  }

  void add_file(std::string_view old_line, std::string_view new_line) {
    const auto path = [](std::string_view line) { return line.substr(4, line.find('\t') == std::string_view::npos ? line.npos : line.find('\t') - 4); };
    const std::string_view from = path(old_line), to = path(new_line);
    if (from.rfind("a/", 0) != 0 || to.rfind("b/", 0) != 0 || from.substr(2) != to.substr(2))
      fail(line_, fmt::format("'{}' becomes '{}'; a mutant changes files that are there, as a/PATH and b/PATH from the root", from, to));
    const std::filesystem::path name(to.substr(2));
    if (name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end())
      fail(line_, fmt::format("'{}' leads out of the sources", to.substr(2)));
    out_.touched.push_back(name.string());
  }

  const std::string& value(Key key) const { return fields_[key].value; }
  int line_of(Key key) const { return fields_[key].line; }

  void fill() {
    out_.name = value(kMutant);
    out_.title = value(kTitle);
    out_.re_enacts = value(kReEnacts);
    out_.source = value(kSource);
    out_.needs = value(kNeeds);
    out_.not_modelled = value(kNotModelled);
    out_.equivalent = value(kEquivalent);
    const bool runs = !out_.diff.empty();
    if (!runs && out_.needs.empty() && out_.not_modelled.empty())
      fail(diff_begin_, "has no diff; without one say why in Not-modelled or Needs");
    for (int key = 0; key < kNeverNeeded; ++key)
      if (line_of(static_cast<Key>(key)) == 0 && (runs || key < kNeededToRun)) fail(header_end_, fmt::format("the header has no {}", kKeyNames[key]));
    if (out_.name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.") != std::string::npos || out_.name[0] == '.')
      fail(line_of(kMutant), fmt::format("'{}' cannot be a folder's name; use letters, digits, '-', '_' and '.'", out_.name));
    fill_kind();
    if (line_of(kPair) != 0) fill_walks();
    if (line_of(kArch) != 0) fill_architectures();
    if (line_of(kFacet) != 0) fill_facets();
    const std::string& theorem = value(kTheorem);
    if (theorem.rfind("none", 0) != 0) {
      out_.theorem = theorem;
    } else {
      if (theorem.size() < 7 || theorem[4] != ':') fail(line_of(kTheorem), "say why no theorem refutes it: 'Theorem: none: REASON'");
      out_.no_theorem = theorem.substr(theorem.find_first_not_of(" :", 4));
    }
    if (line_of(kNeeds) != 0 && out_.needs != "concurrency") fail(line_of(kNeeds), fmt::format("Needs: {} is not known; what can be needed is concurrency", out_.needs));
  }

  void fill_kind() {
    const auto* const kind = std::find(std::begin(kKinds), std::end(kKinds), value(kKind));
    if (kind == std::end(kKinds)) fail(line_of(kKind), fmt::format("there is no kind '{}'; there are {}", value(kKind), mutant_kind_names()));
    out_.kind = static_cast<MutantKind>(kind - std::begin(kKinds));
  }

  void fill_walks() {
    const std::optional<WalkPair> pair = parse_pair(value(kPair));
    if (!pair) fail(line_of(kPair), fmt::format("'{}' is no pair of walks; 'gupdiff walks' lists them, a pair is A:B", value(kPair)));
    out_.pair = *pair;
    if (line_of(kWalk) == 0) fail(header_end_, "the header has no Walk");
    out_.walk = find_walk(value(kWalk));
    if (out_.walk < 0 || (out_.walk != pair->a && out_.walk != pair->b))
      fail(line_of(kWalk), fmt::format("'{}' is not a walk of the pair {}", value(kWalk), value(kPair)));
  }

  void fill_architectures() {
    out_.architectures = split(value(kArch));
    const auto names = architecture_names();
    for (const std::string& a : out_.architectures)
      if (std::find(names.begin(), names.end(), a) == names.end())
        fail(line_of(kArch), fmt::format("there is no architecture '{}'; there are {}", a, list_of({names.begin(), names.end()})));
  }

  void fill_facets() {
    out_.facets = split(value(kFacet));
    std::vector<std::string_view> allowed;
    for (int f = 0; f < kFacets; ++f) allowed.push_back(facet_name(static_cast<Facet>(f)));
    for (const Property& p : properties()) allowed.push_back(p.id);
    for (const std::string& f : out_.facets)
      if (std::find(allowed.begin(), allowed.end(), f) == allowed.end())
        fail(line_of(kFacet), fmt::format("there is no facet or safety property '{}'; there are {}", f, list_of(allowed)));
  }

  struct Field {
    std::string value;
    int line = 0;  ///< 0: not there
  };
  std::string_view rest_;
  const std::string& file_;
  int line_ = 0, header_end_ = 0, diff_begin_ = 0;
  Field fields_[kKeys];
  Mutant out_;
};

}  // namespace

std::string_view mutant_kind_name(MutantKind k) { return kKinds[static_cast<int>(k)]; }
std::string mutant_kind_names() { return list_of({std::begin(kKinds), std::end(kKinds)}); }

std::string_view Mutant::apart() const {
  if (!not_modelled.empty()) return "not modelled";
  if (!needs.empty()) return "needs concurrency";
  return equivalent.empty() ? "" : "equivalent";
}

Mutant parse_mutant(std::string_view text, const std::string& file) { return Parser(text, file).parse(); }

MutantSet load_mutants(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (fs::exists(at->path() / "mutant.patch", error)) found.push_back(at->path());
  if (error) throw InputError{fmt::format("{}: cannot be read as a folder of mutants: {}.", folder.string(), error.message())};
  if (found.empty()) throw InputError{fmt::format("{}: there is no mutant in it, no folder with a mutant.patch.", folder.string())};
  std::sort(found.begin(), found.end());
  MutantSet out;
  for (const fs::path& place : found) {
    const fs::path file = place / "mutant.patch";
    const std::string name = place.filename().string();
    try {
      const auto text = read_whole(file);
      if (!text) throw InputError{fmt::format("{}: cannot be read.", file.string())};
      Mutant m = parse_mutant(*text, file.string());
      if (m.name != name) throw InputError{fmt::format("{}: is of the mutant {}, and its folder is called {}; give them one name.", file.string(), m.name, name)};
      m.folder = place;
      out.mutants.push_back(std::move(m));
    } catch (const InputError& e) {
      out.wrong.emplace_back(name, e.message);
    }
  }
  return out;
}

}  // namespace gupdiff
