// SPDX-License-Identifier: GPL-2.0-only
#include "mutants/equivalent.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "mutants/generate.hpp"
#include "mutants/program.hpp"
#include "scenario/input_error.hpp"
#include "scenario/toml_reader.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {

std::filesystem::path equivalent_file(const std::filesystem::path& root) { return root / "tests" / "mutants" / "equivalent.toml"; }

std::vector<EquivalentMark> load_equivalent(const std::filesystem::path& file) {
  const auto text = read_whole(file);
  if (!text) throw InputError{fmt::format("{}: cannot be read.", file.string())};
  toml::table root;
  try {
    root = toml::parse(*text, file.string());
  } catch (const toml::parse_error& e) {
    throw InputError{fmt::format("{}:{}: {}.", file.string(), e.source().begin.line, e.description())};
  }
  TomlReader reader(root, file.string(), "the file");
  std::vector<EquivalentMark> out;
  std::set<std::string> seen;
  for (const toml::table* t : reader.tables("mutant")) {
    TomlReader one(*t, file.string(), "[[mutant]]");
    EquivalentMark m;
    m.line = one.line();
    m.name = one.required_text("name");
    m.reason = one.required_text("reason");
    m.theorems = one.texts("theorems");
    if (m.theorems.empty()) one.fail("theorems", "name at least one theorem whose proof shows it");
    if (!seen.insert(m.name).second) one.fail("name", m.name + " is marked already");
    one.finish();
    out.push_back(std::move(m));
  }
  reader.finish();
  return out;
}

void mark_equivalent(std::vector<Mutant>& mutants, const std::vector<EquivalentMark>& marks, const std::filesystem::path& file) {
  for (const EquivalentMark& mark : marks) {
    const auto m = std::find_if(mutants.begin(), mutants.end(), [&](const Mutant& x) { return x.name == mark.name; });
    if (m == mutants.end())
      throw InputError{fmt::format("{}:{}: no mutant {} is generated; the line it was made from has changed: look at it again.",
                                   file.string(), mark.line, mark.name)};
    m->equivalent = mark.reason;
  }
}

std::vector<Mutant> marked_mutants(const std::filesystem::path& root) {
  std::vector<Mutant> out = generated_mutants(root);
  const std::filesystem::path file = equivalent_file(root);
  if (std::filesystem::exists(file)) mark_equivalent(out, load_equivalent(file), file);
  return out;
}

Json prove_equivalent(const Mutant& mutant, const EquivalentMark& mark, const MutantBuilder& builder, double seconds) {
  Json out = {{"mutant", mutant.name}, {"reason", mark.reason}, {"theorems", mark.theorems}, {"verdict", "failed"}};
  const std::string walk = walk_name(mutant.walk);
  std::vector<std::string> command = {"/proc/self/exe", "prove"};
  command.insert(command.end(), mark.theorems.begin(), mark.theorems.end());
  command.insert(command.end(), {"--pair", pair_name({mutant.walk, mutant.walk}), "--no-cache", "--json"});
  for (const ModuleKind kind : {ModuleKind::quick, ModuleKind::terms}) {
    const Built built = builder.build(mutant, kind);
    if (built.state != Built::State::done) {
      out["detail"] = built.sentence;
      return out;
    }
    command.insert(command.end(), {"--stand-in", walk + "=" + built.module.string()});
  }
  const ProgramEnd end = run_program(command, {seconds, 0});
  const Json json = Json::parse(end.out, nullptr, false);
  if (end.late || !json.is_object() || !json.contains("verdicts")) {
    out["detail"] = end.how();
    return out;
  }
  const Json& counts = json.at("verdicts");
  const auto count = [&](const char* verdict) { return counts.value(verdict, 0); };
  // A pair of a walk with itself has no rows: proved-except would be one that was in force.
  const int others = count("proved-except") + count("refuted") + count("vacuous") + count("inconclusive");
  out["proved"] = count("proved");
  out["verdict"] = end.exit_code == 0 && others == 0 && count("proved") > 0 ? "proved" : count("refuted") > 0 ? "refuted" : "failed";
  if (out["verdict"] != "proved") out["detail"] = fmt::format("{} proved, {} not: {}", count("proved"), others, end.how());
  return out;
}

}  // namespace gupdiff
