// SPDX-License-Identifier: GPL-2.0-only
// The fuzz target: one scenario through both walks of a pair and the judge. It is
// compiled apart from the rest of the tool, with coverage instrumentation and its
// own copy of every room it needs, so that replay and proofs run uninstrumented.
#pragma once

#include <cstddef>
#include <cstdint>

// Outside namespace gupdiff: the instrumented copy of the rooms lives in another
// namespace (fuzz/CMakeLists.txt), and this is the border between the two.
extern "C" {

/// Sets the pair (indices into walks()) and the enabled catalogue rows (RowSet::to_string()).
void gupdiff_target_configure(int walk_a, int walk_b, const char* rows);
/// Whether mutations may leave what kernels write (Bounds::anything), and which architectures
/// new scenarios are of (ArchitectureSet).
void gupdiff_target_bounds(bool anything, unsigned architectures);
/// Lets the walk with this index be run by a stand-in (StandInCalls, oracle/stand_in.hpp).
void gupdiff_target_stand_in(int walk, void (*run)(int, const void*, void*), void (*expected)(const void*, const void*, void*));
/// Runs one input: 1 if the judge holds it good, 0 if not, 2 if it does but the walk is
/// too long to be worth keeping. Allocates nothing once warm.
int gupdiff_target_run(const std::uint8_t* data, std::size_t size);
/// Makes the first run as good as any later one: whatever keeps its storage from run to run grows to what
/// the longest walks need, so that growing is nothing that an engine takes for coverage.
void gupdiff_target_warm_up();
/// libFuzzer's hooks.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed);
std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t a_size, const std::uint8_t* b,
                                      std::size_t b_size, std::uint8_t* out, std::size_t max_size, unsigned seed);
}
