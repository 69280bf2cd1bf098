// SPDX-License-Identifier: GPL-2.0-only
// Telling scenarios from the other files of a folder.
#include "scenario/corpus_folder.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "scenario/binary.hpp"

namespace gupdiff {
namespace {

bool is_scenario(const std::filesystem::path& path) {
  if (path.extension() == ".toml" || path.extension() == ".bin") return true;
  std::ifstream in(path, std::ios::binary);
  return in.get() == kBinaryMagic;
}

}  // namespace

CorpusFolder corpus_folder(const std::filesystem::path& folder) {
  const std::string name = folder.string();
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    throw InputError{fmt::format("{}: is no folder; name one with scenarios in it", name)};
  CorpusFolder out;
  std::filesystem::recursive_directory_iterator at(folder, error), end;
  for (; !error && at != end; at.increment(error)) {
    std::error_code unused;
    if (!at->is_regular_file(unused)) continue;
    if (is_scenario(at->path())) out.scenarios.push_back(at->path());
    else ++out.skipped;
  }
  if (error) throw InputError{fmt::format("{}: this folder cannot be read ({})", name, error.message())};
  if (out.scenarios.empty())
    throw InputError{fmt::format("{}: no scenario below this folder; scenarios are .toml and .bin files, and what a fuzzer keeps", name)};
  std::sort(out.scenarios.begin(), out.scenarios.end());
  return out;
}

}  // namespace gupdiff
