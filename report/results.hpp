// SPDX-License-Identifier: GPL-2.0-only
// results.json: the primary record of a run. Everything a person reads (HTML,
// JUnit, Markdown, the terminal) is a projection of this one document.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "report/verdict.hpp"

namespace gupdiff {

/// JSON whose keys keep the order they were written in, so that the same run
/// gives the same bytes.
using Json = nlohmann::ordered_json;

/// Version of the document's shape; report/results.schema.json describes it.
inline constexpr int kResultsSchema = 1;

/// What was run, for the head of the document.
struct RunHead {
  std::string pair_a, pair_b;  ///< names of the walks compared
  std::uint64_t seed = 1;      ///< seed of the campaign
  Json without = Json::array();  ///< ids of the catalogue rows switched off
};

/// The sections of a run; a null section was not run. Their shapes are those of
/// report/results.schema.json, and `gupdiff SECTION --json` prints one of them.
struct Sections {
  Json replay, fuzz, campaign, proofs, mutants, conform, cost, catalogue;
};

/// Builds the document: head, sections, and the overall verdict, which is the
/// worst of the sections'. `run` holds what differs from one run to the next
/// (times, machine) and nothing else does; null leaves it out.
Json results(const RunHead& head, Sections sections, Json run);

/// The overall verdict of a document built by `results`.
RunVerdict overall(const Json& document);

/// Version of the tool, and the commit it was built from ("unknown" outside git).
std::string_view tool_version();
std::string_view tool_commit();

/// The document as text: two-space indentation, a newline at the end. Bytes that
/// are not UTF-8 are replaced, never thrown on.
std::string json_text(const Json& document);

}  // namespace gupdiff
