// SPDX-License-Identifier: GPL-2.0-only
// Huge device mappings (follow_devmap_pmd; facts 1.10) and the accessed/dirty
// marking that FOLL_TOUCH does on huge entries (C01).
#pragma once

#include "model/kernel/grab.hpp"
#include "model/kernel/lookup.hpp"

namespace gupdiff {

/// touch_pmd(), touch_pud(): a write sets accessed and dirty. A read sets accessed where
/// the architecture stores that (Geometry::read_marks_young); on x86 it marks nothing (C01).
template <class M>
void touch_huge(M& m, const char* function, Level level, typename M::W address, typename M::W e,
                typename M::W flags) {
  const auto& arch = m.arch;
  if (arch.geometry().read_marks_young) {
    const auto young = arch.mkyoung(e);
    m.write(function, level, address, M::Domain::select((flags & FOLL_WRITE) != 0u, arch.mkdirty(young), young));
    return;
  }
  if ((flags & FOLL_WRITE) == 0u) return;
  m.write(function, level, address, arch.mkdirty(arch.mkyoung(e)));
}

/// get_dev_pagemap(): a page map exists for exactly the frames some folio covers.
template <class M>
int get_dev_pagemap(M& m, typename M::W pfn) {
  const int folio = m.find_folio(pfn);
  if (folio >= 0) ++m.pgmap_refs;
  m.pgmap_held = m.pgmap_held || folio >= 0;
  return folio;
}

/// follow_devmap_pmd(); the PMD lock is held.
template <class M>
Lookup<typename M::Domain> follow_devmap_pmd(M& m, int, typename M::W address, typename M::W flags) {
  const auto& arch = m.arch;
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "follow_devmap_pmd";
  const auto e = m.read_locked(fn, Level::pmd, address);
  if ((flags & FOLL_WRITE) != 0u && !arch.write(e)) return L::fault();
  if (!(arch.pmd_present(e) && arch.devmap(e))) return L::fault();
  if ((flags & FOLL_TOUCH) != 0u) touch_huge(m, "touch_pmd", Level::pmd, address, e, flags);
  if ((flags & (FOLL_GET | FOLL_PIN)) == 0u) return L::fail(E_EXIST);
  const auto pfn = arch.pmd_pfn(e) + m.page_in(Level::pmd, address);
  const int folio = get_dev_pagemap(m, pfn);
  if (folio < 0) return L::fail(E_FAULT);
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) return L::fail(err);
  return L::page(pfn, folio, 0);
}

}  // namespace gupdiff
