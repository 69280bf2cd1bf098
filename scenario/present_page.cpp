// SPDX-License-Identifier: GPL-2.0-only
// Builds a present huge page on any architecture out of its own hooks.
#include "scenario/present_page.hpp"

namespace gupdiff {

Scenario present_huge_page(const Config& config, const HugetlbSize& size, std::uint32_t pages) {
  Scenario w;
  w.config = config;
  const Words arch = words_of(w);
  const Geometry& g = arch.geometry();
  const std::uint64_t bytes = g.page_size() << size.order;
  const std::uint64_t start = (std::uint64_t{1} << (g.address_bits - 1)) & ~(bytes - 1);

  for (const bool huge : {false, true}) {
    Folio<Concrete> f;
    f.pfn = huge ? g.huge_zero_pfn : g.zero_pfn;
    f.order = static_cast<std::uint8_t>(huge ? g.leaf_order(Level::pmd) : 0);
    f.kind = huge ? FolioKind::huge_zero : FolioKind::zero_page;
    f.refcount = 1;
    w.folios.push_back(f);
  }
  Folio<Concrete> f;
  f.pfn = g.default_pfn(2);
  f.kind = FolioKind::hugetlb;
  f.order = size.order;
  f.refcount = 2;
  f.mapcount = 1;
  w.folios.push_back(f);
  w.page_cache.push_back({0, 1, 2, true});

  Vma<Concrete> v;
  v.start = start;
  v.end = start + bytes;
  v.flags = VM_READ | VM_WRITE | VM_SHARED | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE | VM_HUGETLB;
  v.file_pages = std::uint64_t{1} << size.order;
  v.kind = VmaKind::hugetlb;
  v.huge_order = size.order;
  v.file = 1;
  w.vmas.push_back(v);

  const Level lowest = size.hugepd() ? size.directory : size.level;
  for (int l = static_cast<int>(g.top); l > static_cast<int>(lowest); --l) {
    const Level level = static_cast<Level>(l);
    const std::uint64_t first = start >> g.shift(level), last = (start + bytes - 1) >> g.shift(level);
    for (std::uint64_t key = first; key <= last; ++key) {
      Slot<Concrete> s;
      s.first = key;
      s.value = plain_table(w, level, key);
      w.slots[l].push_back(s);
    }
  }
  const std::uint64_t entry = arch.mkyoung(arch.mkdirty(
      arch.mkwrite_novma(arch.make_huge_pte(f.pfn, arch.page_prot(v.flags, 0), size))));
  Slot<Concrete> s;
  s.first = start >> g.shift(size.level);
  if (size.hugepd()) {
    Slot<Concrete> d;
    d.first = start >> g.shift(lowest);
    d.value = arch.hugepd_entry(g.hugepd_pfn(lowest, d.first), size);
    d.count = size.directories();
    w.slots[static_cast<int>(lowest)].push_back(d);
    s.first = arch.hugepte_address(size, start) >> g.shift(size.level);
  }
  s.value = size.entries() == 1 ? entry : arch.contiguous_member(entry, size, 0);
  s.count = size.entries();
  if (s.count > 1 && arch.contiguous_member(entry, size, 1) != s.value) s.stride = arch.stride(s.value, size.level);
  w.slots[static_cast<int>(size.level)].push_back(s);

  w.request.start = start;
  w.request.nr_pages = pages;
  w.request.api = Api::get;
  return w;
}

}  // namespace gupdiff
