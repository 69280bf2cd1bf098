// SPDX-License-Identifier: GPL-2.0-only
// Lays a results document out as SARIF.
#include "report/sarif.hpp"

#include <map>
#include <string_view>

#include <fmt/format.h>

namespace gupdiff {
namespace {

/// Collects results and the rules that they name.
class SarifRun {
 public:
  explicit SarifRun(const Json& document) : document_(document) {
    if (document.contains("catalogue"))
      for (const Json& row : document.at("catalogue")) catalogue_[row.at("id")] = &row;
  }

  /// A result of one of gupdiff's own checks.
  void check(const char* rule, std::string_view description, const char* level, std::string message, const std::string& file,
             std::uint64_t line = 0, std::string_view identity = {}) {
    add(rule_index(rule, {{"id", rule}, {"shortDescription", {{"text", description}}}}), rule, level, std::move(message), file,
        line, identity);
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
    add(rule_index(row, std::move(rule)), row, "note", std::move(message), file, 0, {});
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

  void add(std::size_t index, const std::string& rule, const char* level, std::string message, const std::string& file,
           std::uint64_t line, std::string_view identity) {
    Json result = {{"ruleId", rule}, {"ruleIndex", index}, {"level", level}, {"message", {{"text", std::move(message)}}}};
    // A theorem lies in no file; its name is a logical location.
    Json place = Json::object();
    if (file.find('.') != std::string::npos) {
      // A viewer wants a region: all of a scenario is what is meant.
      place["physicalLocation"] = {{"artifactLocation", {{"uri", uri(file)}}}, {"region", {{"startLine", line ? line : 1}}}};
    } else {
      place["logicalLocations"] = Json::array({Json{{"fullyQualifiedName", file}}});
    }
    result["locations"] = Json::array({std::move(place)});
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
                text + "\n" + e.value("command", ""), file);
    else
      for (const auto& [row, line] : rows) run.known(row, file, line);
  }
}

void add_fuzz(SarifRun& run, const Json& section) {
  constexpr std::string_view what = "A difference found by fuzzing that no row of the catalogue states";
  for (const Json& f : section.at("findings"))
    run.check("fuzz", what, "error", f.value("first_difference", "") + "\n" + f.value("replay", ""), f.value("file", ""), 0,
              f.value("identity", ""));
  if (section.contains("failure")) run.check("fuzz", what, "error", section.value("failure", ""), "fuzz");
}

void add_proofs(SarifRun& run, const Json& section) {
  for (const Json& t : section.at("theorems")) {
    const std::string word = t.at("verdict"), name = t.at("theorem");
    if (word == "proved" || word == "proved-except") continue;
    const Json files = t.value("counterexamples", Json::array());
    const std::string text = fmt::format("{} is {}. {}", name, word, t.value("detail", ""));
    run.check("prove", "A theorem about the two walks that is not proved", word == "inconclusive" ? "warning" : "error", text,
              files.empty() ? name : files.front().get<std::string>());
  }
}

void add_conform(SarifRun& run, const Json& section) {
  for (const Json& m : section.at("mismatches"))
    run.check("conform", "A real kernel's answer that the model of that kernel does not give", "error",
              fmt::format("{} of {}: {}: {}", m.value("call", ""), m.value("state", ""), m.value("field", ""), m.value("detail", "")),
              m.value("file", ""), m.value("line", std::uint64_t{0}));
}

}  // namespace

std::string sarif(const Json& document) {
  SarifRun run(document);
  if (document.contains("replay")) add_replay(run, document.at("replay"));
  if (document.contains("fuzz")) add_fuzz(run, document.at("fuzz"));
  if (document.contains("proofs")) add_proofs(run, document.at("proofs"));
  if (document.contains("conform")) add_conform(run, document.at("conform"));
  return json_text(run.take());
}

}  // namespace gupdiff
