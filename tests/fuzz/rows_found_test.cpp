// SPDX-License-Identifier: GPL-2.0-only
// Each row of the catalogue with a result or an effect facet is found, from nothing, when it is
// switched off; what is found is small. bench/rows_found.py says how soon.
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>

#include "fuzz/engine.hpp"
#include "fuzz/finding.hpp"
#include "oracle/facet.hpp"
#include "scenario/shrinker.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kResultOrEffect = 1u << static_cast<unsigned>(Facet::result) | 1u << static_cast<unsigned>(Facet::effect);
/// Several times what the slowest row (D04) needs in the middle of five seeds; a seed repeats its run.
constexpr std::uint64_t kMostRuns = 20'000'000;
/// What takes a folio in a state that no kernel leaves a mapped one in.
constexpr Known kBeyondKernels[] = {Known::F09, Known::F10};

void expect_every_row_found(Engine engine, bool x86) {
  const fs::path folder = fs::temp_directory_path() / ("gupdiff-rows-" + std::to_string(getpid()));
  int found = 0, small = 0;
  for (const Row& row : catalogue()) {
    if (!(row.facets & kResultOrEffect)) continue;
    const ScenarioFile witness = load(fs::path(GUPDIFF_CORPUS) / "divergences" / row.witness);
    const Architecture arch = witness.world.config.arch;
    if ((arch == Architecture::x86_64) != x86) continue;
    SCOPED_TRACE(row.id);
    FuzzOptions options;
    options.engine = engine;
    options.pair = *parse_pair(witness.expect->pair);
    options.enabled.reset(static_cast<std::size_t>(row.known));
    options.architectures = 1u << static_cast<unsigned>(arch);
    options.findings_dir = folder;
    options.anything = std::find(std::begin(kBeyondKernels), std::end(kBeyondKernels), row.known) != std::end(kBeyondKernels);
    options.seconds = 0;
    options.runs = kMostRuns;
    options.progress = false;
    const FuzzResult result = fuzz(options);
    EXPECT_EQ(result.exit_code(), 10) << result.failure << " after " << result.executions << " pairs";
    if (result.findings.empty()) continue;
    const Scenario w = load(result.findings[0].text_file).world;
    const FindingIdentity identity = identify(w, options.pair, options.enabled);
    EXPECT_EQ(identity.row, row.id);
    EXPECT_EQ(identity.text(), result.findings[0].identity);
    ++found;
    small += table_entries(w) <= 8 && w.vmas.size() <= 1;
  }
  fs::remove_all(folder);
  EXPECT_GE(found, x86 ? 50 : 15);
  EXPECT_GE(20 * small, 19 * found) << small << " of " << found << " are small";
}

TEST(RowsFound, OfX86ByLibFuzzer) { expect_every_row_found(Engine::libfuzzer, true); }
TEST(RowsFound, OfTheOthersByTheRandomEngine) { expect_every_row_found(Engine::random, false); }

}  // namespace
}  // namespace gupdiff
