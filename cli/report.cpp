// SPDX-License-Identifier: GPL-2.0-only
// gupdiff report: the main job. Runs every section one after another and writes
// results.json and its projections.
#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>

#include "cli/command.hpp"
#include "cli/conform_text.hpp"
#include "cli/cost_text.hpp"
#include "cli/fuzz_text.hpp"
#include "cli/interrupt.hpp"
#include "cli/names.hpp"
#include "cli/prove_flags.hpp"
#include "cli/prove_run.hpp"
#include "cli/prove_text.hpp"
#include "cli/replay_text.hpp"
#include "cli/scenario_files.hpp"
#include "cli/terminal.hpp"
#include "report/catalogue_section.hpp"
#include "report/conform_section.hpp"
#include "report/cost_section.hpp"
#include "report/finding_folder.hpp"
#include "report/fuzz_section.hpp"
#include "report/mutants_plots.hpp"
#include "report/projections.hpp"
#include "report/proofs_section.hpp"
#include "report/replay_section.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Options {
  PairOptions comparison;
  std::string out = "out/report", corpus = "corpus", from, mutants;
  std::vector<std::string> captures = {"corpus/captures/6.1.jsonl.gz", "corpus/captures/6.12.jsonl.gz",
                                       "corpus/captures/arm64-6.1.jsonl.gz", "corpus/captures/arm64-6.12.jsonl.gz"};
  std::vector<std::string> only, architectures;
  std::vector<std::string> theorems = {"x86_64/*", "*/reader/*"};  ///< of all of them, what minutes suffice for
  std::vector<std::string> shards;                                 ///< or results that machines have found already
  std::string kernel;
  double seconds = 60;
  ProveFlags proving;
  std::uint64_t seed = 1;
  bool json = false;

  bool wants(const char* section) const {
    return only.empty() || std::find(only.begin(), only.end(), section) != only.end();
  }
};

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void heading(const Options& o, std::string_view text) {
  if (!o.json) say("\n{}\n", bold(text));
  std::fflush(stdout);
}

Json run_replay(const Options& o) {
  heading(o, fmt::format("Replay of {}", o.corpus));
  std::vector<Json> entries;
  Json skipped = Json::array();
  std::string warning;
  for (const std::string& file : scenario_files({o.corpus})) {
    const ScenarioFile scenario = load(file);
    if (std::string reason = not_modelled(o.comparison.walks_of(scenario), scenario.world.config); !reason.empty()) {
      skipped.push_back({{"file", file}, {"reason", std::move(reason)}});
      continue;
    }
    entries.push_back(replay_entry(file, scenario, o.comparison.walks_of(scenario), o.comparison.rows(),
                                   {.draw_warning = &warning}));
  }
  if (!warning.empty()) remark("gupdiff: warning: " + warning);
  Json section = replay_section(std::move(entries), std::move(skipped));
  if (o.json) return section;
  for (const Json& entry : section.at("entries"))
    if (entry.at("verdict") == "divergent" || entry.at("verdict") == "unexpected") print_entry_line(entry);
  print_replay_summary(section);
  return section;
}

Json run_fuzz(const Options& o, Json& run) {
  heading(o, fmt::format("Fuzzing for {:.0f} s", o.seconds));
  FuzzOptions options;
  options.pair = o.comparison.walks();
  options.enabled = o.comparison.rows();
  options.seconds = o.seconds;
  options.seed = o.seed;
  options.architectures = architectures_of(options.pair, o.architectures);
  options.findings_dir = fs::path(o.out) / "findings";
  options.progress = !o.json;
  const FuzzResult result = fuzz(options);
  for (const FuzzFinding& f : result.findings) write_finding_folder(f, options.pair, options.enabled);
  run["fuzz"] = fuzz_times(result);
  Json section = fuzz_section(options, result);
  if (!o.json) print_fuzz(section, run["fuzz"]);
  return section;
}

Json run_proofs(const Options& o, Json& run, const std::string& program) {
  heading(o, "Proofs");
  ProveOptions options;
  apply(o.proving, options);
  options.pair = o.comparison.walks();
  options.enabled = o.comparison.rows();
  const std::string counterexamples = (fs::path(o.out) / "counterexamples").string();
  ProveRun proved;
  if (o.shards.empty()) {
    options.names = matching(options.pair, o.theorems);
    proved = prove_named(options, {counterexamples, cache_folder(o.proving), !o.json});
  } else {
    ProveOptions found;
    proved = merge_files(o.shards, counterexamples, found);
    if (found.pair != options.pair || found.enabled != options.enabled)
      throw InputError{fmt::format("{}: was proved of another pair or with other rows switched off than this report is about; give the same --pair and --without.", o.shards.front())};
  }
  if (proved.use.interrupted) throw Interrupted{};
  const Json times = prove_times(proved.results, proved.use);
  run.update(times);
  Json section = proofs_section(proved.results, proved.files);
  if (!o.json) print_proofs(section, times, program, false);
  return section;
}

Json run_conform(const Options& o) {
  heading(o, "Answers of real kernels");
  const ConformOptions options{{o.captures.begin(), o.captures.end()}, o.kernel};
  Json section = conform_section(options, conform(options));
  if (!o.json) print_conform(section, false);
  return section;
}

