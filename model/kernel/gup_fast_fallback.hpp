// SPDX-License-Identifier: GPL-2.0-only
// What the fast APIs do around the lockless walk: the flags and ranges they take, and the slow path for the
// pages it did not get (facts 2.1, 1.14).
#pragma once

#include "model/kernel/gup_fast.hpp"
#include "model/kernel/longterm.hpp"

namespace gupdiff {

/// TASK_SIZE_MAX: x86-64 leaves the last page out.
inline std::uint64_t task_size_max(Architecture arch, const Geometry& g) {
  return (std::uint64_t{1} << g.address_bits) - (arch == Architecture::x86_64 ? g.page_size() : 0);
}

/// The slow part, for the `nr` pages from `start` on: with mmap_lock taken here, and given up by faults that want to.
/// Before v6.3 a longterm pin kept it, and touched nothing (F06).
template <class M, class Walk>
std::int64_t fast_slow_part(Gup<M, Walk>& gup, typename M::W start, std::uint32_t nr, typename M::W flags) {
  M& m = gup.m;
  if (!M::Domain::truth((flags & FOLL_LONGTERM) != 0u) || m.since(&Era::fast_longterm_unlocks, Known::F06))
    return gup_longterm_locked(gup, start, nr, flags | std::uint64_t{FOLL_TOUCH | FOLL_UNLOCKABLE},
                               m.since(&Era::unlocked_is_killable, Known::V22));
  gup.lock_mmap(false);
  gup.locked = true;
  const std::int64_t ret = gup_longterm_locked(gup, start, nr, flags);
  m.mmap_locked = gup.locked = false;
  return ret;
}

/// gup_fast_fallback(), internal_get_user_pages_fast() before v6.10.
template <class M, class Walk>
std::int64_t gup_fast_fallback(Gup<M, Walk>& gup, typename M::W start, std::uint32_t nr, typename M::W flags) {
  using D = typename M::Domain;
  using W = typename M::W;
  M& m = gup.m;
  constexpr const char* fn = "gup_fast_fallback";
  bool refused = D::truth((flags & ~std::uint64_t{kFastFlags | kNewFastFlags}) != 0u);
  if (!refused) refused = D::truth((flags & kNewFastFlags) != 0u) && !m.since(&Era::fast_takes_new_flags, Known::F01);
  if (refused) {
    m.warn(Warn::gup_args, fn, "refuses the flags");
    return -E_INVAL;
  }
  const W end = start + (std::uint64_t{nr} << m.arch.page_shift());
  if (D::truth(end < start)) return m.era.fast_overflow_is_error ? -E_OVERFLOW : 0;
  if (D::truth(end > task_size_max(m.arch.id(), m.arch.geometry()))) {
    m.note(fn, "the range is not the user's");
    return -E_FAULT;
  }
  if (nr == 0) {
    // The loops end at their end, which is behind them.
    m.halt(Termination::out_of_bounds, fn, "walks on beyond a range of no pages: not modelled");
    return 0;
  }
  GupFast<M> fast{{m, flags, gup.pages}};
  const std::uint32_t got = fast.walk(start, nr);
  if (m.halted()) return 0;
  m.note(fn, "pages without a lock", W(got));
  if (got == nr || D::truth((flags & FOLL_FAST_ONLY) != 0u)) return got;
  gup.first = got;
  const std::int64_t ret = fast_slow_part(gup, start + (std::uint64_t{got} << m.arch.page_shift()), nr - got, flags);
  // The caller must give back what it has: an error after the first page is hidden.
  if (ret >= 0) return ret + got;
  if (got == 0) return ret;
  m.hidden_error = static_cast<int>(-ret);
  return got;
}

}  // namespace gupdiff
