// SPDX-License-Identifier: GPL-2.0-only
// An overlay of the touched files, patched by patch(1), comes first on the include path of the
// one translation unit that all walks are compiled from.
#include "mutants/build.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "mutants/program.hpp"
#include "scenario/cache_folder.hpp"
#include "scenario/fnv.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnit = "proofs/stand_in_module.cpp";
/// About 1 MiB each.
constexpr std::size_t kModulesKept = 1500;
constexpr double kPatchSeconds = 30, kCompileSeconds = 600;

/// What `text` includes by the path from the root.
std::vector<std::string> includes_of(const std::string& text) {
  std::vector<std::string> out;
  constexpr std::string_view kInclude = "#include \"";
  for (std::size_t at = text.find(kInclude); at != std::string::npos; at = text.find(kInclude, at + 1)) {
    const std::size_t from = at + kInclude.size(), to = text.find('"', from);
    if (to != std::string::npos && (at == 0 || text[at - 1] == '\n')) out.push_back(text.substr(from, to - from));
  }
  return out;
}

/// Flags of a kind of module. No optimiser makes terms faster.
std::vector<std::string> flags(ModuleKind kind) {
  std::vector<std::string> out = {"-std=c++20", "-DNDEBUG", "-w", "-fPIC", "-shared", "-Wl,-Bsymbolic-functions"};
  out.push_back(kind == ModuleKind::fast ? "-O1" : "-O0");
  if (kind == ModuleKind::terms) out.push_back("-DGUPDIFF_STAND_IN_TERMS");
  return out;
}

/// The compiler's first error, as one line.
std::string first_error(const std::string& log) {
  const auto at = log.find("error: ");
  if (at == std::string::npos) return log.substr(0, log.find('\n'));
  const auto line = log.rfind('\n', at);
  const std::size_t from = line == std::string::npos ? 0 : line + 1;
  return log.substr(from, log.find('\n', at) - from);
}

bool disk_is_full(const std::string& log) { return log.find("No space left on device") != std::string::npos; }

/// A folder that is gone when the object is.
struct Scratch {
  fs::path path;
  ~Scratch() {
    std::error_code error;
    fs::remove_all(path, error);
  }
};

}  // namespace

MutantBuilder::MutantBuilder(BuildOptions options) : options_(std::move(options)) {
  if (!read_whole(options_.source / kUnit))
    throw InputError{fmt::format("{}: is not the root of gupdiff's sources, there is no {}; name it with --source.", options_.source.string(), kUnit)};
  const ProgramEnd version = run_program({options_.compiler, "--version"}, {kPatchSeconds, 0});
  if (version.exit_code != 0)
    throw InputError{fmt::format("--compiler {}: {}; install clang-19 (scripts/setup.sh), or name another.", options_.compiler, version.how())};
  const ProgramEnd patch = run_program({"patch", "--version"}, {kPatchSeconds, 0});
  if (patch.exit_code != 0) throw InputError{fmt::format("mutants: {}; install it (apt-get install patch).", patch.how())};
  require_writable_folder(options_.cache);

  std::set<std::string> seen = {kUnit};
  std::vector<std::string> open = {kUnit};
  std::map<std::string, std::uint64_t> sums;  // each source is read once
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    const auto text = read_whole(options_.source / name);
    if (!text) continue;  // written by a build; the compiler will say so
    sums[name] = fnv1a(*text);
    for (std::string& included : includes_of(*text))
      if (seen.insert(included).second) open.push_back(std::move(included));
  }
  sources_.assign(seen.begin(), seen.end());
  sources_key_ = version.out;
  for (const auto& [name, sum] : sums) sources_key_ += fmt::format("{} {:016x}\n", name, sum);
}

