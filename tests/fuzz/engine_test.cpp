// SPDX-License-Identifier: GPL-2.0-only
// Whole runs of the engines: what they find, what they write, what they leave alone.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "fuzz/engine.hpp"
#include "oracle/identity.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/binary.hpp"
#include "scenario/normalise.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

class Fuzzing : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("gupdiff-fuzz-" + std::to_string(getpid()));
    fs::create_directories(folder);
    options.findings_dir = folder / "findings";
    options.seconds = 60;
    options.progress = false;
  }
  void TearDown() override {
    fs::permissions(folder, fs::perms::owner_all);
    fs::remove_all(folder);
  }
  void without(const char* row) { options.enabled.reset(static_cast<std::size_t>(find_row(row))); }

  /// Runs the engine and replays its first finding in both forms.
  void expect_found(const char* row) {
    without(row);
    const FuzzResult result = fuzz(options);
    EXPECT_EQ(result.exit_code(), 10);
    EXPECT_TRUE(result.failure.empty()) << result.failure;
    ASSERT_EQ(result.findings.size(), 1u);
    const FuzzFinding& f = result.findings[0];
    EXPECT_NE(f.replay_command.find(std::string("--without ") + row), std::string::npos) << f.replay_command;
    const ScenarioFile text = load(f.text_file), binary = load(f.binary_file);
    EXPECT_TRUE(same_scenario(text.world, binary.world));
    const FindingIdentity identity = identify(text.world, options.pair, options.enabled);
    EXPECT_EQ(identity.text(), f.identity);
    EXPECT_EQ(identity.row, row);
    // The catalogue with the row switched on explains what was found.
    EXPECT_TRUE(identify(text.world, options.pair, all_rows()).empty());
  }

  fs::path folder;
  FuzzOptions options;
};

TEST_F(Fuzzing, FindsD17FromAnEmptyCorpus) { expect_found("D17"); }
TEST_F(Fuzzing, FindsD42FromAnEmptyCorpus) { expect_found("D42"); }

TEST_F(Fuzzing, FindsNothingTheCatalogueExplains) {
  options.runs = 30000;
  const FuzzResult result = fuzz(options);
  EXPECT_EQ(result.exit_code(), 0) << (result.findings.empty() ? result.failure : result.findings[0].summary);
  EXPECT_GE(result.executions, 30000u);
  EXPECT_GT(result.coverage, 100u);
  EXPECT_FALSE(fs::exists(options.findings_dir));
}

