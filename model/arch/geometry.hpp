// SPDX-License-Identifier: GPL-2.0-only
// The shape of an architecture's page tables: page size, levels, hugetlb sizes,
// and where the model puts folios and tables in the frames an entry can hold. One
// Geometry is one configuration of one architecture's machine.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gupdiff {

/// Page-table levels from the leaves up. A configuration with fewer than five has no
/// slots above Geometry::top: the kernel folds those levels (facts 4.1).
///
/// `hugepte` is no level of the tree: the entries that a hugepd directory of powerpc
/// points to (facts 4.4). Such an entry is keyed by the number of its huge page's first page.
enum class Level : std::uint8_t { pte, pmd, pud, p4d, pgd, hugepte };
inline constexpr int kLevels = 5;              ///< of the tree
inline constexpr int kSlotLists = kLevels + 1; ///< lists of slots: the levels, and hugepte

/// A bit of a word and what people call it. One bit may have two names: each then says
/// with which other bits it is called that, and with which it is not.
struct NamedBit {
  std::string_view name;
  std::uint64_t bit = 0;
  std::uint64_t with = 0;    ///< all of these are set
  std::uint64_t unless = 0;  ///< none of these is
};

/// One hugetlb page size (an hstate).
struct HugetlbSize {
  std::string_view name;        ///< "2M"
  std::uint8_t order = 0;       ///< log2 of its base pages
  Level level = Level::pmd;     ///< level of the entries that map it
  std::uint8_t entries_log2 = 0;  ///< log2 of how many of them do: 0, or a contiguous set (facts 4.2, 4.3)
  std::uint8_t hstate = 0;      ///< index of the hstate in the order the kernel registers them (VM_FAULT_HINDEX)
  Level directory = Level::pmd; ///< level hugepte: the level whose slots hold the directory
  std::uint8_t directories_log2 = 0;  ///< level hugepte: log2 of the slots that hold the same directory

  /// Entries that map one huge page.
  constexpr std::uint32_t entries() const { return 1u << entries_log2; }
  /// A directory (hugepd) points to its entry.
  constexpr bool hugepd() const { return level == Level::hugepte; }
  /// Slots of `directory` that hold one directory.
  constexpr std::uint32_t directories() const { return 1u << directories_log2; }
};

/// Which huge_pte_offset() the architecture has (facts 1.12).
enum class HugePteOffset : std::uint8_t {
  generic,  ///< by size alone: no look at whether a slot above holds a leaf (x86-64, riscv64)
  arm64,    ///< ends at the first leaf or non-present entry from the top, whatever the size
};

/// Shape of the page tables of one configuration. "Page" is the base page.
struct Geometry {
  std::string_view name;                  ///< what tells it from the architecture's other ones: "5-level", "64K"
  std::uint8_t levels = 5;                ///< page-table levels that are not folded
  std::uint8_t page_shift = 12;
  std::uint8_t shifts[kSlotLists] = {};   ///< address bits below a slot, by Level
  std::uint8_t key_bits[kSlotLists] = {}; ///< log2 of the slots of one table, by Level
  Level top = Level::pgd;                 ///< the level of the topmost table
  std::uint8_t address_bits = 56;         ///< user addresses lie below 1 << address_bits
  std::span<const HugetlbSize> hugetlb;   ///< smallest first
  /// ptep_set_access_flags() and its brothers store the accessed bit for a read as well;
  /// on x86-64 they store only for a write (facts 10, C01).
  bool read_marks_young = false;
  /// ptep_get() folds the accessed and dirty bits of a valid contiguous set, which takes
  /// CONFIG_TRANSPARENT_HUGEPAGE (arm64's contpte, v6.9 and later).
  bool ptep_get_folds = false;
  HugePteOffset huge_pte_offset = HugePteOffset::generic;
  /// The architecture has the config switch: THP by PMD, device or THP leaves at PUD level,
  /// userfaultfd write protection, soft-dirty tracking, protection keys.
  bool has_thp = true, has_pud_leaf_thp = false, has_uffd_wp = false, has_soft_dirty = false, has_pkeys = false;
  bool has_devmap = true;                 ///< pte_devmap: entries of ZONE_DEVICE pages are marked
  bool has_numa_hints = true;             ///< PROT_NONE entries in accessible mappings (NUMA balancing)
  bool has_split_pmd_ptlocks = true;      ///< ARCH_ENABLE_SPLIT_PMD_PTLOCK
  /// Entries above the PTE level may be leaves or swap entries. Without: tables and hugepd only.
  bool has_upper_leaves = true;
  bool has_hugepd = false;                ///< some hugetlb sizes hang off directories (facts 4.4)
  std::uint8_t format = 0;                ///< which entry format, where the architecture has several
  std::uint64_t word_mask = ~std::uint64_t{0};  ///< bits an entry has

