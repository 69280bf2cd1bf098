// SPDX-License-Identifier: GPL-2.0-only
// The pieces of the world of a theorem about THP and PTEs. Which words an entry may hold is
// asked of the architecture's hooks; no bit of any architecture is named but one (table()).
#include "proofs/generic_world.hpp"

#include <algorithm>

#include "model/arch/words.hpp"

namespace gupdiff {
namespace {

using W = SymbolicWord;
using B = SymbolicCond;

constexpr std::uint16_t kFile = 1;
constexpr std::string_view kMmap = "mm/mmap.c do_mmap(), mprotect_fixup()";

/// VM_ flags a VMA of `kind` may have. Shadow stacks are no part of the modelled machines.
std::uint64_t possible_flags(VmaKind kind, const Geometry& g) {
  std::uint64_t f = VM_READ | VM_WRITE | VM_EXEC | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_LOCKED | VM_LOCKONFAULT |
                    VM_NORESERVE | VM_SOFTDIRTY | VM_HUGEPAGE | VM_NOHUGEPAGE;
  // Shared anonymous memory is shmem; the vdso is private.
  if (kind != VmaKind::anonymous && kind != VmaKind::special) f |= VM_SHARED | VM_MAYSHARE;
  if (kind == VmaKind::anonymous) f |= VM_GROWSDOWN;
  // vma_can_userfault(): anonymous memory and shmem; asynchronous write protection of other files too.
  if (kind == VmaKind::anonymous || kind == VmaKind::shmem) f |= VM_UFFD_MISSING | VM_UFFD_WP;
  if (kind == VmaKind::file || kind == VmaKind::fsdax) f |= VM_UFFD_WP;
  if (kind == VmaKind::shmem) f |= VM_UFFD_MINOR;
  if (kind == VmaKind::device) f |= VM_IO | VM_PFNMAP | VM_MIXEDMAP;
  if (!g.has_uffd_wp) f &= ~std::uint64_t{VM_UFFD_WP};
  return f;
}


}  // namespace

LeafForm leaf_form(const Config& config, Level level) {
  const Arch<Concrete> arch(config);
  const Geometry& g = arch.geometry();
  const auto flags = [&](std::uint64_t e) { return arch.without_frame(e); };
  const auto installed = [&](std::uint64_t vm_flags, std::uint8_t pkey) {
    return flags(arch.make_leaf(level, std::uint64_t{0}, arch.page_prot(vm_flags, pkey)));
  };
  LeafForm f;
  const auto edits = [&](std::uint64_t e, std::uint64_t& free) { free |= edited_bits(arch, e, true); };
  const std::uint64_t base = installed(VM_READ, 0);
  edits(base, f.free);
  edits(flags(arch.mkwrite(base)), f.free);
  edits(flags(arch.mkwrite(arch.mkdirty(base))), f.free);
  f.free |= base ^ flags(arch.mkwrite(base));
  f.free |= base ^ installed(VM_READ | VM_EXEC, 0);
  f.free |= base ^ installed(VM_READ | VM_WRITE | VM_SHARED, 0);
  if (g.has_pkeys) f.free |= base ^ installed(VM_READ, 15);
  f.accessible = base & ~f.free;

  const auto taken = [&](std::uint64_t e, std::uint8_t pkey) { return flags(arch.modify(level, e, arch.page_prot(std::uint64_t{0}, pkey))); };
  const std::uint64_t none = taken(base, 0);
  edits(none, f.inaccessible_free);
  f.inaccessible_free |= none ^ taken(flags(arch.mkdirty(arch.mkwrite(base))), 0);
  if (g.has_pkeys) f.inaccessible_free |= none ^ taken(base, 15);
  f.inaccessible = none & ~f.inaccessible_free;

  f.special = base ^ flags(arch.mkspecial(base));
  LeafState marked;
  marked.devmap = true;
  if (g.has_devmap) f.devmap = leaf_flags(config.arch, g, level, marked) ^ leaf_flags(config.arch, g, level, {});
  return f;
}

GenericWorld::GenericWorld(TermArena& arena, const Cell& cell, VmaKind kind)
    : SymbolicWorld(arena, cell), kind_(kind) {
  standard_folios();
}

std::uint64_t GenericWorld::base() const {
  const std::uint64_t unit = g().span(g().top >= Level::pud ? Level::pud : Level::pmd) * 2;
  if (g().address_bits >= 47) return 0x7f4000000000 & ~(unit - 1);
  const std::uint64_t limit = std::uint64_t{1} << g().address_bits;
  return (limit - limit / 4) & ~(unit - 1);
}

void GenericWorld::vma(W start, W end) {
  Vma<Symbolic> v;
  v.start = start;
  v.end = end;
  v.flags = word("vm_flags", possible_flags(kind_, g()));
  v.kind = kind_;
  v.file = kind_ == VmaKind::anonymous ? std::uint16_t{0} : kFile;
  if (kind_ != VmaKind::anonymous) {
    v.pgoff = ((start - base()) >> g().page_shift) + first_index();
    v.file_pages = word("file_pages", (std::uint64_t{1} << 40) - 1);
  } else {
    v.pgoff = v.file_pages = W(0);
  }
  v.pkey_no_access = g().has_pkeys ? flag("pkey_no_access") : B(false);
  v.pkey_no_write = g().has_pkeys ? flag("pkey_no_write") : B(false);
  v.resv_owner = v.resv_unmapped = B(false);
  v.uffd_wp_async = g().has_uffd_wp ? flag("uffd_wp_async") : B(false);
  v.uffd_sigbus = flag("uffd_sigbus");
  const auto has = [&](std::uint64_t bit) { return (v.flags & bit) != 0u; };
  assume("a permission held may be held", kMmap,
         implies(has(VM_READ), has(VM_MAYREAD)) && implies(has(VM_WRITE), has(VM_MAYWRITE)) &&
             implies(has(VM_EXEC), has(VM_MAYEXEC)));
  if (kind_ != VmaKind::anonymous && kind_ != VmaKind::special) {
    assume("VM_SHARED only with VM_MAYSHARE", kMmap, implies(has(VM_SHARED), has(VM_MAYSHARE)));
    assume("a shared mapping of a read-only file cannot become writable", kMmap,
           implies(has(VM_MAYSHARE) && !has(VM_SHARED), !has(VM_MAYWRITE)));
  }
  if (kind_ == VmaKind::file || kind_ == VmaKind::fsdax)
    assume("file memory is write-protected by userfaultfd only asynchronously",
           "include/linux/userfaultfd_k.h vma_can_userfault()", implies(has(VM_UFFD_WP), v.uffd_wp_async));
  s_.world.vmas.push_back(v);
}

void GenericWorld::file_ends_on(std::uint64_t pages) {
  W& end = s_.world.vmas[0].file_pages;
  end = end & ~(pages - 1);
  assume("the file ends at a multiple of " + std::to_string(pages) + " pages", "bound of the theorem", B(true));
}

int GenericWorld::folio(const std::string& name, unsigned order, bool anon, FolioKind kind) {
  const std::size_t index = s_.world.folios.size();
  const std::string p = name + ".";
  Folio<Symbolic> f = any_folio(p, W(g().default_pfn(index)), kind, order, anon, {24, 20});
  if (anon) f.swapcache = flag(p + "swapcache");
  s_.world.folios.push_back(f);
  return static_cast<int>(index);
}

void GenericWorld::cache(int folio, W index) {
  PageCacheEntry<Symbolic> c;
  c.index = index;
  c.file = kFile;
  c.folio = static_cast<std::uint16_t>(folio);
  c.present = flag("cached" + std::to_string(folio));
  assume("the page cache ends with the file", "mm/truncate.c truncate_pagecache()",
         implies(c.present, c.index < s_.world.vmas[0].file_pages));
  s_.world.page_cache.push_back(c);
}

void GenericWorld::table(Level level, std::uint64_t key, const std::string& name) {
  Slot<Symbolic> s;
  s.first = W(key);
  s.value = word(name);
  const Level child = static_cast<Level>(static_cast<int>(level) - 1);
  const std::uint64_t free = table_noise(s_.world.config, level);
  const std::uint64_t there =
      Arch<Concrete>(s_.world.config).table_entry(g().table_pfn(child, key << g().bits(child))) & ~free;
  const B none = level == Level::pgd ? arch().pgd_none(s.value) : arch().none(s.value);
  assume(name + " is none or points to its table", "facts 8.3 G1, 4.1", none || (s.value & ~free) == there);
  empty_without_table(name, s.value, upper_absent_);
  s_.world.slots[static_cast<int>(level)].push_back(s);
  if (level == Level::pmd) pte_table_absent_.push_back(none);
  else upper_absent_ = none;
}

void GenericWorld::tables_down_to(Level last) {
  for (int l = static_cast<int>(g().top); l >= static_cast<int>(last); --l)
    table(static_cast<Level>(l), base() >> g().shift(static_cast<Level>(l)), kLevelNames[l]);
}

void GenericWorld::pmd_table(unsigned n) {
  table(Level::pmd, (base() >> g().shift(Level::pmd)) + n, "pmd" + std::to_string(n));
}

/// A mapping entry, as mmap, faults, mprotect, NUMA balancing, fork, soft-dirty tracking and
/// userfaultfd leave it. It never maps writable what a write must first be seen to (G3, G4).
B GenericWorld::leaf(Level level, W e, const Mapped& page) {
  const Vma<Symbolic>& v = s_.world.vmas[0];
  const Folio<Symbolic>& f = s_.world.folios[static_cast<std::size_t>(page.folio)];
  const Arch<Symbolic> arch = this->arch();
  const LeafForm form = leaf_form(s_.world.config, level);
  const auto vm = [&](std::uint64_t bits) { return (v.flags & bits) != 0u; };
  const std::uint64_t marks = (page.special ? form.special : 0) | (page.devmap ? form.devmap : 0);
  const B accessible = (e & ~form.free) == (arch.make_entry(page.pfn, W(form.accessible | marks)) & ~form.free);
  const B inaccessible = (e & ~form.inaccessible_free) ==
                             (arch.make_entry(page.pfn, W(form.inaccessible | marks)) & ~form.inaccessible_free) &&
                         !arch.write(e);
  const bool hints = g().has_numa_hints;
  B said = (vm(VM_ACCESS_FLAGS) && accessible) || (hints ? inaccessible : !vm(VM_ACCESS_FLAGS) && inaccessible);
  said = said && arch.whole_permissions(e);
  const bool zero = f.kind == FolioKind::zero_page || f.kind == FolioKind::huge_zero;
  if (zero) said = said && !arch.write(e) && !vm(VM_MAYSHARE);
  else if (f.anon.constant() && f.anon.value())
    said = said && implies(arch.write(e), vm(VM_WRITE) && f.exclusive) && !vm(VM_MAYSHARE) && f.mapcount != 0u;
  else
    said = said && implies(arch.write(e), vm(VM_WRITE) && vm(VM_SHARED));
  for (const PageCacheEntry<Symbolic>& c : s_.world.page_cache)
    if (c.folio == page.folio) said = said && c.present;
  if (g().has_uffd_wp)
    said = said && implies(arch.write(e), !arch.uffd_wp(e)) && implies(arch.uffd_wp(e), vm(VM_UFFD_WP));
  return said;
}

/// Migration entries; by PTE poison, markers and swap as well (facts 4.1, G8).
B GenericWorld::non_present(Level level, W e, const std::vector<Mapped>& pages) {
  const SwapTypes types = swap_types(s_.world.config);
  const Arch<Symbolic> arch = this->arch();
  const W offset = arch.swp_offset(e);
  B ours(false);
  for (const Mapped& p : pages) {
    const Folio<Symbolic>& f = s_.world.folios[static_cast<std::size_t>(p.folio)];
    if (f.kind == FolioKind::normal && !p.devmap) ours = ours || offset == p.pfn;
  }
  // No bit but state, type and offset.
  const std::uint64_t state = swap_state_bits(s_.world.config.arch, g());
  const B form = !arch.leaf_format(level, e) && !arch.pte_present(e) && (e & ~state) == arch.swp_entry(arch.swp_type(e), offset);
  B what = arch.is_migration(types, e) && ours;
  if (level == Level::pte) {
    what = what || (arch.is_hwpoison(types, e) && ours) ||
           (arch.is_marker(types, e) && (offset == kMarkerPoisoned || (g().has_uffd_wp && offset == kMarkerUffdWp)));
    // Only anonymous pages go to swap.
    const bool swaps = std::any_of(pages.begin(), pages.end(), [&](const Mapped& p) {
      const B anon = s_.world.folios[static_cast<std::size_t>(p.folio)].anon;
      return anon.constant() && anon.value();
    });
    if (swaps)
      what = what || (arch.swp_type(e) < std::uint64_t{types.max_swapfiles} &&
                      (s_.world.vmas[0].flags & VM_MAYSHARE) == 0u);
  }
  return form && what;
}

void GenericWorld::entry(const std::string& name, Level level, W first, const std::vector<Mapped>& pages, unsigned pmd) {
  Slot<Symbolic> s;
  s.first = first;
  s.value = word(name);
  s.restored = word(name + ".restored");
  empty_without_table(name, s.value, level == Level::pte ? pte_table_absent_[pmd] : upper_absent_);
  B mapped(false), restored(false);
  for (const Mapped& p : pages) {
    mapped = mapped || leaf(level, s.value, p);
    const Folio<Symbolic>& f = s_.world.folios[static_cast<std::size_t>(p.folio)];
    if (f.kind == FolioKind::normal && !p.devmap) restored = restored || leaf(level, s.restored, p);
  }
  assume(name + " is none, a leaf, or what is left of one: migration, poison, marker, swap", "facts 8.3 G1..G8, 4.1",
         arch().none(s.value) || mapped || non_present(level, s.value, pages));
  // This follows from the above, which does not say it of all leaves at once: so the frame of each page of a
  // huge page is known without the solver.
  if (level == Level::pmd)
    assume(name + ", where it is present, maps an aligned frame", "facts 8.3 G1",
           implies(arch().pte_present(s.value), (arch().pmd_pfn(s.value) & ((std::uint64_t{1} << g().leaf_order(level)) - 1)) == 0u));
  assume(name + ".restored is a leaf, or the migration never ends", "facts 4.1",
         s.restored == 0u || (restored && arch().is_swap(s.value)));
  s_.world.slots[static_cast<int>(level)].push_back(s);
}

void GenericWorld::any_entry(const std::string& name, Level level, W first, int folio) {
  Slot<Symbolic> s;
  s.first = first;
  s.value = word(name, g().word_mask);
  s.restored = W(0);
  empty_without_table(name, s.value, upper_absent_);
  const Arch<Symbolic> arch = this->arch();
  const SwapTypes types = swap_types(s_.world.config);
  const W e = s.value, pfn = pfn_of(folio);
  // As scenario/entry_shape.hpp reads a word.
  const bool holds_leaf = level <= Level::pud;
  const B points = arch.table_format(level, e) && (holds_leaf ? !arch.leaf_format(level, e) : B(true));
  const B leaf = holds_leaf ? arch.leaf_format(level, e) || (arch.pte_present(e) && !points) : B(false);
  const Level child = static_cast<Level>(static_cast<int>(level) - 1);
  const W table = g().table_pfn(child, first << g().bits(child));
  const B framed = arch.is_migration(types, e) || arch.is_hwpoison(types, e);
  constexpr std::string_view source = "scenario/flaw.cpp: there is nothing else to lead to";
  assume(name + " as a leaf holds the first frame of the folio", source,
         implies(leaf && !arch.none(e), e == arch.make_entry(pfn, arch.without_frame(e)) && arch.pte_pfn(e) == pfn));
  assume(name + " as a pointer leads to its table", source, implies(points && !arch.none(e), arch.table_frame(e) == table));
  assume(name + " as a swap entry with a frame has the folio's", source,
         implies(!leaf && !points && framed, arch.swp_offset(e) == pfn));
  s_.world.slots[static_cast<int>(level)].push_back(s);
  s_.any_words = true;
}

void GenericWorld::no_split() {
  W& flags = s_.world.request.flags;
  flags = flags & ~std::uint64_t{FOLL_SPLIT_PMD};
  assume("no FOLL_SPLIT_PMD", "bound of the theorem", B(true));
}

}  // namespace gupdiff
