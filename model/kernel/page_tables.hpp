// SPDX-License-Identifier: GPL-2.0-only
// Allocation of page tables on the fault side (p4d_alloc .. pte_alloc).
#pragma once

#include "model/machine/machine.hpp"

namespace gupdiff {

/// pXd_none as the level's own kernel predicate answers it.
template <class M>
typename M::B slot_none(const M& m, Level level, typename M::W e) {
  const auto& arch = m.arch;
  return level == Level::pgd ? arch.pgd_none(e) : arch.none(e);
}

/// Makes sure the tables that hold the slot of `address` at `level` exist: every
/// none entry above is given a table (one allocation each). False: an allocation
/// failed (VM_FAULT_OOM), or the machine halted. A non-none entry above is taken
/// for a table without looking further, as pXd_alloc does.
template <class M>
bool alloc_tables(M& m, Level level, typename M::W address) {
  const auto& arch = m.arch;
  for (int l = static_cast<int>(m.top()); l > static_cast<int>(level); --l) {
    const Level here = static_cast<Level>(l), child = static_cast<Level>(l - 1);
    typename M::W e = m.peek(here, address);
    if (slot_none(m, here, e)) {
      if (!m.allocate()) return false;
      e = arch.table_entry(m.table_pfn(child, address));
      m.store(here, address, e);
      m.note("pXd_alloc", "allocates a table", here, address, e);
    } else if (!m.enter_table("pXd_alloc", child, e, address)) {
      return false;
    }
  }
  return true;
}

}  // namespace gupdiff
