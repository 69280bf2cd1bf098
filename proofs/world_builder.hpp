// SPDX-License-Identifier: GPL-2.0-only
// Builds the symbolic world of a hugetlb theorem piece by piece, for any architecture,
// geometry, huge-page size and configuration; every piece states its assumptions.
#pragma once

#include <string>
#include <string_view>

#include "model/arch/arch.hpp"
#include "proofs/theorem.hpp"

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

/// The pieces of a world around one VMA of huge pages.
class WorldBuilder {
 public:
  using W = SymbolicWord;
  using B = SymbolicCond;

  WorldBuilder(TermArena& arena, const Cell& cell, std::uint8_t order);

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
  /// First address of the VMA, aligned to any huge page.
  std::uint64_t start() const;
  std::uint64_t huge_size() const { return g().page_size() << size_.order; }

  void standard_folios();
  /// A VMA of `huge_pages` huge pages.
  void vma(unsigned huge_pages);
  /// The folios page `page` of the VMA can be made of: an anonymous one, and the one
  /// in the page cache if there is one. Their indices follow from `page`.
  void folios(unsigned page);
  /// The entries above the huge pages' own level, or above that of their directories (hugepd).
  void upper_tables();
  /// The entry of huge page `page`: none, a leaf, or a hugetlb non-present entry; where it has
  /// several, all of them.
  void huge_entry(unsigned page);
  void environment();
  /// A call of __get_user_pages() from `address` on.
  void request(W address, std::uint32_t pages);

 private:
  std::int8_t leaf_stride() const;
  /// The directory that huge page `page` hangs off, in every slot that it spans.
  void directory(unsigned page);
  void empty_without_table(const std::string& name, W value);
  B holds_frame(W e, std::uint64_t pfn) const;
  B leaf(W e, unsigned page);
  B non_present(W e, unsigned page);
  std::uint64_t frame(unsigned page, bool anon) const;
  std::uint64_t first_index() const { return std::uint64_t{1} << g().max_order(); }

  TermArena& arena_;
  const HugetlbSize& size_;
  Wanted wanted_;
  bool absent_;
  LeafBits bits_;
  B table_absent_{false};  ///< of the table that holds the slots added next
  B tables_above_absent_{false};  ///< of the table that holds the directories
  Setting s_;
};

}  // namespace gupdiff
