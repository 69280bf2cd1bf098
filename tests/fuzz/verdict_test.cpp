// SPDX-License-Identifier: GPL-2.0-only
// One input, one verdict: the engines' copies of the walks, the judge and replay agree. That
// compilers do, too, is verdicts_with.sh's to check.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/afl.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/target.hpp"
#include "tests/fuzz/verdict_inputs.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

bool says(const std::string& line, const char* word) { return line.find(std::string(" ") + word + " ") != std::string::npos; }

TEST(Verdicts, TheInstrumentedCopyTheFastCheckAndTheJudgeAgree) {
  int fails = 0;
  for (const VerdictInput& in : verdict_inputs()) {
    const std::string line = verdict_line(in);
    EXPECT_EQ(line.find("OTHERWISE"), std::string::npos) << line;
    gupdiff_target_configure(in.walk_pair().a, in.walk_pair().b, in.rows().to_string().c_str());
    const int target = gupdiff_target_run(in.bytes.data(), in.bytes.size());
    EXPECT_EQ(target == 0, says(line, "fails")) << line;
    fails += target == 0;
  }
  EXPECT_GE(fails, kKnownRows - 5);  // a row that shares its witness with another may be explained by that
}

TEST(Verdicts, AFindingHasTheIdentityThatTheJudgeGivesIt) {
  const fs::path folder = fs::temp_directory_path() / ("gupdiff-verdicts-" + std::to_string(getpid()));
  fs::create_directories(folder);
  int checked = 0;
  for (const VerdictInput& in : verdict_inputs()) {
    const std::string line = verdict_line(in);
    if (!says(line, "fails") || ++checked % 8 != 0) continue;
    FuzzOptions o;
    o.pair = in.walk_pair();
    o.enabled = in.rows();
    o.findings_dir = folder;
    FindingWriter writer(o);
    const auto finding = writer.take(in.bytes);
    ASSERT_TRUE(finding.has_value()) << line;
    EXPECT_TRUE(line.size() > finding->identity.size() && line.substr(line.size() - finding->identity.size()) == finding->identity)
        << line << " / " << finding->identity;
  }
  EXPECT_GE(checked, 8);
  fs::remove_all(folder);
}

TEST(Verdicts, TheAflTargetAgrees) {
  const fs::path target = afl_folder() / "gupdiff_afl";
  if (!fs::exists(target)) GTEST_SKIP() << target << " is not built (cmake --build --preset afl)";
  const fs::path file = fs::temp_directory_path() / ("gupdiff-verdict-" + std::to_string(getpid()));
  int fails = 0;
  for (const VerdictInput& in : verdict_inputs()) {
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(in.bytes.data()), static_cast<std::streamsize>(in.bytes.size()));
    const std::string command = target.string() + " --verdict --pair " + in.pair + (in.without == "-" ? "" : " --without " + in.without) +
                                " < " + file.string() + " > /dev/null";
    const int status = std::system(command.c_str());
    const bool failed = WIFEXITED(status) && WEXITSTATUS(status) == 10;
    EXPECT_TRUE(failed || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << command;
    EXPECT_EQ(failed, says(verdict_line(in), "fails")) << in.name << " (is build/afl of this source? cmake --build --preset afl)";
    fails += failed;
  }
  EXPECT_GT(fails, 8);
  fs::remove(file);
}

}  // namespace
}  // namespace gupdiff
