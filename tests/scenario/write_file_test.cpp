// SPDX-License-Identifier: GPL-2.0-only
// Files are replaced whole, and a failure leaves nothing behind.
#include "scenario/write_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

struct WriteFile : testing::Test {
  fs::path folder = fs::temp_directory_path() / ("gupdiff-write-" + std::to_string(getpid()));
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }
  std::string read(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
  }
};

TEST_F(WriteFile, ReplacesTheWholeFile) {
  write_whole(folder / "f", "something long");
  write_whole(folder / "f", "short");
  EXPECT_EQ(read(folder / "f"), "short");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(WriteFile, AFolderThatIsAFileIsASentence) {
  write_whole(folder / "f", "x");
  try {
    make_folder(folder / "f");
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(e.message.find((folder / "f").string()), std::string::npos);
  }
}

TEST_F(WriteFile, AMissingFolderIsASentenceAndLeavesNothing) {
  EXPECT_THROW(write_whole(folder / "missing" / "f", "x"), InputError);
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(WriteFile, ADirectoryInTheWayLeavesNothingHalfWritten) {
  fs::create_directories(folder / "taken" / "inside");
  EXPECT_THROW(write_whole(folder / "taken", "x"), InputError);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

}  // namespace
}  // namespace gupdiff
