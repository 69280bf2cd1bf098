// SPDX-License-Identifier: GPL-2.0-only
// What the results of a proof depend on, beside the theorem and the options.
#pragma once

#include <string_view>

namespace gupdiff {

/// SHA-256, in hexadecimal, of every source that can change a verdict (model, walks, oracle,
/// scenario, prover) and of the compiler and its flags. The same wherever the sources lie.
std::string_view prover_hash();

}  // namespace gupdiff
