// SPDX-License-Identifier: GPL-2.0-only
// The pieces of a hugetlb theorem's world. Which words an entry may hold is asked of the
// architecture's hooks; no bit of any architecture is named but one (see upper_tables).
#include "proofs/world_builder.hpp"

#include "model/arch/words.hpp"

namespace gupdiff {
namespace {

using W = SymbolicWord;
using B = SymbolicCond;

constexpr std::uint16_t kFile = 1;

/// VM_ flags a hugetlb VMA may have. Left out: soft-dirty tracking, shadow stacks,
/// stack growth and mixed maps, which hugetlbfs never sets (facts 8.3 G9).
constexpr std::uint64_t kVmFlags =
    VM_READ | VM_WRITE | VM_EXEC | VM_SHARED | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE |
    VM_PFNMAP | VM_IO | VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR | VM_LOCKED | VM_LOCKONFAULT |
    VM_NORESERVE;

int folio_index(unsigned page, bool anon) { return 2 + 2 * static_cast<int>(page) + (anon ? 0 : 1); }


}  // namespace

LeafBits leaf_bits(const Config& config, const HugetlbSize& size) {
  const Arch<Concrete> arch(config);
  const Geometry& g = arch.geometry();
  const auto installed = [&](std::uint64_t vm_flags, std::uint8_t pkey) {
    return arch.make_huge_pte(std::uint64_t{0}, arch.page_prot(vm_flags, pkey), size);
  };
  LeafBits b;
  const auto edits = [&](std::uint64_t e, std::uint64_t& free) { free |= edited_bits(arch, e, false); };
  const std::uint64_t base = installed(VM_READ, 0);
  edits(base, b.free);
  edits(arch.mkwrite_novma(base), b.free);
  edits(arch.mkwrite_novma(arch.mkdirty(base)), b.free);
  b.free |= base ^ arch.mkwrite_novma(base);
  b.free |= base ^ installed(VM_READ | VM_EXEC, 0);
  b.free |= base ^ installed(VM_READ | VM_WRITE | VM_SHARED, 0);
  if (g.has_pkeys) b.free |= base ^ installed(VM_READ, 15);
  b.accessible = arch.without_frame(base) & ~b.free;

  const auto taken = [&](std::uint64_t e, std::uint8_t pkey) { return arch.huge_modify(e, arch.page_prot(std::uint64_t{0}, pkey), size); };
  const std::uint64_t none = taken(base, 0);
  edits(none, b.inaccessible_free);
  b.inaccessible_free |= none ^ taken(arch.mkdirty(arch.mkwrite_novma(base)), 0);
  if (g.has_pkeys) b.inaccessible_free |= none ^ taken(base, 15);
  b.inaccessible = arch.without_frame(none) & ~b.inaccessible_free;
  return b;
}

WorldBuilder::WorldBuilder(TermArena& arena, const Cell& cell, std::uint8_t order)
    : SymbolicWorld(arena, cell),
      size_(*geometry_of(cell.config).hugetlb_size(order)),
      absent_(cell.absent),
      bits_(leaf_bits(cell.config, size_)) {
  const std::uint64_t limit = std::uint64_t{1} << g().address_bits;
  start_ = g().address_bits >= 47 ? 0x7f4000000000 : limit - limit / 4;
  start_ &= ~(huge_size() * 2 - 1);
}

void WorldBuilder::apart() {
  const std::uint64_t table = g().span(static_cast<Level>(static_cast<int>(own_level(size_)) + 1));
  start_ = (start_ & ~(table - 1)) - huge_size();
}

std::size_t WorldBuilder::vma_of(unsigned page) const {
  std::size_t v = first_pages_.size() - 1;
  while (first_pages_[v] > page) --v;
  return v;
}

std::uint64_t WorldBuilder::frame(unsigned page, bool anon) const {
  return g().default_pfn(static_cast<std::uint64_t>(folio_index(page, anon)));
}

void WorldBuilder::vma(unsigned huge_pages) {
  const std::size_t number = s_.world.vmas.size();
  const unsigned first = number == 0 ? 0 : first_pages_.back() + vma_pages_;
  first_pages_.push_back(first);
  vma_pages_ = huge_pages;
  // The first VMA's names have no number.
  const std::string n = number == 0 ? "" : std::to_string(number);
  Vma<Symbolic> v;
  v.start = W(address(first));
  v.end = W(address(first + huge_pages));
  const std::uint64_t absent = g().has_uffd_wp ? 0 : std::uint64_t{VM_UFFD_WP};
  v.flags = word("vm_flags" + n, kVmFlags & ~absent) | std::uint64_t{VM_HUGETLB};
  v.pgoff = W(first_index());
  v.file_pages = word("file_pages" + n, (std::uint64_t{1} << 40) - 1);
  v.kind = VmaKind::hugetlb;
  v.huge_order = size_.order;
  v.file = static_cast<std::uint16_t>(kFile + number);
  v.pkey_no_access = g().has_pkeys ? flag("pkey_no_access" + n) : B(false);
  v.pkey_no_write = g().has_pkeys ? flag("pkey_no_write" + n) : B(false);
  v.resv_owner = flag("resv_owner" + n);
  v.resv_unmapped = flag("resv_unmapped" + n);
  v.uffd_wp_async = g().has_uffd_wp ? flag("uffd_wp_async" + n) : B(false);
  v.uffd_sigbus = flag("uffd_sigbus" + n);
  auto has = [&](std::uint64_t bit) { return (v.flags & bit) != 0u; };
  constexpr std::string_view mmap = "mm/mmap.c do_mmap(), mprotect_fixup()";
  const std::string of = number == 0 ? "" : " (VMA " + std::to_string(number + 1) + ")";
  assume("VM_SHARED only with VM_MAYSHARE" + of, mmap, implies(has(VM_SHARED), has(VM_MAYSHARE)));
  assume("a shared mapping of a read-only file cannot become writable" + of, mmap,
         implies(has(VM_MAYSHARE) && !has(VM_SHARED), !has(VM_MAYWRITE)));
  assume("a permission held may be held" + of, mmap,
         implies(has(VM_READ), has(VM_MAYREAD)) && implies(has(VM_WRITE), has(VM_MAYWRITE)) &&
             implies(has(VM_EXEC), has(VM_MAYEXEC)));
  assume("only private mappings carry reservation marks" + of, "facts 1.13",
         implies(v.resv_owner || v.resv_unmapped, !has(VM_MAYSHARE)));
  s_.world.vmas.push_back(v);
}

void WorldBuilder::folios(unsigned page) {
  const std::string n = std::to_string(page);
  for (const bool anon : {true, false}) {
    const std::string p = (anon ? "anon" : "file") + n + ".";
    const Folio<Symbolic> f = any_folio(p, W(frame(page, anon)), FolioKind::hugetlb, size_.order, anon, {20, 10});
    if (anon)
      assume(p + "mapped more than once is not exclusive", "facts 8.3 G5",
             implies(f.mapcount > 1u, !f.exclusive));
    s_.world.folios.push_back(f);
  }
  PageCacheEntry<Symbolic> c;
  const std::size_t vma = vma_of(page);
  c.index = W(first_index() + (std::uint64_t{page - first_pages_[vma]} << size_.order));
  c.file = s_.world.vmas[vma].file;
  c.folio = static_cast<std::uint16_t>(folio_index(page, false));
  c.present = flag("cached" + n);
  assume("the page cache ends with the file", "facts 5.2 N2",
         implies(c.present, c.index < s_.world.vmas[vma].file_pages));
  s_.world.page_cache.push_back(c);
}

void WorldBuilder::upper_tables(unsigned pages) {
  table_absent_.assign(pages, B(false));
  for (int l = static_cast<int>(g().top); l > static_cast<int>(own_level(size_)); --l) {
    const Level here = static_cast<Level>(l), child = static_cast<Level>(l - 1);
    auto& slots = s_.world.slots[l];
    B absent = false;  // of the table below the newest slot
    for (unsigned page = 0; page < pages; ++page) {
      const std::uint64_t key = address(page) >> g().shift(here);
      if (slots.empty() || slots.back().first.value() != key) {
        const std::string n = kLevelNames[l] + (slots.empty() ? "" : std::to_string(slots.size()));
        Slot<Symbolic> s;
        s.first = W(key);
        s.value = word(n);
        const std::uint64_t free = table_noise(s_.world.config, here);
        const std::uint64_t table =
            Arch<Concrete>(s_.world.config).table_entry(g().table_pfn(child, address(page) >> g().shift(child))) & ~free;
        absent = here == Level::pgd ? arch().pgd_none(s.value) : arch().none(s.value);
        assume(n + " is none or points to its table", "facts 8.3 G1, 4.1", absent || (s.value & ~free) == table);
        empty_without_table(n, s.value, table_absent_[page]);
        slots.push_back(s);
      }
      table_absent_[page] = absent;
    }
  }
}

void WorldBuilder::directory(unsigned page) {
  const Level level = size_.directory;
  auto& slots = s_.world.slots[static_cast<int>(level)];
  const std::uint64_t key = (address(page) >> g().shift(level)) & ~std::uint64_t{size_.directories() - 1};
  for (const Slot<Symbolic>& s : slots)
    if (s.first.value() == key) {
      table_absent_[page] = table_absent_[page - 1];
      return;
    }
  const std::string n = "directory" + std::to_string(page);
  Slot<Symbolic> s;
  s.first = W(key);
  s.value = word(n);
  s.count = size_.directories();
  const std::uint64_t there = Arch<Concrete>(s_.world.config).hugepd_entry(g().hugepd_pfn(level, key), size_);
  empty_without_table(n, s.value, table_absent_[page]);
  const B none = s.value == 0u;
  assume(n + " is none or points to its entries", "facts 4.4, huge_pte_alloc()", none || s.value == there);
  slots.push_back(s);
  table_absent_[page] = none;
}

void WorldBuilder::huge_entry(unsigned page) {
  if (size_.hugepd()) directory(page);
  const std::string n = "entry" + std::to_string(page);
  Slot<Symbolic> s;
  s.count = size_.entries();
  // Entries below directories are keyed by their page's first base page.
  const std::uint64_t step = size_.hugepd() ? std::uint64_t{1} << size_.order : s.count;
  s.first = W((address(0) >> g().shift(size_.level)) + page * step);
  s.value = word(n);
  s.restored = word(n + ".restored");
  empty_without_table(n, s.value, table_absent_[page]);
  const B absent = arch().none(s.value) || non_present(s.value, page);
  if (s.count == 1) {
    assume(n + " is none, a leaf, migrating, poisoned or a marker", "facts 8.3 G1..G8, 4.1",
           absent || leaf(s.value, page));
  } else if (absent_) {
    assume(n + " is none, migrating, poisoned or a marker, the same word in the whole set", "facts 4.2, 8.3 G2", absent);
  } else {
    s.stride = leaf_stride();
    assume(n + " is a leaf, the set its contiguous one", "facts 4.2, 4.3, 8.3 G2", leaf(s.value, page));
  }
  assume(n + ".restored is a leaf, or the migration never ends", "facts 4.1",
         s.restored == 0u || (leaf(s.restored, page) && arch().is_swap(s.value)));
  s_.world.slots[static_cast<int>(size_.level)].push_back(s);
}

/// How a contiguous set of leaves advances from slot to slot.
std::int8_t WorldBuilder::leaf_stride() const {
  const Arch<Concrete> a(s_.world.config);
  const std::uint64_t e = a.make_huge_pte(frame(0, true), a.page_prot(std::uint64_t{VM_READ}, 0), size_);
  const std::uint64_t first = a.contiguous_member(e, size_, 0);
  return a.contiguous_member(e, size_, 1) == first ? std::int8_t{0} : a.stride(first, size_.level);
}

/// `e` maps the huge page that begins at frame `pfn`. Where the frame's bits are the same whatever
/// the protection says, they are compared as they stand: pte_pfn() may compute with them (Svnapot).
B WorldBuilder::holds_frame(W e, std::uint64_t pfn) const {
  // The e500 tells pointers to tables from entries by a bit: a word of ones is no entry.
  if (size_.hugepd()) return arch().pte_pfn(e) == pfn;
  const Arch<Concrete> a(s_.world.config);
  const std::uint64_t field = ~a.without_frame(~std::uint64_t{0});
  const auto bits = [&](std::uint64_t vm_flags) { return a.make_huge_pte(pfn, a.page_prot(vm_flags, 0), size_) & field; };
  if (bits(VM_READ) == bits(0)) return (e & field) == bits(VM_READ);
  return arch().pte_pfn(e) == pfn;
}

/// A mapping entry of page `page`, as mmap, faults, mprotect, fork and userfaultfd leave it.
B WorldBuilder::leaf(W e, unsigned page) {
  const Vma<Symbolic>& v = s_.world.vmas[vma_of(page)];
  const Folio<Symbolic>& a = s_.world.folios[folio_index(page, true)];
  const Arch<Symbolic> arch = this->arch();
  auto vm = [&](std::uint64_t bits) { return (v.flags & bits) != 0u; };
  const B accessible = vm(VM_ACCESS_FLAGS);
  const B anon = holds_frame(e, frame(page, true)), file = holds_frame(e, frame(page, false));
  // G7: accessible, or encoded PROT_NONE where nothing is permitted.
  const W flags = arch.without_frame(e);
  const B form = (accessible && (flags & ~bits_.free) == bits_.accessible) ||
                 (!accessible && (flags & ~bits_.inaccessible_free) == bits_.inaccessible && !arch.write(e));
  B permitted = implies(arch.write(e), vm(VM_WRITE) && arch.dirty(e)) &&     // G3
                implies(arch.write(e) && anon, a.exclusive) &&               // G3
                implies(arch.write(e) && file, vm(VM_SHARED));               // G3
  if (g().has_uffd_wp)
    permitted = permitted && implies(arch.write(e), !arch.uffd_wp(e)) &&     // G4
                implies(arch.uffd_wp(e), vm(VM_UFFD_WP));
  return form && arch.whole_permissions(e) && (anon || file) &&
         implies(anon, !vm(VM_MAYSHARE) && a.mapcount != 0u) &&              // G6
         implies(file, s_.world.page_cache[page].present) && permitted;      // G6
}

/// Migration, poison and marker entries (facts 4.1, G8).
B WorldBuilder::non_present(W e, unsigned page) {
  const SwapTypes types = swap_types(s_.world.config);
  const Vma<Symbolic>& v = s_.world.vmas[vma_of(page)];
  const Arch<Symbolic> arch = this->arch();
  const W offset = arch.swp_offset(e);
  const B ours = offset == frame(page, true) || offset == frame(page, false);
  const B marks = (g().has_uffd_wp && offset == kMarkerUffdWp && (v.flags & VM_UFFD_WP) != 0u) ||
                  offset == kMarkerPoisoned;
  // No bit but state, type and offset.
  const std::uint64_t state = swap_state_bits(s_.world.config.arch, g());
  return !arch.leaf_format(size_.level, e) && !arch.pte_present(e) &&
         (e & ~state) == arch.swp_entry(arch.swp_type(e), offset) &&
         (((arch.is_migration(types, e) || arch.is_hwpoison(types, e)) && ours) ||
          (arch.is_marker(types, e) && marks));
}

}  // namespace gupdiff