TEST_F(Fuzzing, AFolderOfFindingsThatAnotherRunHoldsStays) {
  options.runs = 1000;
  fs::create_directories(options.findings_dir);
  const int other = open(options.findings_dir.c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(flock(other, LOCK_SH), 0);
  fuzz(options);
  EXPECT_TRUE(fs::exists(options.findings_dir));
  close(other);
  fuzz(options);
  EXPECT_FALSE(fs::exists(options.findings_dir));
}

TEST_F(Fuzzing, ASeedRepeatsTheRun) {
  without("D42");
  options.seed = 42;
  const FuzzResult first = fuzz(options), second = fuzz(options);
  EXPECT_EQ(first.executions, second.executions);
  ASSERT_EQ(first.findings.size(), second.findings.size());
  EXPECT_EQ(first.findings[0].identity, second.findings[0].identity);
}

TEST_F(Fuzzing, SeedsThatFollowEachOtherDoDifferentWork) {
  options.engine = Engine::random;
  without("D29");
  std::set<std::uint64_t> executions;
  for (options.seed = 1; options.seed <= 5; ++options.seed) executions.insert(fuzz(options).executions);
  EXPECT_EQ(executions.size(), 5u);
}

TEST_F(Fuzzing, KeepsGoingAndDeduplicates) {
  without("D17");
  without("D42");
  options.keep_going = true;
  options.runs = 100000;
  const FuzzResult result = fuzz(options);
  EXPECT_GE(result.executions, 100000u);
  ASSERT_GE(result.findings.size(), 2u);
  for (std::size_t i = 0; i < result.findings.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) EXPECT_NE(result.findings[i].identity, result.findings[k].identity);
}

TEST_F(Fuzzing, TheCorpusIsAddedToAndReadAgain) {
  options.corpus_dir = folder / "corpus";
  fs::create_directories(options.corpus_dir);
  std::ofstream(options.corpus_dir / "mine") << "any bytes at all";
  options.runs = 20000;  // an input counts with its neighbours
  fuzz(options);
  EXPECT_TRUE(fs::exists(options.corpus_dir / "mine"));
  const auto count = [&] { return std::distance(fs::directory_iterator(options.corpus_dir), fs::directory_iterator()); };
  const auto kept = count();
  EXPECT_GT(kept, 10);
  options.runs = 1000;
  fuzz(options);
  EXPECT_GE(count(), kept);
}

TEST_F(Fuzzing, FoldersThatCannotBeUsedAreNamed) {
  std::ofstream(folder / "file") << "x";
  options.corpus_dir = folder / "file";
  EXPECT_THROW(fuzz(options), InputError);
  options.corpus_dir.clear();
  options.findings_dir = folder / "file" / "findings";
  EXPECT_THROW(fuzz(options), InputError);
}

TEST_F(Fuzzing, TheRandomEngineFindsD17) {
  options.engine = Engine::random;
  expect_found("D17");
}

TEST_F(Fuzzing, TheRandomEngineRunsExactlyWhatWasAskedAndRepeatsIt) {
  options.engine = Engine::random;
  without("D17");
  without("D42");
  options.keep_going = true;
  options.runs = 100001;
  const FuzzResult first = fuzz(options), second = fuzz(options);
  EXPECT_EQ(first.executions, 100001u);
  EXPECT_EQ(second.executions, 100001u);
  ASSERT_GE(first.findings.size(), 2u);
  ASSERT_EQ(first.findings.size(), second.findings.size());
  for (std::size_t i = 0; i < first.findings.size(); ++i) EXPECT_EQ(first.findings[i].identity, second.findings[i].identity);
  options.seed = 2;
  EXPECT_EQ(fuzz(options).executions, 100001u);
}

TEST_F(Fuzzing, TheRandomEngineStartsFromTheCorpusAndLeavesItAlone) {
  options.engine = Engine::random;
  options.corpus_dir = folder / "corpus";
  fs::create_directories(options.corpus_dir);
  const std::vector<std::uint8_t> bytes = encode(load(fs::path(GUPDIFF_CORPUS) / "divergences" / "D17.toml").world);
  std::ofstream(options.corpus_dir / "witness", std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  without("D17");
  options.runs = 1;
  EXPECT_EQ(fuzz(options).findings.size(), 1u);
  EXPECT_EQ(std::distance(fs::directory_iterator(options.corpus_dir), fs::directory_iterator()), 1);
}

TEST(Engines, AreNamed) {
  EXPECT_EQ(engine_named("libfuzzer"), Engine::libfuzzer);
  EXPECT_EQ(engine_named("random"), Engine::random);
  EXPECT_FALSE(engine_named("hongg"));
  EXPECT_EQ(engine_name(Engine::random), "random");
}

TEST(ReplayCommand, NamesThePairAndTheRowsSwitchedOff) {
  RowSet rows = all_rows();
  EXPECT_EQ(replay_command("a b.toml", default_pair(), rows), "gupdiff replay 'a b.toml' --pair v6.9:v6.10");
  rows.reset(static_cast<std::size_t>(find_row("D17")));
  EXPECT_EQ(replay_command("f.toml", *parse_pair("v6.9:v6.12"), rows),
            "gupdiff replay f.toml --pair v6.9:v6.12 --without D17");
}

}  // namespace
}  // namespace gupdiff
