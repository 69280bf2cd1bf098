// SPDX-License-Identifier: GPL-2.0-only
// Plain entry words of whatever architecture a geometry belongs to: names of bits,
// leaf states as bits and back, the parts of a word that are no frame.
#pragma once

#include "model/arch/arch.hpp"

namespace gupdiff {

/// Names of the architectures, by Architecture.
#define GUPDIFF_NAME(name) #name,
inline constexpr std::string_view kArchitectureNames[] = {GUPDIFF_ARCHITECTURES(GUPDIFF_NAME)};
#undef GUPDIFF_NAME
constexpr std::span<const std::string_view> architecture_names() { return kArchitectureNames; }
/// The architecture as people write it: "x86-64".
constexpr std::string_view architecture_label(Architecture a) {
  switch (a) {
#define GUPDIFF_CASE(name) \
  case Architecture::name: return name::kLabel;
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return "?";
}

#define GUPDIFF_WORD_CASE(name) case Architecture::name:
/// Bits of a present or PROT_NONE entry, for people.
constexpr std::span<const NamedBit> entry_bit_names(Architecture a) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::kBitNames;
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return {};
}
constexpr std::span<const NamedBit> entry_bit_names(const Config& c) {
  return c.arch == Architecture::powerpc ? powerpc::bit_names(geometry_of(c)) : entry_bit_names(c.arch);
}
/// State bits of the swap format, for people.
constexpr std::span<const NamedBit> swap_bit_names(Architecture a) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::kSwapBitNames;
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return {};
}
constexpr std::span<const NamedBit> swap_bit_names(const Config& c) {
  return c.arch == Architecture::powerpc ? powerpc::swap_bit_names(geometry_of(c)) : swap_bit_names(c.arch);
}
/// What a leaf's bits are called in short, beside W or R, PROTNONE and the like.
constexpr std::span<const NamedBit> leaf_letters(Architecture a) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::kLeafLetters;
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return {};
}
constexpr std::span<const NamedBit> leaf_letters(const Config& c) {
  return c.arch == Architecture::powerpc ? powerpc::leaf_letters(geometry_of(c)) : leaf_letters(c.arch);
}
/// The flags of a leaf in state `s`, frame apart, as the kernel writes them.
constexpr std::uint64_t leaf_flags(Architecture a, const Geometry& g, Level level, const LeafState& s) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::leaf_flags(g, level, s);
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return 0;
}
/// The state a leaf's flags say.
constexpr LeafState leaf_state(Architecture a, const Geometry& g, Level level, std::uint64_t e) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::leaf_state(g, level, e);
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return {};
}
/// The bits of an entry that are not its frame, gathered from bit 0 up.
constexpr std::uint64_t flag_bits(Architecture a, const Geometry& g, std::uint64_t e) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::flag_bits(g, e);
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return 0;
}
constexpr std::uint64_t from_flag_bits(Architecture a, const Geometry& g, std::uint64_t f) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::from_flag_bits(g, f);
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return 0;
}
/// How many bytes hold them.
constexpr unsigned flag_bytes(Architecture a) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::kFlagBytes;
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return 0;
}
/// Bits of the offset field of the swap format.
constexpr std::uint64_t swap_offset_field(Architecture a, const Geometry& g) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::swap_offset_field(g);
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return 0;
}
/// Bits of the swap format that are state: exclusive, soft-dirty, uffd-wp.
constexpr std::uint64_t swap_state_bits(Architecture a, const Geometry& g) {
  switch (a) {
#define GUPDIFF_CASE(name) GUPDIFF_WORD_CASE(name) return name::swap_state_bits(g);
    GUPDIFF_ARCHITECTURES(GUPDIFF_CASE)
#undef GUPDIFF_CASE
  }
  return 0;
}
#undef GUPDIFF_WORD_CASE

}  // namespace gupdiff
