// SPDX-License-Identifier: GPL-2.0-only
// The share of the mutants that fuzzing has killed, over what it took.
#pragma once

#include <string>

#include "report/results.hpp"

namespace gupdiff {

/// Of each kind that has mutants which count (a line of the section's summary, "all" apart): [{kind,
/// counted, seconds, executions}]. The last two are what each kill by fuzzing took, ascending: of the processor,
/// and pairs of walks. `times` is the section's own object in `run`.
Json mutants_curves(const Json& section, const Json& times);

/// The gnuplot script that draws `key` ("seconds" or "executions") of the curves.
std::string curve_script(const Json& curves, const std::string& key);

/// Both plots as [{title, svg}]; none, and why in `warning`, if gnuplot does not draw them. None if no
/// mutant counts.
Json mutants_plots(const Json& curves, std::string& warning);

/// The colour of a kind's line, as "#rrggbb".
std::string curve_colour(const Json& curves, const std::string& kind);

}  // namespace gupdiff
