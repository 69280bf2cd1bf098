// SPDX-License-Identifier: GPL-2.0-only
// Starting afl-cmin and reading the traces that it leaves.
#include "fuzz/afl_cmin.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fuzz/afl.hpp"
#include "fuzz/campaign_folder.hpp"
#include "fuzz/input_file.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFullDisk = "no space is left on the disk";

/// An input of the merge. It gets a number for a name: afl-cmin hands names to a shell.
struct Input {
  fs::path file;
  bool known;  ///< one of `into`
  std::string number;
};

std::vector<fs::path> sorted_inputs(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (plain_input(*at)) out.push_back(at->path());
  std::sort(out.begin(), out.end());
  return out;
}

/// Edges of tuples: afl-showmap writes one digit for how often (a class of counts) and then the edge.
std::uint64_t edges_of(const std::set<std::string>& tuples) {
  std::set<std::string_view> edges;
  for (const std::string& t : tuples) edges.insert(std::string_view(t).substr(std::min<std::size_t>(t.size(), 1)));
  return edges.size();
}

void keep(const fs::path& folder, const std::string& prefix, const fs::path& input) {
  const std::vector<std::uint8_t> bytes = read_input(input);
  write_input(folder / (prefix + input_name(bytes)), bytes);
}

class AflCmin {
 public:
  AflCmin(const Lane& lane, const fs::path& into, const std::vector<fs::path>& from, const fs::path& work)
      : lane_(lane), into_(into), work_(work), afl_(find_afl(std::getenv("PATH"), afl_folder(), "/dev/null")) {
    make_campaign_folder(work / "all");
    add(into, true);
    for (const fs::path& folder : from) add(folder, false);
    std::error_code error;
    // A name without anything in it that a shell minds.
    fs::create_symlink(fs::absolute(afl_.target), work / "target", error);
    if (error) cannot(error.message());
  }

  CorpusMergeResult run() {
    minimize();
    std::set<std::string> before, all;
    for (const Input& i : inputs_) {
      std::set<std::string> tuples = tuples_of(i);
      if (i.known) before.insert(tuples.begin(), tuples.end());
      all.merge(tuples);
    }
    if (!no_space(work_).empty()) cannot(kFullDisk);
    for (const Input& i : inputs_) {
      if (i.known || !fs::exists(work_ / "kept" / i.number)) continue;
      const std::set<std::string> tuples = tuples_of(i);
      if (!std::includes(before.begin(), before.end(), tuples.begin(), tuples.end())) keep(into_, "", i.file);
    }
    return {all.size() - before.size(), edges_of(all) - edges_of(before)};
  }

 private:
  [[noreturn]] void cannot(const std::string& why) const {
    throw InputError{fmt::format("{}: afl-cmin did not finish ({}); the corpus that was there is as it was", into_.parent_path().string(), why)};
  }

  void add(const fs::path& folder, bool known) {
    for (const fs::path& file : sorted_inputs(folder)) {
      const Input& i = inputs_.emplace_back(Input{file, known, fmt::format("{:08}", inputs_.size())});
      link(file, work_ / "all" / i.number);
    }
  }
  void link(const fs::path& file, const fs::path& to) const {
    std::error_code error;
    fs::create_hard_link(file, to, error);
    if (!error) return;
    error.clear();
    fs::copy_file(file, to, error);
    if (error) cannot(fmt::format("{}: {}", to.string(), error.message()));
  }

  /// Runs afl-cmin in the work folder, what it says into `log` there. Its exit status; a signal ends the merge.
  int run_afl_cmin() const {
    std::vector<std::string> words = {(afl_.afl_fuzz.parent_path() / "afl-cmin").string(), "-i", "all", "-o", "kept", "-m", "none",
                                      "-t", std::to_string(kHangMilliseconds), "--", "./target", "--pair", pair_name(lane_.pair)};
    const std::string without = fmt::format("{}", fmt::join(rows_off(lane_.enabled), ","));
    if (!without.empty()) words.insert(words.end(), {"--without", without});
    if (access(words[0].c_str(), X_OK) != 0)
      throw InputError{fmt::format("{}: is not there, beside afl-fuzz; install AFL++ whole (Debian: apt install afl++)", words[0])};
    std::vector<char*> argv;
    for (std::string& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child < 0) cannot(std::strerror(errno));
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
      const int nothing = open("/dev/null", O_RDONLY);
      const int log = open((work_ / "log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
      if (nothing < 0 || log < 0 || chdir(work_.c_str()) != 0) _exit(71);
      dup2(nothing, 0);
      dup2(log, 1);
      dup2(log, 2);
      for (const char* name : {"AFL_CMIN_ALLOW_ANY", "AFL_CMIN_CRASHES_ONLY", "AFL_NO_FORKSRV"}) unsetenv(name);
      setenv("AFL_KEEP_TRACES", "1", 1);
      setenv("AFL_ALLOW_TMP", "1", 1);  // the folder is ours alone, wherever it is
      setenv("AFL_QUIET", "1", 1);
      if (lane_.anything) setenv("GUPDIFF_ANYTHING", "1", 1);
      execv(argv[0], argv.data());
      _exit(127);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) cannot(fmt::format("signal {}", WTERMSIG(status)));
    return WEXITSTATUS(status);
  }
  /// The last thing afl-cmin complained of.
  std::string last_words() const {
    std::string words = "it says no reason";
    for (const std::string& line : lines_of(work_ / "log"))
      if (line.rfind("[-]", 0) == 0 || line.rfind("[!]", 0) == 0) words = line.substr(std::min<std::size_t>(line.size(), 4));
    return words;
  }

  /// Runs afl-cmin on the inputs that do not end the target: it may give up when there is such a one, or leave it out.
  void minimize() {
    while (!inputs_.empty()) {
      std::error_code error;
      fs::remove_all(work_ / "kept", error);
      const int status = run_afl_cmin();
      const bool any_crash = set_crashes_aside();
      if (status == 0) return;
      if (any_crash) continue;
      cannot(no_space(work_).empty() ? last_words() : kFullDisk);
    }
  }
  fs::path trace(const Input& i) const { return work_ / "kept/.traces" / i.number; }
  /// afl-cmin leaves an empty trace of an input that ends the target.
  bool crashes(const Input& i) const {
    std::error_code error;
    return fs::file_size(trace(i), error) == 0 && !error;
  }
  /// Takes such inputs out, the new ones to the findings; whether there were any.
  bool set_crashes_aside() {
    const fs::path findings = work_ / kFindingsFromWork;
    for (const Input& i : inputs_) {
      if (!crashes(i)) continue;
      if (!i.known) {
        make_campaign_folder(findings);
        keep(findings, "crash-", i.file);
      }
      std::error_code error;
      fs::remove(work_ / "all" / i.number, error);
    }
    return std::erase_if(inputs_, [&](const Input& i) { return crashes(i); }) > 0;
  }

  std::set<std::string> tuples_of(const Input& i) const {
    std::ifstream in(trace(i));
    std::set<std::string> out;
    for (std::string line; std::getline(in, line);) out.insert(line);
    return out;
  }
  const Lane& lane_;
  const fs::path into_, work_;
  const AflInstallation afl_;
  std::vector<Input> inputs_;
};

}  // namespace

CorpusMergeResult merge_with_afl_cmin(const Lane& lane, const fs::path& into, const std::vector<fs::path>& from, const fs::path& work) {
  return AflCmin(lane, into, from, work).run();
}

}  // namespace gupdiff
