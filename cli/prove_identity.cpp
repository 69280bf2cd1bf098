// SPDX-License-Identifier: GPL-2.0-only
#include "cli/prove_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "oracle/safety.hpp"

namespace gupdiff {
namespace {

void add(ProveUse& sum, const ProveUse& one) {
  sum.units += one.units;
  sum.cached += one.cached;
  for (const auto& [theorem, units] : one.cached_units) sum.cached_units[theorem] += units;
  sum.seconds += one.seconds;
  sum.cpu_seconds += one.cpu_seconds;
  sum.peak_kib = std::max(sum.peak_kib, one.peak_kib);
  sum.peak_all_kib = std::max(sum.peak_all_kib, one.peak_all_kib);
  sum.interrupted = sum.interrupted || one.interrupted;
}

}  // namespace

ProveRun prove_identity(ProveOptions options, const std::vector<std::string>& globs, const ProvePlaces& places) {
  options.enabled = excusing_rows();
  ProveRun all;
  bool any = false;
  for (int walk = 0; walk < static_cast<int>(walks().size()); ++walk) {
    options.pair = {walk, walk};
    options.names.clear();
    for (const std::string& name : list_theorems(options.pair))
      if (name.find("/reader/") == std::string::npos && any_glob_matches(globs, name)) options.names.push_back(name);
    if (options.names.empty()) continue;
    any = true;
    ProveRun run = prove_named(options, places);
    add(all.use, run.use);
    std::move(run.results.begin(), run.results.end(), std::back_inserter(all.results));
    std::move(run.files.begin(), run.files.end(), std::back_inserter(all.files));
    if (run.use.interrupted) break;
  }
  if (!any) (void)matching(default_pair(), globs);  // says what there is
  for (TheoremResult& t : all.results) {
    if (!t.internal_error.empty()) continue;
    if (t.verdict == Verdict::refuted) t.internal_error = "a walk differs from itself: " + t.counterexamples.front().claim;
    if (t.verdict == Verdict::proved_except) t.internal_error = "a row was in force between a walk and itself";
  }
  return all;
}

}  // namespace gupdiff
