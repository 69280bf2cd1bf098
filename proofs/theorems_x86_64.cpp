// SPDX-License-Identifier: GPL-2.0-only
// The x86-64 hugetlb theorems: one page anywhere in a huge page, and two pages
// across the boundary of two huge pages, for 2M and 1G.
#include <array>

#include "model/arch/arch.hpp"
#include "proofs/theorem.hpp"

namespace gupdiff {
namespace {

using W = SymbolicWord;
using B = SymbolicCond;
namespace x = x86_64;

constexpr std::uint64_t kStart = 0x7f4000000000;  // 1 GiB aligned
constexpr std::uint16_t kFile = 1;
constexpr std::uint64_t kFirstIndex = 1u << 18;  // file offset of the VMA, in pages

/// VM_ flags a hugetlb VMA may have. Left out: soft-dirty tracking, shadow stacks,
/// stack growth and mixed maps, which hugetlbfs never sets (facts 8.3 G9).
constexpr std::uint64_t kVmFlags =
    VM_READ | VM_WRITE | VM_EXEC | VM_SHARED | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE |
    VM_PFNMAP | VM_IO | VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR | VM_LOCKED | VM_LOCKONFAULT |
    VM_NORESERVE;

/// What cannot be symbolic: whether pages are wanted, and how; levels of page tables.
constexpr std::array<std::string_view, 6> kCells{
    "pages==NULL",           "FOLL_GET",           "FOLL_PIN",
    "pages==NULL, 4 levels", "FOLL_GET, 4 levels", "FOLL_PIN, 4 levels"};
constexpr int kWays = 3;
/// Two pages are proved with 5 levels alone: the top level is walked like the next.
constexpr std::span<const std::string_view> kFiveLevels{kCells.data(), kWays};

B implies(B a, B b) { return !a || b; }

/// Builds a Setting piece by piece; every piece states its assumptions.
class Builder {
 public:
  Builder(TermArena& arena, Level level, int cell)
      : arena_(arena), level_(level), way_(cell % kWays) {
    if (cell >= kWays) s_.world.config.variant = 1;
  }

  Setting take() { return std::move(s_); }

  W word(std::string_view name) { return W(arena_.word_variable(name)); }
  /// A word with only the bits of `mask` free.
  W word(std::string_view name, std::uint64_t mask) { return word(name) & mask; }
  B flag(std::string_view name) { return B(arena_.bool_variable(name)); }
  void assume(std::string name, std::string_view source, B c) {
    s_.assumptions.push_back({std::move(name), source, c});
  }

  const Geometry& g() const { return geometry_of(s_.world.config); }
  Arch<Symbolic> arch() const { return Arch<Symbolic>(s_.world.config); }
  std::uint8_t order() const { return level_ == Level::pmd ? 9 : 18; }
  std::uint64_t huge_size() const { return std::uint64_t{4096} << order(); }

  void standard_folios() {
    for (const bool huge : {false, true}) {
      Folio<Symbolic> f;
      f.pfn = W(huge ? g().huge_zero_pfn : g().zero_pfn);
      f.order = huge ? 9 : 0;
      f.kind = huge ? FolioKind::huge_zero : FolioKind::zero_page;
      f.refcount = W(1);
      s_.world.folios.push_back(f);
    }
  }

