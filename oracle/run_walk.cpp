// SPDX-License-Identifier: GPL-2.0-only
// The walks compiled for the concrete domains.
#include "oracle/run_walk.hpp"

#include "model/machine/world_cast.hpp"

namespace gupdiff {

template void run_walk(int, const World<Concrete>&, Machine<Concrete>&);
template void run_expected(const ExpectedWalk&, const World<Concrete>&, Machine<Concrete>&);
template void run_expected(WalkPair, const RowSet&, const World<Concrete>&, Machine<Concrete>&);

void run_narrated(int walk, const World<Concrete>& initial, Machine<Narrated>& out) {
  run_walk<Narrated>(walk, world_cast<Narrated>(initial), out);
}

}  // namespace gupdiff
