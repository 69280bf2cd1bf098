// SPDX-License-Identifier: GPL-2.0-only
// The walks over plain words alone: programs that never narrate compile in half the time.
#include "oracle/run_walk.hpp"

#include "fuzz/plain_walks.hpp"
#include "unified/follow_whole_sets.hpp"

namespace gupdiff {

template void run_walk(int, const World<Concrete>&, Machine<Concrete>&);
template void run_expected(const ExpectedWalk&, const World<Concrete>&, Machine<Concrete>&);
template void run_expected(WalkPair, const RowSet&, const World<Concrete>&, Machine<Concrete>&);

void run_whole_sets(const World<Concrete>& initial, Machine<Concrete>& out) {
  out.reset(initial, kV6_10);
  run_request(out, unified::FollowWholeSets{});
}

}  // namespace gupdiff
