// SPDX-License-Identifier: GPL-2.0-only
#include "tests/fuzz/verdict_inputs.hpp"

#include <algorithm>

#include "scenario/text.hpp"

namespace gupdiff {

std::vector<VerdictInput> verdict_inputs() {
  namespace fs = std::filesystem;
  const auto pair_of = [](const ScenarioFile& f) { return f.expect ? f.expect->pair : VerdictInput{}.pair; };
  std::vector<fs::path> files;
  for (const char* folder : {"seeds", "divergences", "regressions"}) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(fs::path(GUPDIFF_CORPUS) / folder, none))
      if (entry.path().extension() == ".toml" || entry.path().extension() == ".bin") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<VerdictInput> out;
  for (const fs::path& file : files) {
    const ScenarioFile f = load(file);
    out.push_back({file.filename().string(), pair_of(f), "-", encode(f.world)});
  }
  for (const Row& row : catalogue()) {
    const ScenarioFile f = load(fs::path(GUPDIFF_CORPUS) / "divergences" / row.witness);
    out.push_back({"without-" + std::string(row.id), pair_of(f), std::string(row.id), encode(f.world)});
  }
  return out;
}

}  // namespace gupdiff
