// SPDX-License-Identifier: GPL-2.0-only
// A campaign on the terminal: the live line, the state of its lanes, what a merge did.
#pragma once

#include "fuzz/campaign.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// The live line, at most `columns` wide: "1,234,567 pairs  812,000/s  2 workers  ...".
std::string campaign_line(const CampaignProgress& p, std::size_t columns);

/// Lays out the campaign section and run.campaign. `brief`: totals and findings alone.
void print_campaign(const Json& section, const Json& times, bool brief);

/// One row a lane. `verb`: "merge" or "minimize".
void print_merge(const MergeOutcome& outcome, bool minimize);
Json merge_json(const MergeOutcome& outcome);

}  // namespace gupdiff
