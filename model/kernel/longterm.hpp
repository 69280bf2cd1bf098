// SPDX-License-Identifier: GPL-2.0-only
// FOLL_LONGTERM: pages that cannot be pinned for long are migrated first
// (__gup_longterm_locked, check_and_migrate_movable_pages; facts 1.14).
#pragma once

#include "model/kernel/gup.hpp"

namespace gupdiff {

/// Migration of one folio: it moves to a fresh, pinnable frame and every entry that
/// maps it follows.
template <class M>
void migrate_folio(M& m, int folio) {
  using W = typename M::W;
  const auto& arch = m.arch;
  auto& f = m.folio(folio);
  const W old_pfn = f.pfn;
  const W new_pfn = W(m.arch.geometry().fresh(m.fresh_folios++, f.order));
  f.pfn = new_pfn;
  f.unpinnable = typename M::B(false);
  for (int l = 0; l < kSlotLists; ++l) {
    const Level level = static_cast<Level>(l);
    if (level > Level::pud && level != Level::hugepte) continue;
    for (auto& s : m.w.slots[l]) {
      if (!arch.pte_present(s.value)) continue;
      if (level != Level::pte && level != Level::hugepte && !arch.pmd_leaf(s.value)) continue;
      const W pfn = arch.leaf_pfn(level, s.value);
      if ((pfn >> f.order) != (old_pfn >> f.order)) continue;
      const W moved = (pfn - old_pfn) + new_pfn;
      s.value = arch.make_entry(moved, arch.without_frame(s.value));
    }
  }
  m.note("migrate_folio", "moves the folio", new_pfn);
}

/// Runs of pages before position `first`: what GUP-fast got is no business of the slow part.
template <class M>
std::size_t runs_before(const M& m, std::uint32_t first) {
  std::size_t runs = 0;
  while (runs < m.pages.size() && m.pages[runs].index < first) ++runs;
  return runs;
}

/// Gives back what the request holds on its pages from position `first` on and forgets them.
template <class M>
void unpin_pages(M& m, typename M::W flags, std::uint32_t first) {
  const std::size_t kept = runs_before(m, first);
  for (std::size_t i = kept; i < m.pages.size(); ++i) {
    const auto& run = m.pages[i];
    const int folio = m.find_folio(run.pfn);
    if (folio >= 0) gup_put_folio(m, folio, typename M::W(run.count), flags);
  }
  m.pages.resize(kept);
  m.known_applied.reset(static_cast<std::size_t>(Known::D18));  // speaks of pages handed out
}

/// check_and_migrate_movable_pages() of the pages from position `first` on: 0, or -ENOMEM, or -EAGAIN (pages
/// were given back; pin again). Negative errno.
template <class M>
int check_and_migrate(M& m, typename M::W flags, std::uint32_t first) {
  constexpr const char* fn = "check_and_migrate_movable_pages";
  std::vector<int> movable;
  for (std::size_t r = runs_before(m, first); r < m.pages.size(); ++r) {
    const auto& run = m.pages[r];
    const int folio = m.find_folio(run.pfn);
    if (folio < 0 || m.folio(folio).kind == FolioKind::zero_page) continue;
    bool seen = false;
    for (int i : movable) seen = seen || i == folio;
    if (!seen && m.folio(folio).unpinnable) movable.push_back(folio);
  }
  if (movable.empty()) return 0;
  unpin_pages(m, flags, first);
  if (m.w.env.isolate_fails) {
    m.note(fn, "isolation failed: pins again");
    return -E_AGAIN;
  }
  if (m.w.env.migrate_fails) {
    m.note(fn, "migration failed");
    return -E_NOMEM;
  }
  for (int i : movable) migrate_folio(m, i);
  return -E_AGAIN;
}

/// __gup_longterm_locked(). `killable`: see get_locked().
template <class M, class Walk>
std::int64_t gup_longterm_locked(Gup<M, Walk>& gup, typename M::W start, std::uint32_t nr,
                                 typename M::W flags, bool killable = true) {
  if ((flags & FOLL_LONGTERM) == 0u) return gup.get_locked(start, nr, flags, killable);
  for (std::uint32_t round = 0; round < kMaxFaultsPerAddress; ++round) {
    const std::int64_t pinned = gup.get_locked(start, nr, flags, killable);
    if (gup.m.halted() || pinned <= 0) return pinned;
    const int rc = check_and_migrate(gup.m, flags, gup.first);
    if (rc == 0) return pinned;
    if (rc != -E_AGAIN) return rc;
  }
  gup.m.halt(Termination::livelock, "__gup_longterm_locked", "pins and migrates for ever");
  return 0;
}

}  // namespace gupdiff
