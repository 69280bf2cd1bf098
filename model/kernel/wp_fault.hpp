// SPDX-License-Identifier: GPL-2.0-only
// Write and unshare faults on present read-only entries: reuse, copy, or write
// notification (do_wp_page, do_huge_pmd_wp_page, wp_huge_pmd; facts 5.5, 5.6).
#pragma once

#include "model/kernel/split.hpp"

namespace gupdiff {

/// wp_page_reuse(): the page stays, its entry becomes young, dirty and (VMA
/// permitting) writable.
template <class M>
void wp_page_reuse(M& m, VmFaultSite<M>& s) {
  const auto& arch = m.arch;
  const auto e = maybe_mkwrite(m, s.vma, arch.mkdirty(arch.mkyoung(s.orig)));
  m.store(Level::pte, s.address, e);
  m.note("wp_page_reuse", "reuses the page", Level::pte, s.address, e);
}

/// What a fault that made a write possible says of it: VM_FAULT_WRITE, before v6.2 (V24).
template <class M>
typename M::W wrote(M& m) {
  return typename M::W(m.since(&Era::no_fault_write, Known::V24) ? 0u : VM_FAULT_WRITE);
}

/// maybe_unlock_mmap_for_io(): a first try that may wait gives mmap_lock up.
template <class M>
typename M::B may_unlock_for_io(typename M::W flags) {
  return (flags & (FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED | FAULT_FLAG_RETRY_NOWAIT)) ==
         std::uint64_t{FAULT_FLAG_ALLOW_RETRY};
}

/// fault_dirty_shared_page(): dirties the folio; throttling may drop mmap_lock,
/// which the result says (VM_FAULT_COMPLETED).
template <class M>
typename M::W fault_dirty_shared_page(M& m, VmFaultSite<M>& s, int folio) {
  using W = typename M::W;
  auto& f = m.folio(folio);
  const auto throttle = !f.dirty || m.w.vmas[s.vma].kind == VmaKind::file;
  f.dirty = typename M::B(true);
  if (throttle && may_unlock_for_io<M>(s.flags)) {
    m.mmap_locked = false;
    m.note("fault_dirty_shared_page", "drops mmap_lock to throttle");
    return W(VM_FAULT_COMPLETED);
  }
  return W(0);
}

/// wp_page_shared() and wp_pfn_shared(); a file system's page_mkwrite succeeds.
template <class M>
typename M::W wp_page_shared(M& m, VmFaultSite<M>& s, int folio) {
  wp_page_reuse(m, s);
  if (folio < 0 || m.w.vmas[s.vma].kind == VmaKind::device) return wrote(m);
  return wrote(m) | fault_dirty_shared_page(m, s, folio);
}

/// wp_can_reuse_anon_folio(): a small folio (before v6.2 any, V40) that only this entry (and maybe the
/// swap cache, which is then left) refers to.
template <class M>
bool wp_can_reuse_anon_folio(M& m, int folio) {
  using D = typename M::Domain;
  using W = typename M::W;
  auto& f = m.folio(folio);
  if (f.order > 0 && m.since(&Era::large_anon_copied, Known::V40)) return false;
  if (!(f.refcount == D::select(f.swapcache, W(2), W(1)))) return false;
  f.swapcache = typename M::B(false);
  f.refcount = W(1);
  return true;
}

/// wp_page_copy(): a new exclusive anonymous page in place of the old one (or of
/// the zero page). `folio`: the old page's, -1 if it has none.
template <class M>
typename M::W wp_page_copy(M& m, VmFaultSite<M>& s, int folio) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "wp_page_copy";
  if (!m.allocate()) return W(VM_FAULT_OOM);
  // PG_hwpoison alone does not stop the copy; reading bad memory would.
  const int fresh = m.new_folio(0, FolioKind::normal);
  m.folio(fresh).anon = m.folio(fresh).exclusive = typename M::B(true);
  map_one(m, fresh);
  const auto unshare = (s.flags & FAULT_FLAG_UNSHARE) != 0u;
  const W blank = arch.make_entry(m.folio(fresh).pfn, fault_prot(m, s.vma));
  W kept = D::select(arch.soft_dirty(s.orig), arch.mksoft_dirty(blank), blank);
  kept = D::select(arch.uffd_wp(s.orig), arch.mkuffd_wp(kept), kept);
  const W written = maybe_mkwrite(m, s.vma, arch.mkdirty(blank));
  const W e = D::select(unshare, kept, written);
  m.store(Level::pte, s.address, e);
  m.note(fn, "maps a private copy", Level::pte, s.address, e);
  if (folio >= 0) unmap_one(m, folio);
  return D::select(unshare, W(0), wrote(m));
}

