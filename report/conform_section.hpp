// SPDX-License-Identifier: GPL-2.0-only
// The conform section of results.json.
#pragma once

#include "guest/conform.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// The `conform` section; its keys beyond ConformResult's own say what was compared.
Json conform_section(const ConformOptions& options, const ConformResult& result);

}  // namespace gupdiff
