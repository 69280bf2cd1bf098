// SPDX-License-Identifier: GPL-2.0-only
// The __get_user_pages() loop and its retry driver (facts 1.3, 1.5). The walk itself is
// a parameter: follow_page_mask() of the era, and follow_hugetlb_page() where it has one.
#pragma once

#include "model/kernel/check_vma_flags.hpp"
#include "model/kernel/fault.hpp"
#include "model/kernel/grab.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff {

/// Whether a walk brings follow_hugetlb_page(), a loop of its own for hugetlb VMAs (facts 1.8).
template <class Walk>
inline constexpr bool has_hugetlb_loop = requires { typename Walk::HugetlbLoop; };

/// One request on its way through GUP: the parameters every level hands down.
template <class M, class Walk>
struct Gup {
  using D = typename M::Domain;
  using W = typename M::W;
  using L = Lookup<D>;

  M& m;
  const Walk& walk;
  const bool pages;      ///< pages != NULL
  bool locked = true;    ///< *locked
  std::uint32_t first = 0;  ///< pages that GUP-fast has already: where the slow part's begin

  /// Looks the page at `address` up until it is there or cannot be had. False: `error`
  /// holds the errno that ends the loop (0: ends without error), or the machine halted.
  bool find_page(int vma, W address, W flags, L& found, int& error) {
    constexpr const char* fn = "__get_user_pages";
    for (std::uint32_t faults = 0;; ++faults) {
      if (m.fatal_signal()) {
        m.note(fn, "fatal signal pending");
        error = signal_error(vma);
        return false;
      }
      ++m.cost.walks;
      found = walk(m, vma, address, flags);
      if (m.halted()) return false;
      const bool unshare = found.kind == L::Kind::error && found.error == E_MLINK;
      if (found.kind != L::Kind::none && !unshare) return true;
      if (faults == kMaxFaultsPerAddress) {
        m.halt(Termination::livelock, fn, "every fault succeeds and the page is never found");
        return false;
      }
      error = faultin_page(m, vma, address, flags, unshare, locked);
      if (m.halted()) return false;
      if (error == 0) continue;
      if (error == E_BUSY || error == E_AGAIN) error = 0;
      return false;
    }
  }

  /// What a fatal signal before the first page becomes (V03).
  int signal_error(int vma) {
    if (m.w.vmas[vma].kind != VmaKind::hugetlb) return E_INTR;
    return m.since(&Era::hugetlb_signal_is_eintr, Known::V03) ? E_INTR : E_FAULT;
  }

  /// Step 8 of facts 1.3: references for the rest of the huge page, and the output slots.
  /// Returns 0 or a positive errno.
  int store_pages(std::uint32_t index, const L& found, std::uint32_t count, W flags) {
    if (!pages) return 0;
    if (count > 1) {
      const W rest = W(std::uint64_t{count} - 1);
      if (m.era.taken_over.any() &&
          D::truth((flags & (FOLL_GET | FOLL_LONGTERM)) == std::uint64_t{FOLL_LONGTERM} &&
                   m.folio(found.folio).unpinnable))
        m.switched(Known::M03);
      const bool ok = m.era.slow_bulk_grab ? try_grab_folio(m, found.folio, rest, flags) == 0
                                            : try_grab_folio_fast(m, found.folio, rest, flags);
      if (!ok) {
        m.warn(Warn::bulk_grab, "__get_user_pages", "references for the rest of the page refused");
        gup_put_folio(m, found.folio, W(1), flags);
        return E_FAULT;
      }
    }
    m.pages.push_back({index, count, found.pfn});
    return 0;
  }

  /// __get_user_pages(): pages [base, ..) of the request. Returns the count of pages
  /// processed, or a negative errno when there were none.
  std::int64_t get(W start, std::uint32_t nr, W flags, std::uint32_t base) {
    constexpr const char* fn = "__get_user_pages";
    if (nr == 0) return 0;
    if (D::truth((flags & (FOLL_GET | FOLL_PIN)) != 0u) != pages) {
      m.halt(Termination::bug, fn, "pages and GET/PIN contradict each other");
      return 0;
    }
    int vma = -1;
    std::uint32_t i = 0;
    int error = 0;
    while (nr > 0) {
      if (vma < 0 || D::truth(start >= m.w.vmas[vma].end)) {
        error = enter_vma(start, flags, vma);
        if (error != 0) break;
      }
      if constexpr (has_hugetlb_loop<Walk>) {
        if (m.w.vmas[vma].kind == VmaKind::hugetlb && !m.since(&Era::hugetlb_in_common_loop, Known::V09)) {
          if (!walk.follow_hugetlb_page(*this, vma, flags, base, start, nr, i, error)) break;
          continue;
        }
      }
      L found;
      if (!find_page(vma, start, flags, found, error)) break;
      if (found.kind == L::Kind::error) {
        if (found.error != E_EXIST || pages) {
          error = found.error;
          break;
        }
      }
      // Before 57edfcfd3419 a THP's pages were looked up one by one where `pages` takes them (V12).
      if (found.page_mask != 0 && pages && nr > 1 && m.w.vmas[vma].kind != VmaKind::hugetlb &&
          !m.since(&Era::thp_at_once, Known::V12))
        found.page_mask = 0;
      // min(rest of the leaf, nr); the rest is at least one page.
      const std::uint32_t count =
          nr == 1 ? 1 : D::clip(((~(start >> m.arch.page_shift())) & std::uint64_t{found.page_mask}) + 1u, nr);
      if (found.kind == L::Kind::page) {
        error = store_pages(base + i, found, count, flags);
        if (error != 0) break;
      }
      i += count;
      nr -= count;
      start = start + (std::uint64_t{count} << m.arch.page_shift());
    }
    m.pgmap_held = false;  // put_dev_pagemap()
    m.note(fn, "pages so far", W(i));
    return i > 0 ? static_cast<std::int64_t>(i) : -static_cast<std::int64_t>(error);
  }

