// SPDX-License-Identifier: GPL-2.0-only
// Three programs one after the other, in a folder that is gone afterwards.
#include "fuzz/coverage_run.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "scenario/write_file.hpp"

extern char** environ;

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBuild = "cmake --preset coverage && cmake --build --preset coverage";

/// A folder for the counts.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "gupdiff-coverage-XXXXXX").string();
    if (error || !mkdtemp(name.data())) throw InputError{fmt::format("{}: no folder can be made for the counts: {}; set TMPDIR", name, std::strerror(errno))};
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path file(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// What a program left behind.
struct Ended {
  int code = 0;          ///< exit code; above 128: a signal; 127: it cannot be started
  std::string message;   ///< the last line of its standard error
};

/// Runs a program, without a shell.
Ended run(const Scratch& scratch, std::vector<std::string> arguments, const std::vector<std::string>& variables,
          const fs::path& input, const fs::path& output) {
  const fs::path errors = scratch.file("stderr");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<char*> argv, env;
  for (std::string& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);
  std::vector<std::string> own = variables;
  for (std::string& v : own) env.push_back(v.data());
  for (char** v = environ; *v; ++v) env.push_back(*v);
  env.push_back(nullptr);
  pid_t process = -1;
  const int error = posix_spawnp(&process, argv[0], &actions, nullptr, argv.data(), env.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return {127, std::strerror(error)};
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  std::string said = read_whole(errors).value_or("");
  while (!said.empty() && said.back() == '\n') said.pop_back();
  said = said.substr(said.rfind('\n') + 1);  // npos + 1 is 0
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), said};
}

void run_llvm(const Scratch& scratch, const std::vector<std::string>& arguments, const fs::path& output) {
  const Ended e = run(scratch, arguments, {}, "/dev/null", output);
  if (e.code == 127)
    throw InputError{fmt::format("{}: cannot be started ({}); install Debian's package llvm-19 (scripts/setup.sh --tests does)", arguments[0], e.message)};
  if (e.code != 0) throw InputError{fmt::format("{}: failed ({}: {}); build again: {}", arguments[0], e.code, e.message, kBuild)};
}

/// The source tree of the build. Throws if a file of a counted room is newer than the build.
fs::path source_of(const Scratch& scratch, const fs::path& runner) {
  const fs::path out = scratch.file("source");
  if (run(scratch, {runner.string(), "--source"}, {"LLVM_PROFILE_FILE=/dev/null"}, "/dev/null", out).code != 0)
    throw InputError{fmt::format("{}: is no coverage build; build one: {}", runner.string(), kBuild)};
  std::string source = read_whole(out).value_or("");
  while (!source.empty() && source.back() == '\n') source.pop_back();
  std::error_code error;
  const auto built = fs::last_write_time(runner, error);
  for (const char* room : {"model", "legacy", "unified", "oracle"})
    for (fs::recursive_directory_iterator at(fs::path(source) / room, error), end; !error && at != end; at.increment(error)) {
      const auto ext = at->path().extension();
      if ((ext == ".hpp" || ext == ".cpp") && at->last_write_time(error) > built)
        throw InputError{fmt::format("{}: is older than {}; build again: {}", runner.string(), at->path().string(), kBuild)};
    }
  if (error) throw InputError{fmt::format("{}: the source it was built from cannot be read ({}); build again: {}", source, error.message(), kBuild)};
  return source;
}

}  // namespace

fs::path find_coverage_runner() {
  std::error_code error;
  const fs::path build = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& at : {build / "gupdiff_coverage", build.parent_path() / "coverage" / "gupdiff_coverage"})
    if (fs::exists(at, error)) return at;
  throw InputError{fmt::format("{}: there is no coverage build beside it; build one: {}", build.string(), kBuild)};
}

std::vector<WalkPair> all_pairs() {
  std::vector<WalkPair> pairs;
  const int n = static_cast<int>(walks().size());
  for (int a = 0; a < n; ++a)
    for (int b = a + 1; b < n; ++b) pairs.push_back({a, b});
  return pairs;
}

Coverage measure_coverage(const std::vector<fs::path>& files, const std::vector<WalkPair>& pairs, const CoverageTools& tools) {
  const Scratch scratch;
  const fs::path source = source_of(scratch, tools.runner);
  std::string list;
  for (const fs::path& f : files) list += fs::absolute(f).string() + "\n";
  write_whole(scratch.file("list"), list);
  std::vector<std::string> arguments{tools.runner.string()};
  for (const WalkPair& p : pairs)
    arguments.push_back(pair_name(p));
  const fs::path raw = scratch.file("raw"), merged = scratch.file("merged"), exported = scratch.file("json");
  const Ended ran = run(scratch, arguments, {"LLVM_PROFILE_FILE=" + raw.string()}, scratch.file("list"), scratch.file("stdout"));
  const std::string prefix = "gupdiff_coverage: ";
  if (ran.code == 2) throw InputError{ran.message.rfind(prefix, 0) == 0 ? ran.message.substr(prefix.size()) : ran.message};
  if (ran.code != 0) throw InputError{fmt::format("{}: failed ({}: {})", tools.runner.string(), ran.code, ran.message)};
  run_llvm(scratch, {tools.profdata, "merge", "-sparse", raw.string(), "-o", merged.string()}, scratch.file("stdout"));
  run_llvm(scratch, {tools.cov, "export", tools.runner.string(), "-instr-profile=" + merged.string()}, exported);
  Coverage out = fold_coverage(read_whole(exported).value_or(""), source);
  out.scenarios = files.size();
  return out;
}

}  // namespace gupdiff
