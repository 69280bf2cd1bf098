// SPDX-License-Identifier: GPL-2.0-only
// Every step is a command of this program that a person could type, with --json.
#include "mutants/run_one.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fstream>

#include "mutants/program.hpp"
#include "oracle/registry.hpp"
#include "scenario/input_error.hpp"
#include "scenario/shrinker.hpp"
#include "scenario/text.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/proc/self/exe";
constexpr unsigned kMemoryMb = 2048;  ///< of a run on a mutant, which may want all there is
constexpr double kSecondsToStart = 120, kReplaySeconds = 60, kMinimizeSeconds = 300;
constexpr int kFound = 10, kBroken = 6;
constexpr std::uint64_t kUnpatchedPairs = 200'000, kQuickPairs = 100'000;

/// A tool that did not do its work.
struct Failed {
  std::string sentence;
};

std::string stand_in(const Mutant& m, const fs::path& module) { return walk_name(m.walk) + "=" + module.string(); }

/// Runs this program. A proof limits the memory of its processes itself.
ProgramEnd gupdiff_command(std::vector<std::string> words, double seconds, unsigned memory_mb = kMemoryMb) {
  words.insert(words.begin(), kProgram);
  return run_program(words, {seconds, memory_mb});
}

Json parsed(const ProgramEnd& end, const std::string& what) {
  Json json = Json::parse(end.out, nullptr, false);
  if (json.is_discarded() || !json.is_object()) throw Failed{fmt::format("{}: {}", what, end.how())};
  return json;
}

/// The facets that a replayed entry diverges in, and the properties it breaks: "effect", "references-balance".
std::vector<std::string> shown_in(const Json& entry) {
  std::vector<std::string> out;
  for (const Json& f : entry.at("facets"))
    if (f.at("state") == "divergent") out.push_back(f.at("facet"));
  for (const Json& f : entry.at("safety"))
    if (!f.contains("row")) out.push_back(f.at("property"));
  return out;
}

bool any_named(const Mutant& m, const std::vector<std::string>& shown) {
  return std::any_of(m.facets.begin(), m.facets.end(), [&](const std::string& f) { return std::find(shown.begin(), shown.end(), f) != shown.end(); });
}

class MutantRun {
 public:
  MutantRun(const Mutant& m, const MutantBuilder& builder, const MutantRunOptions& options)
      : m_(m), builder_(builder), options_(options), folder_(options.folder / m.name), entry_(mutant_head(m)) {}

  Json run() {
    try {
      judge();
    } catch (const Failed& f) {
      end("failed", f.sentence);
    } catch (const InputError& e) {
      end("failed", e.message);
    } catch (const std::exception& e) {
      end("failed", fmt::format("{}: {}", m_.name, e.what()));
    }
    return {{"entry", std::move(entry_)}, {"times", std::move(times_)}};
  }

 private:
  void end(std::string_view verdict, const std::string& reason = {}) {
    entry_["verdict"] = verdict;
    if (!reason.empty()) entry_["reason"] = reason;
  }

  void judge() {
    if (m_.diff.empty()) return end(m_.apart(), m_.not_modelled);
    const Built built = build(ModuleKind::quick);
    if (built.state == Built::State::stillborn && m_.kind == MutantKind::generated) return end("stillborn", built.sentence);
    if (built.state != Built::State::done) throw Failed{built.sentence};
    module_ = built.module;
    check_twins();
    const bool claimed_equivalent = m_.apart() == "equivalent";
    if (!m_.apart().empty() && !(claimed_equivalent && options_.check_equivalent))
      return end(m_.apart(), claimed_equivalent ? m_.equivalent : m_.not_modelled);
    for (const char* place : {"fuzz", "proof"}) fs::remove_all(folder_ / place);
    const bool fuzzed = fuzz();
    const bool historic = historical(m_.kind);
    const bool try_proof = options_.proved == WhenProved::always || (options_.proved == WhenProved::usually && (historic || !fuzzed));
    const bool proved = try_proof && !m_.theorem.empty() && prove(!fuzzed);
    if (!proved && !m_.no_theorem.empty()) entry_["no_theorem"] = m_.no_theorem;
    if (claimed_equivalent && (fuzzed || proved)) throw Failed{fmt::format("{}: is marked equivalent ({}), and is none: it is detected.", m_.name, m_.equivalent)};
    end(claimed_equivalent ? "equivalent" : fuzzed || proved ? "killed" : "survived");
  }

