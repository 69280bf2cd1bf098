// SPDX-License-Identifier: GPL-2.0-only
// The memory states of the captures, built step by step: the mapping and its first
// touch, then what the last part of the state word did to it.
#pragma once

#include <string>

#include "guest/capture.hpp"
#include "guest/memory_builder.hpp"
#include "guest/state.hpp"

namespace gupdiff {

/// File numbers of built worlds.
inline constexpr std::uint16_t kMappedFile = 1;

/// Maps and touches what `s` says (not the special states). Returns a reason, or "".
std::string build_mapping(MemoryBuilder& b, const StateWord& s);

/// Applies the last part of `s`. `start` may be moved. Returns a reason, or "".
std::string apply_change(MemoryBuilder& b, const StateWord& s, std::uint64_t& start);

/// The special states (`x.NAME`), which only their records describe.
std::string build_special(MemoryBuilder& b, const StateWord& s, const CaptureRecord& record,
                          std::int64_t page_offset, std::uint64_t& start);

}  // namespace gupdiff
