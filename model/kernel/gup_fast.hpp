// SPDX-License-Identifier: GPL-2.0-only
// GUP-fast: the walk without mmap_lock, page-table locks and VMA that the fast APIs try first (facts 2). All
// registered walks share it: the series left it alone but for what Era names, and the wrappers drive it, whatever
// lookup the slow part has. So it is here and not in legacy/ or unified/.
#pragma once

#include "model/arch/huge_predicates.hpp"
#include "model/kernel/gup_fast_leaf.hpp"

namespace gupdiff {

/// The levels of the walk, from the PTEs up to the region with interrupts off.
template <class M>
struct GupFast : GupFastLeaves<M> {
  using Leaves = GupFastLeaves<M>;
  using typename Leaves::B;
  using typename Leaves::D;
  using typename Leaves::W;
  using Leaves::flags;
  using Leaves::m;

  /// Pages from `address` to the end of its slot of `level`, at most `count` (pXd_addr_end).
  std::uint32_t to_boundary(Level level, W address, std::uint32_t count) const {
    return this->to_end_of((m.arch.span(level) - 1) >> m.arch.page_shift(), address, count);
  }
  W after(W address, std::uint32_t pages) const { return address + (std::uint64_t{pages} << m.arch.page_shift()); }
  bool has_hugepd() const { return m.era.hugepd && m.arch.geometry().has_hugepd; }

  /// pte_offset_map() of the PMD's value: NULL where it is no table of PTEs (v6.5 and later; before, it was taken for
  /// one, V28). A bad one is complained about; what is cleared is the walk's own copy of it.
  bool map_ptes(W pmd, W address) {
    const auto& arch = m.arch;
    constexpr const char* fn = "pte_offset_map";
    const B huge = arch.pmd_trans_huge(pmd) || arch.devmap(pmd);
    if (D::truth(huge || arch.pmd_bad(pmd)) && m.since(&Era::walk_clears_bad_pmd, Known::V28)) {
      if (!D::truth(huge)) m.warn(Warn::bad_entry, fn, "bad PMD: complains");
      return false;
    }
    return m.enter_table(fn, Level::pte, pmd, address);
  }

  /// ptep_get_lockless(): where the architecture folds, the whole contiguous set is read for its accessed and
  /// dirty bits, which nothing here asks about.
  W ptep_get_lockless(const char* function, W address) {
    const W e = m.read(function, Level::pte, address);
    const Geometry& g = m.arch.geometry();
    if (g.ptep_get_folds && m.w.config.thp && D::truth(m.arch.contiguous(e) && m.arch.table_format(Level::pte, e)))
      m.cost.lockless_reads += g.hugetlb.front().entries();
    return e;
  }

  /// One PTE of gup_fast_pte_range(). `runs`, `nr_start`: what was recorded before its table.
  bool pte(W pmd, W address, std::size_t runs, std::uint32_t nr_start) {
    const auto& arch = m.arch;
    constexpr const char* fn = "gup_fast_pte_range";
    const W e = ptep_get_lockless(fn, address);
    // v6.1 lets FORCE pass here, and the next test stops it on every architecture that has GUP-fast there.
    if (arch.protnone(e)) return this->stop(fn, "PROT_NONE");
    if (!this->permitted(Level::pte, e)) return this->stop(fn, "the entry does not permit the access");
    const W pfn = arch.pte_pfn(e);
    const int folio = m.find_folio(pfn);
    const bool device = D::truth(arch.devmap(e));
    if (device) {
      if ((flags & FOLL_LONGTERM) != 0u) return this->stop(fn, "a longterm pin of device memory");
      if (folio < 0) {
        this->undo(runs, nr_start);
        return this->stop(fn, "no page map: all pages of the table are given back");
      }
      if (!m.pgmap_held) ++m.pgmap_refs;
      m.pgmap_held = true;
    } else if (arch.special(e)) {
      return this->stop(fn, "a special entry");
    }
    if (folio < 0) return this->no_page(fn);
    if (!try_grab_folio_fast(m, folio, W(1), flags)) return this->stop(fn, "reference refused");
    if (folio_is_secretmem(m, folio) && !m.since(&Era::fast_merges_secretmem, Known::F08))
      return this->put_and_stop(fn, "secretmem", folio, 1);
    // 70cbc3cc78a9: the PMD as well, whose table may be on its way out (M23).
    if (m.read(fn, Level::pmd, address) != pmd) return this->put_and_stop(fn, "the PMD changed", folio, 1);
    if (ptep_get_lockless(fn, address) != e) return this->put_and_stop(fn, "the PTE changed", folio, 1);
    if (!gup_fast_folio_allowed(m, folio, flags, B(device))) return this->put_and_stop(fn, "the folio is not allowed", folio, 1);
    if (this->must_unshare(e, folio)) return this->put_and_stop(fn, "must unshare", folio, 1);
    if (!this->can_record(fn)) return false;
    m.folio(folio).referenced = B(true);
    this->record(pfn, 1);
    return true;
  }

  /// gup_fast_pte_range()
  bool pte_range(W pmd, W address, std::uint32_t count) {
    if (!map_ptes(pmd, address)) return this->stop("gup_fast_pte_range", "no table of PTEs");
    const std::size_t runs = m.pages.size();
    const std::uint32_t nr_start = this->nr;
    bool on = true;
    for (std::uint32_t i = 0; on && i < count; ++i) on = pte(pmd, after(address, i), runs, nr_start);
    m.pgmap_held = false;
    return on;
  }

