// SPDX-License-Identifier: GPL-2.0-only
// One captured call against the model's run of it.
#pragma once

#include <string>

#include "guest/capture.hpp"
#include "guest/rebuild.hpp"

namespace gupdiff {

enum class Agreement : std::uint8_t { match, mismatch, not_modelled };

/// What came of one record. `detail`: the first difference, or why it is not modelled.
struct Comparison {
  Agreement verdict = Agreement::match;
  std::string field;  ///< mismatch: ret, termination, locked, pages, faults, references, pool, entry, mapped
  std::string detail;
};

/// Compares `after` (the model's run of `before`) with the record: return value or
/// how the call got stuck, *locked, pages, references and pins, faults, the entry and
/// the pages mapped afterwards. Of a system call only what it shows is compared.
Comparison compare(const CaptureRecord& record, const CallWord& call, const Rebuilt& before, const Machine<Concrete>& after);

}  // namespace gupdiff
