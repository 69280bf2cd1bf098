// SPDX-License-Identifier: GPL-2.0-only
// What the numbers of a scenario are called, for the text form and for messages:
// tables of names, and the nearest valid name to a misspelt one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/entry_shape.hpp"

namespace gupdiff {

std::span<const NamedBit> foll_flag_names();   ///< FOLL_ flags without the prefix
std::span<const NamedBit> vm_flag_names();     ///< VM_ flags without the prefix
std::span<const NamedBit> marker_bit_names();  ///< PTE marker bits
std::span<const NamedBit> folio_flag_names();  ///< bit numbers of folio_flags()
std::span<const NamedBit> vma_switch_names();  ///< bit numbers of vma_switches()

std::span<const std::string_view> level_names();       ///< by Level
std::span<const std::string_view> vma_kind_names();    ///< by VmaKind
std::span<const std::string_view> folio_kind_names();  ///< by FolioKind
std::span<const std::string_view> api_names();         ///< by Api

inline std::string_view level_name(Level l) { return level_names()[static_cast<int>(l)]; }
inline std::string_view vma_kind_name(VmaKind k) { return vma_kind_names()[static_cast<int>(k)]; }
inline std::string_view folio_kind_name(FolioKind k) { return folio_kind_names()[static_cast<int>(k)]; }
inline std::string_view api_name(Api a) { return api_names()[static_cast<int>(a)]; }

/// The Boolean members of a folio, or of a VMA, as one word of bits and back.
std::uint64_t folio_flags(const Folio<Concrete>& f);
void set_folio_flags(Folio<Concrete>& f, std::uint64_t bits);
std::uint64_t vma_switches(const Vma<Concrete>& v);
void set_vma_switches(Vma<Concrete>& v, std::uint64_t bits);

/// What folio `index` is called: "zero", "huge_zero", then A..Z, then F26 and so on.
std::string folio_name(int index);

/// The names of the bits set in `value`, in table order. Bits without a name are
/// put into `unnamed` if given.
std::vector<std::string_view> bit_names(std::span<const NamedBit> table, std::uint64_t value,
                                        std::uint64_t* unnamed = nullptr);

/// "did you mean X?" material: the up to three names of `names` nearest to `word`
/// by edit distance, best first, as `'A', 'B' or 'C'`.
std::string nearest_names(std::string_view word, const std::vector<std::string_view>& names);
std::vector<std::string_view> names_of(std::span<const NamedBit> table);

}  // namespace gupdiff
