// SPDX-License-Identifier: GPL-2.0-only
#include "report/branches_section.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace gupdiff {

Json branches_section(std::span<const TheoremResult> results) {
  const BranchWays& all = model_branches();
  BranchWays reached;
  Json theorems = Json::object();
  for (const TheoremResult& t : results) {
    if (t.branches.empty()) continue;
    std::uint64_t both = 0;
    Json only_false = Json::array(), only_true = Json::array();
    for (const auto& [line, ways] : t.branches) {
      reached[line] |= ways;
      if (ways == kTakenBoth)
        ++both;
      else
        (ways == kTakenFalse ? only_false : only_true).push_back(line);
    }
    theorems[t.name] = {{"both", both}, {"false", std::move(only_false)}, {"true", std::move(only_true)}, {"unreached", all.size() - t.branches.size()}};
  }
  Json unreached = Json::array();
  for (const auto& [line, ways] : all)
    if (reached.find(line) == reached.end()) unreached.push_back(line);
  return {{"branches", all.size()}, {"unreached", std::move(unreached)}, {"theorems", std::move(theorems)}};
}

void print_branches(const Json& section) {
  const auto count = section.at("branches").get<std::size_t>();
  std::string text = fmt::format("\nBranches of the models on symbolic conditions: {}. Of these, each theorem takes\n", count);
  for (const auto& [name, t] : section.at("theorems").items())
    text += fmt::format("  {:>4} both ways, {:>4} one way, {:>4} never  {}\n", t.at("both").get<std::uint64_t>(),
                        t.at("false").size() + t.at("true").size(), t.at("unreached").get<std::uint64_t>(), name);
  text += fmt::format("No theorem reaches {}:\n", section.at("unreached").size());
  std::string file;
  for (const Json& entry : section.at("unreached")) {
    const std::string line = entry;
    const std::size_t end = line.find(':');
    if (line.compare(0, end, file) != 0) {
      text += file.empty() ? "" : "\n";
      file = line.substr(0, end);
      text += fmt::format("  {}\n   ", file);
    }
    text += " " + line.substr(end + 1);
  }
  text += file.empty() ? "" : "\n";
  std::fputs(text.c_str(), stdout);
}

}  // namespace gupdiff
