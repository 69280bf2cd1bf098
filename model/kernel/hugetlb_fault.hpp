// SPDX-License-Identifier: GPL-2.0-only
// The hugetlb fault path as a GUP caller drives it: hugetlb_fault,
// hugetlb_no_page and hugetlb_wp (facts 5.2, 5.3). Step H0 of v6.1, which looks for
// migration and poison before it takes a lock, finds what step H3 finds here. Of the locks of
// a fault the one around the wait for a migration is modelled, where it matters who takes it (V41).
#pragma once

#include "model/kernel/huge_pte.hpp"
#include "model/kernel/hugepd.hpp"
#include "model/kernel/page_prot.hpp"
#include "model/kernel/page_tables.hpp"
#include "model/kernel/userfault.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// One fault on a hugetlb VMA.
template <class M>
struct HugetlbFault {
  using D = typename M::Domain;
  using W = typename M::W;

  M& m;
  const Arch<D>& arch = m.arch;
  const int vma;
  const W address;  ///< of the huge page
  const W flags;    ///< FAULT_FLAG_

  Vma<D>& v() { return m.w.vmas[vma]; }
  const HugetlbSize& size() { return m.hugetlb_size(v()); }
  Level level() { return size().level; }
  /// Stores an entry or, of a contiguous size, its whole set.
  void set(W e) { set_huge_pte_at(m, size(), address, e); }
  /// VM_FAULT_HWPOISON_LARGE with the index of the hstate.
  W poisoned() { return W(VM_FAULT_HWPOISON_LARGE | (std::uint32_t{size().hstate} << 16)); }

  /// make_huge_pte()
  W make_huge_pte(W pfn, typename M::B writable) {
    const W e = arch.make_huge_pte(pfn, page_prot(m, v()), size());
    return arch.mkyoung(D::select(writable, arch.mkwrite_novma(arch.mkdirty(e)), arch.wrprotect(e)));
  }
  /// set_huge_ptep_writable()
  void set_writable(W e) {
    huge_ptep_set_access_flags(m, size(), address, arch.mkwrite_novma(arch.mkdirty(e)), typename M::B(true));
  }

  /// alloc_hugetlb_folio(): an exhausted pool is -ENOSPC, hence SIGBUS; -1 then.
  int alloc_folio() {
    if (m.w.env.huge_pool == 0u) {
      m.note("alloc_hugetlb_folio", "the pool is empty");
      return -1;
    }
    m.w.env.huge_pool = m.w.env.huge_pool - 1u;
    return m.new_folio(v().huge_order, FolioKind::hugetlb);
  }
  /// folio_put() of one that nobody else has seen: it goes back to the pool.
  void free_folio(int folio) {
    m.folio(folio).refcount = W(0);
    m.w.env.huge_pool = m.w.env.huge_pool + 1u;
  }
  /// vma_needs_reservation(): may need memory for the reservation map.
  bool reservation_known() { return m.allocate(); }

  /// Is this the page that the owner's reservation was taken for? Before v6.9: any but the
  /// page cache's (V37).
  bool reserved_page(int folio) {
    if (m.since(&Era::hugetlb_owner_by_anon, Known::V37)) return D::truth(m.folio(folio).anon);
    const int cached = m.find_cached(v().file, m.file_index(v(), address));
    return cached < 0 || m.w.page_cache[cached].folio != folio;
  }

