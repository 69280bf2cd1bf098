// SPDX-License-Identifier: GPL-2.0-only
// A world of one concrete domain as a world of another whose words are the same
// machine words.
#pragma once

#include <bit>

#include "model/machine/world.hpp"

namespace gupdiff {

/// `from` as a World<To>. Both domains must have the same Word and Cond.
template <class To, class From>
World<To> world_cast(const World<From>& from) {
  static_assert(std::is_same_v<typename To::Word, typename From::Word>);
  static_assert(std::is_same_v<typename To::Cond, typename From::Cond>);
  const auto cast = [](const auto& source, auto& target) {
    using Element = typename std::remove_reference_t<decltype(target)>::value_type;
    target.clear();
    for (const auto& e : source) target.push_back(std::bit_cast<Element>(e));
  };
  World<To> to;
  to.config = from.config;
  cast(from.vmas, to.vmas);
  for (int l = 0; l < kSlotLists; ++l) cast(from.slots[l], to.slots[l]);
  cast(from.folios, to.folios);
  cast(from.page_cache, to.page_cache);
  to.env = std::bit_cast<Environment<To>>(from.env);
  to.request = std::bit_cast<Request<To>>(from.request);
  return to;
}

}  // namespace gupdiff
