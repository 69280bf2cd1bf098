// SPDX-License-Identifier: GPL-2.0-only
// The walk that no pair names, over plain words.
#include "fuzz/whole_sets.hpp"

#include "oracle/run_walk.hpp"
#include "unified/follow_whole_sets.hpp"

namespace gupdiff {

void run_whole_sets(const World<Concrete>& initial, Machine<Concrete>& out) {
  out.reset(initial, kV6_10);
  run_request(out, unified::FollowWholeSets{});
}

}  // namespace gupdiff
