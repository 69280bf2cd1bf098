// SPDX-License-Identifier: GPL-2.0-only
// The walks over solver terms: compiled once, in symbolic_walks.cpp.
#pragma once

#include "oracle/run_walk.hpp"
#include "proofs/symbolic.hpp"

namespace gupdiff {

extern template void run_walk(int, const World<Symbolic>&, Machine<Symbolic>&);
extern template void run_expected(WalkPair, const RowSet&, const World<Symbolic>&, Machine<Symbolic>&);

}  // namespace gupdiff