  void vma(unsigned huge_pages) {
    Vma<Symbolic> v;
    v.start = W(kStart);
    v.end = W(kStart + huge_pages * huge_size());
    v.flags = word("vm_flags", kVmFlags) | std::uint64_t{VM_HUGETLB};
    v.pgoff = W(kFirstIndex);
    v.file_pages = word("file_pages", (std::uint64_t{1} << 40) - 1);
    v.kind = VmaKind::hugetlb;
    v.huge_order = order();
    v.file = kFile;
    v.pkey_no_access = flag("pkey_no_access");
    v.pkey_no_write = flag("pkey_no_write");
    v.resv_owner = flag("resv_owner");
    v.resv_unmapped = flag("resv_unmapped");
    v.uffd_wp_async = flag("uffd_wp_async");
    v.uffd_sigbus = flag("uffd_sigbus");
    auto has = [&](std::uint64_t bit) { return (v.flags & bit) != 0u; };
    constexpr std::string_view mmap = "mm/mmap.c do_mmap(), mprotect_fixup()";
    assume("VM_SHARED only with VM_MAYSHARE", mmap, implies(has(VM_SHARED), has(VM_MAYSHARE)));
    assume("a shared mapping of a read-only file cannot become writable", mmap,
           implies(has(VM_MAYSHARE) && !has(VM_SHARED), !has(VM_MAYWRITE)));
    assume("a permission held may be held", mmap,
           implies(has(VM_READ), has(VM_MAYREAD)) && implies(has(VM_WRITE), has(VM_MAYWRITE)) &&
               implies(has(VM_EXEC), has(VM_MAYEXEC)));
    assume("only private mappings carry reservation marks", "facts 1.13",
           implies(v.resv_owner || v.resv_unmapped, !has(VM_MAYSHARE)));
    s_.world.vmas.push_back(v);
  }

  /// The folios page `page` of the VMA can be made of: an anonymous one, and the one
  /// in the page cache if there is one. Their indices follow from `page`.
  void folios(unsigned page) {
    const std::string n = std::to_string(page);
    for (const bool anon : {true, false}) {
      const std::string p = (anon ? "anon" : "file") + n + ".";
      Folio<Symbolic> f;
      f.pfn = W(frame(page, anon));
      f.kind = FolioKind::hugetlb;
      f.order = order();
      f.refcount = word(p + "refcount");
      f.pincount = word(p + "pincount", (1u << 16) - 1);
      f.mapcount = word(p + "mapcount", (1u << 10) - 1);
      f.anon = B(anon);
      f.exclusive = anon ? flag(p + "exclusive") : B(false);
      f.dirty = flag(p + "dirty");
      f.referenced = flag(p + "referenced");
      f.unpinnable = flag(p + "unpinnable");
      f.hwpoison = flag(p + "hwpoison");
      f.p2pdma = flag(p + "p2pdma");
      f.swapcache = B(false);
      assume(p + "refcount is positive or has overflowed", "facts 1.7",
             (f.refcount != 0u && f.refcount < (1u << 20)) ||
                 f.refcount >= ~std::uint64_t{0} - ((1u << 20) - 1));
      if (anon) {
        assume(p + "mapped more than once is not exclusive", "facts 8.3 G5",
               implies(f.mapcount > 1u, !f.exclusive));
        assume(p + "pinned stays exclusive", "facts 8.3 G10", implies(f.pincount != 0u, f.exclusive));
      }
      s_.world.folios.push_back(f);
    }
    PageCacheEntry<Symbolic> c;
    c.index = W(kFirstIndex + (std::uint64_t{page} << order()));
    c.file = kFile;
    c.folio = static_cast<std::uint16_t>(folio_index(page, false));
    c.present = flag("cached" + n);
    assume("the page cache ends with the file", "facts 5.2 N2",
           implies(c.present, c.index < s_.world.vmas[0].file_pages));
    s_.world.page_cache.push_back(c);
  }

  /// The entries above the huge pages' own level.
  void upper_tables() {
    const Level top = g().top;
    for (int l = static_cast<int>(top); l > static_cast<int>(level_); --l) {
      const Level here = static_cast<Level>(l), child = static_cast<Level>(l - 1);
      static constexpr const char* kNames[] = {"pte", "pmd", "pud", "p4d", "pgd"};
      Slot<Symbolic> s;
      s.first = W(kStart >> g().shift(here));
      s.value = word(kNames[l]);
      // Page-table isolation marks user tables NX at the top level (facts 4.1); below
      // it, the accessed bit of a table entry comes and goes (non-leaf aging).
      const std::uint64_t free = here == top ? x::NX : x::ACCESSED;
      const std::uint64_t table =
          (g().table_pfn(child, kStart >> g().shift(child)) << 12) | (x::kTableFlags & ~free);
      const B none = here == Level::pgd ? arch().pgd_none(s.value) : arch().none(s.value);
      assume(std::string(kNames[l]) + " is none or points to its table", "facts 8.3 G1, 4.1",
             none || (s.value & ~free) == table);
      empty_without_table(kNames[l], s.value);
      s_.world.slots[l].push_back(s);
      table_absent_ = none;
    }
  }

