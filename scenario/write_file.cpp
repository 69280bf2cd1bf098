// SPDX-License-Identifier: GPL-2.0-only
// Atomic replacement of a file, with a sentence for the user when it fails.
#include "scenario/write_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "scenario/input_error.hpp"

namespace gupdiff {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder))
    throw InputError{fmt::format("{}: cannot make this folder ({}); name one that can be written", folder.string(),
                                 error ? error.message() : "a file is in the way")};
}

std::optional<std::string> read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void write_whole(const fs::path& file, std::string_view bytes) {
  const fs::path partial = file.string() + fmt::format(".{}.partial", getpid());
  errno = 0;
  bool written = false;
  {
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    written = !out.fail();
  }
  int reason = errno;
  if (written && std::rename(partial.c_str(), file.c_str()) == 0) return;
  if (written) reason = errno;
  std::remove(partial.c_str());
  throw InputError{fmt::format("{}: cannot be written ({}); name a place that can", file.string(),
                               reason ? std::strerror(reason) : "unknown reason")};
}

void require_writable_folder(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> made;  // innermost first
  for (fs::path at = folder; !at.empty() && !fs::exists(at, error); at = at.parent_path()) made.push_back(at);
  make_folder(folder);
  const fs::path probe = folder / fmt::format(".writable.{}", getpid());
  bool written = false;
  {
    std::ofstream out(probe, std::ios::binary);
    written = out.good();
  }
  fs::remove(probe, error);
  for (const fs::path& at : made) fs::remove(at, error);
  if (!written) throw InputError{fmt::format("{}: no file can be written here; name another folder", folder.string())};
}

void require_writable_file(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error) || file.filename().empty())
    throw InputError{fmt::format("{}: is a folder; name a file", file.string())};
  const fs::path folder = file.parent_path();
  if (!fs::is_directory(folder.empty() ? "." : folder, error))
    throw InputError{fmt::format("{}: cannot be written (there is no folder {}); name a place that can", file.string(), folder.string())};
  require_writable_folder(folder.empty() ? "." : folder);
}

}  // namespace gupdiff
