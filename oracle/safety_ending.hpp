// SPDX-License-Identifier: GPL-2.0-only
// How a call may end: it ends at all, and with less than was asked for only for a reason that the
// outcome shows (facts 1.3 to 1.5, 5.7, 6.11 I3).
#pragma once

#include "oracle/safety_pages.hpp"

namespace gupdiff {

/// The end of `after`, the machine that ran `initial`.
template <class D>
struct EndingCheck {
  using W = typename D::Word;
  using B = typename D::Cond;
  const World<D>& initial;
  const Machine<D>& after;
  const RowSet& rows;  ///< what is known of the walk
  W flags;             ///< effective_flags()

  /// The pages asked for, or fewer, or an error; the latter two for a stated reason.
  B shortfall_has_reason() const {
    std::uint64_t ret = 0;
    if constexpr (D::symbolic) {
      if (!after.ret.constant()) return B(true);
      ret = after.ret.value();
    } else {
      ret = after.ret;
    }
    const std::uint32_t asked = pages_asked(initial.request);
    if (ret == asked) return B(true);
    if ((ret >> 63) != 0) return error_has_reason(static_cast<int>(0 - ret));
    if (ret > asked) return B(false);
    // A hole, whatever made it one; a page that the lockless walk left to the slow path, which was not wanted.
    if (initial.request.api == Api::dump_page || is_fast_only(initial.request.api) || has_fast_only()) return B(true);
    return short_count_has_reason(static_cast<std::uint32_t>(ret));
  }

  /// The call returns, or sleeps where nobody wakes it. Known: the loops that repeat for ever, each for its own
  /// reason (facts 5.7), and the hugetlb mapping that FOLL_SPLIT_PMD destroys (D42).
  B terminates() const {
    switch (after.termination) {
      case Termination::returned:
      case Termination::sleeps:
      case Termination::out_of_bounds: return B(true);  // of the last nothing is known
      case Termination::livelock: return waits_for_others() || known_livelock();
      case Termination::bug: return known_split();
      case Termination::oops: break;
    }
    return B(false);
  }

 private:
  B has(std::uint64_t flag) const { return (flags & flag) != 0u; }
  /// v6.1 lets callers of the other fast APIs ask for the same (V17).
  bool has_fast_only() const { return is_fast(initial.request.api) && D::truth(has(FOLL_FAST_ONLY)); }
  bool knows(Known row) const { return rows.test(static_cast<std::size_t>(row)); }
  static B reached(W at, std::uint32_t counted) { return at != 0u && at <= std::uint64_t{counted}; }
  B signalled() const {
    return reached(initial.env.fatal_signal_at, after.fatal_checks) || reached(initial.env.signal_at, after.signal_checks);
  }
  B lock_refused() const { return reached(initial.env.mmap_lock_fail_at, after.lock_tries); }
  B memory_refused() const { return reached(initial.env.alloc_fail_at, after.allocations); }
  bool grab_warned() const { return after.warned(Warn::grab_refcount) || after.warned(Warn::hugetlb_grab) || after.warned(Warn::bulk_grab); }
  B any_p2pdma() const {
    B any = B(false);
    for (const auto& f : initial.folios) any = any || f.p2pdma;
    return any;
  }

  /// Facts 6.11 I3, and what each of them speaks of.
  B error_has_reason(int error) const {
    const Api api = initial.request.api;
    switch (error) {
      case E_FAULT: return B(true);
      case E_INTR: return signalled() || lock_refused();
      case E_AGAIN: return lock_refused();
      case E_NOMEM:
        return memory_refused() || B(grab_warned() || api == Api::populate || api == Api::madvise_populate) || has(FOLL_MADV_POPULATE) ||
               (has(FOLL_LONGTERM) && initial.env.migrate_fails);
      case E_HWPOISON: return has(FOLL_HWPOISON) || B(api == Api::madvise_populate);
      case E_EXIST: return B(takes_pages(initial.request));
      case E_INVAL: return B(after.warned(Warn::gup_args) || after.warned(Warn::get_and_pin) || api == Api::madvise_populate) || has(FOLL_MADV_POPULATE);
      case E_OVERFLOW: {
        const W start = initial.request.start & after.arch.geometry().page_mask();
        return B(is_fast(api)) && start + (std::uint64_t{initial.request.nr_pages} << after.arch.page_shift()) < start;
      }
      case E_OPNOTSUPP: return has(FOLL_LONGTERM | FOLL_SPLIT_PMD);
      case E_REMOTEIO: return any_p2pdma();
      case E_BUSY: return B(!after.era.split_zero_is_plain) && has(FOLL_SPLIT_PMD);  // V29
    }
    return B(false);
  }

