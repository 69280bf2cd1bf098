// SPDX-License-Identifier: GPL-2.0-only
// Directories of hugetlb entries (hugepd, facts 4.4): getting from a directory to the entry
// it holds for an address, and making one (powerpc's huge_pte_alloc).
#pragma once

#include "model/kernel/page_tables.hpp"

namespace gupdiff {

/// Follows directory `e`, read from the slot of `address` at `level`, to its table of entries.
/// A pointer to anywhere else is a wild dereference, a size field that names no size a BUG.
/// Null: the machine is halted. Else the size the directory says.
template <class M>
const HugetlbSize* enter_hugepd(M& m, const char* function, Level level, typename M::W e, typename M::W address) {
  using D = typename M::Domain;
  const HugetlbSize* size = m.arch.hugepd_size(e);
  if (!size) {
    m.halt(Termination::bug, function, "the directory's size field names no page size");
    return nullptr;
  }
  const auto first = m.key(level, address) & ~std::uint64_t{size->directories() - 1};
  if (D::truth(m.arch.hugepd_frame(e) == m.arch.geometry().hugepd_pfn(level, first))) return size;
  m.halt(Termination::oops, function, "dereferences a directory that is not there");
  return nullptr;
}

/// huge_pte_alloc() for a size that hangs off a directory: the tables down to it, and the
/// directory in every slot that the page spans (__hugepte_alloc). False: an allocation failed
/// (VM_FAULT_OOM), or the machine halted.
template <class M>
bool alloc_hugepd(M& m, const HugetlbSize& size, typename M::W address) {
  using D = typename M::Domain;
  constexpr const char* fn = "huge_pte_alloc";
  const Level level = size.directory;
  if (!alloc_tables(m, level, address)) return false;
  const auto e = m.peek(level, address);
  if (!slot_none(m, level, e)) {
    if (D::truth(m.arch.is_hugepd(level, e))) {
      const HugetlbSize* found = enter_hugepd(m, fn, level, e, address);
      if (found && found->order != size.order)
        m.halt(Termination::out_of_bounds, fn, "the directory is one of another page size: not modelled");
      return !m.halted();
    }
    m.halt(Termination::bug, fn, "the slot holds no directory");
    return false;
  }
  if (!m.allocate()) return false;
  for (std::uint32_t i = 1; i < size.directories(); ++i)
    if (!slot_none(m, level, m.peek(level, address + (std::uint64_t{i} << m.arch.shift(level))))) {
      m.halt(Termination::bug, fn, "a slot that the page spans is taken");
      return false;
    }
  const auto directory = m.arch.hugepd_entry(m.arch.geometry().hugepd_pfn(level, m.key(level, address)), size);
  m.store_run(level, address, size.directories(), directory, 0);
  m.note(fn, "makes a directory", level, address, directory);
  return true;
}

}  // namespace gupdiff