Json run_cost(const Options& o) {
  heading(o, "Cost of one present huge page");
  Json section = cost_section();
  if (!o.json) print_cost(section);
  return section;
}

/// What 'gupdiff mutants --out' wrote, for `run` with its plots.
Json read_mutants(const std::string& file, Json& run) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError{fmt::format("--mutants {}: cannot be read; name a file written by 'gupdiff mutants --out'.", file)};
  Json section = Json::parse(in, nullptr, false);
  try {
    Json times = section.at("run").at("mutants");
    section.erase("run");
    std::string warning;
    Json plots = mutants_plots(mutants_curves(section, times), warning);
    if (!warning.empty()) remark("gupdiff: warning: " + warning);
    if (!plots.empty()) times["plots"] = std::move(plots);
    run["mutants"] = std::move(times);
    return section;
  } catch (const Json::exception&) {
    throw InputError{fmt::format("--mutants {}: is not what 'gupdiff mutants --out' writes.", file)};
  }
}

/// A document written earlier, to be rendered again.
Json read_document(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError{fmt::format("{}: cannot be read; name a results.json.", file)};
  const Json document = Json::parse(in, nullptr, false);
  if (document.is_discarded()) throw InputError{fmt::format("{}: is not JSON; name a results.json.", file)};
  if (!document.is_object() || document.value("schema", Json()) != kResultsSchema || !document.contains("verdict"))
    throw InputError{fmt::format("{}: is not a results document of schema {}.", file, kResultsSchema)};
  return document;
}

int finish(const Options& o, const Json& document) {
  write_report(document, o.out);
  const RunVerdict v = overall(document);
  if (o.json) {
    say("{}", json_text(document));
  } else {
    const Json& head = document.at("verdict");
    say("\n{}: {}\nReport: {}\n", verdict(verdict_word(v)), head.at("sentence").get<std::string>(),
        (fs::path(o.out) / "index.html").string());
  }
  return exit_code(v);
}

int run_report(const Options& o, const std::string& program) {
  make_folder(o.out);
  if (!o.from.empty()) {
    const Json document = read_document(o.from);
    try {
      return finish(o, document);
    } catch (const Json::exception&) {
      throw InputError{fmt::format("{}: is not a results document of schema {}.", o.from, kResultsSchema)};
    }
  }
  // Now, rather than after the minutes the sections take.
  write_whole(fs::path(o.out) / ".writable", "");
  fs::remove(fs::path(o.out) / ".writable");
  RunHead head = o.comparison.head();
  head.seed = o.seed;
  o.comparison.rows();
  ProveOptions bounds;
  apply(o.proving, bounds);
  cache_folder(o.proving);

  const auto start = Clock::now();
  Json run = {{"started", now_utc()}, {"machine", fmt::format("{} CPUs", std::thread::hardware_concurrency())}};
  Sections s;
  if (Json checked; !o.mutants.empty()) read_mutants(o.mutants, checked);  // before the minutes the rest takes
  if (o.wants("replay")) s.replay = run_replay(o);
  if (o.wants("conform")) s.conform = run_conform(o);
  if (o.wants("proofs")) s.proofs = run_proofs(o, run, program);
  if (o.wants("fuzz")) s.fuzz = run_fuzz(o, run);
  if (o.wants("cost")) s.cost = run_cost(o);
  if (!o.mutants.empty()) s.mutants = read_mutants(o.mutants, run);
  s.catalogue = catalogue_section(s.replay, s.proofs);
  run["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
  return finish(o, results(head, std::move(s), std::move(run)));
}

}  // namespace

void add_report(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("report", "Run everything and write results.json, HTML, JUnit and Markdown");
  auto o = std::make_shared<Options>();
  add_comparison(*sub, o->comparison);
  sub->add_option("-o,--output", o->out, "Folder to write to")->capture_default_str();
  sub->add_option("--only", o->only, "Sections to run: replay, conform, proofs, fuzz, cost; all if left out; mutants: none but what --mutants names")
      ->delimiter(',')
      ->check(CLI::IsMember({"replay", "conform", "proofs", "fuzz", "cost", "mutants"}));
  sub->add_option("--corpus", o->corpus, "Folder of scenarios to replay")->capture_default_str();
  sub->add_option("--captures", o->captures, "Captures to compare with")->capture_default_str();
  sub->add_option("--kernel", o->kernel, "The kernel they must all be of; left out, each is held to the one it names");
  sub->add_option("--time", o->seconds, "Seconds of fuzzing")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--prove", o->theorems, "Theorems by name, as prove takes them; '*' for all architectures")
      ->delimiter(',')
      ->capture_default_str();
  sub->add_option("--proved", o->shards, "Files of all shards of 'prove --shard --out': prove nothing, put them together")
      ->excludes("--prove");
  sub->add_option("--mutants", o->mutants, "File of 'gupdiff mutants --out': its section and the share killed over time");
  add_prove_flags(*sub, o->proving, 300);
  add_architectures(*sub, o->architectures);
  sub->add_option("--seed", o->seed, "Seed of the fuzzing")->capture_default_str();
  sub->add_option("--from", o->from, "Run nothing: render this results.json again");
  sub->add_flag("--json", o->json, "Print results.json");
  sub->callback([o, &exit] { exit.code = run_report(*o, exit.program); });
}

}  // namespace gupdiff
