// SPDX-License-Identifier: GPL-2.0-only
// From the symbolic domain back to the concrete one: a world under an assignment,
// and whether a symbolic run's outcome is what the concrete run gives there.
#pragma once

#include <string>

#include "model/machine/machine.hpp"
#include "proofs/assignment.hpp"
#include "proofs/symbolic.hpp"

namespace gupdiff {

/// `world` with every word and condition evaluated in `at`. `out` is overwritten;
/// its storage is reused.
void concretise(const World<Symbolic>& world, Evaluator& at, World<Concrete>& out);

/// Compares everything observable of a symbolic run, evaluated in `at`, with the
/// concrete run. Empty: they agree; else which part differs first.
std::string encoder_mismatch(const Machine<Symbolic>& symbolic, Evaluator& at,
                             const Machine<Concrete>& concrete);

}  // namespace gupdiff
