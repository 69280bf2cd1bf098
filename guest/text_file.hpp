// SPDX-License-Identifier: GPL-2.0-only
// Reading a text file, compressed with gzip or not, line by line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gupdiff {

/// The lines of `path`, without their line ends. Throws InputError if the file
/// cannot be opened or read, or its compressed data is cut off or damaged.
std::vector<std::string> read_lines(const std::filesystem::path& path);

}  // namespace gupdiff
