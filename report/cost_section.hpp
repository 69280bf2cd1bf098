// SPDX-License-Identifier: GPL-2.0-only
// The cost facet as a table: what each walk does for requests of one present huge page, by
// architecture and size.
#pragma once

#include <optional>

#include "model/arch/architecture.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// Most pages of one request.
inline constexpr std::uint32_t kMostCostPages = 1u << 20;

/// The cost section of results.json, of one architecture or of all. Every number comes from
/// running the walk.
Json cost_section(std::optional<Architecture> only = {});

}  // namespace gupdiff
