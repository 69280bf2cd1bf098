// SPDX-License-Identifier: GPL-2.0-only
// Names a user gives on the command line: pairs of walks and catalogue rows.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"
#include "report/results.hpp"
#include "scenario/mutator.hpp"
#include "scenario/text.hpp"

namespace gupdiff {

/// The pair compared if none is named: the walk before the series and after it.
inline constexpr const char* kDefaultPair = "v6.9:v6.10";

/// The options that say what is compared, shared by the subcommands that compare.
struct PairOptions {
  std::string pair = kDefaultPair;
  std::vector<std::string> without;
  bool given = false;  ///< --pair is on the command line

  /// The pair a scenario is replayed with: the one asked for, else the one its own
  /// [expect] names, else the default.
  WalkPair walks_of(const ScenarioFile& scenario) const;
  /// Both throw InputError naming what is allowed.
  WalkPair walks() const;
  RowSet rows() const;
  /// The head of a results document about this comparison.
  RunHead head() const;
};

/// Adds --pair.
void add_pair(CLI::App& sub, PairOptions& comparison);
/// Adds --pair and --without.
void add_comparison(CLI::App& sub, PairOptions& comparison);

/// Adds --arch, which may be given more than once.
void add_architectures(CLI::App& sub, std::vector<std::string>& names);
/// The architectures named on the command line; those whose divergences are all catalogued if
/// `names` is empty. Throws InputError.
ArchitectureSet architectures_named(const std::vector<std::string>& names);
/// Those of the catalogued architectures that both walks of `pair` run on; with `asked` not empty,
/// exactly these, or an InputError that says which walks there are.
ArchitectureSet architectures_of(WalkPair pair, const std::vector<std::string>& asked);
/// Why the pair cannot be run on a machine: which walk has no model there; empty if it can.
std::string not_modelled(WalkPair pair, const Config& c);
/// An InputError unless both walks of `pair` run on the machine of scenario `file`.
void require_walks(WalkPair pair, const Config& c, const std::string& file);
/// The one of that name. Throws InputError naming those there are.
Architecture architecture_named(const std::string& name);

/// Every walk name and alias, as "v6.9 (legacy), v6.10 (unified), ...".
std::string walk_names();
/// Every row id, as "D01, D02, ...".
std::string row_names();

}  // namespace gupdiff
