// SPDX-License-Identifier: GPL-2.0-only
// Writing down what a run found: which finding it is, shrunk, as text and binary in a folder of
// its own. report/finding_folder.hpp adds what a reader wants.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "fuzz/engine.hpp"
#include "oracle/identity.hpp"
#include "scenario/text.hpp"

namespace gupdiff {

/// Collects the findings of one run; remembers which it has.
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

/// Makes `world` smaller as long as it shows the finding `identity`. `progress`, if there is any, is
/// told each scenario that is tried and how many that makes. Returns how many it were.
int shrink_finding(Scenario& world, WalkPair pair, const RowSet& enabled, const FindingIdentity& identity,
                   const std::function<void(const Scenario&, int)>& progress = {});

/// What a finding is called: its first difference, or the property that is broken.
std::string finding_title(const Scenario& world, WalkPair pair, const RowSet& enabled);

/// Writes the finding that `file.world` shows into `folder`, as scenario.toml and scenario.bin:
/// both or neither, and over those of an earlier run. `file.note` says where it comes from; the
/// title and the command to replay it are filled in. Throws InputError.
FuzzFinding write_finding(const std::filesystem::path& folder, ScenarioFile file, WalkPair pair, const RowSet& enabled);

/// The finding that write_finding() put into `folder` in an earlier run. Throws InputError.
FuzzFinding found_before(const std::filesystem::path& folder, const FindingIdentity& identity, WalkPair pair, const RowSet& enabled);

/// What the folder of a finding is called in every run: "finding-" and a hash of its identity.
std::string finding_name(const std::string& identity);

}  // namespace gupdiff
