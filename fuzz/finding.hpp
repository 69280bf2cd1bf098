// SPDX-License-Identifier: GPL-2.0-only
// Writing down what a campaign found: judged in full, shrunk, as text and binary.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>

#include "fuzz/engine.hpp"

namespace gupdiff {

/// Collects findings of one campaign; remembers which it has.
class FindingWriter {
 public:
  explicit FindingWriter(const FuzzOptions& options) : options_(options) {}
  /// Judges `input`; a finding that is new is shrunk, written and returned. Throws
  /// InputError when it cannot be written.
  std::optional<FuzzFinding> take(std::span<const std::uint8_t> input);

 private:
  const FuzzOptions& options_;
  std::set<std::string> known_;
};

/// Writes `content` to `path` whole or not at all. Throws InputError.
void write_scenario_file(const std::filesystem::path& path, std::span<const char> content);

}  // namespace gupdiff
