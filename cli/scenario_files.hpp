// SPDX-License-Identifier: GPL-2.0-only
// Which scenario files a command line means.
#pragma once

#include <string>
#include <vector>

namespace gupdiff {

/// The files named, folders replaced by the .toml and .bin files below them in
/// order of their paths. Throws InputError for a name that is not there and for a
/// folder without scenarios.
std::vector<std::string> scenario_files(const std::vector<std::string>& names);

}  // namespace gupdiff
