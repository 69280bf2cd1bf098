// SPDX-License-Identifier: GPL-2.0-only
// Alone in its file: it is compiled anew after each change of a source.
#include "proofs/prover_hash.hpp"

#include "proofs_build.hpp"

namespace gupdiff {

std::string_view prover_hash() { return GUPDIFF_PROVER_HASH; }

}  // namespace gupdiff
