// SPDX-License-Identifier: GPL-2.0-only
// What is kept of a path on which the prover contradicted itself, to debug it by.
#pragma once

#include <span>
#include <string>

#include "proofs/assignment.hpp"
#include "proofs/theorem.hpp"

namespace gupdiff {

/// A scenario file: the world of `setting` under `assignment`, and in its comments `message`,
/// the value of every variable, and the literals of the path as terms.
std::string kept_path(const std::string& message, const Setting& setting, const Assignment& assignment,
                      std::span<const Term* const> path, TermArena& arena);

}  // namespace gupdiff
