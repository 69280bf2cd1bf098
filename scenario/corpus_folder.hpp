// SPDX-License-Identifier: GPL-2.0-only
// The scenarios of a folder, a fuzzer's own files among them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "scenario/text.hpp"

namespace gupdiff {

struct CorpusFolder {
  std::vector<std::filesystem::path> scenarios;  ///< in the order of their paths
  std::uint64_t skipped = 0;                     ///< files that are none
};

/// Every file below `folder` that is a scenario: named .toml or .bin, or starting with kBinaryMagic
/// whatever its name (what fuzzers write). Throws InputError: no such folder, none in it.
CorpusFolder corpus_folder(const std::filesystem::path& folder);

}  // namespace gupdiff
