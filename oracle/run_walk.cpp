// SPDX-License-Identifier: GPL-2.0-only
// The walks compiled for plain words; run_narrated.cpp has those that are written down.
#include "oracle/run_walk.hpp"

namespace gupdiff {

template void run_walk(int, const World<Concrete>&, Machine<Concrete>&);
template void run_expected(const ExpectedWalk&, const World<Concrete>&, Machine<Concrete>&);
template void run_expected(WalkPair, const RowSet&, const World<Concrete>&, Machine<Concrete>&);

}  // namespace gupdiff
