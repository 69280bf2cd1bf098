// SPDX-License-Identifier: GPL-2.0-only
// The replay section of results.json: scenarios run through both walks of a pair.
#pragma once

#include <string>
#include <vector>

#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"
#include "report/results.hpp"
#include "scenario/text.hpp"

namespace gupdiff {

/// How much an entry tells.
struct EntryDetail {
  bool always = false;             ///< traces, picture and text even if every facet is equal
  std::string* draw_warning = nullptr;  ///< not null: draw an SVG too; why there is none goes here
};

/// Runs `scenario` through both walks of `pair` and describes what happened, as
/// an element of the section's `entries`. Differences that rows of `enabled`
/// explain are known, all others divergent; "unexpected" is a scenario that holds
/// but not as its own [expect] says (looked at if it names this pair and every row
/// is enabled). `file` is what the entry is called.
Json replay_entry(const std::string& file, const ScenarioFile& scenario, WalkPair pair, const RowSet& enabled,
                  EntryDetail detail);

/// The section made of these entries; `not_modelled`: {file, reason} of each scenario that
/// one of the walks has no model of the machine of.
Json replay_section(std::vector<Json> entries, Json not_modelled = Json::array());

}  // namespace gupdiff
