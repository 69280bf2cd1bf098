// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/cache_folder.hpp"

#include <cstdlib>

namespace gupdiff {

std::filesystem::path user_cache_folder(std::string_view name) {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache == '/') return std::filesystem::path(cache) / "gupdiff" / name;
  const char* const home = std::getenv("HOME");
  if (home && *home == '/') return std::filesystem::path(home) / ".cache" / "gupdiff" / name;
  return {};
}

}  // namespace gupdiff