  /// hugetlb_wp(), facts 5.3
  W wp(W e) {
    constexpr const char* fn = "hugetlb_wp";
    const auto unshare = (flags & FAULT_FLAG_UNSHARE) != 0u;
    if (!unshare && arch.uffd_wp(e)) return W(0);
    if (!unshare && (v().flags & VM_WRITE) == 0u) {
      m.warn(Warn::hugetlb_wp_no_write, fn, "write fault without VM_WRITE");
      return W(VM_FAULT_SIGSEGV);
    }
    if ((v().flags & VM_MAYSHARE) != 0u) {
      // handle_mm_fault() lets no UNSHARE come here since v6.2 (V25).
      if (!m.era.fault_flags_sanitized && unshare) return W(0);
      set_writable(e);
      m.note(fn, "shared mapping: writable");
      return W(0);
    }
    const int old_folio = m.find_folio(arch.pte_pfn(e));
    if (old_folio < 0) {
      m.halt(Termination::oops, fn, "the entry's frame has no struct page");
      return W(0);
    }
    // Map count, not reference count: pins held elsewhere force no copy.
    if (m.folio(old_folio).mapcount == 1u && m.folio(old_folio).anon) {
      m.folio(old_folio).exclusive = typename M::B(true);
      if (!unshare) set_writable(e);
      m.note(fn, "sole mapping: reused");
      return W(0);
    }
    if (m.folio(old_folio).anon && m.folio(old_folio).exclusive) {
      m.halt(Termination::bug, fn, "an exclusive page is mapped more than once");
      return W(0);
    }
    int fresh = alloc_folio();
    if (fresh < 0) {
      // The owner of the reservation takes the page away from the other mappers.
      if (D::truth(v().resv_owner) && reserved_page(old_folio)) {
        m.note("unmap_ref_private", "other mappers lose the page");
        auto& f = m.folio(old_folio);
        f.refcount = f.refcount - (f.mapcount - 1u);
        f.mapcount = W(1);
        f.exclusive = typename M::B(true);
        if (!unshare) set_writable(e);
        return W(0);
      }
      return W(VM_FAULT_SIGBUS);
    }
    if (!m.allocate()) {  // anon_vma
      free_folio(fresh);
      return W(VM_FAULT_OOM);
    }
    auto& n = m.folio(fresh);
    n.anon = n.exclusive = typename M::B(true);
    n.mapcount = W(1);
    n.dirty = typename M::B(true);
    auto& o = m.folio(old_folio);
    o.mapcount = o.mapcount - 1u;
    o.refcount = o.refcount - 1u;
    W entry = make_huge_pte(n.pfn, !unshare);
    if (m.era.taken_over[static_cast<std::size_t>(Known::V36)] && D::truth(arch.uffd_wp(e))) m.switched(Known::V36);
    if (m.era.hugetlb_copy_keeps_uffd_wp) entry = D::select(arch.uffd_wp(e), arch.mkuffd_wp(entry), entry);
    set(entry);
    m.note(fn, "copies", level(), address, entry);
    return W(0);
  }

  /// hugetlb_no_page(), facts 5.2 N1..N7
  W no_page(typename M::B uffd_wp_marker) {
    constexpr const char* fn = "hugetlb_no_page";
    if (v().resv_unmapped) return W(VM_FAULT_SIGBUS);
    const W index = m.file_index(v(), address);
    const int cached = m.find_cached(v().file, index);
    int folio = -1;
    bool anon = false;
    if (cached < 0) {
      if (index >= v().file_pages) {
        m.note(fn, "beyond the end of the file");
        return W(VM_FAULT_SIGBUS);
      }
      if ((v().flags & VM_UFFD_MISSING) != 0u) return handle_userfault(m, vma, flags);
      const bool shared = D::truth((v().flags & VM_MAYSHARE) != 0u);
      const bool anon_vma_first = !shared && m.since(&Era::hugetlb_anon_vma_first, Known::V38);
      if (anon_vma_first && !m.allocate()) return W(VM_FAULT_OOM);
      folio = alloc_folio();
      if (folio < 0) return W(VM_FAULT_SIGBUS);
      if (!shared && !anon_vma_first && !m.allocate()) {
        free_folio(folio);
        return W(VM_FAULT_OOM);
      }
      if (shared) {
        m.w.page_cache.push_back({index, v().file, static_cast<std::uint16_t>(folio), typename M::B(true)});
        // The page cache holds one reference a base page (C05); before v6.7 one in all (V35).
        auto& f = m.folio(folio);
        f.refcount = f.refcount + (m.since(&Era::hugetlb_cache_refs_pages, Known::V35) ? std::uint64_t{1} << f.order : 1);
      } else {
        anon = true;
      }
    } else {
      folio = m.w.page_cache[cached].folio;
      if (m.folio(folio).hwpoison) return poisoned();
      if ((v().flags & VM_UFFD_MINOR) != 0u) return handle_userfault(m, vma, flags);
      m.folio(folio).refcount = m.folio(folio).refcount + 1u;
    }
    const auto cow_write = (flags & FAULT_FLAG_WRITE) != 0u && (v().flags & VM_SHARED) == 0u;
    const bool copies = D::truth(cow_write);
    if (copies && !reservation_known()) {
      auto& f = m.folio(folio);
      f.refcount = f.refcount - 1u;
      return W(VM_FAULT_OOM);
    }
    auto& f = m.folio(folio);
    f.mapcount = f.mapcount + 1u;
    if (anon) f.anon = f.exclusive = typename M::B(true);
    f.dirty = typename M::B(true);
    W entry = make_huge_pte(f.pfn, (v().flags & (VM_WRITE | VM_SHARED)) == std::uint64_t{VM_WRITE | VM_SHARED});
    entry = D::select(uffd_wp_marker, arch.mkuffd_wp(entry), entry);
    set(entry);
    m.note(fn, "installs", level(), address, entry);
    return copies ? wp(entry) : W(0);
  }

