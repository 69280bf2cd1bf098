// SPDX-License-Identifier: GPL-2.0-only
// The public wrappers around the GUP loop (facts 1.14): which flags they add,
// which they refuse, and how they report it.
#pragma once

#include "model/kernel/gup_fast_fallback.hpp"
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

/// Flags that v6.1 does not know, beside those an era switch speaks of.
inline constexpr std::uint32_t kUnknownToV6_1 = FOLL_UNLOCKABLE | FOLL_MADV_POPULATE;

/// The flag checks of v6.1, a few in each function (facts 1.14): is_valid_gup_flags() in get_*(),
/// GET and pages in pin_*(). As is_valid_gup_args() otherwise.
template <class M>
bool is_valid_gup_flags(M& m, bool pages, bool locked_ptr, typename M::W& flags, std::uint64_t added) {
  using D = typename M::Domain;
  const Api api = m.w.request.api;
  const std::uint64_t refused = (added & FOLL_PIN) != 0         ? std::uint64_t{FOLL_GET}
                                : api == Api::get_fast_only ? std::uint64_t{0}
                                : api == Api::get_unlocked  ? std::uint64_t{FOLL_LONGTERM}
                                                            : std::uint64_t{FOLL_PIN | FOLL_LONGTERM};
  if (D::truth((flags & refused) != 0u || typename M::B((added & FOLL_PIN) != 0 && !pages))) {
    m.warn(Warn::gup_args, "is_valid_gup_flags", "refuses the flags");
    return false;
  }
  // The fast API refuses by itself what it does not know.
  if (!is_fast(api)) flags = flags & ~std::uint64_t{kUnknownToV6_1};
  flags = flags | added | (locked_ptr ? std::uint64_t{FOLL_UNLOCKABLE} : 0);
  return true;
}

/// The checks of the era, and whether FOLL_LONGTERM may go with giving mmap_lock up (V19).
template <class M>
bool valid_request(M& m, bool pages, bool locked_ptr, bool locked, typename M::W& flags, std::uint64_t added) {
  using D = typename M::Domain;
  const bool ok = m.since(&Era::gup_args_checked, Known::V17)
                      ? is_valid_gup_args(m, pages, locked_ptr, locked, flags, added)
                      : is_valid_gup_flags(m, pages, locked_ptr, flags, added);
  if (!ok) return false;
  if (m.era.longterm_may_unlock || (added & FOLL_PIN) == 0) return true;
  if (!locked_ptr && (added & FOLL_UNLOCKABLE) == 0) return true;
  if (D::truth((flags & FOLL_LONGTERM) == 0u)) return true;
  m.warn(Warn::gup_args, "__get_user_pages_remote", "FOLL_LONGTERM where mmap_lock may be given up");
  return false;
}

