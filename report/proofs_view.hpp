// SPDX-License-Identifier: GPL-2.0-only
// What the templates show of the proofs section.
#pragma once

#include <string>

#include "report/results.hpp"

namespace gupdiff {

/// Of section `s` and the document's `run` object: counts; for each architecture a grid of
/// verdicts by shape (or claim) and kind of memory (or kernel); what is not proved in full;
/// every theorem; every assumption once.
Json proofs_view(const Json& s, const Json& run);

/// "4 proved, 1 proved-except, 0 refuted, ..."
std::string verdict_counts(const Json& proofs_section);

}  // namespace gupdiff
