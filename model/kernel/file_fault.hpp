// SPDX-License-Identifier: GPL-2.0-only
// Faults on file and shared memory where nothing is mapped: fault-around, read,
// private copy and shared write (do_fault and below; facts 5.5).
#pragma once

#include "model/kernel/anon_fault.hpp"
#include "model/kernel/shmem_fault.hpp"
#include "model/kernel/wp_fault.hpp"

namespace gupdiff {

/// fault_around_bytes as shipped: 64 KiB.
inline constexpr std::uint32_t kFaultAroundBytes = 1u << 16;
template <class M>
std::uint32_t fault_around_pages(const M& m) {
  return kFaultAroundBytes >> m.arch.page_shift();
}

/// do_set_pmd(): maps a 2 MiB folio of the page cache by the (none) PMD. False:
/// not possible, map a PTE instead. The caller's reference becomes the mapping's.
template <class M>
bool do_set_pmd(M& m, VmFaultSite<M>& s, int folio) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  const auto& v = m.w.vmas[s.vma];
  if (m.w.folios[folio].order != m.pmd_order() || !m.w.config.thp) return false;
  if (!D::truth(thp_suitable(m, s.vma, s.address))) return false;
  if (D::truth((v.flags & VM_NOHUGEPAGE) != 0u) && m.since(&Era::set_pmd_asks_vma, Known::G04)) return false;
  if (D::truth(m.w.folios[folio].hwpoison)) return false;
  const auto blank = m.arch.make_leaf(Level::pmd, m.w.folios[folio].pfn, fault_prot(m, s.vma));
  const auto written = maybe_mkwrite(m, s.vma, arch.mkdirty(blank));
  const auto e = D::select((s.flags & FAULT_FLAG_WRITE) != 0u, written, blank);
  m.store(Level::pmd, s.address, e);
  map_one(m, folio);
  m.note("do_set_pmd", "maps the huge page by the PMD", Level::pmd, s.address, e);
  return true;
}

/// set_pte_range() for one page of the page cache; the caller's reference becomes
/// the mapping's.
template <class M>
void set_file_pte(M& m, VmFaultSite<M>& s, typename M::W address, typename M::W pfn, int folio) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  auto e = m.arch.make_entry(pfn, fault_prot(m, s.vma));
  e = D::select((s.flags & FAULT_FLAG_WRITE) != 0u, maybe_mkwrite(m, s.vma, arch.mkdirty(e)), e);
  e = D::select(was_uffd_wp_marker(m, s), arch.mkuffd_wp(e), e);
  m.store(Level::pte, address, e);
  map_one(m, folio);
  m.note("set_pte_range", "maps a page", Level::pte, address, e);
}

/// filemap_map_pages(): maps what the page cache already holds in the 64 KiB
/// around the address. True: the address itself is mapped (VM_FAULT_NOPAGE).
template <class M>
bool filemap_map_pages(M& m, VmFaultSite<M>& s) {
  using D = typename M::Domain;
  using W = typename M::W;
  const auto v = m.w.vmas[s.vma];
  const W window = std::uint64_t{fault_around_pages(m)} << m.arch.page_shift();
  const W aligned = s.address & ~(window - 1u);
  const W from = D::select(aligned < v.start, v.start, aligned);
  const W table_end = pmd_base(m, s.address) + m.arch.span(Level::pmd);
  bool mapped = false, first = true;
  for (std::uint32_t i = 0; i < fault_around_pages(m); ++i) {
    const W a = from + (std::uint64_t{i} << m.arch.page_shift());
    if (!D::truth(a < v.end && a < table_end)) break;
    const W index = m.file_index(v, a);
    if (!D::truth(index < v.file_pages)) break;
    const int entry = m.find_cached(v.file, index);
    if (entry < 0) continue;
    const auto page = cached_page<M>(m, entry, index, 0);
    if (first) {
      first = false;
      if (D::truth(slot_none(m, Level::pmd, m.peek(Level::pmd, s.address)))) {
        if (do_set_pmd(m, s, page.folio)) {
          m.folio(page.folio).refcount = m.folio(page.folio).refcount + 1u;
          return true;
        }
        if (!install_pte_table(m, s)) return false;
      }
    }
    if (D::truth(m.w.folios[page.folio].hwpoison)) continue;
    if (!D::truth(m.arch.none(m.peek(Level::pte, a)))) continue;
    m.folio(page.folio).refcount = m.folio(page.folio).refcount + 1u;
    set_file_pte(m, s, a, page.pfn, page.folio);
    mapped = mapped || D::truth(a == s.address);
  }
  return mapped;
}

/// __do_fault(): the page, its reference held, or the error in `.result`.
template <class M>
FoundPage<M> do_one_fault(M& m, VmFaultSite<M>& s) {
  using W = typename M::W;
  if (!s.prealloc) {
    if (slot_none(m, Level::pmd, m.peek(Level::pmd, s.address))) {
      if (!m.allocate()) return {W(VM_FAULT_OOM)};
      s.prealloc = true;
    }
  }
  auto found = vma_fault(m, s);
  if (found.folio < 0) return found;
  auto& f = m.folio(found.folio);
  if (f.hwpoison) {
    f.refcount = f.refcount - 1u;
    m.note("__do_fault", "the page is poisoned");
    return {W(VM_FAULT_HWPOISON)};
  }
  return found;
}

/// Is every PTE of the table around `address` none?
template <class M>
bool pte_table_empty(const M& m, typename M::W address) {
  using D = typename M::Domain;
  for (const auto& s : m.w.slots[static_cast<int>(Level::pte)]) {
    if (!D::truth((s.first >> m.arch.geometry().bits(Level::pte)) == m.key(Level::pmd, address))) continue;
    for (std::uint32_t i = 0; i < s.count; ++i) {
      if (!D::truth(m.arch.none(m.peek(Level::pte, (s.first + std::uint64_t{i}) << m.arch.page_shift())))) return false;
    }
  }
  return true;
}

