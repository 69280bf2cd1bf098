// SPDX-License-Identifier: GPL-2.0-only
// From the concrete domain to the symbolic one: a scenario whose every word and
// condition is a variable, and the assignment under which it is that scenario.
#pragma once

#include "model/machine/world.hpp"
#include "proofs/assignment.hpp"
#include "proofs/symbolic.hpp"
#include "scenario/random.hpp"

namespace gupdiff {

/// `from` with a variable in place of each word and each condition; what is concrete in every
/// theorem (counts, kinds, orders, the call) stays. Variables are those of `arena` in order, more
/// declared as needed, so worlds of one arena share them. `values` becomes the assignment that
/// gives `from` back. With `fix`, some words and conditions are constants instead, and of some words
/// only a few bits are free, as in theorems.
World<Symbolic> symbolise(const World<Concrete>& from, TermArena& arena, Assignment& values, Random* fix = nullptr);

/// `from` with every word and condition the constant it is.
World<Symbolic> as_constants(const World<Concrete>& from);

}  // namespace gupdiff
