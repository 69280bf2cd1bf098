// SPDX-License-Identifier: GPL-2.0-only
// The walks compiled once more, with the narrative: apart from run_walk.cpp, so that programs
// that never narrate compile in half the time and fuzzers count no blocks of it.
#include "oracle/run_walk.hpp"

#include "model/machine/world_cast.hpp"

namespace gupdiff {

void run_narrated(int walk, const World<Concrete>& initial, Machine<Narrated>& out) {
  run_walk<Narrated>(walk, world_cast<Narrated>(initial), out);
}

}  // namespace gupdiff
