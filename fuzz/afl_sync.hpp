// SPDX-License-Identifier: GPL-2.0-only
// AFL++ on several hosts: queues exchanged through a shared folder.
#pragma once

#include <filesystem>

namespace gupdiff {

/// Copies what is new: the queues of the instances in `work` to `shared`/HOST-INSTANCE, and those of
/// other hosts in `shared` to `work`, where afl-fuzz's instances find them beside their own. HOST is
/// the work folder's own name for itself, made once. Files appear whole or not at all; names stay. A shared
/// folder that is not there, or full, costs nothing but the exchange. Throws nothing.
void exchange_queues(const std::filesystem::path& work, const std::filesystem::path& shared);

}  // namespace gupdiff
