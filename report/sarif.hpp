// SPDX-License-Identifier: GPL-2.0-only
// The projection of results.json that code hosts show beside the source: SARIF 2.1.0
// (OASIS Standard, 27 March 2020).
#pragma once

#include <string>

#include "report/results.hpp"

namespace gupdiff {

/// One SARIF run. A rule is a check of gupdiff or a row of the catalogue. A result of level
/// `error` is what makes the run fail (a divergent scenario, a finding of the fuzzers, a refuted
/// or vacuous theorem, an answer of a kernel that the model contradicts), of level `warning` what
/// was left open, of level `note` a known divergence. Locations are the scenario and capture files as the
/// document names them, which is relative to where gupdiff ran.
std::string sarif(const Json& document);

}  // namespace gupdiff
