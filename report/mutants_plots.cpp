// SPDX-License-Identifier: GPL-2.0-only
// Steps over a logarithmic axis: most mutants die at once, the rest is what one looks for.
#include "report/mutants_plots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/mutants_section.hpp"
#include "scenario/svg_program.hpp"

namespace gupdiff {
namespace {

/// Of Okabe and Ito's colours, which the colour-blind tell apart.
constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7"};

struct Plot {
  const char *key, *title, *axis;
  double least;  ///< where the axis begins: what took less stands there
};
constexpr Plot kPlots[] = {{"seconds", "Mutants killed by fuzzing over time", "seconds of the processor", 1e-3},
                           {"executions", "Mutants killed by fuzzing over executions", "pairs of walks", 1}};

}  // namespace

Json mutants_curves(const Json& section, const Json& times) {
  Json out = Json::array();
  for (const Json& line : section.at("summary")) {
    const std::string kind = line.at("kind");
    if (kind == "all" || line.at("counted") == 0) continue;
    std::vector<double> seconds, executions;
    for (const Json& e : section.at("mutants")) {
      if (e.value("kind", "") != kind || !mutant_counts(e) || !killed_by_fuzz(e)) continue;
      const Json own = times.value("mutants", Json::object()).value(e.at("mutant").get<std::string>(), Json::object());
      seconds.push_back(own.value("search_seconds", own.value("fuzz_seconds", 0.0)));
      executions.push_back(e.at("fuzz").value("executions", 0.0));
    }
    std::sort(seconds.begin(), seconds.end());
    std::sort(executions.begin(), executions.end());
    out.push_back({{"kind", kind}, {"counted", line.at("counted")}, {"seconds", seconds}, {"executions", executions}});
  }
  return out;
}

std::string curve_colour(const Json& curves, const std::string& kind) {
  for (std::size_t i = 0; i < curves.size() && i < std::size(kColours); ++i)
    if (curves[i].at("kind") == kind) return kColours[i];
  return "";
}

std::string curve_script(const Json& curves, const std::string& key) {
  const Plot& plot = key == kPlots[0].key ? kPlots[0] : kPlots[1];
  double most = plot.least * 10;
  for (const Json& c : curves)
    if (!c.at(key).empty()) most = std::max(most, c.at(key).back().get<double>());
  most = std::pow(10.0, std::ceil(std::log10(most * 1.05)));
  std::string out = fmt::format(
      "set terminal svg size 640,300 font 'sans-serif,13' background '#ffffff' name 'mutants_{}'\n"
      "set title \"{}\"\nset xlabel '{}'\nset logscale x\nset xrange [{:g}:{:g}]\nset yrange [0:103]\nset ytics 20\nset format y '%g %%'\n"
      "set border 3\nset xtics nomirror\nset ytics nomirror\nset grid ytics lc rgb '#dddddd'\nset key bottom right\n",
      key, plot.title, plot.axis, plot.least, most);
  // What xtics say: 0.001 as it is, 100000 as 100 k.
  out += key == "executions" ? "set format x '%.0s %c'\n" : "set format x '%g'\n";
  std::string lines;
  for (std::size_t i = 0; i < curves.size() && i < std::size(kColours); ++i) {
    const Json& c = curves[i];
    const double counted = c.at("counted").get<double>();
    double killed = 0;
    out += fmt::format("$kind{} << END\n{:g} 0\n", i, plot.least);
    for (const Json& at : c.at(key)) out += fmt::format("{:.6g} {:.6g}\n", std::max(at.get<double>(), plot.least), 100 * ++killed / counted);
    out += fmt::format("{:g} {:.6g}\nEND\n", most, 100 * killed / counted);
    lines += fmt::format("{}$kind{} using 1:2 with steps lw 2 lc rgb '{}' title '{}: {:g} of {:g}'", i ? ", " : "", i, kColours[i],
                         c.at("kind").get<std::string>(), killed, counted);
  }
  return out + "plot " + lines + "\n";
}

Json mutants_plots(const Json& curves, std::string& warning) {
  Json out = Json::array();
  if (curves.empty()) return out;
  for (const Plot& plot : kPlots) {
    const auto svg = draw_svg({"gnuplot"}, curve_script(curves, plot.key), "plots", "gnuplot-nox", warning);
    if (!svg) return Json::array();
    out.push_back({{"title", plot.title}, {"svg", *svg}});
  }
  return out;
}

}  // namespace gupdiff