  /// What is taken for a leaf: pXd_leaf(); up to v6.9 what is huge to hugetlb, a THP or device memory (F07).
  bool is_leaf(Level level, W e) {
    const auto& arch = m.arch;
    const B now = level == Level::pmd ? arch.pmd_leaf(e) : arch.pud_leaf(m.era, e);
    const B thp = level == Level::pmd ? arch.pmd_trans_huge(e) : B(false);
    const B before = pxd_huge_v6_9<D>(arch, level, e) || this->is_devmap(level, e) || thp;
    if (D::truth(D::select(now, before, !before))) return D::truth(now);
    return m.since(&Era::fast_asks_leaf, Known::F07) ? D::truth(now) : D::truth(before);
  }

  /// gup_fast_pmd_range()
  bool pmd_range(W address, std::uint32_t count) {
    constexpr const char* fn = "gup_fast_pmd_range";
    bool on = true;
    while (on && count > 0) {
      const std::uint32_t n = to_boundary(Level::pmd, address, count);
      const W e = m.read(fn, Level::pmd, address);
      if (!m.arch.pmd_present(e)) return this->stop(fn, "not present");
      if (is_leaf(Level::pmd, e)) {
        if (m.arch.protnone(e)) return this->stop(fn, "PROT_NONE");
        on = this->leaf(Level::pmd, e, address, n);
      } else if (has_hugepd() && m.arch.is_hugepd(Level::pmd, e)) {
        on = this->hugepd(Level::pmd, e, address, n);
      } else {
        on = pte_range(e, address, n);
      }
      address = after(address, n);
      count -= n;
    }
    return on;
  }

  /// gup_fast_pud_range()
  bool pud_range(W address, std::uint32_t count) {
    constexpr const char* fn = "gup_fast_pud_range";
    if (m.top() < Level::pud) return pmd_range(address, count);
    bool on = true;
    while (on && count > 0) {
      const std::uint32_t n = to_boundary(Level::pud, address, count);
      const W e = m.read(fn, Level::pud, address);
      if (!m.arch.pud_present(e)) return this->stop(fn, "not present");
      if (is_leaf(Level::pud, e)) on = this->leaf(Level::pud, e, address, n);
      else if (has_hugepd() && m.arch.is_hugepd(Level::pud, e)) on = this->hugepd(Level::pud, e, address, n);
      else on = m.enter_table(fn, Level::pmd, e, address) && pmd_range(address, n);
      address = after(address, n);
      count -= n;
    }
    return on;
  }

  /// gup_fast_p4d_range()
  bool p4d_range(W address, std::uint32_t count) {
    constexpr const char* fn = "gup_fast_p4d_range";
    if (m.top() < Level::p4d) return pud_range(address, count);
    bool on = true;
    while (on && count > 0) {
      const std::uint32_t n = to_boundary(Level::p4d, address, count);
      const W e = m.read(fn, Level::p4d, address);
      if (m.arch.none(e)) return this->stop(fn, "none");
      if (!m.arch.p4d_present(e)) {
        if (m.since(&Era::fast_asks_leaf, Known::F07)) return this->stop(fn, "not present");
      }
      if (has_hugepd() && m.arch.is_hugepd(Level::p4d, e)) on = this->hugepd(Level::p4d, e, address, n);
      else on = m.enter_table(fn, Level::pud, e, address) && pud_range(address, n);
      address = after(address, n);
      count -= n;
    }
    return on;
  }

  /// gup_fast_pgd_range(). No modelled architecture has leaves there (facts 9 U14).
  void pgd_range(W address, std::uint32_t count) {
    constexpr const char* fn = "gup_fast_pgd_range";
    if (m.top() < Level::pgd) {
      p4d_range(address, count);
      return;
    }
    bool on = true;
    while (on && count > 0) {
      const std::uint32_t n = to_boundary(Level::pgd, address, count);
      const W e = m.read(fn, Level::pgd, address);
      if (m.arch.pgd_none(e)) {
        this->stop(fn, "none");
        return;
      }
      on = m.enter_table(fn, Level::p4d, e, address) && p4d_range(address, n);
      address = after(address, n);
      count -= n;
    }
  }

  /// gup_fast(), lockless_pages_from_mm() before: the walk with interrupts off, between two looks at
  /// mm->write_protect_seq for a pin (57efa1fe5957, M22). Nobody forks here, so it never changes. The pages recorded.
  std::uint32_t walk(W start, std::uint32_t count) {
    constexpr const char* fn = "gup_fast";
    if (m.arch.id() == Architecture::riscv64 && !m.since(&Era::fast_on_riscv, Known::F04)) return 0;
    const bool pin = D::truth((flags & FOLL_PIN) != 0u);
    if (pin) m.lockless_step(fn, AccessKind::seq_begin);
    m.lockless_step(fn, AccessKind::irqs_off);
    pgd_range(start, count);
    m.lockless_step(fn, AccessKind::irqs_on);
    if (pin) m.lockless_step(fn, AccessKind::seq_retry);
    return this->nr;
  }
};

}  // namespace gupdiff
