// SPDX-License-Identifier: GPL-2.0-only
// Files written whole or not at all, and read whole.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gupdiff {

/// Creates `folder` and its parents. Throws InputError if that fails.
void make_folder(const std::filesystem::path& folder);

/// Replaces `file` by `bytes` through a temporary file beside it and a rename, so
/// that a reader sees the old file or the new one. Throws InputError on failure,
/// leaving nothing behind.
void write_whole(const std::filesystem::path& file, std::string_view bytes);

/// The bytes of `file`; nothing if it cannot be opened.
std::optional<std::string> read_whole(const std::filesystem::path& file);

/// Makes sure, before long work, that `folder` can be made and written in, and leaves it as it
/// was. Throws InputError if not.
void require_writable_folder(const std::filesystem::path& folder);
/// The same of a file that is to be written.
void require_writable_file(const std::filesystem::path& file);

}  // namespace gupdiff
