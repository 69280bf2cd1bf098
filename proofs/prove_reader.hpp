// SPDX-License-Identifier: GPL-2.0-only
// Proves one reader statement (oracle/readers.hpp) over symbolic entries of every level.
#pragma once

#include "oracle/readers.hpp"
#include "proofs/prove.hpp"

namespace gupdiff {

/// On every path the two readers answer the same exactly where no part of the statement's
/// exception holds, and every part it names is shown by a witness, which is run concretely.
TheoremResult prove_reader(const ReaderStatement& statement, const ProveOptions& options);

}  // namespace gupdiff
