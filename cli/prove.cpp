// SPDX-License-Identifier: GPL-2.0-only
// gupdiff prove: theorems about a pair of walks.
#include <charconv>
#include <filesystem>

#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/names.hpp"
#include "cli/prove_flags.hpp"
#include "cli/prove_identity.hpp"
#include "cli/prove_run.hpp"
#include "cli/prove_text.hpp"
#include "cli/second_opinion.hpp"
#include "cli/stand_in.hpp"
#include "cli/terminal.hpp"
#include "report/branches_section.hpp"
#include "report/proofs_section.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

struct Options {
  PairOptions comparison;
  StandInOption stand_in;
  ProveFlags flags;
  SecondOpinionOptions second;
  std::vector<std::string> globs, merge;
  std::string folder = "out/counterexamples", shard, out, corpus;
  bool list = false, json = false, verbose = false, identity = false, unreached = false, first = false;
};

/// "2/3". Throws InputError for anything but a number from 1 to the other.
Shard shard_named(const std::string& text) {
  constexpr unsigned kMost = 1000;
  Shard s{0, 0};
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, s.number);
  auto of = number;
  if (number.ec == std::errc() && number.ptr != end && *number.ptr == '/') of = std::from_chars(number.ptr + 1, end, s.of);
  if (of.ec != std::errc() || of.ptr != end || s.number < 1 || s.of > kMost || s.number > s.of)
    throw InputError{fmt::format("--shard {}: give the number of a shard and how many there are, from 1/1 to {}/{}, such as 2/3.", text, kMost, kMost)};
  return s;
}

int list(const std::vector<std::string>& names, const ProveOptions& options, bool json) {
  if (!json) {
    for (const std::string& name : names) say("{}\n", name);
    return 0;
  }
  Json out = Json::array();
  for (const TheoremText& t : describe_theorems(options)) out.push_back({{"theorem", t.name}, {"statement", t.summary}, {"cells", t.cells}});
  say("{}", json_text(out));
  return 0;
}

/// How many scenarios the folder holds now; several paths may end in one.
void print_corpus(const std::string& folder, const ProveRun& run) {
  std::uint64_t paths = 0, files = 0;
  for (const TheoremResult& t : run.results)
    if (!t.branches.empty()) paths += t.counts.paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files += entry.path().extension() == ".bin" ? 1 : 0;
  say("{}: {} scenarios of {} paths\n", folder, files, paths);
}

int finish(const Options& o, const ProveRun& run, const std::string& program) {
  Json section = proofs_section(run.results, run.files);
  const Json times = prove_times(run.results, run.use);
  if (o.json) {
    section["run"] = times;
    section["branches"] = branches_section(run.results);
    say("{}", json_text(section));
  } else {
    print_proofs(section, times, program, o.verbose);
    if (o.unreached) print_branches(branches_section(run.results));
    if (!o.corpus.empty()) print_corpus(o.corpus, run);
  }
  if (run.use.interrupted) {
    remark("gupdiff: interrupted; what was finished stands above.");
    return interrupted_exit_code();
  }
  return exit_code(verdict_of(section.at("verdict").get<std::string>()));
}

int run_prove(const Options& o, const std::string& program) {
  ProveOptions options;
  apply(o.flags, options);
  if (!o.merge.empty()) {
    if (!o.globs.empty() || !o.shard.empty() || !o.out.empty() || o.list)
      throw InputError{"prove --merge: the shards say what was proved; leave out theorems, --list, --shard and --out."};
    return finish(o, merge_files(o.merge, o.folder, options), program);
  }
  if (!o.corpus.empty()) {
    make_folder(o.corpus);
    require_writable_folder(o.corpus);
    options.corpus = o.corpus;
    options.side_effects = true;
  }
  if (o.identity) {
    if (!o.shard.empty() || !o.out.empty() || o.list) throw InputError{"prove --identity: leave out --list, --shard and --out."};
    return finish(o, prove_identity(options, o.globs, {o.folder, cache_folder(o.flags), !o.json}), program);
  }
  options.pair = o.comparison.walks();
  load_stand_in(o.stand_in, options.pair);
  require_provable_stand_in(o.stand_in);
  options.side_effects = options.side_effects || o.stand_in.any();  // what is proved of it is no result of the walk's
  options.enabled = o.comparison.rows();
  options.names = matching(options.pair, o.globs);
  options.stop_at_refutation = o.first;
  if (o.list) return list(options.names, options, o.json);
  options.second = o.second;
  prepare(options.second);
  options.side_effects = options.side_effects || options.second.wanted();
  const ProvePlaces places{o.folder, cache_folder(o.flags), !o.json};
  if (o.shard.empty() && o.out.empty()) return finish(o, prove_named(options, places), program);
  if (o.out.empty()) throw InputError{fmt::format("prove --shard {}: name the file that gets its results with --out FILE.", o.shard)};
  return finish(o, prove_shard(options, places, o.shard.empty() ? Shard{} : shard_named(o.shard), o.out), program);
}

}  // namespace

void add_prove(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("prove", "Prove that the walks agree, but for the catalogue, on every input of a theorem");
  auto o = std::make_shared<Options>();
  sub->add_option("GLOB", o->globs, "Theorems by name, * and ? allowed; all if left out");
  add_comparison(*sub, o->comparison);
  add_stand_in(*sub, o->stand_in);
  sub->add_flag("--list", o->list, "List the theorems and prove nothing");
  add_prove_flags(*sub, o->flags, 600);
  sub->add_option("--shard", o->shard, "I/N: prove the I-th of N parts, which several machines can do at the same time");
  sub->add_option("--out", o->out, "File for the results of a shard");
  sub->add_option("--merge", o->merge, "Files of all shards of a run: prove nothing, put them together");
  sub->add_option("--counterexamples", o->folder, "Folder for counterexamples")->capture_default_str();
  sub->add_flag("--identity", o->identity, "Prove every walk against itself, with no row of the catalogue between the two: a check of the prover");
  sub->add_flag("--unreached", o->unreached, "Print which branches of the models the theorems reach, and which none does");
  sub->add_option("--emit-corpus", o->corpus, "Folder for every explored path as a scenario, for the fuzzers to begin with");
  add_second_opinion(*sub, o->second);
  sub->add_flag("--first", o->first, "Stop at the first refutation; what was not finished is inconclusive");
  sub->add_flag("--verbose", o->verbose, "A line for each theorem, however many there are");
  sub->add_flag("--json", o->json, "Print the proofs section of results.json, with times");
  sub->callback([o, &exit] { exit.code = run_prove(*o, exit.program); });
}

}  // namespace gupdiff
