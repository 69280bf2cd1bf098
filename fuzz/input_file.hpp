// SPDX-License-Identifier: GPL-2.0-only
// Inputs of an engine as files: bytes, under a name that says what they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gupdiff {

/// Name of an input by its content.
std::string input_name(const std::vector<std::uint8_t>& bytes);

/// The bytes of an input; none if it cannot be read.
std::vector<std::uint8_t> read_input(const std::filesystem::path& file);

/// Writes `file` whole. Throws InputError.
void write_input(const std::filesystem::path& file, const std::vector<std::uint8_t>& bytes);

}  // namespace gupdiff
