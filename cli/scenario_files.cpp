// SPDX-License-Identifier: GPL-2.0-only
// Expands folders into the scenario files below them.
#include "cli/scenario_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "scenario/input_error.hpp"

namespace gupdiff {

namespace fs = std::filesystem;

std::vector<std::string> scenario_files(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    std::error_code error;
    if (!fs::exists(name, error)) throw InputError{fmt::format("{}: no such file or folder; name a scenario or a folder of them.", name)};
    if (!fs::is_directory(name, error)) {
      files.push_back(name);
      continue;
    }
    std::vector<std::string> found;
    fs::recursive_directory_iterator at(name, error), end;
    while (!error && at != end) {
      const fs::path& path = at->path();
      if (path.extension() == ".toml" || path.extension() == ".bin") found.push_back(path.string());
      at.increment(error);
    }
    if (error) throw InputError{fmt::format("{}: cannot read this folder ({}).", name, error.message())};
    if (found.empty())
      throw InputError{fmt::format("{}: no scenario below this folder; scenarios are .toml and .bin files.", name)};
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace gupdiff
