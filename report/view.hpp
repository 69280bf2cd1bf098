// SPDX-License-Identifier: GPL-2.0-only
// What a person is shown of a results document: the same JSON with numbers
// spelled, rows cross-linked and traces laid out, ready for a template.
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// The view of a document built by `results`. Every leaf is a string or a
/// boolean; a list that would be empty is left out, so a template's {{#section}}
/// shows exactly what was run.
Json view(const Json& document);

}  // namespace gupdiff
