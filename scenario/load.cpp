// SPDX-License-Identifier: GPL-2.0-only
// Reading a scenario file: which form it is, and what is wrong with it if it is
// neither.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "scenario/binary.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

std::vector<char> read_bytes(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw InputError{fmt::format("{}: is a directory, not a scenario file", name)};
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError{fmt::format("{}: cannot be read: {}", name, std::strerror(errno))};
  std::vector<char> bytes(kMaxFileBytes + 1);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.bad()) throw InputError{fmt::format("{}: cannot be read: {}", name, std::strerror(errno))};
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (bytes.empty()) throw InputError{fmt::format("{}: is empty: a scenario has at least a [request]", name)};
  if (bytes.size() > kMaxFileBytes)
    throw InputError{fmt::format("{}: is larger than {} bytes, the limit of a scenario file", name, kMaxFileBytes)};
  return bytes;
}

bool looks_like_text(const std::vector<char>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x20 ? u != 0x7f : u == '\n' || u == '\r' || u == '\t';
  });
}

}  // namespace

ScenarioFile load(const std::filesystem::path& path) {
  const std::vector<char> bytes = read_bytes(path);
  const std::string name = path.string();
  const bool magic = static_cast<std::uint8_t>(bytes[0]) == kBinaryMagic;
  const bool named_binary = path.extension() == ".bin";
  if (named_binary && !magic)
    throw InputError{fmt::format("{}: is not a binary scenario: it starts with byte {:#04x}, not {:#04x}", name,
                                 static_cast<std::uint8_t>(bytes[0]), kBinaryMagic)};
  ScenarioFile out;
  if (path.extension() == ".toml" || (!magic && looks_like_text(bytes))) {
    out = parse_text({bytes.data(), bytes.size()}, name);
  } else {
    out.binary = true;
    const bool whole =
        decode({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, out.world);
    if (named_binary && !whole)
      throw InputError{fmt::format("{}: is truncated: the scenario goes on after its {} bytes", name, bytes.size())};
  }
  out.path = path;
  return out;
}

}  // namespace gupdiff
