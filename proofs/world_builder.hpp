// SPDX-License-Identifier: GPL-2.0-only
// Builds the symbolic world of a hugetlb theorem piece by piece, for any architecture,
// geometry, huge-page size and configuration; every piece states its assumptions. Its huge
// pages lie side by side and are counted from 0, whatever VMA and table each is in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/arch/arch.hpp"
#include "proofs/symbolic_world.hpp"

namespace gupdiff {

/// What an entry is to be recognised by, derived from the architecture's own edits: the
/// bits a leaf of a hugetlb mapping always has, and those that come and go.
struct LeafBits {
  std::uint64_t accessible = 0;    ///< as a fault installs it in a mapping with permissions, frame and `free` apart
  std::uint64_t inaccessible = 0;  ///< as mprotect(PROT_NONE) leaves it, frame and `inaccessible_free` apart
  std::uint64_t free = 0;          ///< accessed, dirty, write permission, execution, uffd-wp, protection key
  std::uint64_t inaccessible_free = 0;  ///< accessed, dirty, uffd-wp, protection key
};
/// Of the leaves of `size`.
LeafBits leaf_bits(const Config& config, const HugetlbSize& size);

/// The level of the slots that lead to the huge pages of `size`: their own entries, or directories.
constexpr Level own_level(const HugetlbSize& size) { return size.hugepd() ? size.directory : size.level; }

/// The pieces of a world around one or two VMAs of huge pages.
class WorldBuilder : public SymbolicWorld {
 public:
  WorldBuilder(TermArena& arena, const Cell& cell, std::uint8_t order);

  /// Address of huge page `page`; that of page 0 is a multiple of two huge pages, unless apart().
  std::uint64_t address(unsigned page) const { return start_ + page * huge_size(); }
  std::uint64_t huge_size() const { return g().page_size() << size_.order; }

  /// Places page 0 in the last slot of one page table of its level and page 1 in the first slot of
  /// the next table; before all other pieces. There must be a level above (has_two_tables()).
  void apart();
  /// A VMA of the next `huge_pages` huge pages, of a file of its own.
  void vma(unsigned huge_pages);
  /// The folios page `page` can be made of: an anonymous one, and the one in the page cache if
  /// there is one. Their indices follow from `page`; the pages before it come first.
  void folios(unsigned page);
  /// The entries above the huge pages' own level, or above that of their directories (hugepd),
  /// of the first `pages` huge pages.
  void upper_tables(unsigned pages);
  /// The entry of huge page `page`: none, a leaf, or a hugetlb non-present entry; where it has
  /// several, all of them.
  void huge_entry(unsigned page);
  void environment() { SymbolicWorld::environment(true); }

 private:
  std::int8_t leaf_stride() const;
  /// The directory that huge page `page` hangs off, in every slot that it spans.
  void directory(unsigned page);
  B holds_frame(W e, std::uint64_t pfn) const;
  B leaf(W e, unsigned page);
  B non_present(W e, unsigned page);
  std::uint64_t frame(unsigned page, bool anon) const;
  /// Index of the VMA of page `page`.
  std::size_t vma_of(unsigned page) const;

  const HugetlbSize& size_;
  bool absent_;
  LeafBits bits_;
  std::uint64_t start_;
  std::vector<unsigned> first_pages_;  ///< of each VMA
  unsigned vma_pages_ = 0;             ///< of the last one
  std::vector<B> table_absent_;        ///< by page: of the table that holds the slots of it added next
};

/// Whether there is a level above the huge pages of `size`, whose slots point to two of their tables.
constexpr bool has_two_tables(const Geometry& g, const HugetlbSize& size) { return own_level(size) < g.top; }

}  // namespace gupdiff