std::string MutantBuilder::patch(const fs::path& overlay, const std::string& name, const std::string& diff,
                                 const std::vector<std::string>& touched) const {
  for (const std::string& file : touched) {
    const auto text = read_whole(options_.source / file);
    if (!text) return fmt::format("{}: there is no {} to patch.", name, file);
    if (!std::binary_search(sources_.begin(), sources_.end(), file))
      return fmt::format("{}: {} is not part of a walk's module, so a change of it has no effect; patch what it includes.", name, file);
    make_folder((overlay / file).parent_path());
    write_whole(overlay / file, *text);
  }
  write_whole(overlay / "mutant.diff", diff);
  const ProgramEnd end = run_program({"patch", "-p1", "--fuzz=0", "--batch", "--forward", "--no-backup-if-mismatch", "-d", overlay.string(), "-i",
                                      (overlay / "mutant.diff").string()}, {kPatchSeconds, 0});
  if (end.exit_code == 0) return "";
  if (disk_is_full(end.error + end.out)) return fmt::format("{}: no space left for {}.", name, overlay.string());
  if (end.exit_code < 0) return fmt::format("{}: patch {}.", name, end.how());
  std::string where = end.out;  // "patching file X\nHunk #1 FAILED at 12."
  if (const auto at = where.find("FAILED"); at != std::string::npos) {
    const auto file = where.rfind("patching file ", at);
    const auto hunk = where.rfind("Hunk", at);
    where = fmt::format("{}, {}", file == std::string::npos ? "?" : where.substr(file + 14, where.find('\n', file) - file - 14),
                        where.substr(hunk, where.find_first_of(".\n", at) - hunk));
  } else {
    where = (end.error + end.out).substr(0, (end.error + end.out).find('\n'));
  }
  return fmt::format("{}: the patch does not apply any more ({}); make it anew.", name, where);
}

std::string MutantBuilder::compile(const fs::path& overlay, const fs::path& to, ModuleKind kind, Built& built) const {
  std::vector<std::string> command = {options_.compiler};
  for (std::string& flag : flags(kind)) command.push_back(std::move(flag));
  for (const fs::path& place : {overlay, options_.source}) command.insert(command.end(), {"-I", place.string()});
  command.insert(command.end(), {(options_.source / kUnit).string(), "-o", to.string()});
  const ProgramEnd end = run_program(command, {kCompileSeconds, 0});
  built.cpu_seconds = end.cpu_seconds;
  if (end.exit_code == 0) return "";
  if (disk_is_full(end.error)) return fmt::format("no space left for {}", to.string());
  if (end.exit_code != 1 || end.error.find("error: ") == std::string::npos || end.error.find("unable to execute") != std::string::npos)
    return fmt::format("the compiler failed: {}", end.how());
  built.state = Built::State::stillborn;
  std::string text = first_error(end.error);
  for (const fs::path& place : {overlay, options_.source})
    for (std::size_t at; (at = text.find(place.string() + "/")) != std::string::npos;) text.erase(at, place.string().size() + 1);
  return fmt::format("does not compile: {}", text);
}

Built MutantBuilder::build(const std::string& name, const std::string& diff, const std::vector<std::string>& touched, ModuleKind kind) const {
  std::string key = sources_key_ + diff;
  for (const std::string& flag : flags(kind)) key += "\n" + flag;
  Built built;
  built.module = options_.cache / fmt::format("{:016x}{:016x}.so", fnv1a(key), fnv1a(key, fnv1a(std::string_view("again"))));
  std::error_code error;
  if (fs::exists(built.module, error)) {
    fs::last_write_time(built.module, fs::file_time_type::clock::now(), error);
    return built;
  }
  const auto failed = [&](Built::State state, std::string sentence) {
    built.state = state;
    built.module.clear();
    built.sentence = std::move(sentence);
    return built;
  };
  try {
    const Scratch scratch{options_.cache / fmt::format("part{}-{}", getpid(), name)};
    const fs::path overlay = scratch.path / "overlay", part = scratch.path / "module.so";
    make_folder(overlay);
    if (!diff.empty())
      if (std::string sentence = patch(overlay, name, diff, touched); !sentence.empty()) return failed(Built::State::failed, std::move(sentence));
    built.state = Built::State::failed;
    if (const std::string sentence = compile(overlay, part, kind, built); !sentence.empty())
      return failed(built.state, fmt::format("{}: {}.", name, sentence));
    fs::rename(part, built.module, error);
    if (error) return failed(Built::State::failed, fmt::format("{}: cannot be written: {}.", built.module.string(), error.message()));
  } catch (const InputError& e) {
    return failed(Built::State::failed, e.message);
  }
  built.state = Built::State::done;
  return built;
}

Built MutantBuilder::build(const Mutant& mutant, ModuleKind kind) const { return build(mutant.name, mutant.diff, mutant.touched, kind); }
Built MutantBuilder::build_unpatched(ModuleKind kind) const { return build("unpatched", "", {}, kind); }

void MutantBuilder::trim_cache() const {
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, fs::path>> modules;
  for (fs::directory_iterator at(options_.cache, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".so") modules.emplace_back(at->last_write_time(error), at->path());
  if (modules.size() <= kModulesKept) return;
  std::sort(modules.begin(), modules.end());
  modules.resize(modules.size() - kModulesKept);
  for (const auto& [when, module] : modules) fs::remove(module, error);
}

fs::path default_mutant_cache() { return user_cache_folder("mutants"); }

}  // namespace gupdiff
