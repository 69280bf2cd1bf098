// SPDX-License-Identifier: GPL-2.0-only
// gupdiff fuzz: a campaign against the catalogue.
#include "cli/command.hpp"
#include "cli/fuzz_text.hpp"
#include "cli/names.hpp"
#include "cli/stand_in.hpp"
#include "cli/terminal.hpp"
#include "report/finding_folder.hpp"
#include "report/fuzz_section.hpp"

namespace gupdiff {
namespace {

struct Options {
  PairOptions comparison;
  StandInOption stand_in;
  FuzzOptions fuzz;
  std::string engine{engine_name(Engine::libfuzzer)}, corpus, findings = "findings", work, sync;
  std::vector<std::string> architectures;
  std::optional<double> seconds;
  bool json = false;
};

int run_fuzz(Options o) {
  const std::optional<Engine> engine = engine_named(o.engine);
  if (!engine) throw InputError{fmt::format("--engine {}: there is no such engine; there are {}", o.engine, engine_names())};
  o.fuzz.engine = *engine;
  o.fuzz.pair = o.comparison.walks();
  o.fuzz.enabled = o.comparison.rows();
  if (o.stand_in.any() && o.fuzz.engine == Engine::afl)
    throw InputError{"--stand-in: AFL++ runs a program of its own, which loads none; use --engine random or libfuzzer."};
  load_stand_in(o.stand_in, o.fuzz.pair);
  o.fuzz.architectures = architectures_of(o.fuzz.pair, o.architectures);
  o.fuzz.corpus_dir = o.corpus;
  o.fuzz.findings_dir = o.findings;
  o.fuzz.work_dir = o.work;
  o.fuzz.sync_dir = o.sync;
  // With --runs alone the campaign is as long as they take, so that it can be repeated.
  o.fuzz.seconds = o.seconds.value_or(o.fuzz.runs ? 0 : 60);
  o.fuzz.progress = !o.json;
  const FuzzResult result = fuzz(o.fuzz);
  for (const FuzzFinding& f : result.findings) write_finding_folder(f, o.fuzz.pair, o.fuzz.enabled);
  Json section = fuzz_section(o.fuzz, result);
  const int code = exit_code(verdict_of(section.at("verdict").get<std::string>()));
  if (o.json) {
    if (o.fuzz.seconds > 0) section["run"] = {{"fuzz", fuzz_times(result)}};
    say("{}", json_text(section));
  } else {
    print_fuzz(section, fuzz_times(result));
  }
  return code;
}

}  // namespace

void add_fuzz(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("fuzz", "Look for a difference that the catalogue does not know");
  auto o = std::make_shared<Options>();
  add_comparison(*sub, o->comparison);
  add_architectures(*sub, o->architectures);
  add_stand_in(*sub, o->stand_in);
  sub->add_option("--engine", o->engine,
                  "What thinks inputs up: " + engine_names() + ". random is the generator in a loop, without coverage: several times faster")
      ->capture_default_str();
  sub->add_option("--time", o->seconds, "Seconds; 60, or no limit if --runs is given")->check(CLI::PositiveNumber);
  sub->add_option("--runs", o->fuzz.runs, "Pairs of walks to run; no limit if left out");
  sub->add_option("--seed", o->fuzz.seed, "Seed")->capture_default_str();
  sub->add_option("--corpus", o->corpus, "Folder of inputs to start from and add to; none if left out");
  sub->add_option("--findings", o->findings, "Folder for what is found")->capture_default_str();
  sub->add_option("--jobs", o->fuzz.jobs, "With --engine afl: instances of afl-fuzz, one main and the rest secondaries")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  sub->add_option("--work", o->work, "With --engine afl: AFL++'s own folder, kept and taken up again; temporary if left out");
  sub->add_option("--sync", o->sync, "With --engine afl: folder shared with runs on other hosts, to exchange queues through");
  sub->add_flag("--keep-going", o->fuzz.keep_going, "Do not stop at the first finding");
  sub->add_flag("--anything", o->fuzz.anything, "Also states no kernel gets into");
  sub->add_flag("--json", o->json, "Print the fuzz section of results.json (with times unless --runs alone bounds it)");
  sub->callback([o, &exit] { exit.code = run_fuzz(*o); });
}

}  // namespace gupdiff
