// SPDX-License-Identifier: GPL-2.0-only
// The worlds of the request shapes.
#include "proofs/request_shapes.hpp"

#include "proofs/world_builder.hpp"

namespace gupdiff {
namespace {

/// Where a world of two huge pages has its boundaries, besides that between the huge pages.
struct Boundary {
  bool of_tables = false;
  bool of_vmas = false;
};

/// Everything but the request.
WorldBuilder world(TermArena& arena, const Cell& cell, std::uint8_t order, unsigned huge_pages, Boundary at = {}) {
  WorldBuilder b(arena, cell, order);
  if (at.of_tables) b.apart();
  b.standard_folios();
  if (at.of_vmas)
    for (unsigned page = 0; page < huge_pages; ++page) b.vma(1);
  else
    b.vma(huge_pages);
  for (unsigned page = 0; page < huge_pages; ++page) b.folios(page);
  b.upper_tables(huge_pages);
  for (unsigned page = 0; page < huge_pages; ++page) b.huge_entry(page);
  b.environment();
  return b;
}

/// `pages` pages at any offset of a huge page at which they fit.
template <unsigned pages>
Setting inside(TermArena& arena, const Cell& cell, std::uint8_t order) {
  WorldBuilder b = world(arena, cell, order, 1);
  const SymbolicWord offset = b.word("offset", b.huge_size() - 1);
  if (pages > 1)
    b.assume("all pages lie inside the huge page", "shape", offset < b.huge_size() - (pages - 1) * b.g().page_size());
  b.request(offset | b.address(0), pages);
  return b.take();
}

/// The last page of one huge page and the first of the next.
Setting two_across(TermArena& arena, const Cell& cell, std::uint8_t order, Boundary at) {
  WorldBuilder b = world(arena, cell, order, 2, at);
  const std::uint64_t page = b.g().page_size();
  b.request(b.word("offset", page - 1) | (b.address(1) - page), 2);
  return b.take();
}
Setting across_entry(TermArena& arena, const Cell& cell, std::uint8_t order) { return two_across(arena, cell, order, {}); }
Setting cross_table(TermArena& arena, const Cell& cell, std::uint8_t order) {
  return two_across(arena, cell, order, {.of_tables = true});
}
Setting cross_vma(TermArena& arena, const Cell& cell, std::uint8_t order) {
  return two_across(arena, cell, order, {.of_vmas = true});
}

/// Three pages, the first one or two in one huge page, the others in the next.
Setting three_across(TermArena& arena, const Cell& cell, std::uint8_t order) {
  WorldBuilder b = world(arena, cell, order, 2);
  const std::uint64_t page = b.g().page_size();
  b.request(b.word("offset", 2 * page - 1) | (b.address(1) - 2 * page), 3);
  return b.take();
}

/// The last page of a VMA and the one after, which no VMA holds.
Setting past_vma(TermArena& arena, const Cell& cell, std::uint8_t order) {
  WorldBuilder b = world(arena, cell, order, 1);
  const std::uint64_t page = b.g().page_size();
  b.request(b.word("offset", page - 1) | (b.address(1) - page), 2);
  return b.take();
}

/// All pages of a huge page and the first of the next.
Setting more_than_leaf(TermArena& arena, const Cell& cell, std::uint8_t order) {
  WorldBuilder b = world(arena, cell, order, 2);
  b.request(b.word("offset", b.g().page_size() - 1) | b.address(0), (1u << order) + 1);
  return b.take();
}

constexpr RequestShape kShapes[] = {
    {"one-page", "one page at any offset of a {} hugetlb page", inside<1>},
    {"two-inside", "two pages at any offset of a {} hugetlb page", inside<2>, 2},
    {"three-inside", "three pages at any offset of a {} hugetlb page", inside<3>, 3},
    {"past-vma", "the last page of a mapping of {} hugetlb pages, and the next, which is not mapped", past_vma},
    {"across-entry", "two pages across the boundary of two {} hugetlb pages", across_entry},
    {"three-across", "three pages across the boundary of two {} hugetlb pages", three_across, 2},
    {"more-than-leaf", "all pages of a {} hugetlb page and the first of the next", more_than_leaf, 2, false, true},
    {"cross-table", "two pages across the boundary of two {} hugetlb pages in different page tables", cross_table, 1, true},
    {"cross-vma", "two pages across the boundary of two mappings of {} hugetlb pages", cross_vma},
    {"fast-one-page", "GUP-fast: one page at any offset of a {} hugetlb page", inside<1>, 1, false, false, Call::fast_only},
    {"fast-two-inside", "GUP-fast: two pages at any offset of a {} hugetlb page", inside<2>, 2, false, false, Call::fast_only},
    {"longterm-one-page", "a longterm pin of one page at any offset of a {} hugetlb page", inside<1>, 1, false, false, Call::longterm},
};

}  // namespace

std::span<const RequestShape> request_shapes() { return kShapes; }

bool fits(const RequestShape& shape, const Geometry& g, const HugetlbSize& size) {
  constexpr std::uint32_t kMostEntries = 32;
  if (shape.whole_page && size.entries() > kMostEntries) return false;
  return (std::uint64_t{1} << size.order) >= shape.least_pages && (!shape.two_tables || has_two_tables(g, size));
}

}  // namespace gupdiff
