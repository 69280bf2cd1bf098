// SPDX-License-Identifier: GPL-2.0-only
// Finding or making the page-cache page a fault needs (vm_ops->fault: shmem_fault,
// filemap_fault, special_mapping_fault), uffd missing and minor events included.
#pragma once

#include "model/kernel/vm_fault.hpp"

namespace gupdiff {

/// What vm_ops->fault answered: VM_FAULT_ bits and, without an error, the page.
template <class M>
struct FoundPage {
  typename M::W result{};
  int folio = -1;
  typename M::W pfn{};
};

template <class M>
FoundPage<M> cached_page(M& m, int entry, typename M::W index, std::uint64_t result) {
  const auto& c = m.w.page_cache[entry];
  const auto& f = m.w.folios[c.folio];
  return {typename M::W(result), c.folio, f.pfn + (index - c.index)};
}

/// Does the page cache hold any page of `file` in the PMD span around `index`?
template <class M>
bool cache_conflict(const M& m, std::uint16_t file, typename M::W index) {
  using D = typename M::Domain;
  for (const auto& c : m.w.page_cache) {
    if (c.file != file) continue;
    if (D::truth(c.present && (c.index >> m.pmd_order()) == (index >> m.pmd_order()))) return true;
  }
  return false;
}

/// A new page-cache folio of 2^order pages around `index`: one reference for the
/// caller and one a page for the cache.
template <class M>
int add_to_page_cache(M& m, std::uint16_t file, typename M::W index, std::uint8_t order) {
  using W = typename M::W;
  const int fresh = m.new_folio(order, FolioKind::normal);
  m.folio(fresh).refcount = W(1) + (std::uint64_t{1} << order);
  PageCacheEntry<typename M::Domain> c;
  c.index = (index >> order) << order;
  c.file = file;
  c.folio = static_cast<std::uint16_t>(fresh);
  c.present = typename M::B(true);
  m.w.page_cache.push_back(c);
  return static_cast<int>(m.w.page_cache.size()) - 1;
}

/// shmem_get_folio_gfp() for a fault: minor and missing events, huge pages where
/// MADV_HUGEPAGE, alignment and an empty range allow them.
template <class M>
FoundPage<M> shmem_fault(M& m, VmFaultSite<M>& s) {
  using W = typename M::W;
  constexpr const char* fn = "shmem_fault";
  const auto& v = m.w.vmas[s.vma];
  const W index = m.file_index(v, s.address);
  if (index >= v.file_pages) {
    m.note(fn, "beyond the end of the file");
    return {W(VM_FAULT_SIGBUS)};
  }
  const int entry = m.find_cached(v.file, index);
  if (entry >= 0) {
    if ((v.flags & VM_UFFD_MINOR) != 0u) return {handle_userfault(m, s.vma, s.flags)};
    auto found = cached_page<M>(m, entry, index, VM_FAULT_LOCKED);
    m.folio(found.folio).refcount = m.folio(found.folio).refcount + 1u;
    return found;
  }
  if ((v.flags & VM_UFFD_MISSING) != 0u) return {handle_userfault(m, s.vma, s.flags)};
  const auto huge = typename M::B(m.w.config.thp && m.w.config.shmem_thp) &&
                    (v.flags & (VM_HUGEPAGE | VM_NOHUGEPAGE)) == std::uint64_t{VM_HUGEPAGE} &&
                    thp_suitable(m, s.vma, s.address);
  if (huge) {
    if (!cache_conflict(m, v.file, index)) {
      if (m.allocate()) {
        m.note(fn, "adds a huge page to the page cache");
        const int made = add_to_page_cache(m, m.w.vmas[s.vma].file, index, m.pmd_order());
        return cached_page<M>(m, made, index, VM_FAULT_LOCKED);
      }
    }
  }
  if (!m.allocate()) return {W(VM_FAULT_OOM)};
  m.note(fn, "adds a page to the page cache");
  const int made = add_to_page_cache(m, m.w.vmas[s.vma].file, index, 0);
  return cached_page<M>(m, made, index, VM_FAULT_LOCKED);
}

/// filemap_fault(): a page that is not cached is read in, for which a first try
/// that may wait gives mmap_lock up and asks for a retry.
template <class M>
FoundPage<M> filemap_fault(M& m, VmFaultSite<M>& s) {
  using W = typename M::W;
  constexpr const char* fn = "filemap_fault";
  const auto& v = m.w.vmas[s.vma];
  const W index = m.file_index(v, s.address);
  if (index >= v.file_pages) return {W(VM_FAULT_SIGBUS)};
  const int entry = m.find_cached(v.file, index);
  if (entry >= 0) {
    auto found = cached_page<M>(m, entry, index, VM_FAULT_LOCKED);
    m.folio(found.folio).refcount = m.folio(found.folio).refcount + 1u;
    return found;
  }
  if (!m.allocate()) return {W(VM_FAULT_OOM)};
  const int made = add_to_page_cache(m, v.file, index, 0);
  m.note(fn, "reads the page in");
  const auto first_try = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED | FAULT_FLAG_RETRY_NOWAIT;
  if ((s.flags & first_try) == std::uint64_t{FAULT_FLAG_ALLOW_RETRY}) {
    auto& f = m.folio(m.w.page_cache[made].folio);
    f.refcount = f.refcount - 1u;
    m.mmap_locked = false;
    m.note(fn, "drops mmap_lock");
    return {W(VM_FAULT_RETRY | VM_FAULT_MAJOR)};
  }
  return cached_page<M>(m, made, index, VM_FAULT_LOCKED | VM_FAULT_MAJOR);
}

/// vm_ops->fault of the VMA's kind. The page found carries one reference for the
/// caller. A special mapping (vdso) hands out what its "file" holds.
template <class M>
FoundPage<M> vma_fault(M& m, VmFaultSite<M>& s) {
  using W = typename M::W;
  const auto& v = m.w.vmas[s.vma];
  if (v.kind == VmaKind::shmem) return shmem_fault(m, s);
  if (v.kind == VmaKind::file) return filemap_fault(m, s);
  if (v.kind == VmaKind::special) {
    const W index = m.file_index(v, s.address);
    const int entry = m.find_cached(v.file, index);
    if (entry < 0) return {W(VM_FAULT_SIGBUS)};
    auto found = cached_page<M>(m, entry, index, 0);
    m.folio(found.folio).refcount = m.folio(found.folio).refcount + 1u;
    return found;
  }
  m.note("vm_ops->fault", "this kind of mapping has no page to give");
  return {W(VM_FAULT_SIGBUS)};
}

}  // namespace gupdiff
