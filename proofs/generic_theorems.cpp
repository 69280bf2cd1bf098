// SPDX-License-Identifier: GPL-2.0-only
// The theorems about memory that is not hugetlb. VmaKind, folio orders and levels are
// concrete, so each kind of memory is a theorem; in it, everything else is symbolic.
#include "proofs/generic_theorems.hpp"

#include <algorithm>
#include <optional>

#include "model/arch/geometry_name.hpp"
#include "model/arch/usual_config.hpp"
#include "proofs/generic_world.hpp"

namespace gupdiff {
namespace {

using W = SymbolicWord;
using Mapped = GenericWorld::Mapped;

/// Whether a VMA of `kind` may map anonymous pages of small size: its own, or copies of the file's.
constexpr bool copies(VmaKind kind) { return kind != VmaKind::secretmem; }

/// Where a folio lies that stands at its default place.
W frame(const GenericWorld& b, int folio) { return W(b.g().default_pfn(static_cast<std::uint64_t>(folio))); }

/// The pages that the PTE of file page `index` may map in a VMA of `kind`, `n` telling them
/// from those of other PTEs: a private copy, the file's or the device's page, the zero page.
std::vector<Mapped> small_pages(GenericWorld& b, VmaKind kind, unsigned n, W index) {
  const std::string number = std::to_string(n);
  std::vector<Mapped> pages;
  if (copies(kind)) {
    const int anon = b.folio("anon" + number, 0, true);
    pages.push_back({anon, frame(b, anon)});
  }
  switch (kind) {
    case VmaKind::anonymous:
      pages.push_back({kZeroFolio, W(b.g().zero_pfn), true});
      break;
    case VmaKind::fsdax: {
      const int page = b.folio("device" + number, 0, false);
      pages.push_back({page, frame(b, page), false, true});
      break;
    }
    case VmaKind::device: {
      // By remap_pfn_range() or vmf_insert_pfn(), and by vm_insert_page().
      const int page = b.folio("device" + number, 0, false, FolioKind::reserved);
      pages.push_back({page, frame(b, page), true});
      pages.push_back({page, frame(b, page)});
      break;
    }
    default: {
      const int page = b.folio("file" + number, 0, false);
      b.cache(page, index);
      pages.push_back({page, frame(b, page)});
    }
  }
  return pages;
}

/// What a PMD leaf of a VMA of `kind` may map. A private copy of file memory is never huge.
std::vector<Mapped> huge_pages(GenericWorld& b, VmaKind kind, unsigned n) {
  const unsigned order = b.g().leaf_order(Level::pmd);
  const std::string number = std::to_string(n);
  if (kind == VmaKind::anonymous) {
    const int anon = b.folio("anon" + number, order, true);
    return {{anon, frame(b, anon)}, {kHugeZeroFolio, W(b.g().huge_zero_pfn)}};
  }
  const int page = b.folio((kind == VmaKind::fsdax ? "device" : "file") + number, order, false);
  if (kind == VmaKind::fsdax) return {{page, frame(b, page), false, true}};
  b.cache(page, W(b.first_index() + (std::uint64_t{n} << order)));
  return {{page, frame(b, page)}};
}

/// An address in the first PMD span. Where a fault maps the 64 KiB around it (of a huge page,
/// all sixteen of 4K), the place of the page in them, and the places where the file ends, are few:
/// each is another shape of the page table.
W address_in_span(GenericWorld& b, VmaKind kind) {
  if (kind != VmaKind::shmem && kind != VmaKind::file) return b.word("offset", b.pmd_span() - 1) | b.base();
  const std::uint64_t page = b.g().page_size(), window = std::uint64_t{1} << 16;
  const std::uint64_t place = 5 * page % window;
  if (page < window) {
    b.assume("the page is number " + std::to_string(place / page) + " of its 64 KiB", "bound of the theorem", GenericWorld::B(true));
    b.file_ends_on((window / page) / 2);
  }
  return b.word("offset", (b.pmd_span() - 1) & ~(window - page)) | (b.base() + place);
}

std::uint64_t pmd_key(const GenericWorld& b, unsigned n) { return (b.base() >> b.g().shift(Level::pmd)) + n; }

/// The world around the one PTE of `address`, which may map `pages`, and a request for it.
Setting one_pte(GenericWorld& b, W address, const std::vector<Mapped>& pages) {
  b.tables_down_to(Level::pud);
  b.pmd_table(0);
  b.entry("pte", Level::pte, address >> b.g().page_shift, pages);
  b.environment();
  b.request(address, 1);
  return b.take();
}

/// One page mapped by PTE, in a VMA of that page alone, at any place of a PTE table.
template <VmaKind kind>
Setting pte(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, kind);
  const std::uint64_t page = b.g().page_size();
  const W address = b.word("offset", b.pmd_span() - 1) | b.base();
  const W start = address & b.g().page_mask();
  b.vma(start, start + page);
  const auto pages = small_pages(b, kind, 0, b.first_index() + ((start - b.base()) >> b.g().page_shift));
  return one_pte(b, address, pages);
}

/// The same in a VMA of a whole PMD span, where a fault may bring a huge page.
template <VmaKind kind>
Setting pte_of_span(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, kind);
  b.vma(W(b.base()), W(b.base() + b.pmd_span()));
  const W address = address_in_span(b, kind);
  const auto pages = small_pages(b, kind, 0, b.first_index() + ((address - b.base()) >> b.g().page_shift));
  return one_pte(b, address, pages);
}

