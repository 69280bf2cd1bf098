// SPDX-License-Identifier: GPL-2.0-only
// The shared object of a stand-in: the walks over plain words and, with GUPDIFF_STAND_IN_TERMS,
// over solver terms instead. Not part of the program: `gupdiff mutants` and docs/stand-in.md say
// how it is built, from patched models in a folder that comes first on the include path.
#ifndef GUPDIFF_STAND_IN_MODULE
#define GUPDIFF_STAND_IN_MODULE
#endif
#include "oracle/run_walk.hpp"

#ifdef GUPDIFF_STAND_IN_TERMS
#include "proofs/symbolic.hpp"
#define GUPDIFF_STAND_IN_DOMAIN Symbolic
#else
#define GUPDIFF_STAND_IN_DOMAIN Concrete
#endif

namespace {
using Domain = gupdiff::GUPDIFF_STAND_IN_DOMAIN;
using World = gupdiff::World<Domain>;
using Machine = gupdiff::Machine<Domain>;
}  // namespace

extern "C" {

/// Sizes of what is passed: a program built from other sources is not asked to run this.
extern const unsigned long gupdiff_stand_in_layout[3];
const unsigned long gupdiff_stand_in_layout[3] = {sizeof(World), sizeof(Machine), sizeof(gupdiff::ExpectedWalk)};

void gupdiff_stand_in_walk(int walk, const void* initial, void* out) {
  gupdiff::run_walk(walk, *static_cast<const World*>(initial), *static_cast<Machine*>(out));
}

void gupdiff_stand_in_expected(const void* expected_walk, const void* initial, void* out) {
  gupdiff::run_expected(*static_cast<const gupdiff::ExpectedWalk*>(expected_walk), *static_cast<const World*>(initial),
                        *static_cast<Machine*>(out));
}
}
