// SPDX-License-Identifier: GPL-2.0-only
// What the last part of a state word does to the mapped memory.
#include <string_view>

#include "guest/state_builder.hpp"
#include "model/arch/words.hpp"
#include "model/kernel/numa_fault.hpp"
#include "model/kernel/split.hpp"

namespace gupdiff {
namespace {

/// The bit of the swap format called `name`; 0 if the architecture has none such.
std::uint64_t swap_bit(const MemoryBuilder& b, std::string_view name) {
  for (const NamedBit& n : swap_bit_names(b.m.arch.id())) {
    if (n.name == name) return n.bit;
  }
  return 0;
}

/// Bytes of the state's first unit and of its mapping.
std::uint64_t unit_of(const MemoryBuilder& b, const StateWord& s) { return s.unit(b.m.arch.geometry()); }
std::uint64_t length_of(const MemoryBuilder& b, const StateWord& s) { return s.length(b.m.arch.geometry()); }

/// fork(): every anonymous page of the private mapping is shared, write-protected
/// and no longer exclusive. The child's copies of ordinary entries are not young.
void fork_memory(MemoryBuilder& b, const StateWord& s, bool in_child) {
  if (!s.is_private()) {
    // Shared memory is not copied: the child faults it in again.
    if (!in_child) return;
    for (int l = 0; l < static_cast<int>(Level::pgd); ++l) b.m.w.slots[l].clear();
    return;
  }
  b.each_leaf(kCaptureBase, length_of(b, s), [&](std::uint64_t a, Level l, std::uint64_t e) {
    const int f = b.m.find_folio(b.m.arch.leaf_pfn(l, e));
    if (f < 0 || !b.m.w.folios[f].anon) return;
    auto& folio = b.m.folio(f);
    folio.refcount += 1;
    folio.mapcount += 1;
    folio.exclusive = false;
    std::uint64_t shared = b.m.arch.wrprotect(e);
    if (in_child && !s.huge()) shared = b.m.arch.mkold(shared);
    b.put(l, a, shared);
  });
  if (in_child) {
    for (auto& v : b.m.w.vmas) v.resv_owner = false;
  }
}

/// The other side of a fork has unmapped its memory.
void other_side_gone(MemoryBuilder& b, const StateWord& s) {
  b.each_leaf(kCaptureBase, length_of(b, s), [&](std::uint64_t, Level l, std::uint64_t e) {
    const int f = b.m.find_folio(b.m.arch.leaf_pfn(l, e));
    if (f < 0 || !b.m.w.folios[f].anon) return;
    b.m.folio(f).refcount -= 1;
    b.m.folio(f).mapcount -= 1;
  });
}

void register_userfaultfd(MemoryBuilder& b, std::uint64_t mode) {
  for (auto& v : b.m.w.vmas) v.flags |= mode;
}

/// UFFDIO_WRITEPROTECT of the first unit. File memory mapped by a PMD loses the
/// mapping, and what is not mapped gets markers; anonymous memory gets none.
void write_protect(MemoryBuilder& b, const StateWord& s) {
  register_userfaultfd(b, VM_UFFD_WP);
  const auto kind = b.m.w.vmas[0].kind;
  if (kind == VmaKind::shmem) split_huge_pmd(b.m, 0, kCaptureBase);
  b.each_leaf(kCaptureBase, unit_of(b, s), [&](std::uint64_t a, Level l, std::uint64_t e) {
    if (b.m.arch.pte_present(e)) b.put(l, a, b.m.arch.mkuffd_wp(e));
  });
  if (kind != VmaKind::anonymous) b.mark(kCaptureBase, unit_of(b, s), kMarkerUffdWp);
}

/// clear_refs: 4 clears soft-dirty everywhere, 1 clears the accessed bits. Hugetlb
/// entries are left alone by both.
void clear_refs(MemoryBuilder& b, const StateWord& s, bool soft_dirty) {
  if (soft_dirty) {
    for (auto& v : b.m.w.vmas) v.flags &= ~std::uint64_t{VM_SOFTDIRTY};
  }
  if (s.huge() || (soft_dirty && !b.m.w.config.soft_dirty)) return;
  b.each_leaf(kCaptureBase, length_of(b, s), [&](std::uint64_t a, Level l, std::uint64_t e) {
    if (!b.m.arch.pte_present(e)) return;
    b.m.store(l, a, soft_dirty ? b.m.arch.wrprotect(e) & ~b.m.arch.mksoft_dirty(std::uint64_t{0}) : b.m.arch.mkold(e));
  });
}

/// The recorder's own NUMA-hint entry: what an accessible entry's protection has is taken
/// away by hand and PROT_NONE's put in; all else, dirty too, stays as it is.
std::uint64_t numa_hint(const MemoryBuilder& b, std::uint64_t e, Level l) {
  const auto& arch = b.m.arch;
  const std::uint64_t accessible = arch.page_prot(std::uint64_t{VM_READ | VM_WRITE | VM_EXEC | VM_SHARED}, std::uint8_t{0});
  const std::uint64_t prot = (arch.without_frame(e) & ~accessible) | arch.page_prot(std::uint64_t{0}, std::uint8_t{0});
  const auto& v = b.m.w.vmas[static_cast<std::size_t>(b.vma_at(kCaptureBase))];
  if (v.kind == VmaKind::hugetlb) return arch.make_huge_pte(arch.pte_pfn(e), prot, b.m.hugetlb_size(v));
  return arch.make_leaf(l, arch.leaf_pfn(l, e), prot);
}

/// A migration entry that ends while the call waits for it.
void migrate(MemoryBuilder& b, bool writable) {
  const LeafEntry e = walk_entry(b.m, kCaptureBase);
  const auto& types = b.m.swap;
  const std::uint64_t type = writable ? types.migration_write : types.migration_read;
  b.put(e.level, kCaptureBase, b.m.arch.swp_entry(type, b.m.arch.leaf_pfn(e.level, e.value)));
  b.m.w.slots[static_cast<int>(e.level)][b.m.find_slot(e.level, kCaptureBase)].restored = e.value;
}

/// memory_failure() splits a THP of the page cache into single pages; page `bad` of them is poisoned.
void poison_cached(MemoryBuilder& b, std::uint64_t bad) {
  b.drop_cache(kMappedFile, 0, b.m.pmd_pages());
  b.fill_cache(kMappedFile, b.m.pmd_pages(), 0, FolioKind::normal);
  b.m.folio(b.m.w.page_cache[b.m.find_cached(kMappedFile, bad)].folio).hwpoison = true;
}

/// MADV_HWPOISON of the first unit: memory_failure() of its first page, and for a
/// private copy of 4 KiB in a 2 MiB unit of the huge page-cache page that follows it.
std::string poison(MemoryBuilder& b, const StateWord& s) {
  const int f = b.folio_at(kCaptureBase);
  if (f < 0) return "no page to poison";
  const bool huge_page = !s.huge() && b.m.w.folios[f].order > 0;
  const LeafEntry e = walk_entry(b.m, kCaptureBase);
  const std::uint64_t poisoned = b.m.arch.swp_entry(b.m.swap.hwpoison, b.m.arch.leaf_pfn(e.level, e.value));
  if (huge_page && !b.m.w.folios[f].anon) {
    split_huge_pmd(b.m, 0, kCaptureBase);
    poison_cached(b, 0);
    return "";
  }
  if (huge_page) {
    // The split finds the other pages full of zeroes and maps the zero page instead.
    split_huge_pmd(b.m, 0, kCaptureBase);
    const auto& arch = b.m.arch;
    const std::uint64_t zero = arch.mksoft_dirty(arch.mkspecial(arch.make_entry(b.m.w.folios[kZeroFolio].pfn, fault_prot(b.m, 0))));
    b.m.store_run(Level::pte, kCaptureBase, b.m.pmd_pages(), zero, 0);
    b.m.store(Level::pte, kCaptureBase, poisoned);
    return "";
  }
  b.m.folio(f).hwpoison = true;
  b.put(e.level, kCaptureBase, poisoned);
  if (s.kind == UnitKind::t2 && s.cached) poison_cached(b, 1);
  return "";
}

/// MADV_PAGEOUT of the first unit.
std::string page_out(MemoryBuilder& b) {
  const int f = b.folio_at(kCaptureBase);
  if (f < 0) return "no page to swap out";
  if (!b.machine.swap_area) {
    if (b.machine.pageout_makes_old) b.edit(kCaptureBase, [&](std::uint64_t e, Level) { return b.m.arch.mkold(e); });
    return "";
  }
  if (!b.m.w.folios[f].anon) return "page cache swapped out: the model's page cache holds pages only";
  if (b.m.w.folios[f].order > 0) return "a THP swapped out is split first, which the model's folios cannot express";
  const LeafEntry e = walk_entry(b.m, kCaptureBase);
  std::uint64_t swap = b.m.arch.swp_entry(0, 0x1000);
  if (b.m.arch.soft_dirty(e.value)) swap |= swap_bit(b, "SOFT_DIRTY");
  if (b.m.w.folios[f].exclusive) swap |= swap_bit(b, "EXCLUSIVE");
  b.m.store(Level::pte, kCaptureBase, swap);
  return "";
}

/// mlock() of the first unit: its own VMA, populated like a write where private and writable.
std::string lock_memory(MemoryBuilder& b, const StateWord& s) {
  if (!s.huge()) {
    b.split_vma(kCaptureBase + unit_of(b, s));
    b.m.w.vmas[0].flags |= VM_LOCKED;
  }
  const bool write = s.is_private();
  for (std::uint64_t a = kCaptureBase; a < kCaptureBase + unit_of(b, s);) {
    if (!b.touch(a, write)) return "the model refused to populate";
    const LeafEntry e = walk_entry(b.m, a);
    // Populating goes through GUP, which leaves the dirty and accessed bits to the entry's maker.
    const std::uint64_t span = b.m.arch.span(e.level);
    a = (a & ~(span - 1)) + span;
  }
  return "";
}

}  // namespace

std::string apply_change(MemoryBuilder& b, const StateWord& s, std::uint64_t& start) {
  const std::string_view mod = s.mod;
  const std::uint64_t page = b.m.arch.page_size();
  const std::uint64_t unit = unit_of(b, s), length = length_of(b, s), rest = kCaptureBase + unit;
  const auto edit = [&](auto change) { b.edit(kCaptureBase, change); };
  if (mod.empty() || mod == "nopool" || mod == "sealfw") return "";

  if (mod == "mpr") b.protect(kCaptureBase, length, VM_READ);
  else if (mod == "mpnone") b.protect(kCaptureBase, length, 0);
  else if (mod == "forkP" || mod == "forkPro" || mod == "forkPalone") fork_memory(b, s, false);
  else if (mod == "forkC" || mod == "forkCro" || mod == "forkCalone") fork_memory(b, s, true);
  else if (mod == "uffdmiss") register_userfaultfd(b, VM_UFFD_MISSING);
  else if (mod == "uffdminor") register_userfaultfd(b, VM_UFFD_MINOR);
  else if (mod == "uffdwp") write_protect(b, s);
  else if (mod == "uffdpoison") {
    register_userfaultfd(b, VM_UFFD_MISSING);
    b.mark(kCaptureBase, unit, kMarkerPoisoned);
  } else if (mod == "old") edit([&](std::uint64_t e, Level) { return b.m.arch.mkold(e); });
  else if (mod == "clean") edit([&](std::uint64_t e, Level) { return b.m.arch.mkclean(e); });
  else if (mod == "oldclean") edit([&](std::uint64_t e, Level) { return b.m.arch.mkclean(b.m.arch.mkold(e)); });
  else if (mod == "wrprot") edit([&](std::uint64_t e, Level) { return b.m.arch.wrprotect(e); });
  else if (mod == "numahint") edit([&](std::uint64_t e, Level l) { return numa_hint(b, e, l); });
  else if (mod == "migr") migrate(b, false);
  else if (mod == "migw") migrate(b, true);
  else if (mod == "hwentry") edit([&](std::uint64_t e, Level l) { return b.m.arch.swp_entry(b.m.swap.hwpoison, b.m.arch.leaf_pfn(l, e)); });
  else if (mod == "hwmadv") return poison(b, s);
  else if (mod == "pghwpoison") {
    const int f = b.folio_at(kCaptureBase);
    if (f < 0) return "no page to flag";
    b.m.folio(f).hwpoison = true;
  } else if (mod == "clrexcl") {
    const int f = b.folio_at(kCaptureBase);
    if (f < 0) return "no page to flag";
    b.m.folio(f).exclusive = false;
  } else if (mod == "mlock") return lock_memory(b, s);
  else if (mod == "dontneed") b.zap(kCaptureBase, unit);
  else if (mod == "madvfree") {
    edit([&](std::uint64_t e, Level) { return b.m.arch.mkclean(b.m.arch.mkold(e)); });
    const int f = b.folio_at(kCaptureBase);
    if (f >= 0) b.m.folio(f).dirty = false;
  } else if (mod == "pageout") return page_out(b);
  else if (mod == "sdclear") clear_refs(b, s, true);
  else if (mod == "yclear") clear_refs(b, s, false);
  else if (mod == "trunc") {
    b.zap(kCaptureBase, length);
    b.drop_cache(kMappedFile, 0, length / page);
    for (auto& v : b.m.w.vmas) v.file_pages = 0;
  } else if (mod == "punch") {
    b.zap(kCaptureBase, unit, s.huge());
    b.drop_cache(kMappedFile, 0, unit / page);
  } else if (mod == "beyond") start = rest;
  else if (mod == "ptemapped") b.protect(kCaptureBase + page, page, VM_READ);
  else if (mod == "partunmap") b.zap(kCaptureBase + page, page);
  else if (mod == "pkeyna" || mod == "pkeynw") {
    b.protect(kCaptureBase, length, s.prot, 1);
    for (auto& v : b.m.w.vmas) {
      v.pkey_no_access = mod == "pkeyna";
      v.pkey_no_write = true;
    }
  } else if (mod == "holeafter") b.unmap(rest, length - unit);
  else if (mod == "adj4k") {
    b.unmap(rest, length - unit);
    b.map(rest, 4 * page, VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_SOFTDIRTY,
          VmaKind::anonymous);
  } else if (mod == "twovma") b.protect(rest, length - unit, VM_READ);
  else return "the change '" + s.mod + "' is not known";

  if (mod == "forkPalone" || mod == "forkCalone") other_side_gone(b, s);
  if (mod == "forkPro" || mod == "forkCro") b.protect(kCaptureBase, length, VM_READ);
  return "";
}

}  // namespace gupdiff
