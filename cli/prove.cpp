// SPDX-License-Identifier: GPL-2.0-only
// gupdiff prove: theorems about a pair of walks.
#include <thread>

#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/names.hpp"
#include "cli/prove_run.hpp"
#include "cli/terminal.hpp"
#include "report/proofs_section.hpp"

namespace gupdiff {
namespace {

struct Options {
  PairOptions comparison;
  std::vector<std::string> globs;
  std::string folder = "out/counterexamples";
  double timeout = 600;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  bool list = false, json = false;
};

int run_prove(const Options& o, const std::string& program) {
  ProveOptions options;
  options.pair = o.comparison.walks();
  options.enabled = o.comparison.rows();
  options.timeout_seconds = o.timeout;
  options.jobs = o.jobs;
  if (o.list) {
    const std::vector<std::string> names = list_theorems(options.pair);
    if (o.json)
      say("{}", json_text(Json(names)));
    else
      for (const std::string& name : names) say("{}\n", name);
    return 0;
  }
  const ProveRun run = prove_matching(options, o.globs, o.folder, !o.json);
  Json section = proofs_section(run.results, run.files);
  const int code = exit_code(verdict_of(section.at("verdict").get<std::string>()));
  if (o.json) {
    section["run"] = {{"theorem_seconds", theorem_seconds(run.results)}};
    say("{}", json_text(section));
  } else {
    print_proofs(section, theorem_seconds(run.results), program);
  }
  if (run.use.interrupted) return interrupted_exit_code();
  return code;
}

}  // namespace

void add_prove(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("prove", "Prove that the walks agree, but for the catalogue, on every input of a theorem");
  auto o = std::make_shared<Options>();
  sub->add_option("GLOB", o->globs, "Theorems by name, * and ? allowed; all if left out");
  add_comparison(*sub, o->comparison);
  sub->add_flag("--list", o->list, "List the theorems and prove nothing");
  sub->add_option("--timeout", o->timeout, "Seconds for each unit of a theorem")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--jobs,--threads", o->jobs, "Processes at a time, one unit each")->check(CLI::Range(1u, 256u))->capture_default_str();
  sub->add_option("--counterexamples", o->folder, "Folder for counterexamples")->capture_default_str();
  sub->add_flag("--json", o->json, "Print the proofs section of results.json, with times");
  sub->callback([o, &exit] { exit.code = run_prove(*o, exit.program); });
}

}  // namespace gupdiff
