// SPDX-License-Identifier: GPL-2.0-only
// Pictures of a scenario's page tables: an indented tree for terminals, and a
// graph with the paths both walks took drawn in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/machine/machine.hpp"
#include "scenario/entry_shape.hpp"

namespace gupdiff {

/// The page tables as a tree, one line an entry, grouped by VMA:
/// `pud 0x200000000000 leaf [W-A-D] -> folio A+0 (1G hugetlb anon excl, refs 1)`.
std::string picture_text(const Scenario& w);

/// The entries one walk read, in the order it first read them.
struct WalkPath {
  std::string name;  ///< the walk: "v6.9"
  std::vector<std::pair<Level, std::uint64_t>> reads;  ///< level and key (address >> shift)
};
/// Takes the path from a narrated run.
WalkPath walk_path(std::string name, const Machine<Narrated>& after);

/// The page tables as a Graphviz graph, each path in a colour of its own with its
/// steps numbered.
std::string picture_dot(const Scenario& w, std::span<const WalkPath> paths);

/// Runs Graphviz `dot` (no shell). Nothing, and a sentence in `warning`, when `dot`
/// is missing or fails: the picture is left out, the rest goes on.
std::optional<std::string> dot_to_svg(const std::string& dot, std::string& warning);

}  // namespace gupdiff
