// SPDX-License-Identifier: GPL-2.0-only
// The public wrappers around the GUP loop (facts 1.14): which flags they add,
// which they refuse, and how they report it.
#pragma once

#include "model/kernel/longterm.hpp"

namespace gupdiff {

/// is_valid_gup_args(): false is a WARN. On success `flags` has `added` merged in.
template <class M>
bool is_valid_gup_args(M& m, bool pages, bool locked_ptr, bool locked, typename M::W& flags,
                       std::uint64_t added) {
  using D = typename M::Domain;
  using W = typename M::W;
  constexpr const char* fn = "is_valid_gup_args";
  const auto internal = (flags & kInternalGupFlags) != 0u;
  W f = flags | added;
  if (locked_ptr) f = f | std::uint64_t{FOLL_UNLOCKABLE};
  const auto get = (f & FOLL_GET) != 0u;
  const auto pin = (f & FOLL_PIN) != 0u;
  const auto longterm = (f & FOLL_LONGTERM) != 0u;
  const bool bad_locked = locked_ptr && !locked;
  const auto bad = internal || bad_locked || (get && pin) || (longterm && !pin) ||
                   ((get || pin) && !pages) || (longterm && (f & FOLL_PCI_P2PDMA) != 0u);
  if (D::truth(bad)) {
    m.warn(Warn::gup_args, fn, "refuses the flags");
    return false;
  }
  flags = f;
  return true;
}

/// populate_vma_page_range() over [start, start + nr pages) of the first VMA there.
template <class M, class Walk>
std::int64_t populate_vma_page_range(Gup<M, Walk>& gup, typename M::W start, std::uint32_t nr) {
  using D = typename M::Domain;
  using W = typename M::W;
  M& m = gup.m;
  const int vma = gup_vma_lookup(m, start);
  if (vma < 0) return -E_NOMEM;
  const auto& v = m.w.vmas[vma];
  if ((v.flags & VM_LOCKONFAULT) != 0u) return nr;
  const auto accessible = vma_is_accessible<D>(v);
  if (m.era.populate_checks_access && D::truth(!accessible)) {
    m.switched(Known::S14);
    return -E_FAULT;
  }
  const auto breaks_cow = (v.flags & (VM_WRITE | VM_SHARED)) == std::uint64_t{VM_WRITE};
  if (m.era.taken_over.any() && D::truth(breaks_cow)) m.switched(Known::S14);
  const auto force = m.era.populate_checks_access ? !breaks_cow : accessible;
  const W flags = W(FOLL_TOUCH | FOLL_UNLOCKABLE) | D::select(breaks_cow, W(FOLL_WRITE), W(0)) |
                  D::select(force, W(FOLL_FORCE), W(0));
  return gup.get(start, nr, flags, 0);
}

/// Runs World::request on `m` through `walk`; fills m.ret and m.now_locked.
template <class M, class Walk>
void run_request(M& m, const Walk& walk) {
  using W = typename M::W;
  const auto& r = m.w.request;
  const bool populates = r.api == Api::populate || r.api == Api::madvise_populate;
  const bool pages = !populates && (r.api == Api::dump_page || !r.pages_null);
  const W start = r.start & m.arch.geometry().page_mask();
  W flags = r.flags;
  Gup<M, Walk> gup{m, walk, pages, true};
  std::int64_t ret = 0;
  const auto valid = [&](std::uint64_t added, bool locked_ptr, bool locked) {
    return is_valid_gup_args(m, pages, locked_ptr, locked, flags, added);
  };
  switch (r.api) {
    case Api::internal:
      ret = gup.get(start, r.nr_pages, flags, 0);
      break;
    case Api::get:
      ret = valid(FOLL_TOUCH, false, true) ? gup.get_locked(start, r.nr_pages, flags) : -E_INVAL;
      break;
    case Api::pin:
      ret = valid(FOLL_PIN, false, true) ? gup_longterm_locked(gup, start, r.nr_pages, flags) : 0;
      break;
    case Api::get_remote:
      ret = valid(FOLL_TOUCH | FOLL_REMOTE, r.locked_ptr, true)
                ? gup.get_locked(start, r.nr_pages, flags)
                : -E_INVAL;
      break;
    case Api::pin_remote:
      ret = valid(FOLL_PIN | FOLL_TOUCH | FOLL_REMOTE, r.locked_ptr, true)
                ? gup_longterm_locked(gup, start, r.nr_pages, flags)
                : 0;
      break;
    case Api::get_unlocked:
    case Api::pin_unlocked: {
      const bool pin = r.api == Api::pin_unlocked;
      m.mmap_locked = gup.locked = false;
      if (!valid(FOLL_TOUCH | FOLL_UNLOCKABLE | (pin ? FOLL_PIN : 0u), false, false))
        ret = pin ? 0 : -E_INVAL;
      else
        ret = pin ? gup_longterm_locked(gup, start, r.nr_pages, flags)
                  : gup.get_locked(start, r.nr_pages, flags);
      break;
    }
    case Api::populate:
      ret = populate_vma_page_range(gup, start, r.nr_pages);
      break;
    case Api::madvise_populate:
      flags = (flags & FOLL_WRITE) |
              std::uint64_t{FOLL_TOUCH | FOLL_HWPOISON | FOLL_UNLOCKABLE | FOLL_MADV_POPULATE};
      ret = gup.get_locked(start, r.nr_pages, flags);
      break;
    case Api::dump_page:
      m.mmap_locked = gup.locked = false;
      ret = gup.get_locked(start, 1, W(FOLL_FORCE | FOLL_DUMP | FOLL_GET)) == 1 ? 1 : 0;
      break;
  }
  m.ret = W(static_cast<std::uint64_t>(ret));
  m.now_locked = W(gup.locked ? 1u : 0u);
}

}  // namespace gupdiff