/// do_wp_page(): `s.orig` is present and not writable.
template <class M>
typename M::W do_wp_page(M& m, VmFaultSite<M>& s) {
  const auto& arch = m.arch;
  using W = typename M::W;
  const auto& v = m.w.vmas[s.vma];
  const auto unshare = (s.flags & FAULT_FLAG_UNSHARE) != 0u;
  if (!unshare && uffd_wp_entry(m, s.vma, s.orig)) {
    if (!uffd_wp_is_async(m, s.vma)) return handle_userfault(m, s.vma, s.flags);
    s.orig = arch.clear_uffd_wp(s.orig);
    m.store(Level::pte, s.address, s.orig);
  }
  const int folio = vm_normal_folio(m, s.orig);
  if (m.era.wp_shared_first && (v.flags & (VM_SHARED | VM_MAYSHARE)) != 0u) return wp_page_shared(m, s, folio);
  if (folio >= 0) {
    auto& f = m.folio(folio);
    if (f.anon) {
      if (!f.exclusive) {
        if (!wp_can_reuse_anon_folio(m, folio)) return wp_page_copy(m, s, folio);
        f.exclusive = typename M::B(true);
      }
      if (unshare) {
        m.note("do_wp_page", "the page is exclusive now");
        return W(0);
      }
      wp_page_reuse(m, s);
      return wrote(m);
    }
  }
  // Before v6.2 only anonymous pages were unshared (V07), and shared mappings were told here (V32).
  if (unshare && !m.era.unshares_files) return W(0);
  if (!m.era.wp_shared_first && (v.flags & (VM_WRITE | VM_SHARED)) == std::uint64_t{VM_WRITE | VM_SHARED})
    return wp_page_shared(m, s, folio);
  return wp_page_copy(m, s, folio);
}

/// do_huge_pmd_wp_page(): reuse of an exclusive or unshared THP, else a split.
/// VM_FAULT_FALLBACK: carry on at PTE level.
template <class M>
typename M::W do_huge_pmd_wp_page(M& m, VmFaultSite<M>& s, typename M::W pmd) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using W = typename M::W;
  constexpr const char* fn = "do_huge_pmd_wp_page";
  const int folio = vm_normal_folio_pmd(m, pmd);
  if (folio >= 0) {
    auto& f = m.folio(folio);
    if (!f.exclusive && f.refcount == D::select(f.swapcache, W(1 + m.pmd_pages()), W(1))) {
      f.swapcache = typename M::B(false);
      f.refcount = W(1);
      f.exclusive = typename M::B(true);
    }
    if (f.exclusive) {
      if ((s.flags & FAULT_FLAG_UNSHARE) != 0u) {
        m.note(fn, "the page is exclusive now");
        return W(0);
      }
      const W e = maybe_mkwrite(m, s.vma, arch.mkdirty(arch.mkyoung(pmd)));
      m.store(Level::pmd, s.address, e);
      m.note(fn, "reuses the page", Level::pmd, s.address, e);
      return wrote(m);
    }
  }
  split_huge_pmd(m, s.vma, s.address);
  return W(VM_FAULT_FALLBACK);
}

/// wp_huge_pmd(): a write or unshare fault on the read-only PMD leaf `pmd`.
template <class M>
typename M::W wp_huge_pmd(M& m, VmFaultSite<M>& s, typename M::W pmd) {
  const auto& v = m.w.vmas[s.vma];
  if (v.kind == VmaKind::anonymous) {
    if ((s.flags & FAULT_FLAG_UNSHARE) == 0u && uffd_wp_entry(m, s.vma, pmd)) {
      if (!uffd_wp_is_async(m, s.vma)) return handle_userfault(m, s.vma, s.flags);
    } else {
      return do_huge_pmd_wp_page(m, s, pmd);
    }
  }
  split_huge_pmd(m, s.vma, s.address);
  return typename M::W(VM_FAULT_FALLBACK);
}

}  // namespace gupdiff
