// SPDX-License-Identifier: GPL-2.0-only
// Reading, naming and writing inputs.
#include "fuzz/input_file.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "scenario/fnv.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {

std::string input_name(const std::vector<std::uint8_t>& bytes) { return fmt::format("input-{:016x}", fnv1a(bytes)); }

std::vector<std::uint8_t> read_input(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_input(const std::filesystem::path& file, const std::vector<std::uint8_t>& bytes) {
  write_whole(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace gupdiff