/// One page mapped by PTE that is part of a huge page, as after a split of its PMD.
template <VmaKind kind>
Setting pte_of_huge(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, kind);
  b.vma(W(b.base()), W(b.base() + b.pmd_span()));
  const W address = address_in_span(b, kind);
  auto pages = huge_pages(b, kind, 0);
  pages.resize(1);  // the huge zero page splits into zero pages
  pages[0].pfn = pages[0].pfn + ((address - b.base()) >> b.g().page_shift);
  return one_pte(b, address, pages);
}

/// One page of a huge page mapped by a PMD, in a VMA of that huge page.
template <VmaKind kind>
Setting thp(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, kind);
  b.vma(W(b.base()), W(b.base() + b.pmd_span()));
  const auto pages = huge_pages(b, kind, 0);
  b.tables_down_to(Level::pud);
  b.entry("pmd", Level::pmd, W(pmd_key(b, 0)), pages);
  b.environment();
  b.request(address_in_span(b, kind), 1);
  return b.take();
}

/// `pages` pages, from any offset on, of a device page mapped by a PUD.
template <std::uint32_t pages>
Setting pud_devmap(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, VmaKind::fsdax);
  const std::uint64_t span = b.g().span(Level::pud);
  b.vma(W(b.base()), W(b.base() + span));
  const int page = b.folio("device", b.g().leaf_order(Level::pud), false);
  b.tables_down_to(Level::p4d);
  b.entry("pud", Level::pud, W(b.base() >> b.g().shift(Level::pud)), {{page, frame(b, page), false, true}});
  b.environment();
  b.request(b.word("offset", span - 1) | b.base(), pages);
  return b.take();
}

/// Two pages mapped by neighbouring PTEs of one table, in a VMA of those two.
template <VmaKind kind>
Setting two_ptes(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, kind);
  const std::uint64_t page = b.g().page_size();
  const std::uint64_t start = b.base() + 6 * page;
  b.vma(W(start), W(start + 2 * page));
  std::vector<Mapped> pages[2];
  for (const unsigned n : {0u, 1u}) pages[n] = small_pages(b, kind, n, W(b.first_index() + 6 + n));
  b.tables_down_to(Level::pud);
  b.pmd_table(0);
  for (const unsigned n : {0u, 1u})
    b.entry("pte" + std::to_string(n), Level::pte, W((start >> b.g().page_shift) + n), pages[n]);
  b.environment();
  b.request(b.word("offset", page - 1) | start, 2);
  return b.take();
}

/// Two pages from any offset of a huge page on, in a VMA of that huge page.
template <VmaKind kind>
Setting two_inside(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, kind);
  b.vma(W(b.base()), W(b.base() + b.pmd_span()));
  const auto pages = huge_pages(b, kind, 0);
  b.tables_down_to(Level::pud);
  b.entry("pmd", Level::pmd, W(pmd_key(b, 0)), pages);
  b.environment();
  b.request(address_in_span(b, kind), 2);
  return b.take();
}

