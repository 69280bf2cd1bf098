// SPDX-License-Identifier: GPL-2.0-only
#include "cli/campaign_text.hpp"

#include <algorithm>
#include <cmath>

#include "cli/terminal.hpp"
#include "report/view_text.hpp"

namespace gupdiff {

using view_text::grouped;
using view_text::plural;

namespace {

/// "40 s", "3 min", "5 h 20 min", "3 d 4 h": two parts at most.
std::string duration(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::ceil(std::max(seconds, 0.0)));
  if (s < 90) return fmt::format("{} s", s);
  const std::uint64_t minutes = (s + 59) / 60;
  if (minutes < 90) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h {} min", minutes / 60, minutes % 60);
  return fmt::format("{} d {} h", minutes / (24 * 60), minutes / 60 % 24);
}

std::string whole(double x) { return grouped(static_cast<std::uint64_t>(x)); }

std::string list(const Json& names, std::string_view between) { return view_text::joined(names, between); }

/// A table: columns as wide as they must be, numbers to the right.
void print_table(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& number) {
  std::vector<std::size_t> width(number.size(), 0);
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], columns(row[c]));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line = " ";
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const std::string space(width[c] - columns(rows[r][c]), ' ');
      line += " " + (number[c] ? space + rows[r][c] : c + 1 < rows[r].size() ? rows[r][c] + space : rows[r][c]) + " ";
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    say("{}\n", r == 0 ? dim(line) : line);
  }
}

/// Of each lane the first few: all of them are in the JSON.
void print_problems(const Json& problems) {
  constexpr std::size_t kShown = 8;
  std::string lane;
  std::size_t of_lane = 0;
  const auto more = [&] {
    if (of_lane > kShown) say("         and {} more; --json has them all\n", of_lane - kShown);
  };
  for (const Json& p : problems) {
    if (p.at("lane") != lane) {
      more();
      of_lane = 0;
      lane = p.at("lane").get<std::string>();
      say("{}  {}\n", verdict("problem"), lane);
    }
    if (++of_lane <= kShown) say("         {}\n", wrapped(p.at("sentence").get<std::string>(), 9));
  }
  more();
}

std::string how_it_stands(const Json& t) {
  const std::string ended = t.at("ended");
  const double seconds = t.at("seconds"), budget = t.at("budget"), spent = t.at("spent");
  const std::string left = budget > 0 ? fmt::format(", {} of {} left", duration(budget - spent), duration(budget)) : "";
  if (t.contains("process"))
    return fmt::format("being run by process {} with {}{}", t.at("process").get<int>(), plural(t.at("jobs").get<unsigned>(), "worker", "workers"), left);
  if (ended == "never run") return "never run";
  if (ended == "time") return fmt::format("ran {} in {}", duration(seconds), plural(t.at("runs").get<std::uint64_t>(), "run", "runs"));
  if (ended == "interrupted" || ended == "killed") return fmt::format("{} after {}{}: 'campaign resume' continues it", ended, duration(seconds), left);
  return fmt::format("ended early after {}: {}", duration(seconds), ended);
}

}  // namespace

std::string campaign_line(const CampaignProgress& p, std::size_t columns) {
  std::vector<std::string> parts = {grouped(p.executions) + " pairs", whole(p.rate) + "/s", plural(p.workers, "worker", "workers"),
                                    grouped(p.corpus) + " inputs", grouped(p.coverage) + " edges", plural(p.findings, "finding", "findings")};
  if (p.crashes > 0) parts.push_back(plural(p.crashes, "crash", "crashes"));
  if (p.stopped > 0) parts.push_back(fmt::format("{} of {} lanes stopped", p.stopped, p.lanes));
  parts.push_back(p.budget > 0 ? duration(p.budget - p.seconds) + " left" : duration(p.seconds));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "  ") + part;
  if (text.size() > columns) text = text.substr(0, columns > 3 ? columns - 3 : 0) + "...";
  return text;
}

void print_campaign(const Json& s, const Json& t, bool brief) {
  if (!brief) {
    say("{}: {}\n", bold(s.at("folder").get<std::string>()), how_it_stands(t));
    say("seed {}, {}\n\n", s.at("seed").dump(), plural(s.at("seeds").get<std::uint64_t>(), "seed input", "seed inputs"));
  }
  std::vector<std::vector<std::string>> rows = {{"pair", "engine", "pairs run", "a second", "inputs", "edges", "findings", "crashes", "on"}};
  for (std::size_t i = 0; i < s.at("lanes").size(); ++i) {
    const Json& l = s.at("lanes").at(i);
    std::string on = list(l.at("architectures"), ", ");
    if (!l.at("without").empty()) on += " without " + list(l.at("without"), ", ");
    if (l.at("anything")) on += ", anything";
    rows.push_back({l.at("pair"), l.at("engine"), grouped(l.at("executions")), whole(t.at("lanes").at(i).at("rate")), grouped(l.at("corpus")),
                    grouped(l.at("coverage")), grouped(l.at("findings")), grouped(l.at("crashes")), on});
  }
  print_table(rows, {false, false, true, true, true, true, true, true, false});
  if (!s.at("findings").empty()) say("\n");
  for (const Json& f : s.at("findings"))
    say("{}  {}\n         {}\n", verdict("finding"), wrapped(f.at("first_difference").get<std::string>(), 9), f.at("replay").get<std::string>());
  const Json& problems = brief ? Json::array() : s.at("problems");
  if (!problems.empty()) say("\n");
  print_problems(problems);
  std::uint64_t executions = 0;
  for (const Json& l : s.at("lanes")) executions += l.at("executions").get<std::uint64_t>();
  const double seconds = t.at("seconds");
  say("\n{}: {} pairs of walks in {} ({} a second), {}, {}\n", verdict(s.at("verdict").get<std::string>()), grouped(executions), duration(seconds),
      whole(seconds > 0 ? static_cast<double>(executions) / seconds : 0), plural(s.at("lanes").size(), "lane", "lanes"),
      plural(s.at("findings").size(), "finding", "findings"));
}

Json merge_json(const MergeOutcome& m) {
  Json lanes = Json::array();
  for (const LaneMerge& l : m.lanes)
    lanes.push_back({{"lane", l.lane}, {"before", l.before}, {"offered", l.offered}, {"after", l.after}, {"features", l.features}, {"edges", l.edges}});
  return {{"lanes", std::move(lanes)}, {"skipped", m.skipped}};
}

void print_merge(const MergeOutcome& m, bool minimize) {
  for (const LaneMerge& l : m.lanes) {
    if (minimize)
      say("{}: {} of {} have all {} features ({} edges)\n", bold(l.lane), plural(l.after, "input", "inputs"), grouped(l.before), grouped(l.features), grouped(l.edges));
    else
      say("{}: {} of {} offered, now {}: {} features and {} edges are new\n", bold(l.lane), grouped(l.after - std::min(l.before, l.after)), grouped(l.offered),
          plural(l.after, "input", "inputs"), grouped(l.features), grouped(l.edges));
  }
  if (m.skipped > 0) say("{} skipped: no scenarios\n", plural(m.skipped, "file was", "files were"));
}

}  // namespace gupdiff
