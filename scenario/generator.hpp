// SPDX-License-Identifier: GPL-2.0-only
// Scenarios from a seed: the states a kernel can get into, and a twin that is
// bound by nothing but normalise().
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "scenario/entry_shape.hpp"
#include "scenario/random.hpp"

namespace gupdiff {

/// A reachable state and a sensible call on it: the invariants G1..G10 of facts
/// 8.3 hold, all APIs and FOLL flags occur, requests cross entries, VMAs and
/// holes. Overwrites `out`, reusing its storage; is_normal() holds after.
void generate_reachable(Random& random, Scenario& out, Architecture arch);

/// A scenario over anything at all: odd entry bits, impossible folio states, flags
/// in any combination. Valid (is_normal() holds) but seldom reachable.
void generate_anything(Random& random, Scenario& out, Architecture arch);

/// What a page of a request can rest on; the generator's health is counted in these.
enum class StateKind : std::uint8_t {
  hole,             ///< no VMA
  none,             ///< nothing mapped
  hugetlb_pte,      ///< hugetlb mapped by a contiguous set of PTEs
  hugetlb_pmd,      ///< by one or more PMDs
  hugetlb_pud,
  hugetlb_hugepd,   ///< by an entry below a directory (powerpc)
  thp,              ///< PMD leaf that is not hugetlb
  pte,
  zero_page,
  huge_zero_page,
  swap,
  migration,
  hwpoison,
  marker,
  prot_none,        ///< PROT_NONE entry in an inaccessible VMA
  numa_hint,        ///< PROT_NONE entry in an accessible VMA
  uffd_wp,          ///< a present entry write-protected by userfaultfd
  devmap,
  special,
};
inline constexpr int kStateKinds = 19;
std::string_view state_kind_name(StateKind k);

/// Those that pages on the machine of `c` can rest on.
std::uint32_t possible_state_kinds(const Config& c);

/// Bit set of the StateKinds under the first and the last page of the request and
/// at every entry in between.
std::uint32_t state_kinds(const Scenario& w);

}  // namespace gupdiff
