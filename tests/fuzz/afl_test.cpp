// SPDX-License-Identifier: GPL-2.0-only
// AFL++ as an engine: what it needs, what it finds, what it keeps, and queues that travel between hosts. The
// runs are skipped where build/afl is not built.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "fuzz/afl.hpp"
#include "fuzz/afl_sync.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

class Afl : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("gupdiff-afl-test-" + std::to_string(getpid()));
    fs::remove_all(folder);
    fs::create_directories(folder);
    options.engine = Engine::afl;
    options.findings_dir = folder / "findings";
    options.progress = false;
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path file(const fs::path& name, const std::string& text, bool executable = false) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
    if (executable) fs::permissions(folder / name, fs::perms::owner_all);
    return folder / name;
  }
  std::string refusal(const std::string& path, const fs::path& built, const fs::path& pattern) {
    try {
      find_afl(path.c_str(), built, pattern);
    } catch (const InputError& e) {
      return e.message;
    }
    return {};
  }
  static bool can_run() {
    try {
      find_afl(std::getenv("PATH"), afl_folder(), "/proc/sys/kernel/core_pattern");
    } catch (const InputError&) {
      return false;
    }
    return true;
  }
  /// Files of a queue whose name has `part` in it.
  static int count(const fs::path& queue, const std::string& part) {
    int n = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(queue, none)) n += entry.path().filename().string().find(part) != std::string::npos;
    return n;
  }

  fs::path folder;
  FuzzOptions options;
};

TEST_F(Afl, WhatIsMissingIsNamedWithTheRemedy) {
  const fs::path pattern = file("core_pattern", "core\n");
  EXPECT_NE(refusal("/nowhere", folder, pattern).find("apt install afl++"), std::string::npos);
  file("bin/afl-fuzz", "#!/bin/sh\n", true);
  const std::string path = "/nowhere:" + (folder / "bin").string();
  EXPECT_NE(refusal(path, folder, pattern).find("cmake --preset afl"), std::string::npos);
  for (const char* built : {"gupdiff_afl", "gupdiff_afl_cmplog", "gupdiff_afl_mutator.so"}) file(built, "");
  EXPECT_EQ(refusal(path, folder, pattern), "");
  EXPECT_EQ(find_afl(path.c_str(), folder, pattern).afl_fuzz, folder / "bin" / "afl-fuzz");
  const fs::path pipes = file("pipes", "|/usr/lib/systemd/systemd-coredump %P\n");
  EXPECT_NE(refusal(path, folder, pipes).find("echo core > " + pipes.string()), std::string::npos);
}

TEST_F(Afl, ItsFiguresAreRead) {
  const AflStats s = read_afl_stats(file("fuzzer_stats",
                                         "start_time        : 1\nexecs_done        : 22333\nexecs_per_sec     : 2776.36\n"
                                         "corpus_count      : 445\nstability         : 99.25%\nedges_found       : 3387\n"));
  EXPECT_EQ(s.executions, 22333u);
  EXPECT_EQ(s.corpus, 445u);
  EXPECT_EQ(s.edges, 3387u);
  EXPECT_DOUBLE_EQ(s.stability, 99.25);
  EXPECT_EQ(read_afl_stats(folder / "none").executions, 0u);
}

TEST_F(Afl, QueuesAreExchangedOnceAndOnlyWhatIsNew) {
  const fs::path a = folder / "a", b = folder / "b", shared = folder / "shared";
  file("a/main/queue/id:000000,orig:seed", "A");
  file("a/main/queue/id:000001,sync:b", "from elsewhere");
  file("a/main/queue/.state/x", "no input");
  file("b/secondary01/queue/id:000000", "B");
  exchange_queues(a, shared);
  exchange_queues(b, shared);
  exchange_queues(a, shared);
  const auto foreign = [](const fs::path& work, const std::string& own) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(work))
      if (entry.is_directory() && entry.path().filename() != own) out.push_back(entry.path());
    return out;
  };
  ASSERT_EQ(foreign(b, "secondary01").size(), 1u);
  EXPECT_EQ(count(foreign(b, "secondary01")[0] / "queue", ""), 1);  // not what A has from others
  ASSERT_EQ(foreign(a, "main").size(), 1u);
  EXPECT_EQ(count(foreign(a, "main")[0] / "queue", "id:000000"), 1);
  EXPECT_EQ(foreign(shared, "").size(), 2u);
}

TEST_F(Afl, AFolderThatIsNotItsOwnIsRefused) {
  if (!can_run()) GTEST_SKIP() << "AFL++ or build/afl is not there";
  options.work_dir = folder / "work";
  file("work/mine", "x");
  EXPECT_THROW(fuzz(options), InputError);
  fs::remove(folder / "work" / "mine");
  options.seconds = 1;
  fuzz(options);
  options.pair = *parse_pair("v6.9:v6.12");
  EXPECT_THROW(fuzz(options), InputError);
}

TEST_F(Afl, FindsD17WithAMainAndASecondary) {
  if (!can_run()) GTEST_SKIP() << "AFL++ or build/afl is not there";
  options.enabled.reset(static_cast<std::size_t>(find_row("D17")));
  options.jobs = 2;
  options.seconds = 60;
  const FuzzResult r = fuzz(options);
  EXPECT_TRUE(r.failure.empty()) << r.failure;
  ASSERT_EQ(r.findings.size(), 1u);
  EXPECT_TRUE(fs::exists(r.findings[0].text_file));
  EXPECT_LT(r.seconds, 55);
}

/// Two hosts with nothing in common but a folder: B gets A's inputs and takes them in.
TEST_F(Afl, AnInputOfOneHostReachesTheQueueOfAnother) {
  if (!can_run()) GTEST_SKIP() << "AFL++ or build/afl is not there";
  options.sync_dir = folder / "shared";
  options.work_dir = folder / "a";
  options.seconds = 3;
  options.jobs = 2;  // the secondary has CmpLog; the stability is the least of both
  const FuzzResult a = fuzz(options);
  EXPECT_TRUE(a.failure.empty()) << a.failure;
  EXPECT_GT(a.executions, 100u);
  EXPECT_GT(a.coverage, 100u);
  EXPECT_EQ(a.stability, 100);
  EXPECT_GT(count(folder / "a" / "main" / "queue", "id:"), 5);
  options.work_dir = folder / "b";
  options.jobs = 1;
  options.corpus_dir = folder / "corpus";
  options.seed = 2;
  options.seconds = 6;
  const FuzzResult b = fuzz(options);
  EXPECT_TRUE(b.failure.empty()) << b.failure;
  EXPECT_GT(count(folder / "b" / "main" / "queue", ",sync:"), 0);
  EXPECT_GT(count(folder / "corpus", "afl-"), 0);
  // B's folder is taken up again.
  const int before = count(folder / "b" / "main" / "queue", "id:");
  options.seconds = 1;
  const FuzzResult again = fuzz(options);
  EXPECT_TRUE(again.failure.empty()) << again.failure;
  EXPECT_GE(count(folder / "b" / "main" / "queue", "id:"), before);
}

}  // namespace
}  // namespace gupdiff