/// faultin_vma_page_range(), before MADV_POPULATE handed its whole range over (V23): the part of
/// [start, start + nr pages) inside the first VMA, again and again while faults give mmap_lock up.
/// madvise() itself goes on to the next VMA.
template <class M, class Walk>
std::int64_t faultin_vma_page_range(Gup<M, Walk>& gup, typename M::W start, std::uint32_t nr, typename M::W flags) {
  using D = typename M::Domain;
  M& m = gup.m;
  for (std::uint32_t tries = 0; tries <= kMaxFaultsPerAddress; ++tries) {
    const int vma = gup_vma_lookup(m, start);
    if (vma < 0) return -E_NOMEM;
    if (check_vma_flags(m, vma, flags) != 0) return -E_INVAL;
    const std::uint32_t inside = D::clip((m.w.vmas[vma].end - start) >> m.arch.page_shift(), nr);
    const std::int64_t done = gup.get(start, inside, flags, 0);
    if (m.halted() || done != 0 || gup.locked || nr == 0) return done;
    gup.lock_mmap(false);
    gup.locked = true;
  }
  m.halt(Termination::livelock, "madvise_populate", "mmap_lock is dropped again and again");
  return 0;
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

/// get_user_pages_fast() and its three siblings (facts 1.14, 2.1). pin_user_pages_fast_only() has no error to
/// say, get_user_pages_fast_only() none before v6.3 (F03). Kernels from which the former is gone answer as the last
/// that had it.
template <class M, class Walk>
std::int64_t fast_request(Gup<M, Walk>& gup, typename M::W start, std::uint32_t nr, typename M::W flags) {
  M& m = gup.m;
  const Api api = m.w.request.api;
  m.mmap_locked = gup.locked = false;
  const std::uint64_t added = (is_pin(api) ? FOLL_PIN : FOLL_GET) | (is_fast_only(api) ? std::uint64_t{FOLL_FAST_ONLY} : 0);
  const std::int64_t ret = valid_request(m, gup.pages, false, false, flags, added) ? gup_fast_fallback(gup, start, nr, flags) : -E_INVAL;
  if (ret >= 0 || !is_fast_only(api)) return ret;
  if (api == Api::pin_fast_only) return 0;
  return m.since(&Era::fast_only_says_error, Known::F03) ? ret : 0;
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
    return valid_request(m, pages, locked_ptr, locked, flags, added);
  };
  const auto pin_refused = [&]() -> std::int64_t { return m.since(&Era::pin_refusal_is_zero, Known::V18) ? 0 : -E_INVAL; };
  switch (r.api) {
    case Api::internal:
      ret = gup.get(start, r.nr_pages, flags, 0);
      break;
    case Api::get:
      ret = valid(FOLL_TOUCH, false, true) ? gup.get_locked(start, r.nr_pages, flags) : -E_INVAL;
      break;
    case Api::pin:
      ret = valid(FOLL_PIN, false, true) ? gup_longterm_locked(gup, start, r.nr_pages, flags) : pin_refused();
      break;
    case Api::get_remote:
      ret = valid(FOLL_TOUCH | FOLL_REMOTE, r.locked_ptr, true)
                ? gup.get_locked(start, r.nr_pages, flags)
                : -E_INVAL;
      break;
    case Api::pin_remote:
      ret = valid(FOLL_PIN | FOLL_TOUCH | FOLL_REMOTE, r.locked_ptr, true)
                ? gup_longterm_locked(gup, start, r.nr_pages, flags)
                : pin_refused();
      break;
    case Api::get_unlocked:
    case Api::pin_unlocked: {
      const bool pin = r.api == Api::pin_unlocked;
      m.mmap_locked = gup.locked = false;
      if (!valid(FOLL_TOUCH | FOLL_UNLOCKABLE | (pin ? FOLL_PIN : 0u), false, false))
        ret = pin ? pin_refused() : -E_INVAL;
      else
        ret = pin ? gup_longterm_locked(gup, start, r.nr_pages, flags)
                  : gup.get_locked(start, r.nr_pages, flags, m.since(&Era::unlocked_is_killable, Known::V22));
      break;
    }
    case Api::populate:
      ret = populate_vma_page_range(gup, start, r.nr_pages);
      break;
    case Api::madvise_populate:
      flags = (flags & FOLL_WRITE) |
              std::uint64_t{FOLL_TOUCH | FOLL_HWPOISON | FOLL_UNLOCKABLE | FOLL_MADV_POPULATE};
      if (m.since(&Era::madvise_hands_range, Known::V23))
        ret = gup.get_locked(start, r.nr_pages, flags);
      else
        ret = faultin_vma_page_range(gup, start, r.nr_pages, flags & ~std::uint64_t{FOLL_MADV_POPULATE});
      break;
    case Api::dump_page:
      m.mmap_locked = gup.locked = false;
      flags = W(FOLL_FORCE | FOLL_DUMP | FOLL_GET);
      if (!m.since(&Era::dump_page_keeps_lock, Known::V21)) flags = flags | std::uint64_t{FOLL_UNLOCKABLE};
      ret = gup.get_locked(start, 1, flags) == 1 ? 1 : 0;
      break;
    case Api::get_fast:
    case Api::pin_fast:
    case Api::get_fast_only:
    case Api::pin_fast_only:
      ret = fast_request(gup, start, r.nr_pages, flags);
      break;
  }
  if (m.split_refused_without_access && ret == -E_OPNOTSUPP) m.switched(Known::D42);
  m.ret = W(static_cast<std::uint64_t>(ret));
  m.now_locked = W(gup.locked ? 1u : 0u);
}

}  // namespace gupdiff
