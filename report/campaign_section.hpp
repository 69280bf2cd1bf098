// SPDX-License-Identifier: GPL-2.0-only
// The campaign section of results.json, and what of it differs from run to run.
#pragma once

#include "fuzz/campaign.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// The `campaign` section: lanes with their settings and counts, findings, problems.
Json campaign_section(const std::filesystem::path& folder, const CampaignStatus& status);
/// `run.campaign`: times, rates, and how the last run ended.
Json campaign_times(const CampaignStatus& status);

/// The head of a results document about the campaign: its walks on either side.
RunHead campaign_head(const CampaignStatus& status);

}  // namespace gupdiff
