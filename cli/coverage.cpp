// SPDX-License-Identifier: GPL-2.0-only
// gupdiff coverage and gupdiff health: what scenarios run, and what they reach.
#include "cli/command.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "fuzz/coverage_run.hpp"
#include "report/coverage_section.hpp"
#include "scenario/corpus_folder.hpp"
#include "scenario/generator.hpp"

namespace gupdiff {
namespace {

struct Options {
  std::vector<std::string> names, pairs, architectures;
  std::string reasons, runner;
  std::optional<std::uint64_t> generate;
  std::uint64_t seed = 1;
  bool anything = false, json = false;
};

std::vector<WalkPair> pairs_named(const std::vector<std::string>& names) {
  std::vector<WalkPair> pairs;
  for (const std::string& name : names) {
    PairOptions one;
    one.pair = name;
    pairs.push_back(one.walks());
  }
  return pairs;
}

std::string of(const Json& part, const char* done) {
  const auto total = part.at(done == std::string("covered") ? "total" : "of").get<std::uint64_t>(), n = part.at(done).get<std::uint64_t>();
  return total == 0 ? "-" : fmt::format("{}/{} {:5.1f} %", n, total, 100.0 * static_cast<double>(n) / static_cast<double>(total));
}

void print_coverage(const Json& s) {
  const auto row = [](const std::string& name, const Json& r, bool strong) {
    const std::string text = fmt::format("  {:<34}{:>20}{:>20}{:>20}", name, of(r.at("lines"), "covered"),
                                         of(r.at("regions"), "covered"), of(r.at("branches"), "covered"));
    say("{}\n", strong ? bold(text) : text);
  };
  say("{}\n", dim(fmt::format("  {:<34}{:>20}{:>20}{:>20}", "", "lines", "regions", "branches")));
  for (const Json& room : s.at("rooms")) {
    const std::string name = room.at("room");
    row(name + "/", room, true);
    for (const Json& f : s.at("files"))
      if (f.at("file").get<std::string>().rfind(name + "/", 0) == 0) row(f.at("file"), f, false);
  }
  if (!s.at("gaps").empty()) say("\nNot reached:\n");
  for (const Json& g : s.at("gaps")) {
    say("  {}:{}: {}\n", g.at("file").get<std::string>(), g.at("line").get<int>(), g.at("code").get<std::string>());
    if (g.contains("reason")) say("      {}\n", dim(wrapped(g.at("reason").get<std::string>(), 6)));
  }
  for (const Json& w : s.at("wrong")) say("{}  {}\n", verdict("wrong"), w.get<std::string>());
  say("\n{}: {} scenarios under {} pairs; legacy/ and unified/ must have {:.0f} % of their lines run.\n", verdict(s.at("verdict").get<std::string>()),
      s.at("scenarios").get<std::uint64_t>(), s.at("pairs").size(), 100 * kLeastCovered);
}

int run_coverage(const Options& o) {
  std::vector<std::filesystem::path> files;
  for (const std::string& name : o.names) {
    std::error_code error;
    if (!std::filesystem::exists(name, error)) throw InputError{fmt::format("{}: no such file or folder; name a scenario or a folder of them.", name)};
    if (!std::filesystem::is_directory(name, error)) files.emplace_back(name);
    else
      for (auto& path : corpus_folder(name).scenarios) files.push_back(std::move(path));
  }
  const std::vector<WalkPair> pairs = o.pairs.empty() ? all_pairs() : pairs_named(o.pairs);
  std::vector<GapReason> reasons;
  if (!o.reasons.empty()) reasons = read_reasons(o.reasons);
  CoverageTools tools;
  tools.runner = o.runner.empty() ? find_coverage_runner() : std::filesystem::path(o.runner);
  Coverage coverage = measure_coverage(files, pairs, tools);
  std::vector<std::string> wrong;
  if (!o.reasons.empty()) {
    wrong = give_reasons(coverage, reasons, o.reasons);
    for (const std::string_view room : kCoveredRooms)
      if (const double share = lines_of(coverage, room).share(); share < kLeastCovered)
        wrong.push_back(fmt::format("{}/: {:.2f} % of the lines are reached; {:.0f} % must be", room, 100 * share, 100 * kLeastCovered));
  }
  const Json section = coverage_section(coverage, pairs, wrong);
  if (o.json) say("{}", json_text(section));
  else print_coverage(section);
  return exit_code(verdict_of(section.at("verdict").get<std::string>()));
}

void print_health(const Json& s) {
  const auto head = [](const char* title) { say("\n{}\n", bold(title)); };
  const auto row = [](const std::string& name, const Json& part) { say("  {:<34}{:>24}\n", name, of(part, "reached")); };
  const auto rows = [&](const Json& parts) {
    for (const auto& [name, part] : parts.items())
      if (part.at("of") != 0) row(name, part);
  };
  for (const Json& w : s.at("walks"))
    for (const auto& [name, part] : w.items())
      if (name != "walk") row(w.at("walk").get<std::string>() + ", " + name, part);
  head("Memory under the request");
  rows(s.at("memory"));
  head("FOLL_ flags of the lookups");
  rows(s.at("flags"));
  std::size_t seen = 0;
  for (const auto& [name, part] : s.at("flag_pairs").items()) seen += part.at("reached") != 0;
  say("  {} of {} pairs of flags that an API lets through\n", seen, s.at("flag_pairs").size());
  head("Machines");
  rows(s.at("architectures"));
  for (const Json& z : s.at("sizes"))
    row(fmt::format("{} {}, {}", z.at("architecture").get<std::string>(), z.at("geometry").get<std::string>(), z.at("size").get<std::string>()), z.at("inputs"));
  head("Calls and how they end");
  rows(s.at("apis"));
  rows(s.at("terminations"));
  say("\n");
  for (const Json& p : s.at("problems")) say("{}  {}\n", verdict("missing"), p.at("sentence").get<std::string>());
  say("{}: {} inputs, {} other files, {} problem{}\n", verdict(s.at("verdict").get<std::string>()), s.at("inputs").get<std::uint64_t>(),
      s.at("skipped").get<std::uint64_t>(), s.at("problems").size(), s.at("problems").size() == 1 ? "" : "s");
}

Health generated_health(const Options& o, const HealthScope& scope) {
  HealthCounter counter(scope);
  Random random{o.seed};
  Scenario w;
  for (std::uint64_t i = 0; i < *o.generate; ++i) {
    const Architecture arch = pick(random, scope.architectures);
    if (o.anything) generate_anything(random, w, arch);
    else generate_reachable(random, w, arch);
    counter.count(w);
  }
  return counter.health();
}

int run_health(const Options& o) {
  const std::vector<WalkPair> pairs = o.pairs.empty() ? std::vector<WalkPair>{default_pair()} : pairs_named(o.pairs);
  ArchitectureSet architectures = 0;
  for (const WalkPair& p : pairs) architectures |= architectures_of(p, o.architectures);
  const HealthScope scope = health_scope(pairs, architectures);
  if (o.generate.has_value() == !o.names.empty()) throw InputError{"health: name a folder of scenarios, or --generate a number of them; one of the two."};
  const Health health = o.generate ? generated_health(o, scope) : folder_health(o.names.front(), scope);
  const Json section = health_section(health, scope);
  if (o.json) say("{}", json_text(section));
  else print_health(section);
  return exit_code(verdict_of(section.at("verdict").get<std::string>()));
}

}  // namespace

void add_coverage(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("coverage", "Say which lines and branches of the models scenarios run");
  auto o = std::make_shared<Options>();
  sub->add_option("NAME", o->names, "Scenario files (text or binary), or folders of them, a fuzzer's corpus for one")->required();
  sub->add_option("--pair", o->pairs, "Pairs of walks to run; every pair if left out")->delimiter(',');
  sub->add_option("--reasons", o->reasons, "List of gaps that have a reason (fuzz/uncovered.toml): any other gap, a reason without\n"
                                           "its gap and less than 99 % of legacy/ or unified/ then end the command with 5");
  sub->add_option("--runner", o->runner, "The coverage build's gupdiff_coverage, if it is not beside this one's folder");
  sub->add_flag("--json", o->json, "Print the coverage section of results.json");
  sub->callback([o, &exit] { exit.code = run_coverage(*o); });
}

void add_health(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("health", "Say what share of inputs reach each walk, memory, flag and machine; 5 if any is missed");
  auto o = std::make_shared<Options>();
  sub->add_option("FOLDER", o->names, "Folder of scenarios, a fuzzer's corpus for one")->expected(1);
  sub->add_option("--generate", o->generate, "Take this many scenarios of the generator instead")->check(CLI::Range(1u, 100000000u));
  sub->add_option("--seed", o->seed, "Seed of --generate")->capture_default_str();
  sub->add_flag("--anything", o->anything, "With --generate: any scenario, not only states a kernel can get into");
  sub->add_option("--pair", o->pairs, "Pairs of walks the inputs are for; v6.9:v6.10 if left out")->delimiter(',');
  add_architectures(*sub, o->architectures);
  sub->add_flag("--json", o->json, "Print the health section of results.json");
  sub->callback([o, &exit] { exit.code = run_health(*o); });
}

}  // namespace gupdiff
