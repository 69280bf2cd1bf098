// SPDX-License-Identifier: GPL-2.0-only
// Huge device mappings (follow_devmap_pmd; facts 1.10) and the accessed/dirty
// marking that FOLL_TOUCH does on huge entries (C01).
#pragma once

#include "model/kernel/grab.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff {

/// touch_pmd(), touch_pud() on x86: the entry is stored only when its dirty argument
/// is set (C01), so a read marks nothing and a write sets accessed and dirty.
template <class M>
void touch_huge(M& m, const char* function, Level level, typename M::W address, typename M::W e,
                typename M::W flags) {
  using E = typename M::E;
  if ((flags & FOLL_WRITE) == 0u) return;
  m.write(function, level, address, E::mkdirty(E::mkyoung(e)));
}

/// get_dev_pagemap(): a page map exists for exactly the frames some folio covers.
template <class M>
int get_dev_pagemap(M& m, typename M::W pfn) {
  const int folio = m.find_folio(pfn);
  if (folio >= 0) ++m.pgmap_refs;
  return folio;
}

/// follow_devmap_pmd(); the PMD lock is held.
template <class M>
Lookup<typename M::Domain> follow_devmap_pmd(M& m, int, typename M::W address, typename M::W flags) {
  using E = typename M::E;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_devmap_pmd";
  const auto e = m.read_locked(fn, Level::pmd, address);
  if ((flags & FOLL_WRITE) != 0u && !E::write(e)) return L::fault();
  if (!(E::pmd_present(e) && E::devmap(e))) return L::fault();
  if ((flags & FOLL_TOUCH) != 0u) touch_huge(m, "touch_pmd", Level::pmd, address, e, flags);
  if ((flags & (FOLL_GET | FOLL_PIN)) == 0u) return L::fail(E_EXIST);
  const auto pfn = E::pmd_pfn(e) + ((address & (x86_64::span(Level::pmd) - 1)) >> 12);
  const int folio = get_dev_pagemap(m, pfn);
  if (folio < 0) return L::fail(E_FAULT);
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) return L::fail(err);
  return L::page(pfn, folio, 0);
}

}  // namespace gupdiff