  /// The entry of huge page `page`: none, a leaf, or a hugetlb non-present entry.
  void huge_entry(unsigned page) {
    const std::string n = "entry" + std::to_string(page);
    Slot<Symbolic> s;
    s.first = W((kStart >> g().shift(level_)) + page);
    s.value = word(n);
    s.restored = word(n + ".restored");
    empty_without_table(n, s.value);
    assume(n + " is none, a leaf, migrating, poisoned or a marker", "facts 8.3 G1..G8, 4.1",
           arch().none(s.value) || leaf(s.value, page) || non_present(s.value, page));
    assume(n + ".restored is a leaf, or the migration never ends", "facts 4.1",
           s.restored == 0u || (leaf(s.restored, page) && arch().is_swap(s.value)));
    s_.world.slots[static_cast<int>(level_)].push_back(s);
  }

  void environment() {
    Environment<Symbolic>& e = s_.world.env;
    e.huge_pool = word("huge_pool", 7);
    e.alloc_fail_at = word("alloc_fail_at", 15);
    e.fatal_signal_at = word("fatal_signal_at", 31);
    e.signal_at = word("signal_at", 31);
    e.mmap_lock_fail_at = word("mmap_lock_fail_at", 7);
    e.userfault_wakes = word("userfault_wakes", 7);
    e.migrate_fails = flag("migrate_fails");
    e.isolate_fails = flag("isolate_fails");
  }

  /// A call of __get_user_pages() from `address` on.
  void request(W address, std::uint32_t pages) {
    Request<Symbolic>& r = s_.world.request;
    r.api = Api::internal;
    r.start = address;
    r.nr_pages = pages;
    r.pages_null = way_ == 0;
    // __get_user_pages() asserts that pages are wanted exactly with GET or PIN, and
    // LONGTERM comes with PIN alone (facts 1.3, 1.14).
    std::uint64_t free = kAllFollFlags & ~std::uint64_t{FOLL_GET | FOLL_PIN};
    if (way_ != 2) free &= ~std::uint64_t{FOLL_LONGTERM};
    const std::uint64_t fixed[] = {0, FOLL_GET, FOLL_PIN};
    r.flags = word("foll_flags", free) | fixed[way_];
    if (way_ == 2)
      assume("LONGTERM is not combined with PCI_P2PDMA", "facts 1.14",
             (r.flags & (FOLL_LONGTERM | FOLL_PCI_P2PDMA)) !=
                 std::uint64_t{FOLL_LONGTERM | FOLL_PCI_P2PDMA});
  }

 private:
  static int folio_index(unsigned page, bool anon) {
    return 2 + 2 * static_cast<int>(page) + (anon ? 0 : 1);
  }
  static std::uint64_t frame(unsigned page, bool anon) {
    return (std::uint64_t{2} + 2 * page + (anon ? 0 : 1)) << 18;  // aligned for 1G
  }

  /// A slot of a table that does not exist holds nothing; the fault that adds the
  /// table must not bring an old entry to light.
  void empty_without_table(const std::string& name, W value) {
    assume(name + " is empty where its table is missing", "mm/memory.c __pmd_alloc()",
           implies(table_absent_, value == 0u));
  }

