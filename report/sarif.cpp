// SPDX-License-Identifier: GPL-2.0-only
// Lays a results document out as SARIF.
#include "report/sarif.hpp"

#include <map>
#include <string_view>

#include <fmt/format.h>

namespace gupdiff {
namespace {

/// Where a result is: in a file, or, of what lies in none (a theorem, a lane of a campaign), by name.
struct Place {
  std::string file;
  std::uint64_t line = 1;
  std::string name;
};
Place in_file(std::string file, std::uint64_t line = 1) { return {std::move(file), line, {}}; }
Place named(std::string name) { return {{}, 0, std::move(name)}; }

/// Collects results and the rules that they name.
class SarifRun {
 public:
  explicit SarifRun(const Json& document) : document_(document) {
    if (document.contains("catalogue"))
      for (const Json& row : document.at("catalogue")) catalogue_[row.at("id")] = &row;
  }

  /// A result of one of gupdiff's own checks.
  void check(const char* rule, std::string_view description, const char* level, std::string message, const Place& place,
             std::string_view identity = {}) {
    add(rule_index(rule, {{"id", rule}, {"shortDescription", {{"text", description}}}}), rule, level, std::move(message), place,
        identity);
  }

  /// A known divergence that a scenario shows.
  void known(const std::string& row, const std::string& file, std::string message) {
    Json rule = {{"id", row}, {"shortDescription", {{"text", "known divergence"}}}};
    if (const auto found = catalogue_.find(row); found != catalogue_.end()) {
      const Json& text = *found->second;
      rule["shortDescription"]["text"] = text.at("title");
      rule["fullDescription"] = {{"text", fmt::format("When {}: {}. See {}.", text.value("trigger", ""),
                                                      text.value("difference", ""), text.value("reference", ""))}};
    }
    add(rule_index(row, std::move(rule)), row, "note", std::move(message), in_file(file), {});
  }

  Json take() {
    const Json& tool = document_.at("tool");
    Json run = {{"tool",
                 {{"driver",
                   {{"name", tool.at("name")},
                    {"version", tool.at("version")},
                    {"rules", std::move(rules_)}}}}},
                {"columnKind", "utf16CodeUnits"},
                {"results", std::move(results_)}};
    const int code = document_.at("verdict").at("exit_code");
    run["invocations"] = Json::array({Json{{"executionSuccessful", code != 6}, {"exitCode", code}}});
    return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", Json::array({std::move(run)})}};
  }

 private:
  std::size_t rule_index(const std::string& id, Json rule) {
    const auto [at, added] = indices_.try_emplace(id, indices_.size());
    if (added) rules_.push_back(std::move(rule));
    return at->second;
  }

  void add(std::size_t index, const std::string& rule, const char* level, std::string message, const Place& place,
           std::string_view identity) {
    Json result = {{"ruleId", rule}, {"ruleIndex", index}, {"level", level}, {"message", {{"text", std::move(message)}}}};
    Json location = Json::object();
    // A viewer wants a region: of a scenario, all of it is what is meant.
    if (place.name.empty())
      location["physicalLocation"] = {{"artifactLocation", {{"uri", uri(place.file)}}}, {"region", {{"startLine", place.line}}}};
    else
      location["logicalLocations"] = Json::array({Json{{"fullyQualifiedName", place.name}}});
    result["locations"] = Json::array({std::move(location)});
    if (!identity.empty()) result["partialFingerprints"] = {{"gupdiffIdentity/v1", identity}};
    results_.push_back(std::move(result));
  }

  /// A path as a URI reference (RFC 3986).
  static std::string uri(const std::string& path) {
    std::string out;
    for (const char c : path) {
      const bool plain = std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/").find(c) != std::string_view::npos;
      out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return path.starts_with('/') ? "file://" + out : out;
  }

  const Json& document_;
  std::map<std::string, const Json*> catalogue_;
  std::map<std::string, std::size_t> indices_;
  Json rules_ = Json::array(), results_ = Json::array();
};

void add_replay(SarifRun& run, const Json& section) {
  for (const Json& e : section.at("entries")) {
    const std::string word = e.at("verdict"), file = e.at("file");
    std::string text;
    std::map<std::string, std::string> rows;  // what a row explains, by row
    for (const Json& f : e.at("facets")) {
      const std::string line = f.at("facet").get<std::string>() + ": " + f.value("first_difference", "");
      if (f.at("state") == "divergent") text += (text.empty() ? "" : "\n") + line;
      for (const Json& row : f.at("rows")) rows.try_emplace(row.get<std::string>(), line);
    }
    for (const Json& s : e.at("safety")) {
      if (!s.contains("row")) text += fmt::format("{}{} breaks {}: {}", text.empty() ? "" : "\n", s.value("walk", ""), s.value("property", ""), s.value("detail", ""));
    }
    if (word == "unexpected") text = "Not as the scenario's own [expect] says: " + e.value("unexpected", "") + ".";
    if (word == "divergent" || word == "unexpected")
      run.check("replay", "A scenario on which the walks differ in a way that no row of the catalogue states", "error",
                text + "\n" + e.value("command", ""), in_file(file));
    else
      for (const auto& [row, line] : rows) run.known(row, file, line);
  }
}

constexpr std::string_view kFuzzed = "A difference found by fuzzing that no row of the catalogue states";

void add_findings(SarifRun& run, const Json& findings) {
  for (const Json& f : findings)
    run.check("fuzz", kFuzzed, "error", f.value("first_difference", "") + "\n" + f.value("replay", ""), in_file(f.value("file", "")),
              f.value("identity", ""));
}

void add_fuzz(SarifRun& run, const Json& section) {
  add_findings(run, section.at("findings"));
  if (section.contains("failure")) run.check("fuzz", kFuzzed, "error", section.value("failure", ""), named("fuzz"));
}

void add_campaign(SarifRun& run, const Json& section) {
  add_findings(run, section.at("findings"));
  for (const Json& lane : section.at("lanes"))
    if (lane.contains("stopped"))
      run.check("campaign", "A part of a campaign that cannot be run", "error", lane.value("stopped", ""), named(lane.value("lane", "")));
}

void add_proofs(SarifRun& run, const Json& section) {
  for (const Json& t : section.at("theorems")) {
    const std::string word = t.at("verdict"), name = t.at("theorem");
    if (word == "proved" || word == "proved-except") continue;
    const Json files = t.value("counterexamples", Json::array());
    const std::string text = fmt::format("{} is {}. {}", name, word, t.value("detail", ""));
    run.check("prove", "A theorem about the two walks that is not proved", word == "inconclusive" ? "warning" : "error", text,
              files.empty() ? named(name) : in_file(files.front().get<std::string>()));
  }
}

void add_conform(SarifRun& run, const Json& section) {
  for (const Json& m : section.at("mismatches"))
    run.check("conform", "A real kernel's answer that the model of that kernel does not give", "error",
              fmt::format("{} of {}: {}: {}", m.value("call", ""), m.value("state", ""), m.value("field", ""), m.value("detail", "")),
              in_file(m.value("file", ""), m.value("line", std::uint64_t{1})));
}

}  // namespace

std::string sarif(const Json& document) {
  SarifRun run(document);
  if (document.contains("replay")) add_replay(run, document.at("replay"));
  if (document.contains("fuzz")) add_fuzz(run, document.at("fuzz"));
  if (document.contains("campaign")) add_campaign(run, document.at("campaign"));
  if (document.contains("proofs")) add_proofs(run, document.at("proofs"));
  if (document.contains("conform")) add_conform(run, document.at("conform"));
  return json_text(run.take());
}

}  // namespace gupdiff
