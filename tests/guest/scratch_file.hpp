// SPDX-License-Identifier: GPL-2.0-only
// A file that lives as long as a test, and the sentence an action is refused with.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "scenario/input_error.hpp"

namespace gupdiff {

/// A file of the given content in the temporary folder, removed with the object.
class ScratchFile {
 public:
  ScratchFile(const std::string& name, const std::string& content)
      : path(std::filesystem::temp_directory_path() / ("gupdiff-" + std::to_string(::getpid()) + "-" + name)) {
    std::ofstream(path, std::ios::binary) << content;
  }
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::filesystem::path path;
};

/// The message of the InputError that `action` throws; "" if it throws none.
template <class Action>
std::string sentence(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.message;
  }
  return "";
}

/// All of a file.
inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace gupdiff
