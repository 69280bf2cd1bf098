// SPDX-License-Identifier: GPL-2.0-only
// From a captured record to the scenario it was: the memory state named by its
// state word and the request named by its call word.
#pragma once

#include <string>

#include "guest/call.hpp"
#include "guest/capture.hpp"
#include "guest/recorded_machine.hpp"
#include "guest/state.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// A record as a scenario, or why it is none.
struct Rebuilt {
  World<Concrete> world;
  RecordedMachine machine;
  std::uint64_t start = 0;  ///< the address asked for, bytes
  std::string reason;       ///< not empty: could not be rebuilt ("not modelled")
  bool ok() const { return reason.empty(); }
};

/// Builds the world of `record`, taken on `machine` with a kernel of `era`, and checks it against everything the record says about the state before
/// the call (VMA, entry, pages). What differs or is not known becomes `reason`.
Rebuilt rebuild(const CaptureRecord& record, const CallWord& call, const Era& era, const RecordedMachine& machine);

}  // namespace gupdiff
