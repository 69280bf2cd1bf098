// SPDX-License-Identifier: GPL-2.0-only
// Reading a text file, compressed with gzip or not, line by line.
#include "guest/text_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <memory>

#include "scenario/input_error.hpp"

namespace gupdiff {

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) {
    throw InputError{fmt::format("{}: is a directory; give a .jsonl or .jsonl.gz capture", path.string())};
  }
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw InputError{fmt::format("{}: cannot be opened; check the path", path.string())};
  std::string text;
  std::vector<char> buffer(1 << 18);
  int got = 0;
  while ((got = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  int state = Z_OK;
  const char* reason = gzerror(file.get(), &state);
  if (got < 0 || state == Z_BUF_ERROR) {
    throw InputError{fmt::format("{}: the compressed data is cut off or damaged ({}); fetch the file again",
                                 path.string(), reason)};
  }
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace gupdiff
