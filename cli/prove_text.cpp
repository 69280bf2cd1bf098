// SPDX-License-Identifier: GPL-2.0-only
#include "cli/prove_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "cli/terminal.hpp"

namespace gupdiff {
namespace {

/// More theorems than this are printed in groups.
constexpr std::size_t kShownEach = 24;

std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

bool good(const std::string& word) { return word.rfind("proved", 0) == 0; }

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : " ") + w;
  return out;
}

/// "x86_64/v6.9:v6.10/hugetlb-2M" of a theorem's name: its first three parts; of a reader
/// theorem's two.
std::string group_of(const std::string& name) {
  std::size_t at = name.find('/');
  for (int more = name.find("/reader/") == at ? 1 : 2; more > 0 && at != std::string::npos; --more) at = name.find('/', at + 1);
  return name.substr(0, at);
}

/// "second opinion: 212 queries, 10 of them inferences, all agreed", over all theorems; empty if
/// nobody was asked.
std::string second_opinion(const Json& theorems) {
  std::uint64_t queries = 0, inferences = 0, agreed = 0, none = 0;
  std::string why;
  for (const Json& t : theorems) {
    if (!t.contains("second_opinion")) continue;
    const Json& s = t.at("second_opinion");
    queries += s.at("queries").get<std::uint64_t>();
    inferences += s.at("inferences").get<std::uint64_t>();
    agreed += s.at("agreed").get<std::uint64_t>();
    none += s.at("none").get<std::uint64_t>();
    if (why.empty()) why = s.value("why_none", "");
  }
  if (queries == 0) return {};
  std::string text = fmt::format("second opinion: {} queries, {} of them inferences, {} agreed", grouped(queries), grouped(inferences),
                                 queries == agreed ? "all" : grouped(agreed));
  if (none != 0) text += fmt::format("; {} had no second opinion ({})", grouped(none), why);
  return text;
}

void print_theorem(const Json& t, const Json& seconds, std::size_t width, const std::string& program) {
  const std::string name = t.at("theorem");
  std::string rows;
  for (const Json& id : t.at("rows")) rows += (rows.empty() ? "  rows " : " ") + id.get<std::string>();
  say("{}  {}  {:>9} paths  {:>7} checks  {:>7.2f} s{}\n", verdict(t.at("verdict").get<std::string>(), 13), padded(name, width),
      grouped(t.at("paths").get<std::uint64_t>()), grouped(t.at("checks").get<std::uint64_t>()), seconds.value(name, 0.0), rows);
  if (t.contains("beyond_bound")) say("{:15}{} more paths take more faults than the bound allows\n", "", grouped(t.at("beyond_bound").get<std::uint64_t>()));
  if (t.contains("detail")) say("{:15}{}\n", "", wrapped(t.at("detail").get<std::string>(), 15));
  if (t.contains("apart"))
    for (const auto& [part, input] : t.at("apart").items())
      say("{:15}{}\n", "", wrapped(fmt::format("apart: {}, shown by {}", part, input.get<std::string>()), 17));
  if (t.contains("counterexamples"))
    for (const Json& file : t.at("counterexamples")) say("{:15}{} replay {}\n", "", program, file.get<std::string>());
}

/// Theorems of one group with one verdict.
struct Group {
  std::string name, word;
  std::size_t theorems = 0;
  std::uint64_t paths = 0;
  double seconds = 0;
  std::set<std::string> rows;
};

void print_groups(const Json& section, const Json& seconds, const std::string& program) {
  std::vector<Group> groups;
  for (const Json& t : section.at("theorems")) {
    const std::string name = t.at("theorem"), word = t.at("verdict"), group = group_of(name);
    auto at = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.name == group && g.word == word; });
    if (at == groups.end()) {
      Group fresh;
      fresh.name = group;
      fresh.word = word;
      at = groups.insert(groups.end(), std::move(fresh));
    }
    ++at->theorems;
    at->paths += t.at("paths").get<std::uint64_t>();
    at->seconds += seconds.value(name, 0.0);
    for (const Json& id : t.at("rows")) at->rows.insert(id.get<std::string>());
  }
  std::size_t width = 0;
  for (const Group& g : groups) width = std::max(width, g.name.size());
  for (const Group& g : groups)
    say("{}  {}  {:>3} {}  {:>11} paths  {:>7.1f} s{}\n", verdict(g.word, 13), padded(g.name, width), g.theorems,
        g.theorems == 1 ? "theorem " : "theorems", grouped(g.paths), g.seconds, g.rows.empty() ? "" : "  rows " + joined(g.rows));
  bool any = false;
  for (const Json& t : section.at("theorems")) {
    if (good(t.at("verdict").get<std::string>())) continue;
    if (!std::exchange(any, true)) say("\n");
    print_theorem(t, seconds, 0, program);
  }
  say("\n{}\n", dim("--verbose prints a line for each theorem."));
}

}  // namespace

void print_proofs(const Json& section, const Json& run, const std::string& program, bool every) {
  const Json& theorems = section.at("theorems");
  const Json seconds = run.value("theorem_seconds", Json::object());
  if (every || theorems.size() <= kShownEach) {
    std::size_t width = 0;
    for (const Json& t : theorems) width = std::max(width, t.at("theorem").get_ref<const std::string&>().size());
    for (const Json& t : theorems) print_theorem(t, seconds, width, program);
  } else {
    print_groups(section, seconds, program);
  }
  std::string counts;
  for (const auto& [word, n] : section.at("verdicts").items()) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", n.get<std::uint64_t>(), word);
  std::uint64_t paths = 0;
  for (const Json& t : theorems) paths += t.at("paths").get<std::uint64_t>();
  say("{}: {}\n", verdict(section.at("verdict").get<std::string>()), counts);
  if (const std::string text = second_opinion(theorems); !text.empty()) say("{}\n", wrapped(text, 0));
  const Json use = run.value("proofs", Json::object());
  const auto number = [&](const char* key) { return use.value(key, std::uint64_t{0}); };
  say("{} paths in {} units ({} from the cache); {:.1f} s, {:.1f} s of processor time, at most {} MiB\n", grouped(paths), grouped(number("units")),
      grouped(number("cached")), use.value("seconds", 0.0), use.value("cpu_seconds", 0.0), grouped(number("peak_mib")));
}

}  // namespace gupdiff
