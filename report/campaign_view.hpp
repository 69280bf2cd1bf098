// SPDX-License-Identifier: GPL-2.0-only
// The campaign section as the page shows it.
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// View of the section `campaign` with what `run` says of it.
Json campaign_view(const Json& section, const Json& run);

}  // namespace gupdiff
