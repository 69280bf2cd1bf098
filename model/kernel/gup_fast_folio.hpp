// SPDX-License-Identifier: GPL-2.0-only
// What GUP-fast asks of a folio, having no VMA: what is mapped there, as far as the folio knows
// (gup_fast_folio_allowed, page_is_secretmem; facts 2.4).
#pragma once

#include "model/machine/machine.hpp"

namespace gupdiff {

/// A longterm pin to write: what GUP-fast allows of few files (F05).
inline constexpr std::uint64_t kLongWrite = FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE;

/// folio->mapping, as far as anybody asks: whether there is one, and whose it is.
template <class D>
struct FolioMapping {
  using B = typename D::Cond;
  B present{false};
  B shmem{false};
  B secretmem{false};
};

/// The mapping of `folio`: that of the file in whose cache it is, which is of the kind of whatever maps that file.
/// Device memory belongs to a file as well (its own, or that of the file system), though no page cache holds it.
template <class M>
FolioMapping<typename M::Domain> folio_mapping(const M& m, int folio, typename M::B device) {
  FolioMapping<typename M::Domain> mapping;
  mapping.present = device;
  for (const auto& c : m.w.page_cache) {
    if (c.folio != folio) continue;
    mapping.present = mapping.present || c.present;
    for (const auto& v : m.w.vmas) {
      if (v.file != c.file || v.kind == VmaKind::anonymous) continue;
      if (v.kind == VmaKind::shmem) mapping.shmem = mapping.shmem || c.present;
      if (v.kind == VmaKind::secretmem) mapping.secretmem = mapping.secretmem || c.present;
      break;
    }
  }
  return mapping;
}

/// gup_fast_folio_allowed(), folio_fast_pin_allowed() up to v6.9: no page cache is pinned for long writing but that of
/// shared memory and hugetlb (F05). From v6.10 on it tells secretmem too, and with it refuses every small folio
/// without a mapping (F08).
template <class M>
bool gup_fast_folio_allowed(M& m, int folio, typename M::W flags, typename M::B device) {
  using D = typename M::Domain;
  const auto& f = m.w.folios[folio];
  if (f.kind == FolioKind::hugetlb) return true;
  const bool small = f.order == 0;
  const auto long_write = (flags & kLongWrite) == kLongWrite;
  if (!small && !D::truth(long_write)) return true;
  if (D::truth(f.anon)) return true;
  const auto mapping = folio_mapping(m, folio, device);
  if (small && D::truth(!mapping.present || mapping.secretmem) && m.since(&Era::fast_merges_secretmem, Known::F08)) {
    m.note("gup_fast_folio_allowed", "secretmem, or no mapping");
    return false;
  }
  if (D::truth(long_write && !mapping.shmem) && m.since(&Era::fast_refuses_files, Known::F05)) {
    m.note("gup_fast_folio_allowed", "a longterm write pin of file memory");
    return false;
  }
  return true;
}

/// page_is_secretmem(), asked of a page by itself up to v6.9 (F08).
template <class M>
bool folio_is_secretmem(const M& m, int folio) {
  const auto& f = m.w.folios[folio];
  if (f.order != 0 || f.kind == FolioKind::hugetlb) return false;
  return M::Domain::truth(!f.anon && folio_mapping(m, folio, typename M::B(false)).secretmem);
}

}  // namespace gupdiff
