// SPDX-License-Identifier: GPL-2.0-only
// Seeded bugs and who killed them, as JSON.
#pragma once

#include "mutants/run.hpp"
#include "report/results.hpp"

namespace gupdiff {

/// The section of results.json of a run with `options`. `wrong`: mutants whose files cannot be
/// read, with why; each is an entry that failed.
Json mutants_section(const MutantsRun& run, const std::vector<std::pair<std::string, std::string>>& wrong, const MutantRunOptions& options);

/// What differs from one run to the next, for the document's `run` object.
Json mutants_times(const MutantsRun& run, const MutantRunOptions& options);

/// Whether an entry counts: it is killed or it survived.
bool mutant_counts(const Json& entry);
bool killed_by_fuzz(const Json& entry);
bool killed_by_proof(const Json& entry);
/// "4 ms", "1.25 s": most mutants take no second.
std::string mutant_seconds(double seconds);
/// What is wrong with an entry that was killed: a twin that is not what it says; empty: nothing.
std::string mutant_twin_wrong(const Json& entry);

}  // namespace gupdiff
