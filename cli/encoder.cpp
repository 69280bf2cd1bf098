// SPDX-License-Identifier: GPL-2.0-only
// gupdiff encoder: the symbolic domain held against the concrete one.
#include <unistd.h>

#include <chrono>
#include <thread>

#include "cli/command.hpp"
#include "cli/live_line.hpp"
#include "cli/names.hpp"
#include "cli/scenario_files.hpp"
#include "cli/terminal.hpp"
#include "proofs/encoder_check.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

struct Options {
  EncoderOptions encoder;
  std::vector<std::string> files, architectures;
  std::string findings = "out/encoder";
  bool json = false;
};

ArchitectureSet architectures_of(const std::vector<std::string>& names) {
  return names.empty() ? kAllArchitectures : architectures_named(names);
}

/// Keeps the scenario of a mismatch; the file's name.
std::string keep(const Options& o, const EncoderMismatch& m, const std::string& repeat) {
  ScenarioFile file;
  file.world = m.world;
  file.title = "The symbolic and the concrete domain disagree";
  file.note = fmt::format("Found by gupdiff encoder for {}: {}. Repeat with {}.", pair_name(m.pair), m.what, repeat);
  const auto path = std::filesystem::path(o.findings) / fmt::format("encoder-{}-{}.toml", o.encoder.seed, m.number);
  write_whole(path, to_text(file));
  return path.string();
}

int report(const Options& o, const EncoderResult& r, const std::string& repeat, double seconds) {
  const RunVerdict v = r.mismatch ? RunVerdict::internal_error : RunVerdict::holds;
  Json out = {{"verdict", verdict_word(v)}, {"scenarios", r.counts.scenarios}, {"conditions", r.counts.decided},
              {"inferred", r.counts.inferred}, {"neighbours", r.counts.neighbours}, {"facts", r.counts.facts}};
  if (o.files.empty()) out["seed"] = o.encoder.seed;
  if (r.mismatch)
    out["mismatch"] = {{"number", r.mismatch->number}, {"pair", pair_name(r.mismatch->pair)}, {"differs", r.mismatch->what},
                       {"file", keep(o, *r.mismatch, repeat)}, {"repeat", repeat}};
  if (o.json) {
    say("{}", json_text(out));
    return exit_code(v);
  }
  if (r.mismatch)
    say("{}  scenario {}, {}: {}\n                {}\n                {}\n", verdict("internal error"), r.mismatch->number,
        pair_name(r.mismatch->pair), r.mismatch->what, out["mismatch"]["file"].get<std::string>(), repeat);
  say("{}: {} scenarios in {:.1f} s, {} conditions ({} inferred), {} more inputs of their paths, {} terms evaluated, {} mismatch{}\n",
      verdict(verdict_word(v)), r.counts.scenarios, seconds, r.counts.decided, r.counts.inferred, r.counts.neighbours,
      r.counts.facts, r.mismatch ? 1 : 0, r.mismatch ? "" : "es");
  return exit_code(v);
}

/// The folder for findings: there before any work is done, gone again if nothing was found.
class Folder {
 public:
  explicit Folder(std::string name) : name_(std::move(name)) {
    for (std::filesystem::path p = name_; !p.empty() && !std::filesystem::exists(p); p = p.parent_path()) made_.push_back(p);
    make_folder(name_);
    if (access(name_.c_str(), W_OK) != 0)
      throw InputError{fmt::format("{}: findings cannot be written here; name another folder with --findings.", name_)};
  }
  ~Folder() {
    std::error_code ignored;
    for (const auto& p : made_) std::filesystem::remove(p, ignored);  // not if it holds anything
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

 private:
  std::string name_;
  std::vector<std::filesystem::path> made_;
};

int run_encoder(Options o, const std::string& program) {
  o.encoder.architectures = architectures_of(o.architectures);
  const Folder findings(o.findings);
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  if (!o.files.empty()) {
    EncoderResult sum;
    for (const std::string& name : scenario_files(o.files)) {
      EncoderResult r = check_encoder(load(name).world);
      sum.counts.add(r.counts);
      if (!r.mismatch) continue;
      sum.mismatch = std::move(r.mismatch);
      return report(o, sum, fmt::format("{} encoder {}", program, name), seconds());
    }
    return report(o, sum, {}, seconds());
  }
  LiveLine line(!o.json);
  if (line.on())
    o.encoder.progress = [&](std::uint64_t done) {
      line.show(fmt::format("{} of {} scenarios  {:.0f} a second", done, o.encoder.runs, static_cast<double>(done) / seconds()));
    };
  const EncoderResult r = fuzz_encoder(o.encoder);
  line.clear();
  std::string repeat;
  if (r.mismatch) {
    repeat = fmt::format("{} encoder --seed {} --first {} --runs 1", program, o.encoder.seed, r.mismatch->number);
    for (const std::string& a : o.architectures) repeat += " --arch " + a;
  }
  return report(o, r, repeat, seconds());
}

}  // namespace

void add_encoder(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("encoder", "Hold the symbolic domain of the proofs against the concrete one, on random scenarios");
  auto o = std::make_shared<Options>();
  o->encoder.threads = std::max(1u, std::thread::hardware_concurrency());
  CLI::Option* files = sub->add_option("FILE", o->files, "Scenario files or folders to check instead, with every pair of walks");
  add_architectures(*sub, o->architectures);
  sub->add_option("--runs", o->encoder.runs, "Scenarios")->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40))->capture_default_str()->excludes(files);
  sub->add_option("--seed", o->encoder.seed, "Seed")->capture_default_str()->excludes(files);
  sub->add_option("--first", o->encoder.first, "Number of the first scenario, to repeat one")->capture_default_str()->excludes(files);
  sub->add_option("--threads", o->encoder.threads, "Threads")->check(CLI::Range(1u, 256u))->capture_default_str();
  sub->add_option("--findings", o->findings, "Folder for a scenario on which they disagree")->capture_default_str();
  sub->add_flag("--json", o->json, "Print JSON (without times)");
  sub->callback([o, &exit] { exit.code = run_encoder(*o, exit.program); });
}

}  // namespace gupdiff
