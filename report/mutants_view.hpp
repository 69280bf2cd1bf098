// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// What the templates show of the mutants section; `run` is the document's.
Json mutants_view(const Json& section, const Json& run);

}  // namespace gupdiff
