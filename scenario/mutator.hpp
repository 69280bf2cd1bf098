// SPDX-License-Identifier: GPL-2.0-only
// Structure-aware mutation: a scenario becomes a nearby one, two become a third.
// Used as libFuzzer's custom mutator and cross-over, and by AFL++ through them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scenario/entry_shape.hpp"
#include "scenario/random.hpp"

namespace gupdiff {

/// What a mutation may do.
enum class Bounds : std::uint8_t {
  kernel,    ///< bits and shapes that some kernel writes; now and then one entry that none does
  anything,  ///< also bits, flags and folio states that no kernel combines
};

/// A set of architectures: bit i is Architecture i. Never empty.
using ArchitectureSet = std::uint32_t;
inline constexpr ArchitectureSet kAllArchitectures = (1u << kArchitectures) - 1;
/// Those whose divergences are all catalogued: what a campaign looks at unless told otherwise.
inline constexpr ArchitectureSet kCatalogued = 1u << static_cast<unsigned>(Architecture::x86_64) |
                                               1u << static_cast<unsigned>(Architecture::arm64) |
                                               1u << static_cast<unsigned>(Architecture::riscv64) |
                                               1u << static_cast<unsigned>(Architecture::powerpc);
/// Their names, as --arch takes them.
std::vector<std::string> architecture_names(ArchitectureSet archs);
/// One of the set.
Architecture pick(Random& random, ArchitectureSet archs);

/// One change: an entry bit or kind, a copied or moved entry, mapping flags or
/// bounds, a folio's state, the page cache, the environment, the call. The result
/// need not be normal: call normalise().
void mutate(Random& random, Scenario& w, Bounds bounds);

/// One change of what faults are answered, of signals and of locks; the rest of the scenario stays
/// normal.
void mutate_environment(Random& random, Scenario& w);

/// What one step of a fuzzer does: 1..4 changes, long walks over small pages kept rare.
/// The result is normal.
void mutate_some(Random& random, Scenario& w, Bounds bounds);

/// Makes `out` of parts of `a` and `b` (memory of one, call or some entries of the
/// other). The result need not be normal.
void cross_over(Random& random, const Scenario& a, const Scenario& b, Scenario& out);

/// libFuzzer's hooks over the binary form: decodes `data` (`size` bytes in a buffer of
/// `max_size`), changes 1..4 things or, now and then, starts afresh from the
/// generator, and encodes back. Returns the new size.
std::size_t mutate_bytes(std::uint8_t* data, std::size_t size, std::size_t max_size, std::uint32_t seed,
                         Bounds bounds, ArchitectureSet archs);
std::size_t cross_over_bytes(const std::uint8_t* a, std::size_t a_size, const std::uint8_t* b, std::size_t b_size,
                             std::uint8_t* out, std::size_t max_size, std::uint32_t seed);

}  // namespace gupdiff
