// SPDX-License-Identifier: GPL-2.0-only
// --stand-in: a patched model from a shared object in the place of a registered walk.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "oracle/registry.hpp"

namespace gupdiff {

/// What --stand-in asked for, as typed: "v6.10=FILE", more than once for more domains of the same walk.
struct StandInOption {
  std::vector<std::string> given;
  bool any() const { return !given.empty(); }
};

/// Adds --stand-in.
void add_stand_in(CLI::App& sub, StandInOption& option);

/// Loads what was asked for, before anything runs: from then on this process and its children
/// run the walk by it. Throws InputError: no such walk, a walk that is not of `pair`, two walks,
/// or a file that is no stand-in of this program.
void load_stand_in(const StandInOption& option, WalkPair pair);

/// Throws InputError unless the prover can run with what was loaded: over solver terms, and over plain words
/// by which it checks each path.
void require_provable_stand_in(const StandInOption& option);

}  // namespace gupdiff
