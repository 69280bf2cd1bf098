// SPDX-License-Identifier: GPL-2.0-only
// However a run is divided, cached or passed between processes, it comes to the same.
#include "proofs/shard.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <map>

#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

constexpr const char* kReaders = "x86_64/reader/v6.10/l*";

/// Readers, and a theorem that is refuted in each of its cells.
ProveOptions options() {
  ProveOptions o;
  o.names = {"x86_64/v6.9:v6.10/hugetlb-1G/one-page/no-thp", "x86_64/reader/v6.10/lookup/2M", "x86_64/reader/v6.10/lookup/1G",
             "x86_64/reader/v6.10/lock/1G", "x86_64/reader/v6.10/leaf/pmd"};
  o.enabled.reset(static_cast<std::size_t>(find_row("D17")));
  o.timeout_seconds = 300;
  return o;
}

/// What of a result must not depend on how it came about.
std::string text(std::vector<TheoremResult> results) {
  std::string out;
  for (TheoremResult& r : results) {
    r.seconds = r.slowest_query_seconds = r.counts.solver_seconds = 0;
    r.slowest_query.clear();
    out += result_json(r).dump(1) + "\n";
  }
  return out;
}

const std::vector<TheoremResult>& one_run() {
  static const std::vector<TheoremResult> results = prove(options());
  return results;
}

std::vector<ShardFile> shards(unsigned of) {
  const ProveOptions o = options();
  const std::vector<Task> all = tasks_of(o);
  std::vector<ShardFile> files;
  for (unsigned n = 1; n <= of; ++n) {
    std::vector<Task> own;
    for (const std::size_t i : tasks_of_shard(all, {n, of})) own.push_back(all[i]);
    ProveUse use;
    const auto results = run_tasks(own, o, use);
    files.push_back({"shard" + std::to_string(n), Json::parse(shard_json(o, {n, of}, all, results, use).dump())});
  }
  return files;
}

std::string refusal(const std::vector<ShardFile>& files) {
  try {
    merge_shards(files);
  } catch (const InputError& e) {
    return e.message;
  }
  return "accepted";
}

TEST(ResultJson, ARefutedResultComesBackWhole) {
  const TheoremResult& r = one_run().front();
  ASSERT_EQ(r.verdict, Verdict::refuted);
  ASSERT_FALSE(r.counterexamples.empty());
  const TheoremResult back = result_of(Json::parse(result_json(r).dump()), "test");
  EXPECT_EQ(result_json(back), result_json(r));
}

TEST(ResultJson, WhatIsNoResultIsRefused) {
  for (const char* bad : {"{}", "[]", R"({"verdict":"proved"})", R"({"verdict":"likely","counts":{}})"})
    EXPECT_THROW(result_of(Json::parse(bad), "test"), InputError) << bad;
}

TEST(Shards, MergedAreWhatOneRunGives) {
  std::vector<ShardFile> files = shards(3);
  std::swap(files[0], files[2]);
  const Merged merged = merge_shards(files);
  EXPECT_EQ(text(merged.results), text(one_run()));
  EXPECT_EQ(merged.options.pair, options().pair);
  EXPECT_EQ(merged.options.enabled, options().enabled);
}

TEST(Shards, EveryTaskIsInExactlyOneAndTheyAreBalanced) {
  const std::vector<Task> all = tasks_of(ProveOptions{});
  for (const unsigned of : {1u, 2u, 7u}) {
    std::vector<int> times(all.size());
    double least = 1e9, most = 0, longest = 0;
    for (unsigned n = 1; n <= of; ++n) {
      double sum = 0;
      for (const std::size_t i : tasks_of_shard(all, {n, of})) {
        ++times[i];
        sum += all[i].estimate;
        longest = std::max(longest, all[i].estimate);
      }
      least = std::min(least, sum);
      most = std::max(most, sum);
    }
    EXPECT_EQ(std::count(times.begin(), times.end(), 1), static_cast<std::ptrdiff_t>(all.size()));
    EXPECT_LE(most - least, longest);
  }
}

