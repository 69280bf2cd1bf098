// SPDX-License-Identifier: GPL-2.0-only
// The binary form of a scenario, what the fuzzers mutate: total (any bytes are
// a scenario) and canonical (one encoding each).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scenario/entry_shape.hpp"

namespace gupdiff {

/// First byte of an encoded scenario. Never valid in UTF-8, so a text file cannot
/// start with it. decode() skips the first byte, whatever it is.
inline constexpr std::uint8_t kBinaryMagic = 0xf6;

/// Turns any bytes into a valid scenario (is_normal() holds); missing bytes read
/// as zero. Reuses the storage of `out`; allocates nothing once the vectors have
/// grown. Returns false if the bytes ended early.
bool decode(std::span<const std::uint8_t> bytes, Scenario& out);

/// The canonical encoding: decode(encode(s)) is s where is_normal(s) holds, and
/// what normalise() makes of it otherwise. Typically below 100 bytes.
std::vector<std::uint8_t> encode(const Scenario& s);

/// The same into a caller's buffer, for a scenario that is_normal(): the number of
/// bytes written, or 0 if `capacity` is too small.
std::size_t encode(const Scenario& s, std::uint8_t* out, std::size_t capacity);

}  // namespace gupdiff
