// SPDX-License-Identifier: GPL-2.0-only
// Copies a world from one concrete domain to the other, field by field. The
// structs are trivially copyable and laid out alike, so nothing can be forgotten
// but a container added to World itself.
#include "report/narrate.hpp"

#include <bit>
#include <type_traits>

namespace gupdiff {
namespace {

/// Structs without containers hold the same words in the same places.
template <template <class> class S>
S<Narrated> same_words(const S<Concrete>& from) {
  static_assert(sizeof(S<Narrated>) == sizeof(S<Concrete>));
  static_assert(std::is_trivially_copyable_v<S<Concrete>> && std::is_trivially_copyable_v<S<Narrated>>);
  return std::bit_cast<S<Narrated>>(from);
}

template <template <class> class S, class From, class To>
void copy_words(const From& from, To& to) {
  for (const S<Concrete>& item : from) to.push_back(same_words<S>(item));
}

}  // namespace

World<Narrated> narrated(const Scenario& w) {
  World<Narrated> out;
  out.config = w.config;
  copy_words<Vma>(w.vmas, out.vmas);
  for (int level = 0; level < kLevels; ++level) copy_words<Slot>(w.slots[level], out.slots[level]);
  copy_words<Folio>(w.folios, out.folios);
  copy_words<PageCacheEntry>(w.page_cache, out.page_cache);
  out.env = same_words<Environment>(w.env);
  out.request = same_words<Request>(w.request);
  return out;
}

}  // namespace gupdiff
