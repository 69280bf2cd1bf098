// SPDX-License-Identifier: GPL-2.0-only
// Whether AFL++ and our build for it are there.
#include <cstdlib>
#include <fstream>

#include <unistd.h>

#include <fmt/format.h>

#include "fuzz/afl.hpp"

#ifndef GUPDIFF_AFL_FOLDER  // fuzz/CMakeLists.txt says it in full
#define GUPDIFF_AFL_FOLDER "build/afl"
#endif

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

fs::path on_path(const std::string& path, const std::string& program) {
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    const fs::path candidate = fs::path(end == at ? "." : path.substr(at, end - at)) / program;
    if (fs::is_regular_file(candidate) && access(candidate.c_str(), X_OK) == 0) return candidate;
    at = end + 1;
  }
  return {};
}

}  // namespace

fs::path afl_folder() {
  const char* chosen = std::getenv("GUPDIFF_AFL");
  return chosen && *chosen ? fs::path(chosen) : fs::path(GUPDIFF_AFL_FOLDER);
}

AflInstallation find_afl(const char* path, const fs::path& folder, const fs::path& core_pattern) {
  AflInstallation a{on_path(path ? path : "", "afl-fuzz"), folder / "gupdiff_afl", folder / "gupdiff_afl_cmplog",
                    folder / "gupdiff_afl_mutator.so"};
  if (a.afl_fuzz.empty())
    throw InputError{"--engine afl: there is no afl-fuzz on PATH; install AFL++ (Debian: apt install afl++)"};
  for (const fs::path& built : {a.target, a.cmplog, a.mutator})
    if (!fs::exists(built))
      throw InputError{fmt::format("--engine afl: {} is not there; build it with `cmake --preset afl && cmake --build --preset afl`, "
                                   "or say where it is in GUPDIFF_AFL", built.string())};
  std::ifstream in(core_pattern);
  std::string pattern;
  std::getline(in, pattern);
  if (!pattern.empty() && pattern[0] == '|')
    throw InputError{fmt::format("--engine afl: {} hands core dumps to a program, which makes crashes look like hangs to afl-fuzz; "
                                 "write a file name there (as root: echo core > {})", core_pattern.string(), core_pattern.string())};
  return a;
}

}  // namespace gupdiff
