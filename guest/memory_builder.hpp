// SPDX-License-Identifier: GPL-2.0-only
// Building memory the way a program does: map, touch, change. Touches go through
// the model's own fault code, so a captured state is rebuilt, not transcribed.
#pragma once

#include <cstdint>
#include <functional>

#include "guest/recorded_machine.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// A leaf (or none) entry and where it sits.
struct LeafEntry {
  Level level = Level::pgd;
  std::uint64_t value = 0;
  bool table_missing = false;  ///< `value` is the none entry above the leaf level
};

/// The entry a walk down the tables of `m` ends at, as the recording walk saw it.
LeafEntry walk_entry(const Machine<Concrete>& m, std::uint64_t address);

/// A process's memory under construction. Addresses and lengths in bytes.
class MemoryBuilder {
 public:
  MemoryBuilder(const RecordedMachine& machine, const Era& era);

  Machine<Concrete> m;
  RecordedMachine machine;

  /// Adds a VMA; they must be added in address order.
  Vma<Concrete>& map(std::uint64_t start, std::uint64_t length, std::uint64_t flags, VmaKind kind);
  /// Fills `pages` pages of `file` with dirty page-cache folios of `order`, nothing mapped.
  void fill_cache(std::uint16_t file, std::uint64_t pages, std::uint8_t order, FolioKind kind);
  /// An access by the program itself. False: the model could not satisfy it.
  bool touch(std::uint64_t address, bool write);
  /// Stores a leaf entry, or what takes its place: of a hugetlb page, in every entry that maps it.
  void put(Level level, std::uint64_t address, std::uint64_t value);
  /// Replaces the leaf entry at `address` by `change(entry)`.
  void edit(std::uint64_t address, const std::function<std::uint64_t(std::uint64_t, Level)>& change);
  /// mprotect() and pkey_mprotect() of whole-page ranges.
  void protect(std::uint64_t start, std::uint64_t length, std::uint64_t access, int pkey = -1);
  /// MADV_DONTNEED, munmap() and the like: unmaps what lies in the range. `anon_too`:
  /// private copies as well.
  void zap(std::uint64_t start, std::uint64_t length, bool anon_too = true);
  /// munmap(): zaps and removes the VMA part.
  void unmap(std::uint64_t start, std::uint64_t length);
  /// Splits the VMA at `address`, if one spans it.
  void split_vma(std::uint64_t address);
  /// Calls `visit(address, level, entry)` for each leaf entry of the range that is not none;
  /// of a hugetlb page only once.
  void each_leaf(std::uint64_t start, std::uint64_t length,
                 const std::function<void(std::uint64_t, Level, std::uint64_t)>& visit);
  /// Fills none PTEs (or the huge entry) of the range with a marker of `bits`.
  void mark(std::uint64_t start, std::uint64_t length, std::uint64_t bits);
  /// Drops page-cache pages [first, first + count) of `file`.
  void drop_cache(std::uint16_t file, std::uint64_t first, std::uint64_t count);

  int vma_at(std::uint64_t address) const;
  int folio_at(std::uint64_t address) const;  ///< folio the leaf entry maps, -1 none

 private:
  bool fault(int vma, std::uint64_t address, std::uint64_t flags);
};

}  // namespace gupdiff
