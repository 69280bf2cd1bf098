// SPDX-License-Identifier: GPL-2.0-only
// A campaign's numbers over time, as data and as pictures by gnuplot.
#pragma once

#include <string>
#include <vector>

#include "fuzz/statistics.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// One object a lane, in the order of `lanes`: "lane" and, of the same length, "at" (seconds of
/// the campaign's running time), "executions", "rate", "corpus", "coverage", "findings". At most
/// `points` of each, the last among them.
Json campaign_series(const std::vector<StatisticsLine>& lines, const std::vector<std::string>& lanes, std::size_t points = 400);

/// [{"title", "svg"}] drawn by gnuplot from the series. Empty, and a sentence in `warning`, where
/// gnuplot is missing; empty without one where there is nothing to draw.
Json campaign_plots(const Json& series, std::string& warning);

/// The colour of each lane in the plots; empty: not drawn, for there are too many.
std::vector<std::string> lane_colours(const Json& series);

/// The script for one of the plots: `key` of the series over "at". For tests.
std::string plot_script(const Json& series, const std::string& key, const std::string& title);

}  // namespace gupdiff