/// The last page of one PMD span and the first of the next, `pages` in all: each a huge page or,
/// where `by_pte` says so, a PTE.
template <VmaKind kind, bool first_by_pte, bool second_by_pte>
Setting across_entry(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, kind);
  const std::uint64_t page = b.g().page_size(), middle = b.base() + b.pmd_span();
  constexpr bool by_pte[] = {first_by_pte, second_by_pte};
  b.vma(W(first_by_pte ? middle - page : b.base()), W(second_by_pte ? middle + page : middle + b.pmd_span()));
  const std::uint64_t index = b.first_index() + (b.pmd_span() >> b.g().page_shift);
  std::vector<Mapped> pages[2];
  for (const unsigned n : {0u, 1u}) pages[n] = by_pte[n] ? small_pages(b, kind, n, W(index - 1 + n)) : huge_pages(b, kind, n);
  b.tables_down_to(Level::pud);
  for (const unsigned n : {0u, 1u})
    if (by_pte[n]) b.pmd_table(n);
    else b.entry("pmd" + std::to_string(n), Level::pmd, W(pmd_key(b, n)), pages[n]);
  for (unsigned n = 0, table = 0; n < 2; ++n)
    if (by_pte[n]) b.entry("pte" + std::to_string(n), Level::pte, W((middle >> b.g().page_shift) - 1 + n), pages[n], table++);
  b.environment();
  b.request(b.word("offset", page - 1) | (middle - page), 2);
  return b.take();
}

/// The most pages of one huge page that are asked for: a walk that looks each up by itself (V12) has as many
/// lookups on every path.
constexpr std::uint32_t kMostOfHuge = 511;

/// From some page of a huge page, the second where that is within bounds, past its end: the rest of it, at once or page
/// by page, then two pages of the next.
template <VmaKind kind>
Setting more_than_leaf(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, kind);
  const std::uint64_t page = b.g().page_size();
  b.vma(W(b.base()), W(b.base() + 2 * b.pmd_span()));
  std::vector<Mapped> pages[2];
  for (const unsigned n : {0u, 1u}) pages[n] = huge_pages(b, kind, n);
  b.tables_down_to(Level::pud);
  for (const unsigned n : {0u, 1u}) b.entry("pmd" + std::to_string(n), Level::pmd, W(pmd_key(b, n)), pages[n]);
  b.environment();
  const std::uint32_t rest = std::min(b.g().slots(Level::pte) - 1, kMostOfHuge);
  b.request(b.word("offset", page - 1) | (b.base() + b.pmd_span() - rest * page), rest + 2);
  if (kind == VmaKind::anonymous) b.no_split();
  return b.take();
}

/// One page of anonymous memory where the slot of `level` holds any word at all, and below it nothing.
template <Level level>
Setting any_entry(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, VmaKind::anonymous);
  const std::uint64_t span = b.g().span(level < Level::pud ? level : Level::pud);
  b.vma(W(b.base()), W(b.base() + span));
  const int page = b.folio("folio", b.g().leaf_order(level < Level::pud ? level : Level::pud), true);
  b.tables_down_to(static_cast<Level>(static_cast<int>(level) + 1));
  b.any_entry("entry", level, W(b.base() >> b.g().shift(level)), page);
  b.environment();
  b.request(b.word("offset", span - 1) | b.base(), 1);
  return b.take();
}

constexpr std::string_view kWays[] = {"pages==NULL", "FOLL_GET", "FOLL_PIN"};

/// Bounds on the faults of the older walk, as a set.
enum Bound : unsigned { kAny = 1, kOne = 2, kZero = 4 };
struct NamedBound {
  Bound bound;
  std::optional<std::uint8_t> faults;
};
constexpr NamedBound kBounds[] = {{kAny, std::nullopt}, {kOne, 1}, {kZero, 0}};

/// What is proved of each architecture that can map such memory, within the bounds that are
/// affordable.
struct Statement {
  std::string_view name, summary;
  Setting (*build)(TermArena&, const Cell&, std::uint8_t);
  unsigned bounds;
  bool (*possible)(const Config&, const Geometry&) = nullptr;
  bool configurations = false;  ///< under other kernel configurations as well
  Call call = Call::gup;
};

bool has_pmd_leaf(const Config&, const Geometry& g) { return g.has_upper_leaves && !g.has_hugepd; }
bool has_pud(const Config& c, const Geometry& g) { return has_pmd_leaf(c, g) && g.top > Level::pud; }
bool has_p4d(const Config& c, const Geometry& g) { return has_pmd_leaf(c, g) && g.top > Level::p4d; }
bool has_thp(const Config& c, const Geometry&) { return c.thp; }
bool has_pte_devmap(const Config&, const Geometry& g) { return g.has_devmap; }
bool has_pmd_devmap(const Config& c, const Geometry& g) { return c.thp && g.has_devmap; }
bool has_pud_devmap(const Config& c, const Geometry& g) { return c.pud_devmap && g.has_devmap; }

