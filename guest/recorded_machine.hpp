// SPDX-License-Identifier: GPL-2.0-only
// The machine a capture was taken on: its architecture, the shape of its page tables, and
// what bits its kernel writes where the newest one, whose format the model has, writes others.
#pragma once

#include <string>

#include "guest/capture.hpp"
#include "model/arch/arch.hpp"
#include "model/machine/world.hpp"

namespace gupdiff {

/// How the recorded kernel writes an entry.
enum class WordFormat : std::uint8_t {
  newest,      ///< as the model does
  x86_64_6_1,  ///< model/arch/x86_64/v6_1.hpp
  arm64_6_1,   ///< model/arch/arm64/v6_1.hpp
  arm64_lpa2,  ///< model/arch/arm64/lpa2.hpp
};

/// What a capture was taken on.
struct RecordedMachine {
  Config config;
  WordFormat words = WordFormat::newest;
  bool swap_area = true;  ///< without one, MADV_PAGEOUT leaves the pages where they are
  /// MADV_PAGEOUT clears the accessed bit of what it cannot swap out; later kernels ignore it instead.
  bool pageout_makes_old = false;
  /// The command line names 2 MiB pages before all others: theirs is the first hstate.
  bool two_mib_first = false;

  /// `word`, an entry of the model, as the recorded kernel writes it.
  std::uint64_t recorded_word(std::uint64_t word) const;
  /// `result` (VM_FAULT_) of the model as the recorded kernel numbers its hugetlb sizes.
  std::uint64_t recorded_result(std::uint64_t result) const;
  /// The bits of a recorded `word` that hold a frame or a swap offset, which differ from run to run.
  std::uint64_t frame_bits(std::uint64_t word) const;
};

/// The recorded machine: from the header and, where the header does not give the levels,
/// from the records (docs/fidelity.md). Throws InputError, with what is allowed, for an
/// architecture or a number of levels that is not modelled.
RecordedMachine recorded_machine(const Capture& capture);

}  // namespace gupdiff
