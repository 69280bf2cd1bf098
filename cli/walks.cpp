// SPDX-License-Identifier: GPL-2.0-only
// gupdiff walks: which kernels' walks there are.
#include "cli/command.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"

namespace gupdiff {
namespace {

void list_walks(bool json) {
  if (json) {
    Json list = Json::array();
    for (const WalkEntry& walk : walks()) list.push_back({{"name", walk.name}, {"alias", walk.alias}, {"summary", walk.summary}});
    say("{}", json_text(list));
    return;
  }
  for (const WalkEntry& walk : walks()) {
    std::string name(walk.name);
    if (!walk.alias.empty()) name += fmt::format(" ({})", walk.alias);
    say("{}  {}\n", padded(name, 16), wrapped(walk.summary, 18));
  }
}

}  // namespace

void add_walks(CLI::App& app, Exit&) {
  CLI::App* sub = app.add_subcommand("walks", "List the kernels' walks that can be compared");
  auto json = std::make_shared<bool>(false);
  sub->add_flag("--json", *json, "Print JSON");
  sub->callback([json] { list_walks(*json); });
}

}  // namespace gupdiff