constexpr Statement kStatements[] = {
    {"pte-anon/one-page", "one page of anonymous memory mapped by PTE", pte_of_span<VmaKind::anonymous>, kAny},
    {"pte-anon/lone-page", "the same in a mapping too small for a huge page", pte<VmaKind::anonymous>, kAny},
    {"pte-anon/of-huge", "one page of an anonymous huge page mapped by PTEs", pte_of_huge<VmaKind::anonymous>, kAny, has_thp},
    {"pte-shmem/one-page", "one page of shared memory, or a private copy, mapped by PTE", pte<VmaKind::shmem>, kAny},
    {"pte-shmem/of-huge", "one page of a shared huge page mapped by PTEs", pte_of_huge<VmaKind::shmem>, kAny, has_thp},
    {"pte-file/one-page", "one page of a file, or a private copy, mapped by PTE", pte<VmaKind::file>, kAny},
    {"pte-devmap/one-page", "one page of file-system DAX, or a private copy, mapped by PTE", pte<VmaKind::fsdax>, kAny, has_pte_devmap},
    {"pte-device/one-page", "one page of a driver's mapping", pte<VmaKind::device>, kAny},
    {"pte-special/one-page", "one page of the vdso or the like", pte<VmaKind::special>, kAny},
    {"pte-secretmem/one-page", "one page of memfd_secret()", pte<VmaKind::secretmem>, kAny},
    {"thp-anon/one-page", "one page at any offset of an anonymous huge page", thp<VmaKind::anonymous>, kAny, has_thp},
    {"thp-shmem/one-page", "one page at any offset of a huge page of shared memory", thp<VmaKind::shmem>, kAny, has_thp},
    {"thp-file/one-page", "one page at any offset of a huge page of a file", thp<VmaKind::file>, kAny, has_thp},
    {"thp-devmap/one-page", "one page at any offset of a device page mapped by a PMD", thp<VmaKind::fsdax>, kAny, has_pmd_devmap},
    {"pte-anon/two-pages", "two pages of anonymous memory mapped by neighbouring PTEs", two_ptes<VmaKind::anonymous>, kOne | kZero},
    {"pte-shmem/two-pages", "two pages of shared memory mapped by neighbouring PTEs", two_ptes<VmaKind::shmem>, kOne | kZero},
    {"pte-anon/across-table", "two pages of anonymous memory, their PTEs in two tables", across_entry<VmaKind::anonymous, true, true>, kOne | kZero},
    {"thp-anon/two-inside", "two pages from any offset of an anonymous huge page on", two_inside<VmaKind::anonymous>, kAny, has_thp},
    {"thp-shmem/two-inside", "two pages from any offset of a huge page of shared memory on", two_inside<VmaKind::shmem>, kOne | kZero, has_thp},
    {"thp-devmap/two-inside", "two pages from any offset of a device page mapped by a PMD on", two_inside<VmaKind::fsdax>, kAny, has_pmd_devmap},
    {"thp-anon/across-entry", "two pages across the boundary of two anonymous huge pages", across_entry<VmaKind::anonymous, false, false>, kOne | kZero, has_thp},
    {"thp-anon/then-pte", "two pages, the last of an anonymous huge page and one mapped by PTE", across_entry<VmaKind::anonymous, false, true>, kOne | kZero, has_thp},
    {"thp-anon/after-pte", "two pages, one mapped by PTE and the first of an anonymous huge page", across_entry<VmaKind::anonymous, true, false>, kOne | kZero, has_thp},
    {"thp-shmem/across-entry", "two pages across the boundary of two huge pages of shared memory", across_entry<VmaKind::shmem, false, false>, kOne | kZero, has_thp},
    {"thp-anon/more-than-leaf", "the rest of an anonymous huge page and two pages of the next", more_than_leaf<VmaKind::anonymous>, kZero, has_thp},
    {"thp-shmem/more-than-leaf", "the rest of a huge page of shared memory and two pages of the next", more_than_leaf<VmaKind::shmem>, kZero, has_thp},
    {"pud-devmap/one-page", "one page at any offset of a device page mapped by a PUD", pud_devmap<1>, kAny, has_pud_devmap},
    {"pud-devmap/two-inside", "two pages from any offset of a device page mapped by a PUD on", pud_devmap<2>, kAny, has_pud_devmap},
    {"pte-anon/fast-one-page", "GUP-fast: one page of anonymous memory mapped by PTE", pte<VmaKind::anonymous>, kAny, nullptr, false, Call::fast_only},
    {"pte-shmem/fast-one-page", "GUP-fast: one page of shared memory, or a private copy, mapped by PTE", pte<VmaKind::shmem>, kAny, nullptr, false, Call::fast_only},
    {"pte-file/fast-one-page", "GUP-fast: one page of a file, or a private copy, mapped by PTE", pte<VmaKind::file>, kAny, nullptr, false, Call::fast_only},
    {"pte-devmap/fast-one-page", "GUP-fast: one page of file-system DAX, or a private copy, mapped by PTE", pte<VmaKind::fsdax>, kAny, has_pte_devmap, false, Call::fast_only},
    {"pte-device/fast-one-page", "GUP-fast: one page of a driver's mapping", pte<VmaKind::device>, kAny, nullptr, false, Call::fast_only},
    {"pte-secretmem/fast-one-page", "GUP-fast: one page of memfd_secret()", pte<VmaKind::secretmem>, kAny, nullptr, false, Call::fast_only},
    {"thp-anon/fast-one-page", "GUP-fast: one page at any offset of an anonymous huge page", thp<VmaKind::anonymous>, kAny, has_thp, false, Call::fast_only},
    {"thp-shmem/fast-one-page", "GUP-fast: one page at any offset of a huge page of shared memory", thp<VmaKind::shmem>, kAny, has_thp, false, Call::fast_only},
    {"thp-devmap/fast-one-page", "GUP-fast: one page at any offset of a device page mapped by a PMD", thp<VmaKind::fsdax>, kAny, has_pmd_devmap, false, Call::fast_only},
    {"pud-devmap/fast-one-page", "GUP-fast: one page at any offset of a device page mapped by a PUD", pud_devmap<1>, kAny, has_pud_devmap, false, Call::fast_only},
    {"pte-anon/longterm-one-page", "a longterm pin of one page of anonymous memory mapped by PTE", pte<VmaKind::anonymous>, kAny, nullptr, false, Call::longterm},
    {"pte-shmem/longterm-one-page", "a longterm pin of one page of shared memory, or a private copy, mapped by PTE", pte<VmaKind::shmem>, kAny, nullptr, false, Call::longterm},
    {"thp-anon/longterm-one-page", "a longterm pin of one page at any offset of an anonymous huge page", thp<VmaKind::anonymous>, kAny, has_thp, false, Call::longterm},
    {"any-pmd/one-page", "one page of anonymous memory, any word as its PMD", any_entry<Level::pmd>, kAny, has_pmd_leaf, true},
    {"any-pud/one-page", "one page of anonymous memory, any word as its PUD", any_entry<Level::pud>, kAny, has_pud, true},
    {"any-p4d/one-page", "one page of anonymous memory, any word as its P4D", any_entry<Level::p4d>, kAny, has_p4d, true},
};

}  // namespace

