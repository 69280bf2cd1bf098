// SPDX-License-Identifier: GPL-2.0-only
// gupdiff cost: what each walk does for one present huge page.
#include "cli/command.hpp"
#include "cli/cost_text.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "report/cost_section.hpp"

namespace gupdiff {

void print_cost(const Json& section) {
  say("{}: loop iterations, entries read without and under a lock, locks taken.\n", section.at("request").get<std::string>());
  for (const Json& table : section.at("tables")) {
    say("\n{}\n", bold(fmt::format("{}, {}", table.at("label").get<std::string>(), table.at("geometry").get<std::string>())));
    std::size_t width = 0;
    std::string findings;
    const auto walks_of = [](const Json& row) {
      std::string names;
      for (const Json& name : row.at("walks")) names += (names.empty() ? "" : ", ") + name.get<std::string>();
      return names;
    };
    for (const Json& size : table.at("sizes"))
      for (const Json& row : size.at("walks")) width = std::max(width, walks_of(row).size());
    say("  {}\n", dim(fmt::format("{:<6}{:<{}}  {:>9}{:>9}{:>10}{:>9}{:>9}", "size", "walk", width, "pages", "loops", "lockless",
                                  "locked", "locks")));
    for (const Json& size : table.at("sizes")) {
      std::string first = size.at("size");
      for (const Json& row : size.at("walks")) {
        std::string names = walks_of(row);
        for (const Json& r : row.at("requests")) {
          say("  {:<6}{:<{}}  {:>9}{:>9}{:>10}{:>9}{:>9}\n", first, names, width, r.at("pages").get<std::uint64_t>(),
              r.at("loops").get<std::uint64_t>(), r.at("lockless_reads").get<std::uint64_t>(),
              r.at("locked_reads").get<std::uint64_t>(), r.at("locks").get<std::uint64_t>());
          first = names = "";
        }
      }
      if (size.contains("finding")) findings += "  " + wrapped(size.at("finding").get<std::string>(), 2) + "\n";
    }
    say("{}", findings);
  }
}

void add_cost(CLI::App& app, Exit&) {
  CLI::App* sub = app.add_subcommand("cost", "Say what each walk does for one huge page: loops, entries read, locks");
  auto arch = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  sub->add_option("--arch", *arch, "Architecture; all if left out");
  sub->add_flag("--json", *json, "Print the cost section of results.json");
  sub->callback([arch, json] {
    const Json section = cost_section(arch->empty() ? std::optional<Architecture>() : architecture_named(*arch));
    if (*json)
      say("{}", json_text(section));
    else
      print_cost(section);
  });
}

}  // namespace gupdiff