  Built build(ModuleKind kind) {
    Built built = builder_.build(m_, kind);
    times_["build_seconds"] = times_.value("build_seconds", 0.0) + built.cpu_seconds;
    return built;
  }

  std::vector<std::string> command(std::vector<std::string> words, bool patched = true) const {
    words.insert(words.end(), {"--pair", pair_name(m_.pair), "--json"});
    if (patched) words.insert(words.end(), {"--stand-in", stand_in(m_, module_)});
    return words;
  }

  /// Each twin must be what its name says with the bug, and hold without it.
  void check_twins() {
    Json twins = Json::object();
    for (const char* name : {"bad", "good"}) {
      const fs::path file = m_.folder / (std::string(name) + ".toml");
      if (m_.folder.empty() || !fs::exists(file)) continue;
      const bool bad = std::strcmp(name, "bad") == 0;
      const auto [with, shown] = replay(file, true);
      const std::string without = replay(file, false).first;
      Json twin = {{"with", with}, {"without", without}};
      if (!shown.empty()) twin["shown_in"] = shown;
      std::string wrong;
      if (without != "holds") wrong = fmt::format("{} without the bug: {}", name, without);
      else if (bad && with == "holds") wrong = "bad.toml holds with the bug";
      else if (bad && with == "divergent" && !any_named(m_, shown))
        wrong = fmt::format("bad.toml shows the bug in {}, not in {}", fmt::join(shown, ", "), fmt::join(m_.facets, ", "));
      else if (!bad && with != "holds") wrong = fmt::format("good.toml with the bug: {}", with);
      if (!wrong.empty()) twin["wrong"] = wrong;
      twins[name] = std::move(twin);
    }
    if (!twins.empty()) entry_["twins"] = std::move(twins);
  }

  /// "holds", "divergent" with where it shows, or how the replay ended: "hang", "crash".
  std::pair<std::string, std::vector<std::string>> replay(const fs::path& file, bool patched) const {
    const ProgramEnd run = gupdiff_command(command({"replay", file.string()}, patched), kReplaySeconds);
    if (run.late) return {"hang", {}};
    if (run.signal != 0) return {"crash", {}};
    const Json json = parsed(run, file.string());
    const Json& entry = json.at("entries").at(0);
    const std::string verdict = entry.at("verdict");
    if (verdict == "divergent") return {verdict, shown_in(entry)};
    if (verdict == "unexpected") return {fmt::format("unexpected ({})", entry.value("unexpected", "")), {}};
    return {"holds", {}};
  }

  /// Whether fuzzing kills it: first on a module that is built fast, then on one that is fast. Both see
  /// the same scenarios.
  bool fuzz() {
    if (fuzz(kQuickPairs)) return true;
    if (times_.value("fuzz_seconds", 0.0) >= options_.fuzz_seconds) return false;
    const Built built = build(ModuleKind::fast);
    if (built.state != Built::State::done) throw Failed{built.sentence};
    module_ = built.module;
    return fuzz(0);
  }

