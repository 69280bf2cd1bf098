// SPDX-License-Identifier: GPL-2.0-only
// Other calls on the same memory: what a fuzzer asks of a world once it has one, without a copy of
// the world and without a change that could make it invalid.
#pragma once

#include "scenario/mutator.hpp"

namespace gupdiff {

/// The calls of one round, in this order, so that calls that are alike follow each other: the
/// scenario's own; with single FOLL_ flags flipped; with two; on another range; through another
/// API; answered by another environment.
inline constexpr unsigned kFlagFlips = 13, kDoubleFlips = 5, kRanges = 9, kApiChanges = 2, kEnvironments = 2;
inline constexpr unsigned kCallsOfARound = 1 + kFlagFlips + kDoubleFlips + kRanges + kApiChanges + kEnvironments;

/// One round of calls on the memory of `w`, which it changes and restores nothing of: after each
/// next() the request and the environment of `w` are this call's, everything else is untouched.
/// A normal scenario stays normal. `Bounds::kernel` keeps to flags that some caller may pass.
class CallRound {
 public:
  CallRound(Random& random, Scenario& w, Bounds bounds);
  /// Makes the next call of the round; false: the round is over.
  bool next();

 private:
  void flip_flag();
  void move_range(unsigned which);
  void change_api();
  void change_environment();

  Random& r_;
  Scenario& w_;
  const Bounds bounds_;
  const Request<Concrete> own_;
  const Environment<Concrete> env_;
  const unsigned first_flag_;  ///< where the flips begin, so that short rounds differ
  unsigned call_ = 0;
};

}  // namespace gupdiff