/// Shared anonymous memory and memfds (vma_is_anon_shmem; all shmem here) map a huge
/// page whole, unless userfaultfd wants every fault or it does not fit (C04). The
/// caller's reference becomes the first PTE's.
template <class M>
bool map_whole_folio(M& m, VmFaultSite<M>& s, const FoundPage<M>& page) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  const auto& v = m.w.vmas[s.vma];
  if (!m.era.finish_fault_maps_folio || v.kind != VmaKind::shmem || m.w.folios[page.folio].order != m.pmd_order()) return false;
  const W base = s.address - ((page.pfn - m.w.folios[page.folio].pfn) << m.arch.page_shift());
  const auto fits = (v.flags & (VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR)) == 0u &&
                    base == pmd_base(m, s.address) && base >= v.start &&
                    v.end - base >= m.arch.span(Level::pmd);
  if (!D::truth(fits) || !pte_table_empty(m, s.address)) return false;
  m.switched(Known::C04);
  W e = m.arch.make_entry(m.w.folios[page.folio].pfn, fault_prot(m, s.vma));
  e = D::select((s.flags & FAULT_FLAG_WRITE) != 0u, maybe_mkwrite(m, s.vma, arch.mkdirty(e)), e);
  m.store_run(Level::pte, base, m.pmd_pages(), e, m.arch.stride(e, Level::pte));
  auto& f = m.folio(page.folio);
  f.refcount = f.refcount + (m.pmd_pages() - 1);
  f.mapcount = f.mapcount + m.pmd_pages();
  m.note("set_pte_range", "maps the whole huge page by PTEs", Level::pte, base, e);
  return true;
}

/// finish_fault() with a page of the page cache: by PMD where it fits, else by PTEs.
template <class M>
typename M::W finish_file_fault(M& m, VmFaultSite<M>& s, const FoundPage<M>& page) {
  using D = typename M::Domain;
  using W = typename M::W;
  if (D::truth(slot_none(m, Level::pmd, m.peek(Level::pmd, s.address)))) {
    if (do_set_pmd(m, s, page.folio)) return W(0);
    if (!install_pte_table(m, s)) return W(VM_FAULT_OOM);
  }
  if (!map_whole_folio(m, s, page)) set_file_pte(m, s, s.address, page.pfn, page.folio);
  return W(0);
}

/// do_read_fault()
template <class M>
typename M::W do_read_fault(M& m, VmFaultSite<M>& s) {
  using W = typename M::W;
  const auto& v = m.w.vmas[s.vma];
  if (v.kind == VmaKind::shmem || v.kind == VmaKind::file) {
    if ((v.flags & (VM_UFFD_WP | VM_UFFD_MINOR)) == 0u) {
      if (slot_none(m, Level::pmd, m.peek(Level::pmd, s.address))) {
        if (!m.allocate()) return W(VM_FAULT_OOM);
        s.prealloc = true;
      }
      if (filemap_map_pages(m, s)) return W(VM_FAULT_NOPAGE);
    }
  }
  const auto page = do_one_fault(m, s);
  if (page.folio < 0) return page.result;
  return page.result | finish_file_fault(m, s, page);
}

/// do_cow_fault(): a private write gets its own copy of the file's page.
template <class M>
typename M::W do_cow_fault(M& m, VmFaultSite<M>& s) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  if (!m.allocate()) return W(VM_FAULT_OOM);
  const auto page = do_one_fault(m, s);
  if (page.folio < 0) return page.result;
  m.folio(page.folio).refcount = m.folio(page.folio).refcount - 1u;
  if (!install_pte_table(m, s)) return W(VM_FAULT_OOM);
  const int fresh = m.new_folio(0, FolioKind::normal);
  m.folio(fresh).anon = m.folio(fresh).exclusive = typename M::B(true);
  map_one(m, fresh);
  W e = m.arch.make_entry(m.folio(fresh).pfn, fault_prot(m, s.vma));
  e = maybe_mkwrite(m, s.vma, arch.mkdirty(e));
  e = D::select(was_uffd_wp_marker(m, s), arch.mkuffd_wp(e), e);
  m.store(Level::pte, s.address, e);
  m.note("do_cow_fault", "maps a private copy", Level::pte, s.address, e);
  return page.result;
}

/// do_shared_fault(): the file's page, writable and dirty.
template <class M>
typename M::W do_shared_fault(M& m, VmFaultSite<M>& s) {
  const auto page = do_one_fault(m, s);
  if (page.folio < 0) return page.result;
  const auto finished = finish_file_fault(m, s, page);
  if ((finished & VM_FAULT_ERROR) != 0u) return page.result | finished;
  return page.result | finished | fault_dirty_shared_page(m, s, page.folio);
}

/// do_fault(): nothing is mapped at the address of a file VMA.
template <class M>
typename M::W do_fault(M& m, VmFaultSite<M>& s) {
  using W = typename M::W;
  const auto& v = m.w.vmas[s.vma];
  if (v.kind == VmaKind::device) {
    m.note("do_fault", "the mapping has no fault handler");
    return W(VM_FAULT_SIGBUS);
  }
  if ((s.flags & FAULT_FLAG_WRITE) == 0u) return do_read_fault(m, s);
  if ((v.flags & VM_SHARED) == 0u) return do_cow_fault(m, s);
  return do_shared_fault(m, s);
}

}  // namespace gupdiff
