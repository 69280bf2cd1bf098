// SPDX-License-Identifier: GPL-2.0-only
// gupdiff catalogue: the known divergences, all or one.
#include "cli/command.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "report/catalogue_section.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

void print_row(const Json& row) {
  const auto line = [&](const char* label, const char* key) {
    const std::string text = row.at(key);
    if (!text.empty()) say("  {}  {}\n", dim(padded(label, 10)), wrapped(text, 14));
  };
  std::string facets;
  for (const Json& facet : row.at("facets")) facets += (facets.empty() ? "" : ", ") + facet.get<std::string>();
  say("{}  {}\n", bold(row.at("id").get<std::string>()), wrapped(row.at("title").get<std::string>(), 5));
  say("  {}  {}\n", dim(padded("facets", 10)), facets);
  line("reach", "reach");
  line("when", "trigger");
  line("then", "difference");
  line("reference", "reference");
  line("witness", "witness");
}

void list_rows(const std::vector<std::string>& ids, bool json) {
  for (const std::string& id : ids)
    if (find_row(id) < 0)
      throw InputError{fmt::format("catalogue {}: there is no such row; the rows are {}.", id, row_names())};
  Json rows = Json::array();
  for (const Json& row : catalogue_section(nullptr, nullptr))
    if (ids.empty() || std::find(ids.begin(), ids.end(), row.at("id").get<std::string>()) != ids.end()) rows.push_back(row);
  if (json) {
    say("{}", json_text(rows));
    return;
  }
  for (const Json& row : rows) {
    if (!ids.empty())
      print_row(row);
    else
      say("{}  {}\n", bold(padded(row.at("id").get<std::string>(), 6)), wrapped(row.at("title").get<std::string>(), 8));
  }
}

}  // namespace

void add_catalogue(CLI::App& app, Exit&) {
  CLI::App* sub = app.add_subcommand("catalogue", "List the known divergences, or explain some");
  auto ids = std::make_shared<std::vector<std::string>>();
  auto json = std::make_shared<bool>(false);
  sub->add_option("ID", *ids, "Rows to explain, such as D17");
  sub->add_flag("--json", *json, "Print JSON");
  sub->callback([ids, json] { list_rows(*ids, *json); });
}

}  // namespace gupdiff
