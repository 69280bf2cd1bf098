// SPDX-License-Identifier: GPL-2.0-only
// A huge page below a directory (hugepd) against the same page as PTEs that repeat its entry
// (facts 1.11, 4.4, 6.8): one of the reader statements of oracle/readers.hpp.
#pragma once

#include "oracle/reader_input.hpp"
#include "unified/follow_page.hpp"

namespace gupdiff {

/// The hugepte of an input as a hugetlb mapping can have it: its frame is that of a page of the
/// size, and it is not special.
template <class D>
typename D::Word hugepte_of(const ReaderInput<D>& in) {
  const Arch<Concrete> arch(in.config);
  const std::uint64_t in_page = ((std::uint64_t{1} << in.size->order) - 1) << arch.stride(0, Level::hugepte);
  return in.hugepte & arch.geometry().word_mask & ~(in_page | arch.mkspecial(0));
}

/// First byte of the huge page that is read.
inline std::uint64_t hugepd_start(const Geometry& g) {
  return (std::uint64_t{1} << (g.address_bits - 1)) & ~((g.page_size() << g.max_order()) - 1);
}

/// The entry of the address in a table of PTEs that maps what hugepte `e` maps: the frame goes
/// on from slot to slot; what is not present is the same in each.
template <class D>
typename D::Word repeated(const ReaderInput<D>& in, const Arch<D>& arch, typename D::Word e) {
  const auto page = in.offset >> arch.page_shift();
  const unsigned stride = static_cast<unsigned>(Arch<Concrete>(in.config).stride(0, Level::hugepte));
  return D::select(arch.pte_present(e), e | (page << stride), e);
}

/// The world of an input: one hugetlb VMA of one page, its folio, which is the page of whatever
/// frame the entry names, and the tables: down to a directory, or to the PTE.
template <class D>
World<D> hugepd_world(const ReaderInput<D>& in, bool directory) {
  using W = typename D::Word;
  World<D> w;
  w.config = in.config;
  const Arch<D> arch(in.config);
  const Geometry& g = arch.geometry();
  const std::uint64_t start = hugepd_start(g);
  const W e = hugepte_of(in), address = in.offset | start;
  for (int i = 0; i < 3; ++i) {
    Folio<D> f;
    f.kind = i == kZeroFolio ? FolioKind::zero_page : i == kHugeZeroFolio ? FolioKind::huge_zero : FolioKind::hugetlb;
    f.order = i == kZeroFolio ? 0 : i == kHugeZeroFolio ? static_cast<std::uint8_t>(g.leaf_order(Level::pmd)) : in.size->order;
    f.pfn = i == kZeroFolio ? W(g.zero_pfn) : i == kHugeZeroFolio ? W(g.huge_zero_pfn) : arch.pte_pfn(e);
    f.refcount = W(1);
    f.anon = (in.folio & FOLIO_ANON) != 0u;
    f.exclusive = (in.folio & FOLIO_EXCLUSIVE) != 0u;
    f.unpinnable = (in.folio & FOLIO_UNPINNABLE) != 0u;
    w.folios.push_back(f);
  }
  Vma<D> v;
  v.start = W(start);
  v.end = W(start + (g.page_size() << in.size->order));
  v.flags = in.vm_flags | std::uint64_t{VM_HUGETLB};
  v.kind = VmaKind::hugetlb;
  v.huge_order = in.size->order;
  v.file = 1;
  w.vmas.push_back(v);
  PageCacheEntry<D> cached;
  cached.file = 1;
  cached.folio = 2;
  cached.present = (in.folio & FILE_CACHED) != 0u;
  w.page_cache.push_back(cached);

  const auto put = [&](Level level, W first, W value, std::uint32_t count) {
    Slot<D> s;
    s.first = first;
    s.value = value;
    s.count = count;
    w.slots[static_cast<int>(level)].push_back(s);
  };
  for (int l = static_cast<int>(g.top); l > 0; --l) {
    const Level level = static_cast<Level>(l), child = static_cast<Level>(l - 1);
    if (directory && level == in.size->directory) {
      const std::uint64_t first = start >> g.shift(level);
      put(level, W(first), arch.hugepd_entry(W(g.hugepd_pfn(level, first)), *in.size), in.size->directories());
      break;
    }
    put(level, address >> g.shift(level), arch.table_entry(g.table_pfn(child, address >> g.shift(child))), 1);
  }
  if (directory)
    put(Level::hugepte, W(start >> g.shift(Level::hugepte)), e, 1);
  else
    put(Level::pte, address >> g.shift(Level::pte), repeated(in, arch, e), 1);
  return w;
}

/// *hugepd is a contiguous PTE*: what follow_page_mask() of `era` answers for an address below a
/// directory, no page, which error, or which frame, it answers for the same address where a
/// table of PTEs repeats the entry (facts 1.10, 1.11). How many pages more it says there are is
/// apart. Apart also: GET with PIN, which PTEs alone refuse (D40); a dump's holes (D12); entries
/// that do not permit the access, D34, and for a forced write, which PTEs alone allow; the 8xx's
/// second place in the table (G40); and the fast path's rules in its first versions (D33, D32).
template <class D>
Comparison<D> compare_hugepd(const ReaderInput<D>& in, const Era& era) {
  using B = typename D::Cond;
  using W = typename D::Word;
  using L = Lookup<D>;
  const W start(hugepd_start(geometry_of(in.config)));
  const W address = in.offset | start, flags = in.foll_flags;
  const auto follow = [&](Machine<D>& m, bool directory) {
    m.reset(hugepd_world(in, directory), era);
    return unified::FollowPage{}(m, 0, address, flags);
  };
  Machine<D> below, table;
  const L a = follow(below, true), b = follow(table, false);

  Comparison<D> c;
  c.same = B(!below.halted() && !table.halted() && a.kind == b.kind && a.error == b.error);
  if (a.kind == L::Kind::page && b.kind == L::Kind::page) c.same = c.same && a.pfn == b.pfn;

  // The same said of the entry, the folio and the flags. Would the table of PTEs answer with a
  // page, or that it must be unshared?
  const auto has = [&](std::uint64_t flag) { return (flags & flag) != 0u; };
  const Arch<D>& arch = table.arch;
  constexpr int folio = 2;
  const auto& f = table.w.folios[folio];
  const W e = hugepte_of(in);
  const B wanted = has(FOLL_WRITE), pins = has(FOLL_PIN), writable = arch.write(e);
  const B one = !(has(FOLL_GET) && pins);
  const B honoured = arch.protnone(e) && !gup_can_follow_protnone(table, 0, flags);
  const B found = one && arch.pte_present(e) && !honoured && (!wanted || can_follow_write(table, 0, flags, e, folio));
  const B first = arch.hugepte_address(*in.size, address) == start;
  const B permitted = found && first && arch.access_permitted(e, wanted);
  const B refused = B(!era.hugepd_slow_grab) && permitted && (!(has(FOLL_GET) || pins) || (pins && has(FOLL_LONGTERM) && f.unpinnable));
  const B unshares = B(!era.hugepd_unshares) && permitted && !refused && !writable && pins && !wanted &&
                     D::select(f.anon, !f.exclusive, has(FOLL_LONGTERM));
  c.differs("D40", !one);
  c.differs("D12", one && arch.none(e) && has(FOLL_DUMP) && (in.folio & FILE_CACHED) == 0u);
  c.differs("a forced write", found && first && wanted && !writable);
  c.differs("D34", found && first && !(wanted && !writable) && !arch.access_permitted(e, wanted));
  c.differs("G40", found && !first);
  c.differs("D33", refused);
  c.differs("D32", unshares);
  return c;
}

}  // namespace gupdiff
