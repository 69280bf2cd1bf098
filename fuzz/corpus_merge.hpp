// SPDX-License-Identifier: GPL-2.0-only
// The engines' own ways to join corpora, in processes of their own: which inputs of some folders
// cover something that the first folder does not. libFuzzer's merge (-merge=1), also for the engine that
// keeps no corpus; afl-cmin for AFL++ (fuzz/afl_cmin.hpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/campaign_settings.hpp"

namespace gupdiff {

/// Whether the scenario runs in both walks of the lane's pair, and on one of its architectures.
bool fits_lane(const Lane& lane, const Scenario& scenario);

struct CorpusMergeResult {
  std::uint64_t features = 0;  ///< that `into` did not have before
  std::uint64_t edges = 0;     ///< likewise
};

/// From the `work` folder of a merge, which is in its lane's, to the campaign's findings: inputs that end the
/// target are left there as crash-NAME.
inline constexpr const char* kFindingsFromWork = "../../../findings";

/// Adds to `into` (a folder, may be empty) those inputs of `from` that cover something new, each
/// input run with its neighbours as the lane's engine does it. `work`: an empty or missing folder for
/// its own files, gone afterwards. Throws InputError: it did not come to its end, with the reason.
CorpusMergeResult merge_corpora(const Lane& lane, const std::filesystem::path& into,
                                const std::vector<std::filesystem::path>& from, const std::filesystem::path& work);

/// libFuzzer merges by starting its program again, whatever that was, with flags of its own. First
/// thing in main(): if this process is such a one, does its work and gives its exit code.
std::optional<int> corpus_merge_process(int argc, char** argv);

/// Exchanges LANE/corpus.new, which is whole, with LANE/corpus and removes `inputs`, the names that
/// were in the latter when corpus.new was made of them; what else is there is kept. Throws InputError.
void exchange_corpus(const std::filesystem::path& lane, const std::vector<std::string>& inputs);
/// Ends an exchange that was cut short: afterwards LANE/corpus is the old one or the new one, whole.
void finish_exchange(const std::filesystem::path& lane);

}  // namespace gupdiff
