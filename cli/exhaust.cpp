// SPDX-License-Identifier: GPL-2.0-only
// gupdiff exhaust: small bounds, every world of them.
#include <unistd.h>

#include <chrono>
#include <thread>

#include "cli/command.hpp"
#include "cli/live_line.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "proofs/exhaust.hpp"
#include "proofs/prove.hpp"
#include "scenario/input_error.hpp"
#include "scenario/names.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

struct Options {
  PairOptions comparison;
  std::string glob = "x86_64/*", folder = "out/exhaust";
  std::vector<std::string> flags;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  bool list = false, proof = false, json = false;
};

std::uint64_t flags_named(const std::vector<std::string>& names) {
  std::uint64_t out = 0;
  std::string allowed;
  for (const NamedBit& known : foll_flag_names())
    if (known.bit & variable_foll_flags()) allowed += (allowed.empty() ? "" : ", ") + std::string(known.name);
  for (const std::string& name : names) {
    std::uint64_t bit = 0;
    for (const NamedBit& known : foll_flag_names())
      if (known.name == name) bit = known.bit & variable_foll_flags();
    if (bit == 0) throw InputError{fmt::format("--flags {}: the flags that can vary are {}.", name, allowed)};
    out |= bit;
  }
  return out;
}

std::vector<SmallScope> chosen(const Options& o, WalkPair pair) {
  std::vector<SmallScope> out;
  std::string names;
  for (SmallScope& s : small_scopes()) {
    names += (names.empty() ? "" : ", ") + s.name;
    if (!glob_matches(o.glob, s.name) || !not_modelled(pair, s.base.config).empty()) continue;
    if (!o.flags.empty()) s.flags = flags_named(o.flags);
    out.push_back(std::move(s));
  }
  if (out.empty()) throw InputError{fmt::format("exhaust {}: no bound of this pair has this name; there are {}.", o.glob, names)};
  return out;
}

Json ids(const RowSet& rows) {
  Json out = Json::array();
  for (std::size_t r = 0; r < rows.size(); ++r)
    if (rows.test(r)) out.push_back(catalogue()[r].id);
  return out;
}

std::string keep(const Options& o, const ExhaustResult& r, const std::string& pair) {
  make_folder(o.folder);
  ScenarioFile file;
  file.world = *r.divergence;
  file.title = fmt::format("Divergence in the bound {}", r.name);
  file.note = fmt::format("Found by gupdiff exhaust for {}.", pair);
  std::string name = r.name;
  for (char& c : name) c = c == '/' ? '-' : c;
  const auto path = std::filesystem::path(o.folder) / (name + ".toml");
  write_whole(path, to_text(file));
  return path.string();
}

std::string joined(const Json& words) {
  std::string out;
  for (const Json& w : words) out += (out.empty() ? "" : " ") + w.get<std::string>();
  return out.empty() ? "none" : out;
}

int list(const std::vector<SmallScope>& scopes, bool json) {
  Json out = Json::array();
  for (const SmallScope& s : scopes) {
    Json letters[2] = {Json::array(), Json::array()};
    for (int i = 0; i < 2; ++i)
      for (const Letter& l : s.letters[i]) letters[i].push_back(l.name);
    if (!json) say("{}  {} x {} entries, {} worlds\n", padded(s.name, 28), letters[0].size(), letters[1].size(), s.size());
    out.push_back({{"bound", s.name}, {"worlds", s.size()}, {"first", letters[0]}, {"second", letters[1]}});
  }
  if (json) say("{}", json_text(out));
  return 0;
}

int run_exhaust(const Options& o, const std::string& program) {
  ExhaustOptions options;
  options.pair = o.comparison.walks();
  options.enabled = o.comparison.rows();
  options.threads = o.threads;
  const std::vector<SmallScope> scopes = chosen(o, options.pair);
  if (o.list) return list(scopes, o.json);
  std::error_code error;
  if (std::filesystem::exists(o.folder, error) && (!std::filesystem::is_directory(o.folder, error) || access(o.folder.c_str(), W_OK) != 0))
    throw InputError{fmt::format("{}: divergences cannot be written here; name another folder with --findings.", o.folder)};
  const std::string pair = pair_name(options.pair);
  std::uint64_t all = 0, done = 0;
  for (const SmallScope& s : scopes) all += s.size();
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  LiveLine line(!o.json);
  RunVerdict verdict_of_all = RunVerdict::holds;
  Json bounds = Json::array();
  for (const SmallScope& s : scopes) {
    if (line.on())
      options.progress = [&](std::uint64_t worlds) {
        line.show(fmt::format("{}  {:.0f} %  {:.0f} worlds a second", s.name, 100.0 * static_cast<double>(done + worlds) / static_cast<double>(all),
                              static_cast<double>(done + worlds) / seconds()));
      };
    const ExhaustResult r = exhaust(s, options);
    done += r.worlds;
    RunVerdict v = r.divergence ? RunVerdict::divergence : RunVerdict::holds;
    Json bound = {{"bound", s.name}, {"worlds", r.worlds}, {"rows", ids(r.spoke)}, {"needed", ids(r.needed)}};
    if (r.divergence) bound["divergence"] = keep(o, r, pair);
    if (o.proof) {
      const std::string text = differs_from_proof(s, r, options);
      bound["proof"] = text.empty() ? "agrees" : text;
      if (!text.empty()) v = RunVerdict::internal_error;
    }
    bound["verdict"] = verdict_word(v);
    verdict_of_all = worse(verdict_of_all, v);
    line.clear();
    if (!o.json) {
      say("{}  {}  {:>9} worlds  rows needed: {}{}\n", verdict(verdict_word(v), 10), padded(s.name, 28), r.worlds, joined(bound["needed"]),
          o.proof ? fmt::format("; the proof of the same bound {}", bound["proof"].get<std::string>()) : "");
      if (r.divergence) say("{:12}{} replay {}\n", "", program, bound["divergence"].get<std::string>());
    }
    bounds.push_back(std::move(bound));
  }
  if (o.json)
    say("{}", json_text({{"verdict", verdict_word(verdict_of_all)}, {"pair", pair}, {"worlds", done}, {"bounds", std::move(bounds)}}));
  else
    say("{}: {} worlds in {:.1f} s\n", verdict(verdict_word(verdict_of_all)), done, seconds());
  return exit_code(verdict_of_all);
}

}  // namespace

void add_exhaust(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("exhaust", "Run every world of small bounds: two neighbouring entries, all FOLL flags");
  auto o = std::make_shared<Options>();
  sub->add_option("GLOB", o->glob, "Bounds by name, * and ? allowed")->capture_default_str();
  add_comparison(*sub, o->comparison);
  sub->add_flag("--list", o->list, "List the bounds, with --json their alphabets, and run nothing");
  sub->add_option("--flags", o->flags, "FOLL flags that vary, such as WRITE,FORCE; all if left out")->delimiter(',');
  sub->add_flag("--prove", o->proof, "Prove each bound, too, and compare: with every row, and without each that spoke");
  sub->add_option("--jobs,--threads", o->threads, "Threads")->check(CLI::Range(1u, 256u))->capture_default_str();
  sub->add_option("--findings", o->folder, "Folder for divergences")->capture_default_str();
  sub->add_flag("--json", o->json, "Print JSON (without times)");
  sub->callback([o, &exit] { exit.code = run_exhaust(*o, exit.program); });
}

}  // namespace gupdiff
