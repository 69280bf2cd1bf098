// SPDX-License-Identifier: GPL-2.0-only
// FNV-1a of 64 bits (Fowler, Noll, Vo; IETF draft-eastlake-fnv): names and checksums that are the
// same on every machine. Nothing an adversary could not forge.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gupdiff {

inline constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325ull;

/// The hash of `bytes`, going on from `h`.
constexpr std::uint64_t fnv1a(std::span<const std::uint8_t> bytes, std::uint64_t h = kFnvBasis) {
  for (const std::uint8_t b : bytes) h = (h ^ b) * 0x100000001b3ull;
  return h;
}
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t h = kFnvBasis) {
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return h;
}

}  // namespace gupdiff
