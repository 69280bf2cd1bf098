// SPDX-License-Identifier: GPL-2.0-only
// The walks compiled for the symbolic domain.
#include "proofs/symbolic_walks.hpp"

namespace gupdiff {

template void run_walk(int, const World<Symbolic>&, Machine<Symbolic>&);
template void run_expected(WalkPair, const RowSet&, const World<Symbolic>&, Machine<Symbolic>&);

}  // namespace gupdiff
