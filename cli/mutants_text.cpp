// SPDX-License-Identifier: GPL-2.0-only
#include "cli/mutants_text.hpp"

#include "cli/terminal.hpp"
#include "report/mutants_section.hpp"
#include "report/view_text.hpp"

namespace gupdiff {

using view_text::grouped;
using view_text::plural;

namespace {

std::string joined_with(const Json& list) { return view_text::joined(list, ", "); }

/// "12,345 pairs, 0.04 s, effect"; "crash (signal 11 (Segmentation fault))".
std::string fuzz_text(const Json& e, const Json& t) {
  if (!e.contains("fuzz")) return "";
  const Json& f = e.at("fuzz");
  const std::string outcome = f.at("outcome");
  const std::string search = t.contains("search_seconds") ? ", " + mutant_seconds(t.at("search_seconds").get<double>()) : "";
  if (outcome == "none")
    return t.contains("executions") ? fmt::format("none in {} pairs, {:.0f} s", grouped(t.at("executions").get<std::uint64_t>()), t.value("fuzz_seconds", 0.0)) : "none";
  const std::string pairs = f.contains("executions") ? fmt::format("{} pairs", grouped(f.at("executions").get<std::uint64_t>())) : "";
  if (outcome == "hang" || outcome == "crash")
    return fmt::format("by {}{}, {}{}", outcome, f.contains("detail") ? " (" + f.at("detail").get<std::string>() + ")" : "", pairs, search);
  return fmt::format("{}{}", pairs, search);
}

std::string proof_text(const Json& e, const Json& t) {
  if (!e.contains("proof")) return e.value("no_theorem", "").empty() ? "" : "no theorem";
  const std::string outcome = e.at("proof").at("outcome");
  return fmt::format("{}{}", outcome, t.contains("proof_seconds") ? fmt::format(", {:.1f} s", t.at("proof_seconds").get<double>()) : "");
}

/// Where it shows; with what its file says, if that is something else.
std::string facet_text(const Json& e) {
  for (const char* killer : {"fuzz", "proof"})
    if (e.contains(killer) && e.at(killer).contains("shown_in")) {
      const Json& k = e.at(killer);
      return joined_with(k.at("shown_in")) + (k.value("as_named", false) || e.at("facets").empty() ? "" : " (named: " + joined_with(e.at("facets")) + ")");
    }
  return "";
}

void print_entry(const Json& e, const Json& all_times) {
  const std::string name = e.at("mutant"), word = e.at("verdict");
  const Json times = all_times.contains("mutants") ? all_times.at("mutants").value(name, Json::object()) : Json::object();
  std::string line = fmt::format("{}  {}", verdict(word, 17), padded(name, 8));
  if (mutant_counts(e) || e.contains("fuzz")) {
    line += fmt::format("  fuzz: {}  proof: {}  {}", padded(fuzz_text(e, times), 24), padded(proof_text(e, times), 16), facet_text(e));
    if (e.contains("witness"))
      line += fmt::format("  {}, {}", plural(e.at("witness").at("entries").get<unsigned>(), "entry", "entries"),
                          plural(e.at("witness").at("mappings").get<unsigned>(), "VMA", "VMAs"));
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  say("{}\n", line);
  if (e.contains("title")) say("{}{}\n", std::string(19, ' '), dim(wrapped(e.at("title").get<std::string>(), 19)));
  if (e.contains("reason") && word != "equivalent") say("{}{}\n", std::string(19, ' '), wrapped(e.at("reason").get<std::string>(), 19));
  if (const std::string wrong = mutant_twin_wrong(e); !wrong.empty()) say("{}{}\n", std::string(19, ' '), bold("twin: " + wrong));
  if (word == "survived" && e.contains("proof")) say("{}proof: {}\n", std::string(19, ' '), wrapped(e.at("proof").value("claim", ""), 19));
}

std::string rate(const Json& line, const char* key) {
  const std::uint64_t n = line.at(key).get<std::uint64_t>(), of = line.at("counted").get<std::uint64_t>();
  return of == 0 ? "-" : fmt::format("{} of {} ({:.0f} %)", n, of, 100.0 * static_cast<double>(n) / static_cast<double>(of));
}

}  // namespace

void print_mutants(const Json& section, const Json& times) {
  for (const Json& e : section.at("mutants")) print_entry(e, times);
  say("\n{}\n", bold(fmt::format("{}{}{}{}{}{}", padded("", 12), padded("fuzz", 20), padded("proof", 20), padded("either", 20), padded("both", 20), "not counted")));
  for (const Json& line : section.at("summary")) {
    std::string apart;
    for (const auto& [word, n] : line.at("apart").items())
      if (n != 0) apart += fmt::format("{}{} {}", apart.empty() ? "" : ", ", n.get<std::uint64_t>(), word);
    say("{}{}{}{}{}{}\n", padded(line.at("kind").get<std::string>(), 12), padded(rate(line, "fuzz"), 20), padded(rate(line, "proof"), 20),
        padded(rate(line, "either"), 20), padded(rate(line, "both"), 20), apart);
  }
  if (times.contains("seconds")) say("{:.0f} s, {} at a time\n", times.at("seconds").get<double>(), times.at("jobs").get<unsigned>());
}

}  // namespace gupdiff
