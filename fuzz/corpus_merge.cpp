// SPDX-License-Identifier: GPL-2.0-only
// Starting libFuzzer's merge, being the process that it starts, and exchanging folders.
#include "fuzz/corpus_merge.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <string_view>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <fmt/format.h>

#include "fuzz/afl_cmin.hpp"
#include "fuzz/campaign_folder.hpp"
#include "fuzz/input_file.hpp"
#include "fuzz/libfuzzer.hpp"
#include "fuzz/target.hpp"
#include "scenario/input_error.hpp"

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*callback)(const std::uint8_t*, std::size_t));

namespace gupdiff {

namespace fs = std::filesystem;

namespace {

/// "A B ROWS": what the process that libFuzzer starts is to run.
constexpr const char* kVariable = "GUPDIFF_CORPUS_MERGE";

int run_input(const std::uint8_t* data, std::size_t size) {
  gupdiff_target_run(data, size);
  return 0;
}

/// Inside the process made for it: merges, logs to `log`, and ends.
[[noreturn]] void merge_here(const Lane& lane, const fs::path& into, const std::vector<fs::path>& from, const fs::path& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
  const int log = open((work / "log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const int null = open("/dev/null", O_RDWR);
  if (log < 0 || null < 0 || chdir(work.c_str()) != 0) _exit(71);
  dup2(null, 0);
  dup2(null, 1);
  dup2(log, 2);
  setenv(kVariable, fmt::format("{} {} {}", lane.pair.a, lane.pair.b, lane.enabled.to_string()).c_str(), 1);
  gupdiff_target_configure(lane.pair.a, lane.pair.b, lane.enabled.to_string().c_str());
  // The command line for the inner process goes through a shell, unquoted: our own program and
  // relative names have nothing in them that a shell minds.
  std::vector<std::string> words = {fmt::format("/proc/{}/exe", getpid()), "-merge=1", "-merge_control_file=control", "-max_len=1048576",
                                    "-timeout=30", "-rss_limit_mb=4096", fmt::format("-artifact_prefix={}/crash-", kFindingsFromWork), into.string()};
  for (const fs::path& folder : from) words.push_back(folder.string());
  drive_libfuzzer(std::move(words), run_input);
}

/// Runs every input of the merge once, so that the target's storage has grown to what they need:
/// growing runs through blocks that are counted, and would be a feature of whichever input comes
/// first. An input that crashes here costs one start, for the next one leaves the warming out.
void warm_up() {
  const fs::path sign = "warming";
  std::error_code error;
  if (fs::exists(sign, error)) return;
  std::ofstream(sign).close();
  std::ifstream control("control");
  std::string name;
  for (int line = 0; std::getline(control, name); ++line) {
    if (line < 2) continue;  // two counts, then the files
    const std::vector<std::uint8_t> bytes = read_input(name);
    run_input(bytes.data(), bytes.size());
  }
  fs::remove(sign, error);
}

std::uint64_t number_before(const std::string& line, const char* words) {
  const auto at = line.find(words);
  if (at == std::string::npos || at == 0) return 0;
  const auto begin = line.find_last_not_of("0123456789", at - 1);
  return std::strtoull(line.c_str() + (begin == std::string::npos ? 0 : begin + 1), nullptr, 10);
}

/// Files of a folder that we made, and the folder.
void remove_folder(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
}

[[noreturn]] void cannot(const fs::path& what, const std::string& why) {
  throw InputError{fmt::format("{}: {}", what.string(), why)};
}

CorpusMergeResult merge_with_libfuzzer(const Lane& lane, const fs::path& into, const std::vector<fs::path>& sources, const fs::path& work) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) cannot(into, fmt::format("the merge cannot be started: {}", std::strerror(errno)));
  if (child == 0) merge_here(lane, into, sources, work);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  CorpusMergeResult out;
  bool whole = false;
  std::string last;
  for (const std::string& line : lines_of(work / "log")) {
    last = line;
    if (line.find("MERGE-OUTER:") != 0 || line.find(" new features added") == std::string::npos) continue;
    whole = true;
    out = {number_before(line, " new features added"), number_before(line, " new coverage edges")};
  }
  if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    cannot(into, fmt::format("libFuzzer did not finish merging ({}); the corpus that was there is as it was",
                             WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status)) : last.empty() ? fmt::format("status {}", WEXITSTATUS(status)) : last));
  return out;
}