  /// Finds and checks the VMA of `start`. Returns 0 or a positive errno.
  int enter_vma(W start, W flags, int& vma) {
    const bool populate = D::truth((flags & FOLL_MADV_POPULATE) != 0u);
    vma = gup_vma_lookup(m, start);
    if (vma < 0) {
      m.note("__get_user_pages", "no VMA");
      return populate ? E_NOMEM : E_FAULT;
    }
    const int error = check_vma_flags(m, vma, flags);
    return error != 0 && populate ? E_INVAL : error;
  }

  /// gup_signal_pending()
  bool signal_pending(W flags) {
    if (m.fatal_signal()) return true;
    if (D::truth((flags & FOLL_INTERRUPTIBLE) == 0u) || !m.since(&Era::interruptible, Known::V20)) return false;
    return m.any_signal();
  }
  /// mmap_read_lock_killable(), or, not `killable`, mmap_read_lock()
  bool lock_mmap(bool killable = true) {
    const std::uint64_t n = ++m.lock_tries;
    if (killable && m.w.env.mmap_lock_fail_at == n) {
      m.note("mmap_read_lock_killable", "killed while it waits");
      return false;
    }
    m.may_sleep();
    m.mmap_locked = true;
    return true;
  }

  /// __get_user_pages_locked(), facts 1.5. Where it takes mmap_lock itself, `killable` says how.
  std::int64_t get_locked(W start, std::uint32_t nr, W flags, bool killable = true) {
    constexpr const char* fn = "__get_user_pages_locked";
    if (nr == 0) return 0;
    bool must_unlock = false;
    if (!locked) {
      if (!lock_mmap(killable)) return -E_AGAIN;
      must_unlock = true;
      locked = true;
    }
    if (pages) flags = D::select((flags & FOLL_PIN) == 0u, flags | std::uint64_t{FOLL_GET}, flags);
    const bool unlockable = D::truth((flags & FOLL_UNLOCKABLE) != 0u);
    std::int64_t done = 0;
    std::uint32_t base = first;
    for (;;) {
      std::int64_t ret = get(start, nr, flags, base);
      if (m.halted()) return 0;
      if (!unlockable) {
        done = ret;
        break;
      }
      if (ret > 0) {
        nr -= static_cast<std::uint32_t>(ret);
        done += ret;
        if (nr == 0) break;
      }
      if (locked) {
        if (done == 0) done = ret;
        break;
      }
      base += static_cast<std::uint32_t>(ret);
      start = start + (static_cast<std::uint64_t>(ret) << m.arch.page_shift());
      must_unlock = true;
      ret = retry_one(start, flags, base, done);
      if (m.halted()) return 0;
      if (ret != 1) break;
      --nr;
      ++done;
      if (nr == 0) break;
      ++base;
      start = start + m.arch.page_size();
    }
    if (must_unlock && locked) {
      m.mmap_locked = false;
      locked = false;
    }
    if (m.era.zero_result_is_efault && done == 0 && D::truth((flags & FOLL_NOWAIT) == 0u)) {
      m.warn(Warn::zero_result, fn, "nothing pinned");
      return -E_FAULT;
    }
    return done;
  }

  /// The inner retry of facts 1.5: one page with TRIED until the lock stays held.
  /// Returns 1 when it got the page; else `done` is what the call returns.
  std::int64_t retry_one(W start, W flags, std::uint32_t base, std::int64_t& done) {
    constexpr const char* fn = "__get_user_pages_locked";
    for (std::uint32_t tries = 0; tries <= kMaxFaultsPerAddress; ++tries) {
      m.note(fn, "mmap_lock was dropped: tries again");
      if (signal_pending(flags)) {
        if (done == 0) done = -E_INTR;
        return 0;
      }
      if (!lock_mmap()) {
        if (done == 0) done = -E_INTR;
        return 0;
      }
      locked = true;
      const std::int64_t ret = get(start, 1, flags | std::uint64_t{FOLL_TRIED}, base);
      if (m.halted()) return 0;
      if (!locked) continue;
      if (ret != 1 && done == 0) done = ret;
      return ret;
    }
    m.halt(Termination::livelock, fn, "mmap_lock is dropped again and again");
    return 0;
  }
};

}  // namespace gupdiff
