// SPDX-License-Identifier: GPL-2.0-only
// AFL++'s own corpus minimisation (afl-cmin), in processes of its own: which inputs of some folders
// cover something, by what build/afl's target counts, that the first folder does not.
#pragma once

#include "fuzz/corpus_merge.hpp"

namespace gupdiff {

/// merge_corpora() of a lane of AFL++. Features are afl-cmin's tuples: an edge and how often an input takes it.
/// An input of `from` that ends the target is no part of `into`; it is left with the findings (kFindingsFromWork).
/// `work` is there and empty; both folders are absolute.
/// Throws InputError: AFL++ or build/afl is not there (with the remedy), afl-cmin did not come to its end.
CorpusMergeResult merge_with_afl_cmin(const Lane& lane, const std::filesystem::path& into, const std::vector<std::filesystem::path>& from,
                                      const std::filesystem::path& work);

}  // namespace gupdiff