/// A folder that is there as long as this is.
struct WorkFolder {
  fs::path folder;
  explicit WorkFolder(const fs::path& f) : folder(f) {
    remove_folder(folder);
    make_campaign_folder(folder);
  }
  ~WorkFolder() { remove_folder(folder); }
};

}  // namespace

bool fits_lane(const Lane& lane, const Scenario& s) {
  if (!(lane.architectures >> static_cast<unsigned>(s.config.arch) & 1u)) return false;
  for (const int w : {lane.pair.a, lane.pair.b})
    if (!runs_on(walks()[static_cast<std::size_t>(w)], s.config)) return false;
  return true;
}

CorpusMergeResult merge_corpora(const Lane& lane, const fs::path& into, const std::vector<fs::path>& from, const fs::path& work) {
  const WorkFolder own(fs::absolute(work));
  make_campaign_folder(into);
  std::vector<fs::path> sources;
  for (const fs::path& folder : from) sources.push_back(fs::absolute(folder));
  if (lane.engine == Engine::afl) return merge_with_afl_cmin(lane, fs::absolute(into), sources, own.folder);
  return merge_with_libfuzzer(lane, fs::absolute(into), sources, own.folder);
}

std::optional<int> corpus_merge_process(int argc, char** argv) {
  const char* what = std::getenv(kVariable);
  bool inner = false;
  for (int i = 1; i < argc; ++i) inner = inner || std::string_view(argv[i]) == "-merge_inner=1";
  if (!what || !inner) return std::nullopt;
  int a = 0, b = 0, at = 0;
  if (std::sscanf(what, "%d %d %n", &a, &b, &at) < 2) return 1;
  gupdiff_target_configure(a, b, what + at);
  warm_up();
  return LLVMFuzzerRunDriver(&argc, &argv, run_input);
}

void exchange_corpus(const fs::path& lane, const std::vector<std::string>& inputs) {
  const fs::path now = lane / "corpus", whole = lane / "corpus.new", old = lane / "corpus.old";
  std::error_code error;
  const std::set<std::string> known(inputs.begin(), inputs.end());
  if (renameat2(AT_FDCWD, whole.c_str(), AT_FDCWD, now.c_str(), RENAME_EXCHANGE) == 0) {
    // What is now corpus.new was the corpus.
    fs::rename(whole, old, error);
    if (error) cannot(whole, fmt::format("cannot be renamed: {}", error.message()));
  } else {
    fs::rename(now, old, error);
    if (!error) fs::rename(whole, now, error);
    if (error) cannot(now, fmt::format("cannot be exchanged for {}: {}", whole.string(), error.message()));
  }
  // What came in the meantime, from another machine perhaps, was not looked at: it stays.
  std::vector<fs::path> late;
  for (fs::directory_iterator at(old, error), end; !error && at != end; at.increment(error))
    if (!known.count(at->path().filename().string())) late.push_back(at->path());
  for (const fs::path& file : late) {
    fs::rename(file, now / file.filename(), error);
    if (error) cannot(file, fmt::format("cannot be moved to {}: {}", now.string(), error.message()));
  }
  finish_exchange(lane);
}

void finish_exchange(const fs::path& lane) {
  const fs::path now = lane / "corpus", whole = lane / "corpus.new", old = lane / "corpus.old";
  std::error_code error;
  if (!fs::exists(now, error) && fs::exists(old, error)) fs::rename(old, now, error);
  if (fs::exists(now, error)) {
    remove_folder(old);
    remove_folder(whole);
  }
  remove_folder(lane / "merge");
  remove_folder(lane / "incoming");
}

}  // namespace gupdiff
