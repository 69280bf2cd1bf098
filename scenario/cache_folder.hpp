// SPDX-License-Identifier: GPL-2.0-only
// Where what can be made again is kept from run to run.
#pragma once

#include <filesystem>
#include <string_view>

namespace gupdiff {

/// gupdiff/`name` in $XDG_CACHE_HOME or ~/.cache (XDG base directory specification); empty: neither is set
/// to an absolute path.
std::filesystem::path user_cache_folder(std::string_view name);

}  // namespace gupdiff
