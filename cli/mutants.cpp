// SPDX-License-Identifier: GPL-2.0-only
// gupdiff mutants: seeded bugs, and who kills them.
#include <algorithm>
#include <filesystem>
#include <thread>

#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/live_line.hpp"
#include "cli/mutants_equivalent.hpp"
#include "cli/mutants_text.hpp"
#include "cli/terminal.hpp"
#include "cli_build.hpp"
#include "mutants/equivalent.hpp"
#include "mutants/generate.hpp"
#include "mutants/run_one.hpp"
#include "proofs/prove.hpp"
#include "report/mutants_section.hpp"
#include "report/view_text.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> names, only;
  std::string mutants, source = kSourceFolder, cache, compiler = kCompiler, folder = "out/mutants", out;
  double budget = 60, proof_budget = 120;
  std::int64_t jobs = 0;
  std::uint64_t seed = 1;
  bool list = false, json = false, proof = false, no_proof = false, check_equivalent = false, equivalent = false;
};

/// What --only takes beside kinds: real and derived ones; forty of the generated ones.
constexpr std::string_view kHistorical = "historical", kSample = "sample";

bool asks_for(const std::vector<std::string>& only, std::string_view what) { return std::find(only.begin(), only.end(), what) != only.end(); }

/// Whether generated mutants are asked for: by kind or by name. Nobody gets hundreds of them
/// unasked.
bool wants_generated(const Options& o) {
  return o.equivalent || asks_for(o.only, mutant_kind_name(MutantKind::generated)) || asks_for(o.only, kSample) ||
         std::any_of(o.names.begin(), o.names.end(), [](const std::string& n) { return n.rfind("G-", 0) == 0; });
}

/// Whether --only lets it through; of the generated ones `sample` keeps its own.
bool of_kind(const Mutant& m, const std::vector<std::string>& only) {
  return only.empty() || asks_for(only, mutant_kind_name(m.kind)) || (asks_for(only, kHistorical) && historical(m.kind)) ||
         (asks_for(only, kSample) && m.kind == MutantKind::generated);
}

/// Those generated from the sources that are asked for.
std::vector<Mutant> generated(const Options& o) {
  if (!wants_generated(o)) return {};
  std::vector<Mutant> all = marked_mutants(o.source);
  return asks_for(o.only, kSample) && !asks_for(o.only, mutant_kind_name(MutantKind::generated)) ? sample_of(all) : all;
}

/// Those that are asked for. Throws InputError if there is none of a name.
MutantSet chosen(const Options& o) {
  MutantSet all = load_mutants(o.mutants.empty() ? fs::path(o.source) / "tests" / "mutants" : fs::path(o.mutants)), out;
  for (Mutant& m : generated(o)) all.mutants.push_back(std::move(m));
  for (const std::string& glob : o.names) {
    const auto hit = [&](const std::string& name) { return glob_matches(glob, name); };
    if (std::none_of(all.mutants.begin(), all.mutants.end(), [&](const Mutant& m) { return hit(m.name); }) &&
        std::none_of(all.wrong.begin(), all.wrong.end(), [&](const auto& w) { return hit(w.first); }))
      throw InputError{fmt::format("mutants {}: there is no such mutant; 'gupdiff mutants --list' lists them.", glob)};
  }
  for (Mutant& m : all.mutants)
    if (any_glob_matches(o.names, m.name) && of_kind(m, o.only)) out.mutants.push_back(std::move(m));
  for (auto& w : all.wrong)
    if (any_glob_matches(o.names, w.first)) out.wrong.push_back(std::move(w));
  if (out.mutants.empty() && out.wrong.empty()) throw InputError{"mutants: none is of the kinds asked for with --only."};
  return out;
}

int list(const MutantSet& set, bool json) {
  if (json) {
    Json out = Json::array();
    for (const Mutant& m : set.mutants) {
      Json entry = mutant_head(m);
      if (!m.apart().empty()) entry["apart"] = m.apart();
      entry["theorem"] = m.theorem.empty() ? "none: " + m.no_theorem : m.theorem;
      out.push_back(std::move(entry));
    }
    say("{}", json_text(out));
  } else {
    for (const Mutant& m : set.mutants)
      say("{}  {}  {}{}\n", padded(m.name, 10), padded(mutant_kind_name(m.kind), 10), m.title,
          m.apart().empty() ? "" : dim(fmt::format("  ({})", m.apart())));
  }
  for (const auto& [name, sentence] : set.wrong) remark("gupdiff: " + sentence);
  return set.wrong.empty() ? 0 : kExitBadInput;
}

MutantRunOptions run_options(const Options& o) {
  MutantRunOptions run;
  run.folder = o.folder;
  run.fuzz_seconds = o.budget;
  run.proof_seconds = o.proof_budget;
  run.seed = o.seed;
  run.proved = o.no_proof ? WhenProved::never : o.proof ? WhenProved::always : WhenProved::usually;
  run.check_equivalent = o.check_equivalent;
  if (o.jobs < 0 || o.jobs > 256) throw InputError{fmt::format("--jobs {}: give 1 to 256 mutants at a time.", o.jobs)};
  run.jobs = o.jobs ? static_cast<unsigned>(o.jobs) : std::clamp(std::thread::hardware_concurrency(), 1u, 256u);
  run.interrupted = [] { return interrupting_signal() != 0; };
  return run;
}

