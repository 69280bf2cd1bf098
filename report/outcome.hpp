// SPDX-License-Identifier: GPL-2.0-only
// How one walk ended, in words: "returns 1: page 0x40000" or "never returns ...".
#pragma once

#include <string>

#include "model/machine/machine.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// "-EFAULT", "1": a return value as a kernel developer writes it.
std::string return_value_text(std::uint64_t ret);

/// One sentence without a full stop about how the walk of `m` ended: its return
/// value, the pages it returned, the faults it raised.
std::string outcome_sentence(const Machine<Narrated>& m);

/// An element of an entry's `outcomes`.
Json outcome_json(std::string_view walk, const Machine<Narrated>& m);

/// The request as one line: "get_user_pages of 1 page at 0x40000000, FOLL_FORCE".
std::string request_text(const Request<Concrete>& request);

}  // namespace gupdiff
