// SPDX-License-Identifier: GPL-2.0-only
// Branches of the models by their place in the source, and which of them a run has taken.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace gupdiff {

/// Ways a branch has gone, as bits.
inline constexpr std::uint8_t kTakenFalse = 1, kTakenTrue = 2, kTakenBoth = 3;

/// "model/kernel/gup.hpp:71:9" -> ways, of the branches on symbolic conditions.
using BranchWays = std::map<std::string, std::uint8_t>;

/// Every branch of legacy/, unified/ and model/ that is compiled for the symbolic domain, with
/// no way taken. From the line tables of the running program, which are read once; empty if
/// it has none (it was stripped).
const BranchWays& model_branches();

/// Forgets what has been taken.
void forget_branches();
/// The branches of model_branches() that have been taken since, by any thread.
BranchWays taken_branches();

}  // namespace gupdiff