/// "12 of 61 mutants, about 3 min left: M06 12 s, M07 2 s".
std::string progress_line(const RunnerProgress& p, std::size_t columns) {
  std::string text = fmt::format("mutants: {} of {}", p.done, p.total);
  for (const RunningJob& job : p.running) text += fmt::format("  {} {:.0f} s", job.name, job.seconds);
  return text.substr(0, columns);
}

MutantBuilder builder_of(const Options& o) {
  const fs::path cache = o.cache.empty() ? default_mutant_cache() : fs::path(o.cache);
  if (cache.empty()) throw InputError{"mutants: neither XDG_CACHE_HOME nor HOME says where to keep what is built; name a folder with --cache."};
  return MutantBuilder({fs::absolute(o.source).lexically_normal(), fs::absolute(cache), o.compiler});
}

int run_mutants_command(const Options& o) {
  for (const std::string& kind : o.only)
    if (kind != kHistorical && kind != kSample && mutant_kind_names().find(kind) == std::string::npos)
      throw InputError{fmt::format("--only {}: there is no such kind; there are {}, historical (real and derived) and sample (of the generated).", kind,
                                   mutant_kind_names())};
  if (o.equivalent && !o.list) return prove_marks(builder_of(o), {o.names, o.proof_budget, o.json});
  MutantSet set = chosen(o);
  if (o.list) return list(set, o.json);
  MutantRunOptions options = run_options(o);
  const MutantBuilder builder = builder_of(o);
  require_writable_folder(options.folder);
  if (!o.out.empty()) require_writable_file(o.out);
  MutantsRun run;
  {
    LiveLine line(!o.json);
    if (line.on()) options.progress = [&](const RunnerProgress& p) { line.show(progress_line(p, line.columns())); };
    const Interruptible interruptible;
    run = run_mutants(set.mutants, builder, options);
  }
  if (!run.wrong_sources.empty()) {
    remark("gupdiff: mutants: " + run.wrong_sources);
    return exit_code(RunVerdict::internal_error);
  }
  Json section = mutants_section(run, set.wrong, options);
  const Json times = mutants_times(run, options);
  const int code = exit_code(verdict_of(section.at("verdict").get<std::string>()));
  Json document = section;
  document["run"] = {{"mutants", times}};
  if (!o.out.empty()) write_whole(o.out, json_text(document));
  if (o.json) say("{}", json_text(document));
  else print_mutants(section, times);
  if (run.interrupted) {
    remark("gupdiff: interrupted; what was finished stands above.");
    return interrupted_exit_code();
  }
  return code;
}

}  // namespace

void add_mutants(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("mutants", "Run seeded bugs against the fuzzer and the prover: each must be detected");
  auto o = std::make_shared<Options>();
  sub->add_option("NAME", o->names, "Mutants by name, * and ? allowed; all of the folder if left out, generated ones (G-...) only if they are asked for");
  sub->add_option("--only", o->only, fmt::format("Kinds: {}, historical (real and derived), sample (40 of the generated)", mutant_kind_names()))->delimiter(',');
  sub->add_flag("--list", o->list, "List the mutants and run nothing");
  sub->add_option("--jobs", o->jobs, "Mutants at a time; as many as there are CPUs if left out");
  sub->add_option("--budget", o->budget, "Seconds of fuzzing for each")->check(CLI::Range(0.1, 86400.0))->capture_default_str();
  sub->add_option("--proof-budget", o->proof_budget, "Seconds of proving for each unit of its theorem")->check(CLI::Range(0.1, 86400.0))->capture_default_str();
  CLI::Option* const proof = sub->add_flag("--proof", o->proof, "Prove each; else the historical ones, and what fuzzing does not kill");
  sub->add_flag("--no-proof", o->no_proof, "Prove none")->excludes(proof);
  sub->add_flag("--check-equivalent", o->check_equivalent, "Run also those marked equivalent, which must survive");
  sub->add_flag("--equivalent", o->equivalent, "Prove the marks of generated mutants that change nothing (tests/mutants/equivalent.toml), and run nothing else");
  sub->add_option("--seed", o->seed, "Seed of the fuzzing")->capture_default_str();
  sub->add_option("--mutants", o->mutants, "Folder of mutants; tests/mutants of the sources if left out");
  sub->add_option("--source", o->source, "Root of the sources that are patched: those this program was built from")->capture_default_str();
  sub->add_option("--compiler", o->compiler, "clang++ to build mutants with")->capture_default_str();
  sub->add_option("--cache", o->cache, "Folder of what was built earlier; gupdiff/mutants in $XDG_CACHE_HOME or ~/.cache if left out");
  sub->add_option("--folder", o->folder, "Folder for the witnesses")->capture_default_str();
  sub->add_option("--out", o->out, "File for the results, for 'gupdiff report --mutants'");
  sub->add_flag("--json", o->json, "Print the mutants section of results.json, with times");
  sub->callback([o, &exit] { exit.code = run_mutants_command(*o); });
}

}  // namespace gupdiff
