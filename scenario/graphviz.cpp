// SPDX-License-Identifier: GPL-2.0-only
// Pictures by Graphviz.
#include "scenario/picture.hpp"
#include "scenario/svg_program.hpp"

namespace gupdiff {

std::optional<std::string> dot_to_svg(const std::string& dot, std::string& warning) {
  return draw_svg({"dot", "-Tsvg"}, dot, "picture", "graphviz", warning);
}

}  // namespace gupdiff
