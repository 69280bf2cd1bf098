// SPDX-License-Identifier: GPL-2.0-only
// Scenarios for property tests: from arbitrary bytes, and Worlds nobody normalised.
#pragma once

#include <rapidcheck.h>

#include "scenario/binary.hpp"
#include "scenario/generator.hpp"
#include "scenario/mutator.hpp"

namespace gupdiff {

/// Bytes that look like an encoding often enough: small numbers are the rule.
inline rc::Gen<std::vector<std::uint8_t>> any_bytes() {
  return rc::gen::container<std::vector<std::uint8_t>>(rc::gen::weightedOneOf<std::uint8_t>(
      {{4, rc::gen::inRange<std::uint8_t>(0, 4)}, {4, rc::gen::inRange<std::uint8_t>(0, 40)}, {1, rc::gen::arbitrary<std::uint8_t>()}}));
}

/// A World with field values of any kind, not normalised.
inline Scenario any_world(std::uint64_t seed) {
  Random r{seed};
  Scenario w;
  generate_reachable(r, w, Architecture::x86_64);
  const auto word = [&]() -> std::uint64_t {
    switch (r.below(4)) {
      case 0: return r.next();
      case 1: return r.next() >> 16;
      case 2: return std::uint64_t{1} << r.below(64);
      default: return r.below(1000);
    }
  };
  for (std::uint32_t i = r.below(20); i > 0; --i) mutate(r, w, Bounds::anything);
  for (std::uint32_t i = r.below(12); i > 0; --i) {
    switch (r.below(11)) {
      case 0: w.vmas.push_back({word(), word(), word(), word(), word(), static_cast<VmaKind>(r.below(12)),
                                static_cast<std::uint8_t>(word()), static_cast<std::uint16_t>(word()),
                                static_cast<std::uint8_t>(word()), false, true, false, true, false, true}); break;
      case 1: w.slots[r.below(5)].push_back({word(), word(), word(), static_cast<std::uint32_t>(word()), static_cast<std::int8_t>(word())}); break;
      case 2: w.folios.push_back({word(), word(), word(), word(), static_cast<FolioKind>(r.below(7)),
                                  static_cast<std::uint8_t>(word()), true, false, true, false, true, false, true, false}); break;
      case 3: w.page_cache.push_back({word(), static_cast<std::uint16_t>(word()), static_cast<std::uint16_t>(word()), r.chance(50)}); break;
      case 4: w.request.start = word(); w.request.nr_pages = static_cast<std::uint32_t>(word()); break;
      case 5: w.request.flags = word(); w.request.api = static_cast<Api>(r.below(256)); break;
      case 6: w.env.signal_at = word(); w.env.huge_pool = word(); break;
      case 7: if (r.chance(20)) w.folios.clear(); break;
      case 8: w.config.arch = static_cast<Architecture>(r.below(8)); break;
      case 9: w.config.thp = !w.config.thp; w.config.huge_leaves = !w.config.huge_leaves; break;
      default: w.config.variant = static_cast<std::uint8_t>(r.below(8)); break;
    }
  }
  return w;
}

}  // namespace gupdiff