  /// Fuzzes within the budget, and `pairs` if that is not 0.
  bool fuzz(std::uint64_t pairs) {
    std::vector<std::string> words = command({"fuzz", "--engine", "random", "--seed", std::to_string(options_.seed), "--time",
                                              fmt::format("{}", options_.fuzz_seconds), "--findings", (folder_ / "fuzz").string()});
    if (pairs != 0) words.insert(words.end(), {"--runs", std::to_string(pairs)});
    for (const std::string& a : m_.architectures) words.insert(words.end(), {"--arch", a});
    const ProgramEnd run = gupdiff_command(words, options_.fuzz_seconds * 1.1 + kSecondsToStart);
    const double cpu_before = times_.value("fuzz_cpu_seconds", 0.0);
    times_["fuzz_seconds"] = times_.value("fuzz_seconds", 0.0) + run.seconds;
    times_["fuzz_cpu_seconds"] = cpu_before + run.cpu_seconds;
    if (run.late) {
      entry_["fuzz"] = {{"outcome", "hang"}};
      return true;
    }
    const Json json = parsed(run, fmt::format("{}: fuzz", m_.name));
    if (run.exit_code != 0 && run.exit_code != kFound && run.exit_code != kBroken) throw Failed{fmt::format("{}: fuzz: {}", m_.name, run.how())};
    if (const int signal = json.value("signal", 0); signal != 0 && json.at("findings").empty()) {
      entry_["fuzz"] = {{"outcome", signal == SIGPROF ? "hang" : "crash"}, {"executions", json.at("executions")}};
      if (signal != SIGPROF) entry_["fuzz"]["detail"] = fmt::format("signal {} ({})", signal, strsignal(signal));
      times_["search_seconds"] = cpu_before + run.cpu_seconds;
      return true;
    }
    if (run.exit_code == kBroken && json.at("findings").empty()) throw Failed{fmt::format("{}: fuzz: {}", m_.name, json.value("failure", ""))};
    if (json.at("findings").empty()) {
      entry_["fuzz"] = {{"outcome", "none"}};
      times_["executions"] = json.at("executions");
      return false;
    }
    const Json& finding = json["findings"][0];
    entry_["fuzz"] = {{"outcome", "finding"}, {"executions", json.at("executions")}, {"identity", finding.at("identity")},
                      {"first_difference", finding.at("first_difference")}};
    const Json& cost = json.at("run").at("fuzz").at("found").at(0);
    times_["search_seconds"] = cpu_before + cost.at("search_seconds").get<double>();
    times_["shrink_seconds"] = cost.at("shrink_seconds");
    take_witness(finding.at("file").get<std::string>(), entry_["fuzz"]);
    return true;
  }

  /// Its size, the facets it shows the bug in, and that it shows nothing without the bug.
  void take_witness(const fs::path& file, Json& killer) {
    const auto [with, shown] = replay(file, true);
    if (with != "divergent") throw Failed{fmt::format("{}: replays as '{}' with the mutant that it was found on.", file.string(), with)};
    if (const std::string without = replay(file, false).first; without != "holds")
      throw Failed{fmt::format("{}: is '{}' without the mutant as well, so it is no witness of it.", file.string(), without)};
    killer["shown_in"] = shown;
    killer["as_named"] = any_named(m_, shown);
    const Scenario world = load(file).world;
    entry_["witness"] = {{"file", file.string()}, {"entries", table_entries(world)}, {"mappings", world.vmas.size()}};
    times_["replay"] = fmt::format("gupdiff replay {} --pair {} --stand-in {}", file.string(), pair_name(m_.pair), stand_in(m_, module_));
  }

