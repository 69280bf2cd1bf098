// SPDX-License-Identifier: GPL-2.0-only
// Building memory the way a program does, through the model's own fault code.
#include "guest/memory_builder.hpp"

#include "model/kernel/huge_pte.hpp"
#include "model/kernel/hugetlb_fault.hpp"
#include "model/kernel/mm_fault.hpp"

namespace gupdiff {
namespace {

/// Folios made while building are numbered from here, the walk's own from 0.
constexpr std::uint32_t kBuilderFolios = 4096;
constexpr int kMaxUserFaults = 8;

bool is_leaf(const Machine<Concrete>& m, Level l, std::uint64_t e) {
  return l == Level::pte || (l <= Level::pud && m.arch.leaf_format(l, e));
}

}  // namespace

LeafEntry walk_entry(const Machine<Concrete>& m, std::uint64_t address) {
  const int top = static_cast<int>(m.top());
  for (int i = top; i >= 0; --i) {
    const Level l = static_cast<Level>(i);
    const std::uint64_t e = m.peek(l, address);
    // Non-present huge entries end the walk as well.
    const bool ends = m.arch.none(e) || l == Level::pte || is_leaf(m, l, e) ||
                      (l <= Level::pud && !m.arch.table_format(l, e));
    if (ends) return {l, e, m.arch.none(e) && l != Level::pte};
  }
  return {};
}

MemoryBuilder::MemoryBuilder(const RecordedMachine& recorded, const Era& era) : machine(recorded) {
  const Config& config = machine.config;
  World<Concrete> w;
  w.config = config;
  const Geometry& g = geometry_of(config);
  Folio<Concrete> zero;
  zero.pfn = g.zero_pfn;
  zero.refcount = 1;
  zero.kind = FolioKind::zero_page;
  w.folios.push_back(zero);
  zero.pfn = g.huge_zero_pfn;
  zero.kind = FolioKind::huge_zero;
  zero.order = static_cast<std::uint8_t>(g.leaf_order(Level::pmd));
  w.folios.push_back(zero);
  w.env.huge_pool = 64;
  if (g.top == Level::pgd) {
    Slot<Concrete> pgd;
    pgd.value = Arch<Concrete>(config).table_entry(g.table_pfn<std::uint64_t>(Level::p4d, 0));
    w.slots[static_cast<int>(Level::pgd)].push_back(pgd);
  }
  m.reset(w, era);
  m.fresh_folios = kBuilderFolios;
}

Vma<Concrete>& MemoryBuilder::map(std::uint64_t start, std::uint64_t length, std::uint64_t flags, VmaKind kind) {
  Vma<Concrete> v;
  v.start = start;
  v.end = start + length;
  v.flags = flags;
  v.kind = kind;
  v.file_pages = length >> m.arch.page_shift();
  m.w.vmas.push_back(v);
  return m.w.vmas.back();
}

void MemoryBuilder::fill_cache(std::uint16_t file, std::uint64_t pages, std::uint8_t order, FolioKind kind) {
  const std::uint64_t step = std::uint64_t{1} << order;
  for (std::uint64_t i = 0; i < pages; i += step) {
    const int f = m.new_folio(order, kind);
    // One a base page, the caller's own is gone; of a hugetlb folio one in all before v6.7 (V35).
    m.folio(f).refcount = kind == FolioKind::hugetlb && !m.era.hugetlb_cache_refs_pages ? 1 : step;
    m.folio(f).dirty = true;
    m.w.page_cache.push_back({i, file, static_cast<std::uint16_t>(f), true});
  }
}

int MemoryBuilder::vma_at(std::uint64_t address) const {
  for (std::size_t i = 0; i < m.w.vmas.size(); ++i) {
    if (address >= m.w.vmas[i].start && address < m.w.vmas[i].end) return static_cast<int>(i);
  }
  return -1;
}

int MemoryBuilder::folio_at(std::uint64_t address) const {
  const LeafEntry e = walk_entry(m, address);
  if (e.table_missing || !m.arch.pte_present(e.value)) return -1;
  return m.find_folio(m.arch.leaf_pfn(e.level, e.value));
}

bool MemoryBuilder::fault(int vma, std::uint64_t address, std::uint64_t flags) {
  const bool huge = m.w.vmas[vma].kind == VmaKind::hugetlb;
  const std::uint64_t r = huge ? hugetlb_fault(m, vma, address, flags) : generic_fault(m, vma, address, flags);
  return !m.halted() && (r & (VM_FAULT_ERROR | VM_FAULT_RETRY)) == 0;
}

bool MemoryBuilder::touch(std::uint64_t address, bool write) {
  const int vma = vma_at(address);
  if (vma < 0) return false;
  for (int i = 0; i < kMaxUserFaults; ++i) {
    const LeafEntry e = walk_entry(m, address);
    const bool allowed = !e.table_missing && m.arch.access_permitted(e.value, write);
    if (allowed) {
      m.store(e.level, address, m.arch.touched(e.value, write));
      return true;
    }
    if (!fault(vma, address, write ? std::uint64_t{FAULT_FLAG_WRITE} : 0)) return false;
  }
  return false;
}

void MemoryBuilder::edit(std::uint64_t address, const std::function<std::uint64_t(std::uint64_t, Level)>& change) {
  const LeafEntry e = walk_entry(m, address);
  put(e.level, address, change(e.value, e.level));
}

void MemoryBuilder::put(Level level, std::uint64_t address, std::uint64_t value) {
  const int vma = vma_at(address);
  const bool huge = vma >= 0 && m.w.vmas[vma].kind == VmaKind::hugetlb;
  if (!huge || m.hugetlb_size(m.w.vmas[vma]).entries_log2 == 0) {
    m.store(level, address, value);
    return;
  }
  const HugetlbSize& size = m.hugetlb_size(m.w.vmas[vma]);
  if (value == 0) m.store_set(level, address, size.entries(), value, 0);
  else set_huge_pte_at(m, size, address, value);
}

void MemoryBuilder::each_leaf(std::uint64_t start, std::uint64_t length,
                              const std::function<void(std::uint64_t, Level, std::uint64_t)>& visit) {
  for (std::uint64_t a = start; a < start + length;) {
    const LeafEntry e = walk_entry(m, a);
    std::uint64_t span = m.arch.span(e.level);
    std::uint64_t value = e.value;
    const int vma = vma_at(a);
    if (vma >= 0 && m.w.vmas[vma].kind == VmaKind::hugetlb) {
      const HugetlbSize& size = m.hugetlb_size(m.w.vmas[vma]);
      span = m.arch.page_size() << size.order;
      value = folded(m, size, e.level, a & ~(span - 1), value);
    }
    if (!e.table_missing && !m.arch.none(value)) visit(a, e.level, value);
    a = (a & ~(span - 1)) + span;
  }
}

void MemoryBuilder::split_vma(std::uint64_t address) {
  const int i = vma_at(address);
  if (i < 0 || m.w.vmas[i].start == address) return;
  Vma<Concrete> upper = m.w.vmas[i];
  upper.pgoff += (address - upper.start) >> m.arch.page_shift();
  upper.start = address;
  m.w.vmas[i].end = address;
  m.w.vmas.insert(m.w.vmas.begin() + i + 1, upper);
  // vma_adjust_trans_huge(): a huge page never spans two VMAs.
  if ((address & (m.arch.span(Level::pmd) - 1)) != 0 && upper.kind != VmaKind::hugetlb) {
    split_huge_pmd(m, i, address);
  }
}

void MemoryBuilder::protect(std::uint64_t start, std::uint64_t length, std::uint64_t access, int pkey) {
  split_vma(start);
  split_vma(start + length);
  for (auto& v : m.w.vmas) {
    if (v.start < start || v.end > start + length) continue;
    v.flags = (v.flags & ~std::uint64_t{VM_ACCESS_FLAGS}) | access;
    if (pkey >= 0) v.pkey = static_cast<std::uint8_t>(pkey);
  }
  each_leaf(start, length, [&](std::uint64_t a, Level l, std::uint64_t old) {
    const int vma = vma_at(a);
    if (vma < 0 || !m.arch.pte_present(old)) return;
    const bool hugetlb = m.w.vmas[vma].kind == VmaKind::hugetlb;
    if (hugetlb) {
      put(l, a, m.arch.huge_modify(old, page_prot(m, m.w.vmas[vma]), m.hugetlb_size(m.w.vmas[vma])));
      return;
    }
    std::uint64_t e = m.arch.modify(l, old, fault_prot(m, vma));
    const int folio = l == Level::pmd ? vm_normal_folio_pmd(m, e) : vm_normal_folio(m, e);
    // Before v6.2 only dirty PTEs were upgraded, and no PMD.
    const bool upgraded = m.era.numa_upgrades_write || (l == Level::pte && m.arch.dirty(e));
    if (!m.arch.write(e) && upgraded && may_upgrade_to_write(m, vma, e, folio)) e = m.arch.mkwrite(e);
    m.store(l, a, e);
  });
}

void MemoryBuilder::zap(std::uint64_t start, std::uint64_t length, bool anon_too) {
  for (const std::uint64_t edge : {start, start + length}) {
    const int i = vma_at(edge);
    if (i >= 0 && (edge & (m.arch.span(Level::pmd) - 1)) != 0 && m.w.vmas[i].kind != VmaKind::hugetlb) {
      split_huge_pmd(m, i, edge);
    }
  }
  each_leaf(start, length, [&](std::uint64_t a, Level l, std::uint64_t e) {
    if (!m.arch.pte_present(e)) {
      if (anon_too) put(l, a, 0);
      return;
    }
    const int f = m.find_folio(m.arch.leaf_pfn(l, e));
    const bool counted = f >= 0 && m.w.folios[f].kind != FolioKind::zero_page &&
                         m.w.folios[f].kind != FolioKind::huge_zero;
    if (counted && m.w.folios[f].anon && !anon_too) return;
    if (counted) unmap_one(m, f);
    put(l, a, 0);
  });
}

void MemoryBuilder::unmap(std::uint64_t start, std::uint64_t length) {
  split_vma(start);
  split_vma(start + length);
  zap(start, length);
  auto& v = m.w.vmas;
  for (std::size_t i = v.size(); i-- > 0;) {
    if (v[i].start >= start && v[i].end <= start + length) v.erase(v.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void MemoryBuilder::mark(std::uint64_t start, std::uint64_t length, std::uint64_t bits) {
  const int vma = vma_at(start);
  if (vma < 0) return;
  const auto& v = m.w.vmas[vma];
  const std::uint64_t marker = m.arch.marker(m.swap, bits);
  if (v.kind == VmaKind::hugetlb) {
    const Level l = m.hugetlb_size(v).level;
    alloc_tables(m, l, start);
    if (m.arch.none(m.peek(l, start))) put(l, start, marker);
    return;
  }
  alloc_tables(m, Level::pte, start);
  bool all_none = length == m.arch.span(Level::pmd);
  for (std::uint64_t a = start; all_none && a < start + length; a += m.arch.page_size()) {
    all_none = m.arch.none(m.peek(Level::pte, a));
  }
  if (all_none) {
    m.store_run(Level::pte, start, static_cast<std::uint32_t>(length >> m.arch.page_shift()), marker, 0);
    return;
  }
  for (std::uint64_t a = start; a < start + length; a += m.arch.page_size()) {
    if (m.arch.none(m.peek(Level::pte, a))) m.store(Level::pte, a, marker);
  }
}

void MemoryBuilder::drop_cache(std::uint16_t file, std::uint64_t first, std::uint64_t count) {
  for (auto& c : m.w.page_cache) {
    const auto& f = m.w.folios[c.folio];
    if (c.file == file && c.index >= first && c.index + (std::uint64_t{1} << f.order) <= first + count) c.present = false;
  }
}

}  // namespace gupdiff
