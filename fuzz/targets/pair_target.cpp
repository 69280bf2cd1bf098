// SPDX-License-Identifier: GPL-2.0-only
// One pair as a fuzz target: the mutators of fuzz/target.cpp, a crash instead of a finding.
#include "fuzz/targets/pair_target.hpp"

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include "fuzz/target.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/identity.hpp"
#include "oracle/judge.hpp"
#include "oracle/registry.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/binary.hpp"

namespace gupdiff {
namespace {

/// What is run: a pair, and the rows in force.
struct Comparison {
  WalkPair pair;
  RowSet rows = all_rows();
};

/// `pair` and $GUPDIFF_WITHOUT, rows to switch off ("D17,D42"). What names nothing ends the program.
Comparison configured(const char* name) {
  Comparison c;
  const auto pair = parse_pair(name);
  if (!pair) std::abort();  // a target file that names no pair
  c.pair = *pair;
  const char* variable = std::getenv("GUPDIFF_WITHOUT");
  std::stringstream without(variable ? variable : "");
  for (std::string id; std::getline(without, id, ',');) {
    const int row = find_row(id);
    if (row < 0) {
      std::fprintf(stderr, "GUPDIFF_WITHOUT: the catalogue has no row %s; name rows such as D17,D42.\n", id.c_str());
      std::exit(2);
    }
    c.rows.reset(static_cast<std::size_t>(row));
  }
  gupdiff_target_configure(c.pair.a, c.pair.b, c.rows.to_string().c_str());
  return c;
}

/// Says what the judge finds and ends. The input's file is the engine's to write.
[[noreturn]] void crash(const Comparison& c, const char* name, const std::uint8_t* data, std::size_t size) {
  Scenario w;
  decode({data, size}, w);
  const Judgement j = judge(w, c.pair, c.rows);
  std::fprintf(stderr, "gupdiff: %s\n", identify(w, c.pair, c.rows).text().c_str());
  for (const FacetVerdict& f : j.facet)
    if (f.state == FacetState::divergent) std::fprintf(stderr, "  %s\n", f.first_difference.c_str());
  for (const SafetyFinding& s : j.safety) std::fprintf(stderr, "  %s\n", s.detail.c_str());
  std::fprintf(stderr, "Replay the input with: gupdiff replay FILE --pair %s\n", name);
  std::abort();
}

}  // namespace

int run_pair_target(const char* pair, const std::uint8_t* data, std::size_t size) {
  static const Comparison comparison = configured(pair);
  switch (gupdiff_target_run(data, size)) {
    case 0: crash(comparison, pair, data, size);
    case 1: return 0;
    default: return -1;
  }
}

}  // namespace gupdiff