TEST(Shards, WhatDoesNotBelongTogetherIsRefused) {
  std::vector<ShardFile> good = shards(2);
  ASSERT_EQ(refusal(good), "accepted");
  EXPECT_NE(refusal({good[0]}).find("shard 2/2 is missing"), std::string::npos);
  EXPECT_NE(refusal({good[0], good[0]}).find("give each shard once"), std::string::npos);
  const auto with = [&](const std::function<void(Json&)>& change) {
    std::vector<ShardFile> files = good;
    change(files[1].json);
    return refusal(files);
  };
  EXPECT_NE(with([](Json& j) { j["prover"] = "0"; }).find("another version"), std::string::npos);
  EXPECT_NE(with([](Json& j) { j["question"]["pair"] = "v6.1:v6.10"; }).find("another pair"), std::string::npos);
  EXPECT_NE(with([](Json& j) { j["question"]["without"] = Json::array(); }).find("other rows"), std::string::npos);
  EXPECT_NE(with([](Json& j) { j["question"]["theorems"].erase(0); }).find("other theorems"), std::string::npos);
  EXPECT_NE(with([](Json& j) { j["question"]["timeout_seconds"] = 1; }).find("another timeout_seconds"), std::string::npos);
  EXPECT_NE(with([](Json& j) { j["shard"] = {3, 3}; }).find("belong together"), std::string::npos);
  EXPECT_NE(with([](Json& j) { j["results"].erase(0); }).find("another number of results"), std::string::npos);
  EXPECT_NE(with([](Json& j) { j.erase("results"); }).find("not a whole shard"), std::string::npos);
  EXPECT_NE(with([](Json& j) { j["format"] = "other"; }).find("is not a shard"), std::string::npos);
}

/// A store in memory that counts.
struct Memory {
  std::map<std::string, std::string> kept;
  ResultStore store;
  Memory() {
    store.load = [this](const std::string& key) -> std::optional<std::string> {
      const auto it = kept.find(key);
      return it == kept.end() ? std::nullopt : std::optional(it->second);
    };
    store.save = [this](const std::string& key, const std::string& result) { kept[key] = result; };
  }
};

TEST(Store, ASecondRunIsTheSameAndRunsNothing) {
  Memory memory;
  ProveOptions o = options();
  o.store = &memory.store;
  ProveUse use;
  EXPECT_EQ(text(prove(o, &use)), text(one_run()));
  EXPECT_EQ(use.cached, 0u);
  EXPECT_EQ(memory.kept.size(), use.units);
  EXPECT_EQ(memory.store.seconds.size(), use.units);
  o.progress = [](const RunnerProgress&) { FAIL() << "something was run"; };
  EXPECT_EQ(text(prove(o, &use)), text(one_run()));
  EXPECT_EQ(use.cached, use.units);
}

TEST(Store, WhatIsDamagedIsProvedAgain) {
  Memory memory;
  ProveOptions o = options();
  o.names.clear();
  o.glob = kReaders;
  o.store = &memory.store;
  const std::string first = text(prove(o));
  memory.kept.begin()->second = "{\"verdict\":";
  ProveUse use;
  EXPECT_EQ(text(prove(o, &use)), first);
  EXPECT_EQ(use.cached, use.units - 1);
  EXPECT_EQ(Json::parse(memory.kept.begin()->second).at("verdict"), "proved");
}

TEST(Store, OtherRowsAreOtherResults) {
  Memory memory;
  ProveOptions o = options();
  o.names.clear();
  o.glob = "x86_64/reader/v6.10/leaf/*";
  o.store = &memory.store;
  prove(o);
  o.enabled.set();
  ProveUse use;
  prove(o, &use);
  EXPECT_EQ(use.cached, 0u);
}

TEST(Store, NothingUnfinishedIsKeptAndSideEffectsAreNotSkipped) {
  Memory memory;
  ProveOptions o = options();
  o.store = &memory.store;
  o.names = {"x86_64/v6.9:v6.10/hugetlb-1G/one-page/no-thp"};
  o.enabled.set();
  o.max_paths = 20;
  EXPECT_EQ(prove(o).front().verdict, Verdict::inconclusive);
  EXPECT_TRUE(memory.kept.empty());
  o.names = {"x86_64/reader/v6.10/leaf/pmd"};
  prove(o);
  ASSERT_EQ(memory.kept.size(), 1u);
  o.side_effects = true;
  ProveUse use;
  prove(o, &use);
  EXPECT_EQ(use.cached, 0u);
}

TEST(Prove, AKilledUnitIsInconclusiveAndTheOthersAreKept) {
  ProveOptions o;
  o.names = {"x86_64/v6.9:v6.10/hugetlb-1G/one-page/no-thp", "x86_64/reader/v6.10/leaf/pmd"};
  o.timeout_seconds = 300;
  o.progress = [](const RunnerProgress& p) {
    for (const RunningJob& r : p.running)
      if (r.name.find("FOLL_PIN") != std::string_view::npos) kill(r.pid, SIGKILL);
  };
  const auto results = prove(o);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(results[0].shortfall, Shortfall::crashed);
  EXPECT_EQ(results[0].shortfall_detail, "in FOLL_PIN: killed by signal 9 (Killed)");
  EXPECT_GT(results[0].counts.paths, 1000u);
  EXPECT_EQ(results[1].verdict, Verdict::proved);
}

}  // namespace
}  // namespace gupdiff