  // Where the model puts things; every frame fits the entries' frame field.
  std::uint8_t folio_bits = 18;           ///< folio i starts at frame i << folio_bits unless a scenario says otherwise
  std::uint64_t zero_pfn = 0x1000;        ///< the zero page
  std::uint64_t huge_zero_pfn = 0x2000;   ///< the huge zero folio, as large as a PMD leaf
  std::uint64_t fresh_pfn = 0;            ///< folios that faults allocate, `folio_bits` apart
  std::uint64_t fresh_small_pfn = 0;      ///< where there is no room for that: the single pages among them, side by side
  std::uint64_t table_base = 0;           ///< bit that marks the frame of a page table
  std::uint8_t table_level_shift = 36;    ///< where its level stands in that frame

  constexpr unsigned shift(Level l) const { return shifts[static_cast<int>(l)]; }
  /// Bytes one slot of `l` spans.
  constexpr std::uint64_t span(Level l) const { return std::uint64_t{1} << shift(l); }
  constexpr std::uint64_t page_size() const { return std::uint64_t{1} << page_shift; }
  constexpr std::uint64_t page_mask() const { return ~(page_size() - 1); }
  /// log2 of the base pages a leaf of `l` maps.
  constexpr unsigned leaf_order(Level l) const { return shift(l) - page_shift; }
  constexpr unsigned bits(Level l) const { return key_bits[static_cast<int>(l)]; }
  /// Slots of one table of `l`.
  constexpr std::uint32_t slots(Level l) const { return 1u << bits(l); }

  /// Frame number of the page table that holds the slots of `level` around `key`
  /// (= address >> shift of that level). One injective function instead of a list
  /// of tables: a table entry that points anywhere else points nowhere.
  template <class W>
  constexpr W table_pfn(Level level, W key) const {
    return (key >> bits(level)) | table_base | (static_cast<std::uint64_t>(level) << table_level_shift);
  }
  /// Frame of the table of hugeptes that a directory points to whose first slot is slot `key` of `level`.
  template <class W>
  constexpr W hugepd_pfn(Level level, W key) const {
    return key | table_base | (static_cast<std::uint64_t>(level) << table_level_shift) |
           (std::uint64_t{1} << (table_level_shift - 1));
  }
  /// First frame of the k-th folio that a fault allocates, of `order`.
  constexpr std::uint64_t fresh(std::uint64_t k, unsigned order) const {
    return order == 0 && fresh_small_pfn != 0 ? fresh_small_pfn + k : fresh_pfn + (k << folio_bits);
  }
  /// Where folio `index` (>= 2) lies unless a scenario says otherwise: every folio has
  /// frames of its own, so any order is aligned and disjoint.
  constexpr std::uint64_t default_pfn(std::uint64_t index) const { return index << folio_bits; }

  /// The hugetlb size of `order`, or null.
  constexpr const HugetlbSize* hugetlb_size(unsigned order) const {
    for (const HugetlbSize& s : hugetlb)
      if (s.order == order) return &s;
    return nullptr;
  }
  /// The largest order a folio may have.
  constexpr unsigned max_order() const {
    unsigned order = leaf_order(Level::pmd);
    for (const HugetlbSize& s : hugetlb)
      if (s.order > order) order = s.order;
    return order;
  }
};

}  // namespace gupdiff