  /// A mapping entry of page `page`, as mmap, faults, mprotect, fork and userfaultfd leave it.
  B leaf(W e, unsigned page) {
    const Vma<Symbolic>& v = s_.world.vmas[0];
    const Folio<Symbolic>& a = s_.world.folios[folio_index(page, true)];
    auto vm = [&](std::uint64_t bits) { return (v.flags & bits) != 0u; };
    auto set = [&](std::uint64_t bits) { return arch().has(e, bits); };
    const B accessible = vm(VM_ACCESS_FLAGS);
    const W address = x86_64::Entry<Symbolic>{g()}.uninverted(e) & x::kPfnMask;
    const B anon = address == (frame(page, true) << 12);
    const B file = address == (frame(page, false) << 12);
    // G7: present, or PROTNONE-encoded where nothing is permitted.
    const B present = (e & (x::PRESENT | x::USER | x::PSE)) == (x::PRESENT | x::USER | x::PSE);
    const B protnone = (e & (x::PRESENT | x::USER | x::PSE | x::PROTNONE | x::RW)) ==
                       (x::PSE | x::PROTNONE);
    constexpr std::uint64_t kNever = x::SPECIAL | x::SOFT_DIRTY | x::DEVMAP | 0x1full << 52;
    return ((accessible && present && !set(x::GLOBAL)) || (!accessible && protnone)) &&
           (e & kNever) == 0u && (anon || file) &&
           implies(anon, !vm(VM_MAYSHARE) && a.mapcount != 0u) &&              // G6
           implies(file, s_.world.page_cache[page].present) &&                 // G6
           implies(set(x::RW), vm(VM_WRITE) && set(x::DIRTY) && !set(x::UFFD_WP)) &&  // G3, G4
           implies(set(x::RW) && anon, a.exclusive) &&                         // G3
           implies(set(x::RW) && file, vm(VM_SHARED)) &&                       // G3
           implies(set(x::UFFD_WP), vm(VM_UFFD_WP));
  }

  /// Migration, poison and marker entries (facts 4.1, G8).
  B non_present(W e, unsigned page) {
    const SwapTypes types = swap_types(s_.world.config);
    const Vma<Symbolic>& v = s_.world.vmas[0];
    const W offset = arch().swp_offset(e);
    const B ours = offset == frame(page, true) || offset == frame(page, false);
    const B marks = (offset == kMarkerUffdWp && (v.flags & VM_UFFD_WP) != 0u) ||
                    offset == kMarkerPoisoned;
    return (e & (x::PRESENT | x::PSE | x::PROTNONE)) == 0u &&
           (((arch().is_migration(types, e) || arch().is_hwpoison(types, e)) && ours) ||
            (arch().is_marker(types, e) && marks));
  }

  TermArena& arena_;
  Level level_;
  int way_;  ///< column of kCells
  B table_absent_{false};  ///< of the table that holds the slots added next
  Setting s_;
};

/// One page at any offset of a huge page.
template <Level level>
Setting one_page(TermArena& arena, int cell) {
  Builder b(arena, level, cell);
  b.standard_folios();
  b.vma(1);
  b.folios(0);
  b.upper_tables();
  b.huge_entry(0);
  b.environment();
  b.request(b.word("offset", b.huge_size() - 1) | kStart, 1);
  return b.take();
}

/// Two pages: the last of one huge page and the first of the next.
template <Level level>
Setting across_entry(TermArena& arena, int cell) {
  Builder b(arena, level, cell);
  b.standard_folios();
  b.vma(2);
  for (const unsigned page : {0u, 1u}) b.folios(page);
  b.upper_tables();
  for (const unsigned page : {0u, 1u}) b.huge_entry(page);
  b.environment();
  b.request(b.word("offset", 4095) | (kStart + b.huge_size() - 4096), 2);
  return b.take();
}

constexpr Theorem kTheorems[] = {
    {"x86_64", "hugetlb-2M/one-page", "one page at any offset of a 2M hugetlb page", kCells,
     one_page<Level::pmd>},
    {"x86_64", "hugetlb-1G/one-page", "one page at any offset of a 1G hugetlb page", kCells,
     one_page<Level::pud>},
    {"x86_64", "hugetlb-2M/across-entry", "two pages across the boundary of two 2M hugetlb pages",
     kFiveLevels, across_entry<Level::pmd>},
    {"x86_64", "hugetlb-1G/across-entry", "two pages across the boundary of two 1G hugetlb pages",
     kFiveLevels, across_entry<Level::pud>},
};

}  // namespace

std::span<const Theorem> theorems_x86_64() { return kTheorems; }

}  // namespace gupdiff
