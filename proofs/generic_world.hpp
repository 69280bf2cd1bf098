// SPDX-License-Identifier: GPL-2.0-only
// Builds the symbolic world of a theorem about memory that is not hugetlb, piece by
// piece: one VMA, its folios, and the PMDs or PTEs that map them, for any architecture.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/arch/arch.hpp"
#include "proofs/symbolic_world.hpp"

namespace gupdiff {

/// What a leaf of one level is recognised by, derived from the architecture's own edits:
/// its flags (frame apart) and which of them come and go.
struct LeafForm {
  std::uint64_t accessible = 0;         ///< as a fault installs it in a mapping with permissions, `free` apart
  std::uint64_t free = 0;               ///< accessed, dirty, write permission, execution, soft-dirty, uffd-wp, key
  std::uint64_t inaccessible = 0;       ///< PROT_NONE, by mprotect or as a NUMA hint, `inaccessible_free` apart
  std::uint64_t inaccessible_free = 0;  ///< accessed, dirty, soft-dirty, uffd-wp, key
  std::uint64_t special = 0;            ///< what mkspecial() adds
  std::uint64_t devmap = 0;             ///< what marks a page of ZONE_DEVICE; 0: the architecture has no mark
};
/// Of the leaves of `level`, which are no hugetlb pages.
LeafForm leaf_form(const Config& config, Level level);

/// The pieces of a world around one VMA.
class GenericWorld : public SymbolicWorld {
 public:
  GenericWorld(TermArena& arena, const Cell& cell, VmaKind kind);

  /// First address of the first PMD span of the world; a PUD span begins there too.
  std::uint64_t base() const;
  std::uint64_t pmd_span() const { return g().span(Level::pmd); }
  /// A VMA of the world's kind over [start, end).
  void vma(W start, W end);
  /// The file ends at a multiple of `pages`, a power of two.
  void file_ends_on(std::uint64_t pages);
  /// A folio of 2^order pages: anonymous, or of a file (or device). Returns its index.
  int folio(const std::string& name, unsigned order, bool anon, FolioKind kind = FolioKind::normal);
  /// The page cache may hold `folio` at `index`.
  void cache(int folio, W index);
  /// Entries from the topmost level down to `last`: each none or the table that the kernel puts there.
  void tables_down_to(Level last);
  /// PMD number `n` of the world is none or a PTE table.
  void pmd_table(unsigned n);

  /// One thing an entry may map.
  struct Mapped {
    int folio;       ///< index
    W pfn;           ///< frame of the leaf's first page
    bool special = false, devmap = false;
  };
  /// Slot `first` of `level` holds none, a leaf of one of `pages`, or what the kernel leaves of
  /// one: migration everywhere; by PTE also poison, a marker and, of anonymous memory, swap.
  /// A PTE lies in the table of PMD number `pmd`.
  void entry(const std::string& name, Level level, W first, const std::vector<Mapped>& pages, unsigned pmd = 0);
  /// Slot `first` of `level` holds any word at all that a scenario may hold: a leaf of `folio`, a
  /// pointer to its table, or anything that is neither. No kernel writes most of them.
  void any_entry(const std::string& name, Level level, W first, int folio);

  void environment() { SymbolicWorld::environment(false); }
  /// The request is without FOLL_SPLIT_PMD, which makes a lookup for each of 512 pages.
  void no_split();

 private:
  W pfn_of(int folio) const { return s_.world.folios[static_cast<std::size_t>(folio)].pfn; }
  void table(Level level, std::uint64_t key, const std::string& name);
  B leaf(Level level, W e, const Mapped& page);
  B non_present(Level level, W e, const std::vector<Mapped>& pages);

  const VmaKind kind_;
  B upper_absent_{false};         ///< the PMD tables are missing
  std::vector<B> pte_table_absent_;  ///< by number of the PMD
};

}  // namespace gupdiff
