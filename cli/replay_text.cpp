// SPDX-License-Identifier: GPL-2.0-only
// Lays a replay entry out for the terminal.
#include "cli/replay_text.hpp"

#include <algorithm>

#include "cli/terminal.hpp"
#include "report/trace_text.hpp"

namespace gupdiff {
namespace {

std::string text_of(const Json& object, const char* key) { return object.value(key, std::string()); }

std::string joined(const Json& ids) {
  std::string out;
  for (const Json& id : ids) out += (out.empty() ? "" : ", ") + id.get<std::string>();
  return out;
}

/// The ids of all facets, each once, in order of appearance.
Json rows_of(const Json& entry) {
  Json ids = Json::array();
  for (const Json& facet : entry.at("facets"))
    for (const Json& id : facet.at("rows"))
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  return ids;
}

void print_rows(const Json& ids, const Json& catalogue) {
  for (const Json& id : ids)
    for (const Json& row : catalogue) {
      if (row.at("id") != id) continue;
      say("\n  {}  {}\n", bold(text_of(row, "id")), wrapped(text_of(row, "title"), 7));
      for (const char* key : {"trigger", "difference", "reference"}) {
        const char* label = key[0] == 't' ? "when" : key[0] == 'd' ? "then" : "see";
        if (!text_of(row, key).empty()) say("       {}  {}\n", dim(padded(label, 4)), wrapped(text_of(row, key), 13));
      }
    }
}

void print_indented(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    say("  {}\n", std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
}

void print_trace(const Json& trace, const std::string& a_name, const std::string& b_name) {
  say("\n");
  for (const TraceLine& l : trace_lines(trace, a_name, b_name))
    say("{}\n", l.kind == TraceLine::Kind::parted ? l.text : l.kind == TraceLine::Kind::heading ? bold(l.text) : dim(l.text));
}

}  // namespace

void print_entry_line(const Json& entry) {
  const std::string rows = joined(rows_of(entry));
  say("{}  {}{}\n", verdict(text_of(entry, "verdict"), 9), text_of(entry, "file"), rows.empty() ? "" : "  (" + rows + ")");
}

void print_entry(const Json& entry, const Json& catalogue) {
  const std::string title = text_of(entry, "title");
  say("{}{}\n  {}\n\n", bold(text_of(entry, "file")), title.empty() ? "" : ": " + title, text_of(entry, "summary"));
  std::size_t name_width = 0;
  for (const Json& outcome : entry.at("outcomes")) name_width = std::max(name_width, text_of(outcome, "walk").size());
  for (const Json& outcome : entry.at("outcomes"))
    say("  {}  {}\n", bold(padded(text_of(outcome, "walk"), name_width)), wrapped(text_of(outcome, "sentence"), name_width + 4));
  say("\n");
  for (const Json& facet : entry.at("facets")) {
    const std::string rows = joined(facet.at("rows"));
    std::string line = fmt::format("  {}  {}  {}", padded(text_of(facet, "facet"), 8), verdict(text_of(facet, "state"), 9),
                                   rows.empty() ? "" : rows + ": ");
    const std::size_t indent = 23 + (rows.empty() ? 0 : rows.size() + 2);
    line += wrapped(text_of(facet, "first_difference"), std::min<std::size_t>(indent, 40));
    line.erase(line.find_last_not_of(' ') + 1);
    say("{}\n", line);
  }
  if (entry.contains("unexpected"))
    say("  {}  the scenario's [expect] says otherwise: {}\n", verdict("unexpected"), text_of(entry, "unexpected"));
  for (const Json& finding : entry.at("safety")) {
    const std::string row = finding.value("row", "");
    if (row.empty())
      say("  {}  {} breaks {}, {}: {}\n", verdict("unsafe"), text_of(finding, "walk"), text_of(finding, "property"),
          text_of(finding, "title"), text_of(finding, "detail"));
    else
      say("  {}  {}  {}: {} breaks {}: {}\n", padded("safety", 8), verdict("known", 9), row, text_of(finding, "walk"),
          text_of(finding, "property"), wrapped("that " + text_of(finding, "title"), 40));
  }
  print_rows(rows_of(entry), catalogue);
  if (entry.contains("picture")) {
    say("\n");
    print_indented(text_of(entry.at("picture"), "text"));
  }
  if (entry.contains("trace"))
    print_trace(entry.at("trace"), text_of(entry.at("outcomes").at(0), "walk"), text_of(entry.at("outcomes").at(1), "walk"));
  say("\n");
}

void print_not_modelled_line(const std::string& file, const std::string& reason) {
  say("{} {}  ({})\n", padded("not modelled", 10), file, reason);
}

void print_replay_summary(const Json& section) {
  const std::uint64_t files = section.value("files", std::uint64_t{0});
  const std::size_t skipped = section.contains("not_modelled") ? section.at("not_modelled").size() : 0;
  say("{}: {} scenario{}: {} equal, {} known, {} divergent{}\n", verdict(text_of(section, "verdict")), files,
      files == 1 ? "" : "s", section.value("equal", 0), section.value("known", 0), section.value("divergent", 0),
      skipped ? fmt::format("; {} more not modelled", skipped) : "");
}

}  // namespace gupdiff
