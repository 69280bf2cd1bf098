// SPDX-License-Identifier: GPL-2.0-only
// What every symbolic world has, whatever its memory: variables, named assumptions, the two zero
// folios, the environment and the request.
#pragma once

#include <string>
#include <string_view>

#include "model/arch/arch.hpp"
#include "proofs/theorem.hpp"

namespace gupdiff {

/// Names of the levels, as variables of their entries are called.
inline constexpr const char* kLevelNames[] = {"pte", "pmd", "pud", "p4d", "pgd"};

inline SymbolicCond implies(SymbolicCond a, SymbolicCond b) { return !a || b; }

/// Bits of a table entry of `level` that come and go without the kernel's doing, or differ
/// between machines, and that the walks of every era tolerate.
std::uint64_t table_noise(const Config& c, Level level);

/// Bits, frame apart, that the kernel's edits of an entry which keep its protection, and reads
/// that mark it, change in `base`. `soft_dirty`: whether that is among them.
std::uint64_t edited_bits(const Arch<Concrete>& arch, std::uint64_t base, bool soft_dirty);

/// How far the counts of a folio go, in bits. References are also let overflow.
struct CountBits {
  unsigned references, mappings;
};

/// The pieces that do not depend on the kind of memory; builders add theirs.
class SymbolicWorld {
 public:
  using W = SymbolicWord;
  using B = SymbolicCond;

  SymbolicWorld(TermArena& arena, const Cell& cell) : wanted_(cell.wanted), call_(cell.call), arena_(arena) { s_.world.config = cell.config; }

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
  /// File offset of a file's first mapped page, in base pages.
  std::uint64_t first_index() const { return std::uint64_t{1} << g().max_order(); }

  /// The zero page and the huge zero folio, which every world holds; before other folios.
  void standard_folios();
  /// A folio in any state: the names of its parts begin with `prefix`. Not yet in the world.
  Folio<Symbolic> any_folio(const std::string& prefix, W pfn, FolioKind kind, unsigned order, bool anon, CountBits bits);
  /// What faults are answered. `huge_pool`: whether there are hugetlb pages to be had.
  void environment(bool huge_pool);
  /// A call (Cell::call) for `pages` from `address` on.
  void request(W address, std::uint32_t pages);

 protected:
  /// A slot of a table that does not exist holds nothing; the fault that adds the
  /// table must not bring an old entry to light.
  void empty_without_table(const std::string& name, W value, B absent);

  Setting s_;
  const Wanted wanted_;
  const Call call_;

 private:
  TermArena& arena_;
};

}  // namespace gupdiff
