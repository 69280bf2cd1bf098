// SPDX-License-Identifier: GPL-2.0-only
// Results kept in a folder: whatever is wrong there is said once and changes nothing.
#include "report/proof_cache.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

class ProofCacheTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path only_entry() const {
    for (const auto& e : fs::recursive_directory_iterator(folder_))
      if (e.path().extension() == ".proof") return e.path();
    return {};
  }
  std::function<void(const std::string&)> warn() {
    return [this](const std::string& sentence) { warnings_.push_back(sentence); };
  }
  const fs::path folder_ = fs::temp_directory_path() / ("gupdiff-cache-" + std::to_string(getpid()));
  std::vector<std::string> warnings_;
};

TEST_F(ProofCacheTest, WhatIsSavedIsThereForTheNextRun) {
  {
    ProofCache cache(folder_ / "new", warn());
    EXPECT_FALSE(cache.store().load("key\n"));
    cache.store().save("key\n", "{\"a\":1}");
    cache.store().seconds["task"] = 1.5;
  }
  ProofCache cache(folder_ / "new", warn());
  EXPECT_EQ(cache.store().load("key\n"), "{\"a\":1}");
  EXPECT_FALSE(cache.store().load("other key\n"));
  EXPECT_EQ(cache.store().seconds["task"], 1.5);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(ProofCacheTest, DamageOfAnyKindIsSaidOnceAndNotBelieved) {
  ProofCache cache(folder_, warn());
  const std::string key = "a key\n", result = R"({"verdict":"refuted"})";
  cache.store().save(key, result);
  const fs::path file = only_entry();
  std::string whole;
  std::getline(std::ifstream(file), whole, '\0');
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string other = whole;
    other[at] ^= 1;
    std::ofstream(file) << other;
    EXPECT_FALSE(cache.store().load(key)) << at;
    std::ofstream(file) << whole.substr(0, at);
    EXPECT_FALSE(cache.store().load(key)) << at;
  }
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find(file.string()), std::string::npos);
  cache.store().save(key, result);
  EXPECT_EQ(cache.store().load(key), result);
}

TEST_F(ProofCacheTest, AFolderThatCannotBeWrittenIsSaidOnce) {
  std::ofstream(folder_ / "file") << "in the way";
  {
    ProofCache cache(folder_ / "file", warn());
    for (const char* key : {"a\n", "b\n"}) {
      EXPECT_FALSE(cache.store().load(key));
      cache.store().save(key, "{}");
    }
  }
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find("--no-cache"), std::string::npos);
}

TEST_F(ProofCacheTest, OldVersionsGoAndNothingElseDoes) {
  for (int i = 0; i < 12; ++i) {
    const fs::path version = folder_ / ("000000000000000" + std::string(1, "0123456789ab"[i]));
    fs::create_directories(version);
    std::ofstream(version / "x.proof") << "old";
    fs::last_write_time(version, fs::file_time_type::clock::now() - std::chrono::hours(24 * (i + 1)));
  }
  std::ofstream(folder_ / "000000000000000b" / "letter.txt") << "mine";
  fs::create_directories(folder_ / "mine");
  { ProofCache(folder_, warn()).store().save("key\n", "{}"); }
  EXPECT_TRUE(fs::exists(folder_ / "mine"));
  EXPECT_TRUE(fs::exists(folder_ / "000000000000000b" / "letter.txt"));
  EXPECT_TRUE(fs::exists(folder_ / "0000000000000000" / "x.proof"));
  EXPECT_FALSE(fs::exists(folder_ / "000000000000000a"));
  EXPECT_TRUE(warnings_.empty());
}

}  // namespace
}  // namespace gupdiff