  /// A present entry: facts 5.2 H4..H9
  W present(W e) {
    constexpr const char* fn = "hugetlb_fault";
    const auto modifies = (flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE)) != 0u;
    const auto writes = (flags & FAULT_FLAG_WRITE) != 0u;
    if (modifies && (v().flags & VM_MAYSHARE) == 0u && !arch.write(e)) {
      if (!reservation_known()) return W(VM_FAULT_OOM);
    }
    if ((v().flags & VM_UFFD_WP) != 0u && arch.uffd_wp(e) && writes && !arch.write(e)) {
      if (!uffd_wp_is_async(m, vma)) return handle_userfault(m, vma, flags);
      e = arch.clear_uffd_wp(e);
      set(e);
      m.note(fn, "asynchronous uffd-wp: bit cleared", level(), address, e);
    }
    if (modifies && !arch.write(e)) return wp(e);
    // H9: young, and dirty for a write; x86 stores the entry only for a write (C01).
    const W touched = arch.mkyoung(D::select(writes, arch.mkdirty(e), e));
    huge_ptep_set_access_flags(m, size(), address, touched, writes);
    if constexpr (D::narrated)
      m.note(fn, writes || arch.geometry().read_marks_young ? "marks accessed, and dirty for a write" : "nothing to do");
    return W(0);
  }

  /// hugetlb_fault()
  W run() {
    constexpr const char* fn = "hugetlb_fault";
    const bool allocated = size().hugepd() ? alloc_hugepd(m, size(), address) : alloc_tables(m, level(), address);
    if (!allocated) return W(VM_FAULT_OOM);
    const W e = folded(m, size(), level(), address, m.peek(level(), address));
    m.note(fn, "reads", level(), address, e);
    const auto marker = arch.is_marker(m.swap, e);
    if (arch.none(e) || marker) {
      const W bits = arch.swp_offset(e);
      if (m.era.poison_markers && marker && (bits & kMarkerPoisoned) != 0u) {
        m.switched(Known::V26);
        return poisoned();
      }
      return no_page(marker && (bits & kMarkerUffdWp) != 0u);
    }
    if (!arch.pte_present(e)) {
      if (arch.is_migration(m.swap, e)) return wait_migration();
      if (arch.is_hwpoison(m.swap, e)) return poisoned();
      return W(0);
    }
    return present(e);
  }

  /// migration_entry_wait_huge(): the entry becomes what the migration leaves.
  W wait_migration() {
    constexpr const char* fn = "migration_entry_wait_huge";
    // Held while the slot is looked at, and given up before the sleep; without it another process may take the slot's
    // table away meanwhile (M27).
    if (m.since(&Era::hugetlb_wait_locks_vma, Known::V41)) {
      m.lock_vma("hugetlb_fault", vma);
      m.unlock_vma(fn);
    }
    const W restored = m.restored_at(level(), address);
    if (restored == 0u) {
      m.halt(Termination::sleeps, fn, "the migration never ends");
      return W(0);
    }
    set(restored);
    m.note(fn, "waits; the entry is restored");
    return W(0);
  }
};

/// hugetlb_fault() for the huge page around `address`. Returns VM_FAULT_ bits.
template <class M>
typename M::W hugetlb_fault(M& m, int vma, typename M::W address, typename M::W flags) {
  const std::uint64_t size = m.arch.page_size() << m.w.vmas[vma].huge_order;
  HugetlbFault<M> fault{m, m.arch, vma, address & ~(size - 1), flags};
  return fault.run();
}

}  // namespace gupdiff