  /// Whether its theorem is refuted. `witness`: make one of the counterexample.
  bool prove(bool witness) {
    const Built terms = build(ModuleKind::terms);
    if (terms.state != Built::State::done) {
      entry_["proof"] = {{"outcome", "failed"}, {"theorem", m_.theorem}, {"claim", terms.sentence}};
      if (terms.state == Built::State::failed) throw Failed{terms.sentence};
      return false;
    }
    std::vector<std::string> words = command({"prove", m_.theorem, "--first", "--no-cache", "--jobs", "1", "--timeout", fmt::format("{}", options_.proof_seconds),
                                              "--counterexamples", (folder_ / "proof" / "counterexamples").string()});
    words.insert(words.end(), {"--stand-in", stand_in(m_, terms.module)});
    const ProgramEnd run = gupdiff_command(std::move(words), options_.proof_seconds * 10 + kSecondsToStart, 0);
    times_["proof_seconds"] = run.seconds;
    times_["proof_cpu_seconds"] = run.cpu_seconds;
    if (run.late || run.signal != 0) {
      entry_["proof"] = {{"outcome", "inconclusive"}, {"theorem", m_.theorem}, {"claim", run.how()}};
      return false;
    }
    const Json json = parsed(run, fmt::format("{}: prove {}", m_.name, m_.theorem));
    const Json* worst = nullptr;
    for (const Json& t : json.at("theorems"))
      if (!worst || t.at("verdict") == "refuted") {
        worst = &t;
        if (t.at("verdict") == "refuted") break;
      }
    if (!worst) throw Failed{fmt::format("{}: prove {}: no theorem was proved.", m_.name, m_.theorem)};
    for (const Json& t : json.at("theorems"))  // the first that is neither proved nor refuted says more than one that is proved
      if (worst->at("verdict") != "refuted" && t.at("verdict") != "proved" && t.at("verdict") != "proved-except") worst = &t;
    entry_["proof"] = {{"outcome", worst->at("verdict")}, {"theorem", worst->at("theorem")}, {"claim", worst->value("detail", "")}};
    if (worst->at("verdict") != "refuted") return false;
    if (witness && worst->contains("counterexamples") && !worst->at("counterexamples").empty())
      make_small(worst->at("counterexamples").at(0).get<std::string>());
    return true;
  }

  void make_small(const fs::path& counterexample) {
    std::vector<std::string> words = command({"minimize", counterexample.string(), "--output", (folder_ / "proof" / "witness").string()});
    const ProgramEnd run = gupdiff_command(words, kMinimizeSeconds);
    if (run.exit_code != 0) {  // the counterexample stands, as it is
      entry_["proof"]["not_shrunk"] = run.how();
      return;
    }
    const Json json = parsed(run, counterexample.string());
    times_["shrink_seconds"] = json.at("run").at("seconds");
    take_witness(fs::path(json.at("output").get<std::string>()) / "scenario.toml", entry_["proof"]);
  }

  const Mutant& m_;
  const MutantBuilder& builder_;
  const MutantRunOptions& options_;
  const fs::path folder_;
  fs::path module_;
  Json entry_, times_ = Json::object();
};

}  // namespace

Json mutant_head(const Mutant& m) {
  Json out = {{"mutant", m.name}, {"title", m.title}, {"kind", mutant_kind_name(m.kind)}, {"re_enacts", m.re_enacts}, {"source", m.source}};
  if (m.diff.empty()) return out;
  out["pair"] = pair_name(m.pair);
  out["walk"] = walk_name(m.walk);
  out["architectures"] = m.architectures;
  out["facets"] = m.facets;
  return out;
}

Json run_mutant(const Mutant& mutant, const MutantBuilder& builder, const MutantRunOptions& options) {
  return MutantRun(mutant, builder, options).run();
}

std::string run_unpatched(const Mutant& like, const MutantBuilder& builder, const MutantRunOptions& options) {
  const Built built = builder.build_unpatched(ModuleKind::quick);
  if (built.state != Built::State::done) return built.sentence;
  const fs::path findings = options.folder / "unpatched";
  std::vector<std::string> words = {"fuzz", "--engine", "random", "--runs", std::to_string(kUnpatchedPairs), "--pair", pair_name(like.pair),
                                    "--stand-in", stand_in(like, built.module), "--findings", findings.string(), "--json"};
  for (const std::string& a : like.architectures) words.insert(words.end(), {"--arch", a});
  const ProgramEnd run = gupdiff_command(words, kSecondsToStart);
  if (run.exit_code == 0) return "";
  const std::string what = run.exit_code == kFound ? "it differs from what this program has" : run.how();
  return fmt::format("without any patch {} of the sources in {}, in its pair {} on {}, does not hold: {}; build the program of these sources, or name its own with --source.",
                     walk_name(like.walk), builder.options().source.string(), pair_name(like.pair), fmt::join(like.architectures, ", "), what);
}

}  // namespace gupdiff
