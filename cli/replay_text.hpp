// SPDX-License-Identifier: GPL-2.0-only
// A replayed scenario on the terminal: verdicts, rows, page table, both traces.
#pragma once

#include "report/results.hpp"

namespace gupdiff {

/// One line: verdict, rows that explain it, file.
void print_entry_line(const Json& entry);
/// The line of a scenario that could not be run, and why.
void print_not_modelled_line(const std::string& file, const std::string& reason);
/// Everything about an entry of the replay section; `catalogue` (a catalogue
/// section) supplies the texts of its rows.
void print_entry(const Json& entry, const Json& catalogue);
/// The closing line: how many of each.
void print_replay_summary(const Json& section);

}  // namespace gupdiff
