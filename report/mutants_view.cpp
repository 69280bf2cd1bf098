// SPDX-License-Identifier: GPL-2.0-only
#include "report/mutants_view.hpp"

#include <fmt/format.h>

#include "report/mutants_plots.hpp"
#include "report/mutants_section.hpp"
#include "report/view_text.hpp"

namespace gupdiff {

using namespace view_text;

namespace {

std::string rate(const Json& line, const char* key) {
  const std::uint64_t n = line.at(key).get<std::uint64_t>(), of = line.at("counted").get<std::uint64_t>();
  return of == 0 ? "-" : fmt::format("{} ({:.0f} %)", grouped(n), 100.0 * static_cast<double>(n) / static_cast<double>(of));
}

std::string cost(const Json& own, const char* key) { return own.contains(key) ? mutant_seconds(own.at(key).get<double>()) : ""; }

Json entry_view(const Json& e, const Json& own) {
  const std::string word = e.value("verdict", "");
  Json out = {{"mutant", e.value("mutant", "")}, {"title", e.value("title", "")}, {"kind", e.value("kind", "")}, {"verdict", word}, {"tone", tone(word)},
              {"re_enacts", e.value("re_enacts", "none") == "none" ? "" : e.value("re_enacts", "")}, {"walk", e.value("walk", "")}, {"pair", e.value("pair", "")},
              {"architectures", e.contains("architectures") ? joined(e.at("architectures")) : ""},
              {"reason", e.value("reason", "")}, {"twin", mutant_twin_wrong(e)}, {"bad", word == "survived" || word == "failed" || !mutant_twin_wrong(e).empty()},
              {"executions", ""}, {"search", ""}, {"by", ""}, {"identity", ""}, {"theorem", ""}, {"proof", ""}, {"proof_time", ""}, {"shown_in", ""},
              {"named", ""}, {"witness", ""}, {"file", ""}};
  if (killed_by_fuzz(e)) {
    const Json& f = e.at("fuzz");
    out["executions"] = count(f, "executions");
    out["search"] = cost(own, "search_seconds");
    out["by"] = f.at("outcome") == "finding" ? "" : f.value("outcome", "");
    out["identity"] = f.value("identity", "");
  } else if (e.contains("fuzz")) {
    out["by"] = "not killed";
  }
  if (e.contains("proof")) {
    out["proof"] = e.at("proof").value("outcome", "");
    out["theorem"] = e.at("proof").value("theorem", "");
    out["proof_time"] = cost(own, "proof_seconds");
  }
  for (const char* killer : {"proof", "fuzz"})
    if (e.contains(killer) && e.at(killer).contains("shown_in")) {
      out["shown_in"] = joined(e.at(killer).at("shown_in"));
      out["named"] = e.at(killer).value("as_named", true) ? "" : joined(e.at("facets"));
    }
  if (e.contains("witness")) {
    out["witness"] = plural(e.at("witness").at("entries").get<unsigned>(), "entry", "entries") + ", " +
                     plural(e.at("witness").at("mappings").get<unsigned>(), "VMA", "VMAs");
    out["file"] = e.at("witness").value("file", "");
  }
  return out;
}

}  // namespace

Json mutants_view(const Json& s, const Json& run) {
  const Json times = run.value("mutants", Json::object());
  Json out = {{"verdict", s.value("verdict", "")}, {"tone", tone(s.value("verdict", ""))}, {"seed", s.value("seed", Json(0)).dump()},
              {"budget", seconds(s.value("fuzz_seconds", 0.0))}, {"took", times.contains("seconds") ? seconds(times.at("seconds").get<double>()) : ""}};
  const Json curves = mutants_curves(s, times);
  Json summary = Json::array(), entries = Json::array(), plots = Json::array();
  for (const Json& line : s.at("summary")) {
    std::string apart;
    for (const auto& [word, n] : line.at("apart").items())
      if (n != 0) apart += fmt::format("{}{} {}", apart.empty() ? "" : ", ", grouped(n.get<std::uint64_t>()), word);
    summary.push_back({{"kind", line.value("kind", "")}, {"colour", curve_colour(curves, line.value("kind", ""))}, {"counted", count(line, "counted")}, {"fuzz", rate(line, "fuzz")},
                       {"proof", rate(line, "proof")}, {"either", rate(line, "either")}, {"both", rate(line, "both")}, {"survived", count(line, "survived")},
                       {"apart", apart}});
  }
  for (const Json& e : s.at("mutants"))
    entries.push_back(entry_view(e, times.value("mutants", Json::object()).value(e.value("mutant", ""), Json::object())));
  for (const Json& p : times.value("plots", Json::array())) {
    const std::string svg = p.value("svg", "");
    const auto at = svg.find("<svg");
    if (at != std::string::npos) plots.push_back({{"title", p.value("title", "")}, {"svg", svg.substr(at)}});
  }
  out["number"] = plural(s.at("mutants").size(), "mutant", "mutants");
  set_list(out, "summary", std::move(summary));
  set_list(out, "mutants", std::move(entries));
  out["any_plot"] = !plots.empty();
  set_list(out, "plots", std::move(plots));
  return out;
}

}  // namespace gupdiff
