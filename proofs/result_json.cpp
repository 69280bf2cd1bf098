// SPDX-License-Identifier: GPL-2.0-only
// Both directions stand side by side, and each names every field: a field that is added to
// a result and forgotten here does not compile.
#include "proofs/result_json.hpp"

#include "scenario/text.hpp"

namespace gupdiff {
namespace {

constexpr int kShortfalls = static_cast<int>(Shortfall::interrupted) + 1;

template <class Enum>
Enum named(std::string_view (*name)(Enum), int count, const std::string& word, const std::string& where) {
  for (int i = 0; i < count; ++i)
    if (name(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
  throw InputError{where + ": '" + word + "' is not a word of this version of gupdiff; make the file anew."};
}

template <class T>
void put(Json& out, const char* key, const T& value) {
  if (value != T{}) out[key] = value;
}
template <class T>
void get(const Json& in, const char* key, T& value) {
  if (const auto it = in.find(key); it != in.end()) it->get_to(value);
}

Json counts_json(const ExplorationCounts& c) {
  const auto& [paths, branches, inferred, nudged, core_hits, infeasible, checks, beyond_bound, seconds] = c;
  return {{"paths", paths},         {"branches", branches},     {"inferred", inferred}, {"nudged", nudged},
          {"core_hits", core_hits}, {"infeasible", infeasible}, {"checks", checks},     {"beyond_bound", beyond_bound},
          {"solver_seconds", seconds}};
}

ExplorationCounts counts_of(const Json& j) {
  ExplorationCounts c;
  auto& [paths, branches, inferred, nudged, core_hits, infeasible, checks, beyond_bound, seconds] = c;
  j.at("paths").get_to(paths);
  j.at("branches").get_to(branches);
  j.at("inferred").get_to(inferred);
  j.at("nudged").get_to(nudged);
  j.at("core_hits").get_to(core_hits);
  j.at("infeasible").get_to(infeasible);
  j.at("checks").get_to(checks);
  j.at("beyond_bound").get_to(beyond_bound);
  j.at("solver_seconds").get_to(seconds);
  return c;
}

Json second_opinion_json(const SecondOpinionCounts& s) {
  const auto& [queries, inferences, agreed, none, why_none] = s;
  return {{"queries", queries}, {"inferences", inferences}, {"agreed", agreed}, {"none", none}, {"why_none", why_none}};
}

SecondOpinionCounts second_opinion_of(const Json& j) {
  SecondOpinionCounts s;
  auto& [queries, inferences, agreed, none, why_none] = s;
  j.at("queries").get_to(queries);
  j.at("inferences").get_to(inferences);
  j.at("agreed").get_to(agreed);
  j.at("none").get_to(none);
  j.at("why_none").get_to(why_none);
  return s;
}

}  // namespace

Json result_json(const TheoremResult& r) {
  const auto& [name, summary, verdict, shortfall, shortfall_detail, counts, seconds, slowest_query, slowest_query_seconds, rows_used, rows_needed, rows_shown,
               outcomes, assumptions, counterexamples, witnesses, branches, refutation, second, internal_error, kept_path] = r;
  Json out = {{"verdict", verdict_name(verdict)}};
  put(out, "name", name);
  put(out, "summary", summary);
  if (shortfall != Shortfall::none) out["shortfall"] = shortfall_name(shortfall);
  put(out, "shortfall_detail", shortfall_detail);
  out["counts"] = counts_json(counts);
  put(out, "seconds", seconds);
  put(out, "slowest_query", slowest_query);
  put(out, "slowest_query_seconds", slowest_query_seconds);
  put(out, "rows_used", rows_used);
  put(out, "rows_needed", rows_needed);
  put(out, "rows_shown", rows_shown);
  put(out, "outcomes", outcomes);
  for (const AssumptionText& a : assumptions) out["assumptions"].push_back({a.name, a.source});
  for (const Counterexample& c : counterexamples)
    out["counterexamples"].push_back({{"scenario", to_text(c.world)}, {"cell", c.cell}, {"claim", c.claim}});
  put(out, "witnesses", witnesses);
  put(out, "branches", branches);
  put(out, "refutation", refutation);
  if (second.queries != 0) out["second_opinion"] = second_opinion_json(second);
  put(out, "internal_error", internal_error);
  put(out, "kept_path", kept_path);
  return out;
}

TheoremResult result_of(const Json& in, const std::string& where) {
  TheoremResult r;
  auto& [name, summary, verdict, shortfall, shortfall_detail, counts, seconds, slowest_query, slowest_query_seconds, rows_used, rows_needed, rows_shown,
         outcomes, assumptions, counterexamples, witnesses, branches, refutation, second, internal_error, kept_path] = r;
  try {
    verdict = named(verdict_name, kVerdicts, in.at("verdict").get<std::string>(), where);
    get(in, "name", name);
    get(in, "summary", summary);
    if (const auto it = in.find("shortfall"); it != in.end())
      shortfall = named(shortfall_name, kShortfalls, it->get<std::string>(), where);
    get(in, "shortfall_detail", shortfall_detail);
    counts = counts_of(in.at("counts"));
    get(in, "seconds", seconds);
    get(in, "slowest_query", slowest_query);
    get(in, "slowest_query_seconds", slowest_query_seconds);
    get(in, "rows_used", rows_used);
    get(in, "rows_needed", rows_needed);
    get(in, "rows_shown", rows_shown);
    get(in, "outcomes", outcomes);
    for (const Json& a : in.value("assumptions", Json::array()))
      assumptions.push_back({a.at(0).get<std::string>(), a.at(1).get<std::string>()});
    for (const Json& c : in.value("counterexamples", Json::array()))
      counterexamples.push_back({parse_text(c.at("scenario").get_ref<const std::string&>(), where).world,
                                 c.at("cell").get<std::string>(), c.at("claim").get<std::string>()});
    get(in, "witnesses", witnesses);
    get(in, "branches", branches);
    get(in, "refutation", refutation);
    if (const auto it = in.find("second_opinion"); it != in.end()) second = second_opinion_of(*it);
    get(in, "internal_error", internal_error);
    get(in, "kept_path", kept_path);
  } catch (const Json::exception&) {
    throw InputError{where + ": is not a result of the prover; make the file anew."};
  }
  return r;
}

}  // namespace gupdiff
