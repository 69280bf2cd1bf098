// SPDX-License-Identifier: GPL-2.0-only
// Turns a results document into what the templates show.
#include "report/view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/campaign_view.hpp"
#include "report/mutants_view.hpp"
#include "report/proofs_view.hpp"
#include "report/trace.hpp"
#include "report/view_text.hpp"

namespace gupdiff {

using namespace view_text;

namespace {

/// An id that may stand in an anchor.
std::string anchor(std::string_view text) {
  std::string out;
  for (const char c : text) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  return out;
}

Json card(std::string_view title, const std::string& word, const std::string& value, const std::string& note,
          std::string_view link) {
  return {{"title", title}, {"word", word}, {"tone", tone(word)}, {"value", value}, {"note", note}, {"link", link}};
}


Json trace_view(const Json& trace) {
  Json rows = Json::array();
  for (const Json& row : folded_rows(trace)) {
    if (row.is_string()) {
      rows.push_back({{"again", row}, {"kind", "again"}});
      continue;
    }
    const int a = row.at(0), b = row.at(1);
    const auto part = [&](const char* side, int index, int which) -> std::string {
      return index < 0 ? "" : trace.at(side).at(static_cast<std::size_t>(index)).at(which);
    };
    rows.push_back({{"again", ""},
                    {"number", row.at(3).dump()},
                    {"kind", row.at(2) ? "same" : "apart"},
                    {"a_function", part("a", a, 0)},
                    {"a_text", part("a", a, 1)},
                    {"b_function", part("b", b, 0)},
                    {"b_text", part("b", b, 1)}});
  }
  return rows;
}

/// The part of an SVG file that may stand inside HTML: without XML prologue and doctype.
std::string inline_svg(const std::string& svg) {
  const auto at = svg.find("<svg");
  return at == std::string::npos ? "" : svg.substr(at);
}

Json row_view(const Json& document, const std::string& id) {
  Json out = {{"id", id}, {"title", ""}, {"trigger", ""}, {"difference", ""}, {"reference", ""}};
  if (!document.contains("catalogue")) return out;
  for (const Json& row : document["catalogue"]) {
    if (row.at("id") != id) continue;
    for (const char* key : {"title", "trigger", "difference", "reference"}) out[key] = row.value(key, "");
  }
  return out;
}

Json replay_view(const Json& document, Json& divergences) {
  const Json& s = document["replay"];
  Json out = {{"verdict", s.value("verdict", "")}, {"tone", tone(s.value("verdict", ""))},
              {"files", count(s, "files")}, {"equal", count(s, "equal")}, {"known", count(s, "known")},
              {"divergent", count(s, "divergent")}};
  Json entries = Json::array();
  for (const Json& e : s["entries"]) {
    const std::string word = e.value("verdict", ""), file = e.value("file", "");
    Json facets = Json::array(), rows = Json::array();
    Json ids = Json::array();
    for (const Json& f : e["facets"]) {
      const std::string state = f.value("state", "");
      facets.push_back({{"facet", f.value("facet", "")}, {"state", state}, {"tone", tone(state)},
                        {"rows", joined(f["rows"])}, {"first_difference", f.value("first_difference", "")}});
      for (const Json& id : f["rows"])
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
    for (const Json& id : ids) rows.push_back(row_view(document, id));
    Json safety = Json::array();
    for (const Json& f : e["safety"])
      safety.push_back({{"walk", f.value("walk", "")}, {"property", f.value("property", "")},
                        {"title", f.value("title", "")}, {"detail", f.value("detail", "")},
                        {"tone", f.contains("row") ? "known" : "bad"},
                        {"row", f.contains("row") ? ", as " + f.value("row", "") + " says" : ""}});
    Json entry = {{"file", file}, {"link", "r-" + anchor(file)}, {"linked", word != "equal"}, {"verdict", word}, {"tone", tone(word)},
                  {"bad", tone(word) == "bad"}, {"unexpected", e.value("unexpected", "")}, {"facets", facets}, {"ids", joined(ids)}};
    set_list(entry, "safety", safety);
    Json shown = entry;
    set_list(shown, "rows", std::move(rows));
    entries.push_back(std::move(entry));
    if (word == "equal") continue;
    Json outcomes = Json::array();
    for (const Json& o : e["outcomes"])
      outcomes.push_back({{"walk", o.value("walk", "")}, {"sentence", o.value("sentence", "")}});
    shown["outcomes"] = std::move(outcomes);
    shown["title"] = e.value("title", "");
    shown["note"] = e.value("note", "");
    shown["summary"] = e.value("summary", "");
    shown["scenario"] = e.value("scenario", "");
    shown["command"] = e.value("command", "");
    shown["picture_text"] = "";
    shown["picture_svg"] = "";
    if (e.contains("picture")) {
      shown["picture_svg"] = inline_svg(e["picture"].value("svg", ""));
      if (shown["picture_svg"] == "") shown["picture_text"] = e["picture"].value("text", "");
    }
    if (e.contains("trace")) {
      shown["walk_a"] = e.at("outcomes").at(0).value("walk", "");
      shown["walk_b"] = e.at("outcomes").at(1).value("walk", "");
      set_list(shown, "trace", trace_view(e["trace"]));
    }
    divergences.push_back(std::move(shown));
  }
  // What is not explained comes first.
  Json known = Json::array(), sorted = Json::array();
  for (Json& shown : divergences) (shown["bad"].get<bool>() ? sorted : known).push_back(std::move(shown));
  for (Json& shown : known) sorted.push_back(std::move(shown));
  divergences = std::move(sorted);
  set_list(out, "entries", std::move(entries));
  return out;
}

Json fuzz_view(const Json& s, const Json& run) {
  Json out = {{"verdict", s.value("verdict", "")}, {"tone", tone(s.value("verdict", ""))},
              {"executions", count(s, "executions")}, {"coverage", count(s, "coverage")}, {"failure", s.value("failure", "")},
              {"corpus", count(s, "corpus")}, {"seed", s.value("seed", std::uint64_t{0})},
              {"seconds", ""}, {"rate", ""}};
  out["seed"] = out["seed"].dump();
  std::string architectures;
  for (const Json& a : s.value("architectures", Json::array()))
    architectures += (architectures.empty() ? "" : ", ") + a.get<std::string>();
  out["architectures"] = architectures;
  if (run.contains("fuzz")) {
    out["seconds"] = seconds(run["fuzz"].value("seconds", 0.0));
    out["rate"] = grouped(static_cast<std::uint64_t>(run["fuzz"].value("rate", 0.0)));
  }
  Json findings = Json::array();
  for (const Json& f : s["findings"])
    findings.push_back({{"identity", f.value("identity", "")}, {"first_difference", f.value("first_difference", "")},
                        {"file", f.value("file", "")}, {"replay", f.value("replay", "")}});
  set_list(out, "findings", std::move(findings));
  return out;
}

/// Share of `part` in `whole` for a bar, in percent with one decimal.
std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "0" : fmt::format("{:.1f}", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

Json tally_view(const Json& tallies) {
  Json out = Json::array();
  for (const auto& [name, t] : tallies.items()) {
    const std::uint64_t good = t.value("match", 0u), bad = t.value("mismatch", 0u), none = t.value("not_modelled", 0u);
    const std::uint64_t all = good + bad + none;
    out.push_back({{"name", name}, {"match", grouped(good)}, {"mismatch", grouped(bad)},
                   {"not_modelled", grouped(none)}, {"good", percent(good, all)}, {"bad", percent(bad, all)},
                   {"none", percent(none, all)}, {"any_bad", bad != 0}});
  }
  return out;
}

Json conform_view(const Json& s) {
  const std::uint64_t good = s.value("match", 0u), bad = s.value("mismatch", 0u), none = s.value("not_modelled", 0u);
  Json out = {{"verdict", s.value("verdict", "")}, {"tone", tone(s.value("verdict", ""))},
              {"kernel", s.value("kernel", "")},
              {"files", s.contains("files") ? joined(s["files"]) : ""}, {"match", grouped(good)},
              {"mismatch", grouped(bad)}, {"not_modelled", grouped(none)},
              {"good", percent(good, good + bad + none)}, {"bad", percent(bad, good + bad + none)},
              {"none", percent(none, good + bad + none)}};
  out["in_scope"] = "";
  if (s.contains("in_scope")) {
    const Json& t = s["in_scope"];
    const std::uint64_t matching = t.value("match", 0u);
    const std::uint64_t of = matching + t.value("mismatch", 0u) + t.value("not_modelled", 0u);
    out["in_scope"] = fmt::format("{} of {} ({} %)", grouped(matching), grouped(of), percent(matching, of));
  }
  if (s.contains("by_machine")) {
    set_list(out, "machines", tally_view(s["by_machine"]));
    out["any_machine"] = out.contains("machines");
  }
  if (s.contains("by_call")) set_list(out, "calls", tally_view(s["by_call"]));
  if (s.contains("by_state_kind")) set_list(out, "kinds", tally_view(s["by_state_kind"]));
  std::vector<std::pair<std::uint64_t, std::string>> reasons;
  if (s.contains("not_modelled_reasons"))
    for (const auto& [reason, n] : s["not_modelled_reasons"].items()) reasons.emplace_back(n.get<std::uint64_t>(), reason);
  std::sort(reasons.begin(), reasons.end(), [](const auto& x, const auto& y) {
    return x.first != y.first ? x.first > y.first : x.second < y.second;
  });
  Json reason_rows = Json::array();
  for (const auto& [n, reason] : reasons) reason_rows.push_back({{"count", grouped(n)}, {"reason", reason}});
  set_list(out, "reasons", std::move(reason_rows));
  constexpr std::size_t kShown = 200;  // all of them are in results.json
  Json mismatches = Json::array();
  if (s.contains("mismatches"))
    for (const Json& m : s["mismatches"]) {
      if (mismatches.size() == kShown) break;
      mismatches.push_back({{"where", fmt::format("{}:{}", m.value("file", ""), m.value("line", 0))},
                            {"state", m.value("state", "")}, {"call", m.value("call", "")},
                            {"field", m.value("field", "")}, {"detail", m.value("detail", "")}});
    }
  set_list(out, "mismatches", std::move(mismatches));
  out["more"] = bad > kShown ? grouped(bad - kShown) : "";
  return out;
}

Json cost_view(const Json& s) {
  Json tables = Json::array(), findings = Json::array();
  for (const Json& t : s["tables"]) {
    const std::string where = t.value("label", "") + ", " + t.value("geometry", "");
    Json rows = Json::array();
    for (const Json& size : t["sizes"]) {
      if (size.contains("finding")) findings.push_back({{"where", where}, {"text", size.value("finding", "")}});
      for (const Json& w : size["walks"])
        for (const Json& r : w["requests"])
          rows.push_back({{"size", size.value("size", "")}, {"walks", joined(w["walks"])}, {"variant", !w.value("kernel", true)},
                          {"pages", count(r, "pages")}, {"loops", count(r, "loops")}, {"lockless", count(r, "lockless_reads")},
                          {"locked", count(r, "locked_reads")}, {"locks", count(r, "locks")}});
    }
    Json table = {{"where", where}};
    set_list(table, "rows", std::move(rows));
    tables.push_back(std::move(table));
  }
  Json out = {{"request", s.value("request", "")}};
  set_list(out, "tables", std::move(tables));
  set_list(out, "findings", std::move(findings));
  return out;
}

Json catalogue_view(const Json& rows) {
  Json out = Json::array();
  for (const Json& r : rows) {
    Json row = {{"facets", r.contains("facets") ? joined(r["facets"]) : ""}};
    for (const char* key : {"id", "title", "reach", "trigger", "difference", "reference", "witness"}) row[key] = r.value(key, "");
    const Json seen = r.value("seen", Json::object());
    for (const char* where : {"replay", "proofs"}) {
      const std::uint64_t n = seen.value(where, std::uint64_t{0});
      row[std::string("seen_") + where] = n == 0 ? "" : grouped(n);
    }
    out.push_back(std::move(row));
  }
  return out;
}

Json cards(const Json& d, const Json& run) {
  Json out = Json::array();
  if (d.contains("replay")) {
    const Json& s = d["replay"];
    out.push_back(card("Replay", s.value("verdict", ""), plural(s.value("files", 0u), "scenario", "scenarios"),
                       fmt::format("{} equal, {} known, {} divergent", count(s, "equal"), count(s, "known"),
                                   count(s, "divergent")), "replay"));
  }
  if (d.contains("fuzz")) {
    const Json& s = d["fuzz"];
    std::string note = plural(s["findings"].size(), "finding", "findings");
    if (run.contains("fuzz")) note += " in " + seconds(run["fuzz"].value("seconds", 0.0));
    out.push_back(card("Fuzz", s.value("verdict", ""), plural(s.value("executions", std::uint64_t{0}), "pair", "pairs"),
                       note, "fuzz"));
  }
  if (d.contains("campaign")) {
    const Json& s = d["campaign"];
    std::uint64_t executions = 0;
    for (const Json& l : s["lanes"]) executions += l.value("executions", std::uint64_t{0});
    out.push_back(card("Campaign", s.value("verdict", ""), plural(executions, "pair", "pairs"),
                       plural(s["findings"].size(), "finding", "findings") + " on " + plural(s["lanes"].size(), "lane", "lanes"), "campaign"));
  }
  if (d.contains("proofs")) {
    const Json& s = d["proofs"];
    out.push_back(card("Proofs", s.value("verdict", ""), plural(s["theorems"].size(), "theorem", "theorems"),
                       verdict_counts(s), "proofs"));
  }
  if (d.contains("mutants")) {
    const Json& s = d["mutants"];
    const Json& all = s["summary"].back();
    out.push_back(card("Mutants", s.value("verdict", ""), plural(s["mutants"].size(), "seeded bug", "seeded bugs"),
                       fmt::format("{} of {} killed, {} by fuzzing", count(all, "either"), count(all, "counted"), count(all, "fuzz")), "mutants"));
  }
  if (d.contains("conform")) {
    const Json& s = d["conform"];
    const std::uint64_t good = s.value("match", 0u), bad = s.value("mismatch", 0u), none = s.value("not_modelled", 0u);
    out.push_back(card("Real kernels", s.value("verdict", ""), plural(good + bad + none, "answer", "answers"),
                       fmt::format("{} match, {} differ, {} not modelled", grouped(good), grouped(bad), grouped(none)),
                       "conform"));
  }
  return out;
}

}  // namespace

Json view(const Json& d) {
  const Json run = d.value("run", Json::object());
  const Json& verdict = d.at("verdict");
  const std::string word = verdict.at("word");
  Json out = {{"word", word}, {"verdict_tone", tone(word)}, {"sentence", verdict.at("sentence")},
              {"exit_code", verdict.at("exit_code").dump()}, {"pair_a", d.at("pair").at("a")},
              {"pair_b", d.at("pair").at("b")}, {"seed", d.at("seed").dump()},
              {"version", d.at("tool").at("version")}, {"commit", d.at("tool").at("commit")},
              {"without", d.contains("without") ? joined(d["without"]) : ""},
              {"started", run.value("started", "")}, {"machine", run.value("machine", "")},
              {"took", run.contains("seconds") ? seconds(run["seconds"].get<double>()) : ""}};
  out["cards"] = cards(d, run);
  if (d.contains("replay")) {
    Json divergences = Json::array();
    out["any_replay"] = true;
    out["replay"] = replay_view(d, divergences);
    set_list(out, "divergences", std::move(divergences));
  }
  if (d.contains("fuzz")) out["fuzz"] = fuzz_view(d["fuzz"], run);
  if (d.contains("campaign")) out["campaign"] = campaign_view(d["campaign"], run);
  if (d.contains("proofs")) out["proofs"] = proofs_view(d["proofs"], run);
  if (d.contains("mutants")) out["mutants"] = mutants_view(d["mutants"], run);
  if (d.contains("conform")) out["conform"] = conform_view(d["conform"]);
  if (d.contains("cost")) out["cost"] = cost_view(d["cost"]);
  if (d.contains("catalogue")) set_list(out, "catalogue", catalogue_view(d["catalogue"]));
  return out;
}

}  // namespace gupdiff
