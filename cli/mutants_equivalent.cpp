// SPDX-License-Identifier: GPL-2.0-only
#include "cli/mutants_equivalent.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"
#include "mutants/equivalent.hpp"
#include "mutants/generate.hpp"
#include "proofs/prove.hpp"
#include "report/view_text.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {

int prove_marks(const MutantBuilder& builder, const ProveMarksOptions& o) {
  const std::filesystem::path file = equivalent_file(builder.options().source);
  const std::vector<EquivalentMark> marks = load_equivalent(file);
  std::vector<Mutant> mutants = generated_mutants(builder.options().source);
  mark_equivalent(mutants, marks, file);
  Json entries = Json::array();
  int proved = 0, refuted = 0, failed = 0;
  for (const EquivalentMark& mark : marks) {
    if (!any_glob_matches(o.names, mark.name)) continue;
    const auto m = std::find_if(mutants.begin(), mutants.end(), [&](const Mutant& x) { return x.name == mark.name; });
    Json entry = prove_equivalent(*m, mark, builder, o.seconds * static_cast<double>(mark.theorems.size()));
    const std::string verdict = entry.at("verdict");
    ++(verdict == "proved" ? proved : verdict == "refuted" ? refuted : failed);
    if (!o.json) say("{}  {}  {}\n", padded(verdict, 8), mark.name, entry.value("detail", mark.reason));
    entries.push_back(std::move(entry));
  }
  if (entries.empty()) throw InputError{fmt::format("mutants --equivalent: {} marks no mutant of that name.", file.string())};
  const RunVerdict verdict = refuted ? RunVerdict::divergence : failed ? RunVerdict::inconclusive : RunVerdict::holds;
  if (o.json) say("{}", json_text(Json{{"equivalent", std::move(entries)}, {"proved", proved}, {"refuted", refuted}, {"failed", failed}}));
  else say("{} proved, {} refuted, {} not decided\n", proved, refuted, failed);
  return exit_code(verdict);
}

}  // namespace gupdiff
