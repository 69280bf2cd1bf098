// SPDX-License-Identifier: GPL-2.0-only
// A walk from a shared object that stands in for a registered one: a kernel developer's
// patched model, or a seeded bug, tried without building the tool again.
#pragma once

#include "model/machine/machine.hpp"
#include "oracle/expected_walk.hpp"
#include "oracle/registry.hpp"

namespace gupdiff {

/// The functions of a stand-in, over one domain. The shared object has the models of its own and
/// shares everything else with the program. Its border is C's: the fuzz target, whose namespace
/// is another, passes its own copies of the same types.
struct StandInCalls {
  using Walk = void(int walk, const void* initial, void* out);
  using Expected = void(const void* expected_walk, const void* initial, void* out);
  Walk* walk = nullptr;          ///< run_walk()
  Expected* expected = nullptr;  ///< run_expected()
};

/// What stands in while walks run over domain D: set before any walk runs, by cli/stand_in.cpp.
template <class D>
struct StandIn {
  static inline int of = -1;  ///< index into walks() of the one that is replaced; -1: none is
  static inline StandInCalls calls;
};

/// Runs walk number `walk` by the stand-in. False: it is no stand-in's.
template <class D>
bool stand_in_walk([[maybe_unused]] int walk, [[maybe_unused]] const World<D>& initial, [[maybe_unused]] Machine<D>& out) {
#ifndef GUPDIFF_STAND_IN_MODULE  // inside it are the models themselves
  if (walk == StandIn<D>::of && StandIn<D>::calls.walk) {
    StandIn<D>::calls.walk(walk, &initial, &out);
    return true;
  }
#endif
  return false;
}

/// The same for what is expected of the newer walk, if the older one is replaced. A walk held
/// against itself is: the registered one against what stands in for it.
template <class D>
bool stand_in_expected([[maybe_unused]] const ExpectedWalk& x, [[maybe_unused]] const World<D>& initial,
                       [[maybe_unused]] Machine<D>& out) {
#ifndef GUPDIFF_STAND_IN_MODULE
  if (x.older == StandIn<D>::of && x.newer != x.older && StandIn<D>::calls.expected) {
    StandIn<D>::calls.expected(&x, &initial, &out);
    return true;
  }
#endif
  return false;
}

}  // namespace gupdiff