  /// Why the page at position `at` was not had, the ones before it were.
  B short_count_has_reason(std::uint32_t at) const {
    if (after.hidden_error != 0) return error_has_reason(after.hidden_error);
    if (grab_warned() || after.warned(Warn::gup_args) || after.warned(Warn::get_and_pin) || after.warned(Warn::hugepd_elsewhere) ||
        after.warned(Warn::fast_grab_no_flag))
      return B(true);
    const W address = PagesCheck<D>{initial, after, rows, flags}.address_of(at);
    return signalled() || lock_refused() || memory_refused() || has(FOLL_NOFAULT | FOLL_DUMP | FOLL_SPLIT_PMD) || any_p2pdma() ||
           fault_refused(address) || mapping_ends(address, at) || no_struct_page(address);
  }
  B fault_refused(W address) const {
    B refused = B(false);
    for (const auto* faults : {&after.faults, &after.hugetlb_faults})
      for (const auto& f : *faults)
        refused = refused || (f.address == address && (f.result & (VM_FAULT_ERROR | VM_FAULT_RETRY | VM_FAULT_COMPLETED)) != 0u);
    return refused;
  }
  /// No mapping is there, or another one that may have been refused.
  B mapping_ends(W address, std::uint32_t at) const {
    B inside = B(false);
    for (const auto& v : initial.vmas) inside = inside || (address < v.end && (at > 0 ? v.start < address : v.start <= address));
    return !inside;
  }
  B no_struct_page(W address) const {
    if (!takes_pages(initial.request)) return B(false);
    const MappedPage<D> m = mapped_page<D>(after.w, address);
    return m.found && (B(after.find_folio(m.pfn) < 0) || after.arch.special(m.entry));
  }

  /// Somebody else could end it: who wakes faults that wait, or gives an isolated folio back.
  B waits_for_others() const {
    B waits = has(FOLL_LONGTERM) && initial.env.isolate_fails;
    for (const auto* faults : {&after.faults, &after.hugetlb_faults})
      if (!faults->empty()) waits = waits || (faults->back().result & (VM_FAULT_RETRY | VM_FAULT_COMPLETED)) != 0u;
    return waits;
  }

  B known_split() const {
    bool hugetlb = false;
    for (const auto& v : initial.vmas) hugetlb = hugetlb || v.kind == VmaKind::hugetlb;
    return B(knows(Known::D42) && after.era.unified && !after.era.split_pmd_refused && hugetlb) && has(FOLL_SPLIT_PMD);
  }

  /// The row, if any, whose condition holds of the entry that the last fault was asked to repair.
  B known_livelock() const {
    if (after.faults.empty()) return B(false);
    const W address = after.faults.back().address;
    for (const auto& v : after.w.vmas) {
      if (!D::truth(address >= v.start && address < v.end)) continue;
      if (v.kind != VmaKind::hugetlb) return unshares_for_ever(v);
      if (!after.era.unified) return B(false);
      const HugetlbSize& size = after.hugetlb_size(v);
      return size.hugepd() ? hugepd_refuses(size, address) : leaf_refuses(v, size, after.peek(size.level, address));
    }
    return B(false);
  }
  /// D17, D19: what no fault changes and the walk takes for absent.
  B leaf_refuses(const Vma<D>& v, const HugetlbSize& size, W e) const {
    const auto& arch = after.arch;
    const B d17 = B(knows(Known::D17) && size.level == Level::pud) && arch.pte_present(e) && !arch.pud_present(e);
    const B d19 = B(knows(Known::D19)) && has(FOLL_HONOR_NUMA_FAULT) && arch.protnone(e) && vma_is_accessible<D>(v);
    return d17 || d19;
  }
  /// D32, D33, D34, G40, G41: a present entry below a directory that is "no page".
  B hugepd_refuses(const HugetlbSize& size, W address) const {
    const auto& arch = after.arch;
    const W head = address & ~((arch.page_size() << size.order) - 1);
    const W e = after.peek(Level::hugepte, head);
    const B found = after.era.hugepd && arch.pte_present(e);
    const B g40 = B(knows(Known::G40)) && arch.hugepte_address(size, address) != head;
    const B d34 = B(knows(Known::D34)) && !arch.access_permitted(e, B(false));
    const int i = after.find_folio(arch.pte_pfn(e));
    if (i < 0) return found && (g40 || d34);
    const Folio<D>& f = after.w.folios[static_cast<std::size_t>(i)];
    const B reads_pinned = has(FOLL_PIN) && !has(FOLL_WRITE);
    const B d32 = B(knows(Known::D32) && !after.era.hugepd_unshares) && reads_pinned && !arch.write(e) &&
                  D::select(f.anon, !f.exclusive, has(FOLL_LONGTERM));
    const B fast = B(knows(Known::D33) && !after.era.hugepd_slow_grab) &&
                   (!has(FOLL_GET | FOLL_PIN) || (has(FOLL_PIN) && has(FOLL_LONGTERM) && f.unpinnable));
    const B g41 = B(knows(Known::G41)) && (no_references(f) || (f.p2pdma && !has(FOLL_PCI_P2PDMA)));
    return found && (g40 || d34 || d32 || fast || g41);
  }
  /// C02: a longterm read pin of a private file mapping is unshared; the fault takes the huge page away, and the next
  /// maps it again (a consequence of V07).
  B unshares_for_ever(const Vma<D>& v) const {
    return B(knows(Known::V07) && after.era.unshares_files && v.kind != VmaKind::anonymous) &&
           is_cow_mapping<D>(v) && has(FOLL_PIN) && has(FOLL_LONGTERM) && !has(FOLL_WRITE);
  }
};

}  // namespace gupdiff
