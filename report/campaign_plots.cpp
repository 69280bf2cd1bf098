// SPDX-License-Identifier: GPL-2.0-only
// Series from lines, gnuplot scripts from series.
#include "report/campaign_plots.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "scenario/svg_program.hpp"

namespace gupdiff {
namespace {

/// Lanes beyond this number are not drawn: the lines could not be told apart.
constexpr std::size_t kDrawn = 8;
/// Okabe and Ito's colours, which the colour-blind tell apart, without the yellow.
constexpr const char* kColours[kDrawn] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#7f7f7f"};

struct Plot {
  const char* key;
  const char* title;
};
constexpr Plot kPlots[] = {{"rate", "Pairs of walks a second"},
                           {"executions", "Pairs of walks"},
                           {"coverage", "Edges covered"},
                           {"corpus", "Inputs kept"},
                           {"findings", "Findings, where first found"}};

struct Unit {
  const char* name;
  double seconds;
};
/// The unit that gives numbers a person reads at a glance.
Unit unit_for(double seconds) {
  if (seconds <= 300) return {"seconds", 1};
  if (seconds <= 3 * 3600) return {"minutes", 60};
  return seconds <= 72 * 3600 ? Unit{"hours", 3600} : Unit{"days", 86400};
}

/// 1, 2 or 5 times a power of ten, so that about five of them make `range`; whole numbers.
double tick_step(double range) {
  const double raw = std::max(range / 5, 1.0), power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * power * 1.0001) return factor * power;
  return 10 * power;
}

/// "250 k", "1.5 M".
std::string short_number(double x) {
  for (const auto& [size, letter] : {std::pair{1e12, "T"}, std::pair{1e9, "G"}, std::pair{1e6, "M"}, std::pair{1e3, "k"}})
    if (x >= size) return fmt::format("{:.3g} {}", x / size, letter);
  return fmt::format("{:.0f}", x);
}

/// The lanes that are drawn: those with the most executions.
std::vector<std::size_t> drawn_lanes(const Json& series) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < series.size(); ++i)
    if (!series[i].at("at").empty()) out.push_back(i);
  const auto executions = [&](std::size_t i) { return series[i].at("executions").back().get<std::uint64_t>(); };
  std::sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) { return std::pair{executions(b), a} < std::pair{executions(a), b}; });
  out.resize(std::min(out.size(), kDrawn));
  std::sort(out.begin(), out.end());
  return out;
}

/// Coverage is 0 before an engine has said any, and with one that does not know it.
bool measured(const std::string& key, const Json& y) { return key != "coverage" || y.get<double>() > 0; }

}  // namespace

std::vector<std::string> lane_colours(const Json& series) {
  std::vector<std::string> out(series.size());
  const std::vector<std::size_t> lanes = drawn_lanes(series);
  for (std::size_t n = 0; n < lanes.size(); ++n) out[lanes[n]] = kColours[n];
  return out;
}

Json campaign_series(const std::vector<StatisticsLine>& lines, const std::vector<std::string>& lanes, std::size_t points) {
  Json out = Json::array();
  for (const std::string& lane : lanes) {
    std::vector<const StatisticsLine*> own;
    for (const StatisticsLine& line : lines)
      if (line.lane == lane) own.push_back(&line);
    Json s = {{"lane", lane}};
    for (const char* key : {"at", "executions", "rate", "corpus", "coverage", "findings"}) s[key] = Json::array();
    const std::size_t n = std::min(own.size(), points);
    for (std::size_t i = 0; i < n; ++i) {
      // Of each stretch the last line: counts only grow, and the end is the last of them.
      const StatisticsLine& line = *own[(i + 1) * own.size() / n - 1];
      s["at"].push_back(line.at);
      s["executions"].push_back(line.executions);
      s["rate"].push_back(line.rate);
      s["corpus"].push_back(line.corpus);
      s["coverage"].push_back(line.coverage);
      s["findings"].push_back(line.findings);
    }
    out.push_back(std::move(s));
  }
  return out;
}

std::string plot_script(const Json& series, const std::string& key, const std::string& title) {
  const std::vector<std::size_t> lanes = drawn_lanes(series);
  double end = 0, low = 1e300, high = 0;
  for (const std::size_t i : lanes) {
    end = std::max(end, series[i].at("at").back().get<double>());
    for (const Json& y : series[i].at(key)) {
      if (!measured(key, y)) continue;
      low = std::min(low, y.get<double>());
      high = std::max(high, y.get<double>());
    }
  }
  if (low > high) low = high = 0;
  // Coverage that stays within a tenth of itself would be a line along the top.
  if (key != "coverage") low = 0;
  const double step = tick_step(high - low);
  low = std::floor(low / step) * step;
  high = std::max(std::ceil(high / step) * step, low + step);
  const Unit unit = unit_for(end);
  std::string ticks;
  for (double y = low; y <= high + step / 2; y += step) ticks += fmt::format("{}\"{}\" {:.0f}", ticks.empty() ? "" : ", ", short_number(y), y);
  const std::size_t rows = lanes.size();
  std::string out = fmt::format(
      "set terminal svg size 640,300 font 'sans-serif,13' background '#ffffff' name '{}'\n"
      "set title \"{}\"\nset xlabel 'running time, {}'\nset xrange [0:{:.6g}]\nset yrange [{:.0f}:{:.0f}]\nset ytics ({})\n"
      "set border 3\nset xtics nomirror\nset ytics nomirror\nset grid ytics lc rgb '#dddddd'\n"
      "unset key\n",
      key, title, unit.name, std::max(end / unit.seconds, 1e-3), low, high, ticks);
  for (std::size_t n = 0; n < rows; ++n) {
    const Json& s = series[lanes[n]];
    out += fmt::format("$lane{} << END\n", n);
    if (key == "executions" || key == "findings") out += "0 0\n";
    for (std::size_t i = 0; i < s.at("at").size(); ++i)
      if (measured(key, s.at(key)[i])) out += fmt::format("{:.6g} {:.10g}\n", s["at"][i].get<double>() / unit.seconds, s.at(key)[i].get<double>());
    out += "\n1e9 0\nEND\n";  // apart, and beyond the plot: gnuplot refuses data without a point
  }
  out += "plot ";
  for (std::size_t n = 0; n < rows; ++n)
    out += fmt::format("{}$lane{} using 1:2 with {} lw 2 lc rgb '{}'", n ? ", " : "", n, key == "findings" ? "steps" : "lines", kColours[n]);
  return out + "\n";
}

Json campaign_plots(const Json& series, std::string& warning) {
  Json out = Json::array();
  if (drawn_lanes(series).empty()) return out;
  for (const Plot& plot : kPlots) {
    const auto svg = draw_svg({"gnuplot"}, plot_script(series, plot.key, plot.title), "plots", "gnuplot-nox", warning);
    if (!svg) return Json::array();
    out.push_back({{"title", plot.title}, {"svg", *svg}});
  }
  return out;
}

}  // namespace gupdiff
