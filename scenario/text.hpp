// SPDX-License-Identifier: GPL-2.0-only
// The text form of a scenario: TOML that a kernel developer reads and writes by
// hand (docs/add-a-scenario.md), and reading a scenario file of either form.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/entry_shape.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {

/// What a corpus file says its verdict is ([expect]).
struct Expectation {
  std::string pair = "v6.9:v6.10";  ///< as on the command line
  /// For result, effect, protocol, cost: "equal", "known", "divergent", or "" (not said).
  std::array<std::string, 4> facet;
  std::vector<std::string> divergence;  ///< catalogue rows that must explain it: "D17"
  int line = 0;                         ///< where [expect] stands in the file
};

/// A scenario with what its file says about it.
struct ScenarioFile {
  Scenario world;
  std::string title;
  std::string note;
  std::optional<Expectation> expect;
  bool binary = false;         ///< the file is the binary form
  std::filesystem::path path;  ///< empty for text from memory
};

/// Files above this size are refused.
inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

/// Parses the text form. `name` is what error messages call it. Throws InputError
/// as `NAME:LINE: reason` for anything but a valid scenario.
ScenarioFile parse_text(std::string_view text, const std::string& name);

/// Writes the text form, defaults and implied tables left out, comments with each
/// entry in words. parse_text() of it gives the same world.
std::string to_text(const Scenario& world);
/// As above with title, note and expectation.
std::string to_text(const ScenarioFile& file);

/// Reads a scenario file. The form is told by the name (.toml, .bin) and the first
/// byte; a file that has neither name nor is text is taken for raw fuzzer bytes.
/// Throws InputError: unreadable, empty, above kMaxFileBytes, truncated, invalid.
ScenarioFile load(const std::filesystem::path& path);

}  // namespace gupdiff
