// SPDX-License-Identifier: GPL-2.0-only
// Scenario files of every sort: both forms, and everything that is neither.
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>

#include "scenario/binary.hpp"
#include "scenario/generator.hpp"
#include "scenario/normalise.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

class ScenarioFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("gupdiff-load-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::filesystem::path file(const std::string& name, const std::string& content) {
    std::ofstream(folder / name, std::ios::binary) << content;
    return folder / name;
  }
  static std::string complaint(const std::filesystem::path& p) {
    try {
      load(p);
    } catch (const InputError& e) {
      return e.message;
    }
    return "";
  }
  static std::string binary_of(std::uint64_t seed, Scenario& w) {
    Random r{seed};
    generate_reachable(r, w, Architecture::x86_64);
    const std::vector<std::uint8_t> bytes = encode(w);
    return {bytes.begin(), bytes.end()};
  }
  std::filesystem::path folder;
};

TEST_F(ScenarioFiles, BothFormsAreToldApart) {
  Scenario w;
  const std::string bytes = binary_of(1, w);
  const ScenarioFile binary = load(file("a.bin", bytes)), text = load(file("a.toml", to_text(w)));
  EXPECT_TRUE(binary.binary);
  EXPECT_FALSE(text.binary);
  EXPECT_TRUE(same_scenario(binary.world, w));
  EXPECT_TRUE(same_scenario(text.world, w));
  EXPECT_TRUE(load(file("no-name", bytes)).binary);
  EXPECT_FALSE(load(file("no-name-either", to_text(w))).binary);
}

TEST_F(ScenarioFiles, EmptyFilesAreRefused) {
  EXPECT_NE(complaint(file("empty.toml", "")).find("is empty"), std::string::npos);
}
TEST_F(ScenarioFiles, OversizedFilesAreRefused) {
  EXPECT_NE(complaint(file("big.toml", std::string(kMaxFileBytes + 1, '#'))).find("larger than"), std::string::npos);
}
TEST_F(ScenarioFiles, TruncatedBinaryFilesAreRefused) {
  Scenario w;
  const std::string bytes = binary_of(1, w);
  EXPECT_NE(complaint(file("cut.bin", bytes.substr(0, bytes.size() / 2))).find("truncated"), std::string::npos);
}
TEST_F(ScenarioFiles, RandomBytesUnderABinaryNameAreRefused) {
  EXPECT_NE(complaint(file("random.bin", "\x01\x02\x03\xff\xfe")).find("not a binary scenario"), std::string::npos);
}
TEST_F(ScenarioFiles, RandomBytesUnderATextNameAreRefused) {
  EXPECT_NE(complaint(file("random.toml", "\x01\x02\x03\xff\xfe")).find("random.toml:1"), std::string::npos);
}
TEST_F(ScenarioFiles, FuzzerBytesWithoutANameAreAScenario) {
  EXPECT_TRUE(load(file("id:000001", std::string("\x01\x00\x03\xff\xfe", 5))).binary);
}
TEST_F(ScenarioFiles, MissingFilesAndFoldersAreNamed) {
  EXPECT_NE(complaint(folder / "none.toml").find("cannot be read"), std::string::npos);
  EXPECT_NE(complaint(folder).find("is a directory"), std::string::npos);
}

}  // namespace
}  // namespace gupdiff
