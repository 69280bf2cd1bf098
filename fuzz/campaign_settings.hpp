// SPDX-License-Identifier: GPL-2.0-only
// What a campaign is to do: its lanes, written once as campaign.toml, which a person may read
// and change.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/engine.hpp"

namespace gupdiff {

/// Version of the campaign folder: its settings, its state, its names.
inline constexpr std::uint64_t kCampaignFormat = 1;

/// One thing that is fuzzed: a pair by an engine on a set of architectures. Workers serve the
/// lanes in turn; each has a corpus of its own.
struct Lane {
  std::string name;  ///< also the name of its folder
  WalkPair pair = default_pair();
  Engine engine = Engine::libfuzzer;
  ArchitectureSet architectures = kCatalogued;
  RowSet enabled = all_rows();
  bool anything = false;
};
/// "v6.9_v6.10.libfuzzer.x86_64+arm64".
std::string lane_name(const Lane& lane);
/// Names of the set, with `between` them.
std::string architecture_list(ArchitectureSet set, std::string_view between);

struct CampaignSettings {
  std::uint64_t seed = 1;
  std::string tool_version;  ///< of the gupdiff that made it
  std::vector<Lane> lanes;
};

/// The text of campaign.toml.
std::string to_toml(const CampaignSettings& settings);
/// Reads it. Throws InputError with file and line: another format, a lane that cannot be.
CampaignSettings read_settings(const std::filesystem::path& file);

/// Makes the folder, with `seeds` (scenario files of either form) in it. Throws InputError: the
/// folder is a campaign already or is not empty, a seed is no scenario; then nothing is made.
/// Returns how many different seeds there are.
std::size_t new_campaign(const std::filesystem::path& folder, const CampaignSettings& settings,
                         const std::vector<std::string>& seeds);

}  // namespace gupdiff
