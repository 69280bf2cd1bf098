// SPDX-License-Identifier: GPL-2.0-only
// What a request asks for, as the caller and the wrapper it called put it (facts 1.14): what the
// safety properties hold an outcome to.
#pragma once

#include "model/machine/world.hpp"

namespace gupdiff {

/// What the wrappers of facts 1.14 make of the caller's flags: GET, PIN, FORCE, WRITE, TOUCH as
/// the walk saw them. Of populate, which hands out no page, what its entries may be marked by.
template <class D>
typename D::Word effective_flags(const World<D>& initial) {
  const auto& r = initial.request;
  typename D::Word f = r.flags;
  const bool pages = !r.pages_null;
  switch (r.api) {
    case Api::internal: return f;
    case Api::pin: return f | std::uint64_t{FOLL_PIN};
    case Api::pin_remote:
    case Api::pin_fast:
    case Api::pin_unlocked: return f | std::uint64_t{FOLL_PIN | FOLL_TOUCH};
    case Api::pin_fast_only: return f | std::uint64_t{FOLL_PIN};
    case Api::get_fast: return f | std::uint64_t{FOLL_GET | FOLL_TOUCH};
    // v6.1 lets callers hand PIN in; GET wins where both are set, so that nothing is pinned (facts 1.7, V17).
    case Api::get_fast_only: return (f & ~std::uint64_t{FOLL_PIN}) | std::uint64_t{FOLL_GET};
    case Api::populate: return typename D::Word(FOLL_TOUCH | FOLL_WRITE);  // WRITE where the mapping is private
    case Api::madvise_populate: return (f & FOLL_WRITE) | std::uint64_t{FOLL_TOUCH};
    case Api::dump_page: return typename D::Word(FOLL_FORCE | FOLL_DUMP | FOLL_GET);
    // __get_user_pages_locked() adds GET unless PIN is there, which v6.1 lets callers hand in.
    default:
      f = f | std::uint64_t{FOLL_TOUCH};
      return pages ? D::select((f & FOLL_PIN) == 0u, f | std::uint64_t{FOLL_GET}, f) : f;
  }
}

/// Whether the call has somewhere to put pages (pages != NULL).
template <class D>
bool takes_pages(const Request<D>& r) {
  if (r.api == Api::populate || r.api == Api::madvise_populate) return false;
  return r.api == Api::dump_page || !r.pages_null;
}

/// Base pages the call asks for.
template <class D>
std::uint32_t pages_asked(const Request<D>& r) {
  return r.api == Api::dump_page ? 1 : r.nr_pages;
}

}  // namespace gupdiff