void add_generic_theorems(std::vector<Theorem>& out, Architecture arch, std::uint8_t variant) {
  const Config config = usual_config(arch, variant);
  for (const Statement& s : kStatements) {
    if (s.possible && !s.possible(config, geometry_of(config))) continue;
    for (const NamedBound& b : kBounds) {
      // The other geometries of an architecture differ in what the walks hardly ask about.
      if ((s.bounds & b.bound) == 0 || (variant > 0 && b.bound == kOne)) continue;
      Theorem t;
      t.arch = geometry_name(config);
      t.name = s.name;
      t.summary = s.summary;
      t.build = s.build;
      if (b.faults) {
        t.name += "/faults-" + std::to_string(*b.faults);
        t.summary += ", where " + bound_text(*b.faults);
      }
      Config without[] = {config, config, config};
      without[1].thp = without[1].shmem_thp = without[1].pud_devmap = false;
      without[2].pud_devmap = false;
      constexpr std::string_view kWithout[] = {"", ", no THP", ", no huge PUD"};
      for (int k = 0; k < 3; ++k) {
        if (k > 0 && (!s.configurations || without[k] == without[k - 1] || without[k] == config)) continue;
        for (const Wanted w : {Wanted::nothing, Wanted::get, Wanted::pin}) {
          if (!can_want(s.call, w)) continue;
          Cell c;
          c.call = s.call;
          c.name = std::string(kWays[static_cast<int>(w)]) + std::string(kWithout[k]);
          c.config = without[k];
          c.wanted = w;
          c.faults = b.faults;
          t.cells.push_back(std::move(c));
        }
      }
      out.push_back(std::move(t));
    }
  }
}

}  // namespace gupdiff
