// SPDX-License-Identifier: GPL-2.0-only
// What a reader statement (oracle/readers.hpp) is given and what it answers.
#pragma once

#include <string_view>

#include "model/arch/arch.hpp"
#include "model/machine/list.hpp"

namespace gupdiff {

/// A condition under which two readers answer differently, and what it is called: a row of
/// the fact sheet, or words.
template <class D>
struct Apart {
  std::string_view name;
  typename D::Cond holds{false};
};

/// Two readers' answers to one input. The statement: `same` exactly where no part of `apart` holds.
template <class D>
struct Comparison {
  typename D::Cond same{true};
  List<Apart<D>, 8> apart;
  bool about = true;  ///< false: this input never comes to what the statement is about

  void differs(std::string_view name, typename D::Cond holds) { apart.push_back({name, holds}); }
  typename D::Cond excepted() const {
    typename D::Cond any(false);
    for (const Apart<D>& a : apart) any = any || a.holds;
    return any;
  }
  typename D::Cond holds() const { return D::select(excepted(), !same, same); }
};

/// What is so of an input's folio and file, as bits of ReaderInput::folio.
enum ReaderFolio : std::uint64_t {
  FOLIO_ANON = 1,        ///< it is anonymous
  FOLIO_EXCLUSIVE = 2,   ///< anon-exclusive
  FOLIO_UNPINNABLE = 4,  ///< CMA or ZONE_MOVABLE
  FILE_CACHED = 8,       ///< the page cache holds a page for the address
};

/// What a reader statement is about: any words at all in the slots of one address of a
/// hugetlb VMA, and a request's flags.
template <class D>
struct ReaderInput {
  using W = typename D::Word;
  Config config;
  const HugetlbSize* size = nullptr;  ///< of the VMA
  W entry[kLevels]{};                 ///< by Level; those above Geometry::top are ignored
  W first{};                          ///< in the first slot of a contiguous set
  W hugepte{};                        ///< below a directory (hugepd)
  W folio{};                          ///< ReaderFolio bits of the hugepte's page
  W offset{};                         ///< of the address, in its base page or below a directory in its huge page
  W vm_flags{};
  W foll_flags{};
};

/// The address that is read: in the second entry where a huge page has several, so that a
/// reader that rounds down to the set shows.
template <class D>
typename D::Word reader_address(const ReaderInput<D>& in) {
  const Geometry& g = geometry_of(in.config);
  const std::uint64_t whole = g.page_size() << g.max_order();
  const std::uint64_t start = (std::uint64_t{1} << (g.address_bits - 1)) & ~(whole - 1);
  const std::uint64_t second = in.size->entries() > 1 ? g.span(in.size->level) : 0;
  return in.offset | (start + second);
}

}  // namespace gupdiff
