// SPDX-License-Identifier: GPL-2.0-only
// hugetlb_follow_page_mask() of v6.9 (facts 1.9): the lookup the unified walk
// replaced. `Known` (model/kernel/known.hpp) is PlainKernel for the kernel itself.
#pragma once

#include <optional>

#include "legacy/v6_9_generic.hpp"

namespace gupdiff::legacy_v6_9 {

/// Answer of a hugetlb lookup, and whether the FOLL_DUMP rule of step 7 still applies to
/// a "no page".
template <class D>
struct SlotAnswer {
  Lookup<D> lookup;
  bool dump_rule = true;
  bool absent = false;  ///< there is no slot, or nothing in it: all that v6.1 calls a hole (V05)
};

/// huge_pte_lock(), before v6.11: the PMD table's lock for 2M, else mm->page_table_lock.
template <class M>
Lock<typename M::Domain> huge_pte_lockptr(const M& m, typename M::W address, Level level) {
  return level == Level::pmd ? m.pmd_lockptr(address) : m.pud_lockptr();
}

/// Whether the kernel looks at the page of a hugetlb entry although no reference is asked for:
/// v6.1 takes references, if any, by the fast rules alone (facts 1.8 step 8; V06).
template <class M>
bool looks_at_page(M& m, typename M::W flags) {
  if (m.since(&Era::hugetlb_slow_grab, Known::V06)) return true;
  return M::Domain::truth((flags & (FOLL_GET | FOLL_PIN)) != 0u);
}

/// The first `n` references to a hugetlb page, by the rules of the era. Returns 0 or an errno.
template <class M>
int grab_hugetlb(M& m, int folio, typename M::W n, typename M::W flags) {
  if (m.era.hugetlb_slow_grab) return try_grab_folio(m, folio, n, flags);
  return try_grab_folio_fast(m, folio, n, flags) ? 0 : E_NOMEM;
}

/// What the new walk answers instead where the entry's device bit is set (D23).
template <class M>
SlotAnswer<typename M::Domain> follow_device_slot(M& m, int vma, typename M::W address, typename M::W flags,
                                                  Level level) {
  m.lock_ptl("huge_pte_lock", huge_pte_lockptr(m, address, level));
  const auto l = level == Level::pmd ? follow_devmap_pmd(m, vma, address, flags)
                                     : follow_devmap_pud(m, vma, address, flags, KnownRows{RowSet{}.set()});
  m.unlock_ptl("hugetlb_follow_page_mask");
  return {l, true};
}

/// Steps 3 to 6: under the page-table lock of the slot.
template <class M, class Rows>
SlotAnswer<typename M::Domain> follow_locked_slot(M& m, const Rows& known, int vma, typename M::W address,
                                                  typename M::W flags, Level level) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using L = Lookup<D>;
  constexpr const char* fn = "hugetlb_follow_page_mask";
  // Of the entry found: another level's only where the new walk met a leaf above (D29).
  const HugetlbSize& size = m.hugetlb_size(m.w.vmas[vma]);
  const unsigned order = level == size.level ? size.order : arch.geometry().leaf_order(level);
  const auto e = m.read_locked(fn, level, address);
  // The PTE-level predicate, whatever the level: PROT_NONE counts as present (D17).
  if (!arch.pte_present(e)) {
    bool leaf_all_the_same = false;
    if constexpr (Rows::active)
      leaf_all_the_same = D::truth(level == Level::pmd && arch.pmd_leaf(e)) && known.applies(m, Known::G01);
    if (!leaf_all_the_same) {
      m.note(fn, "not present");
      return {L::fault(), true, !m.era.hugetlb_dump_any && D::truth(arch.none(e))};
    }
  }
  if (!arch.write(e) && (flags & FOLL_WRITE) != 0u) {
    m.note(fn, "write refused by the entry");
    if constexpr (Rows::active)
      if (level == Level::pmd && (flags & FOLL_DUMP) != 0u && known.applies(m, Known::D11b))
        return {L::fault(), false};
    return {L::fault()};
  }
  const auto head = arch.pte_pfn(e);
  const auto offset = (address >> arch.page_shift()) & ((std::uint64_t{1} << order) - 1);
  if (!looks_at_page(m, flags)) return {L::page(head + offset, -1, (1u << order) - 1)};
  const int folio = m.find_folio(head);
  if (folio < 0) {
    m.halt(Termination::oops, fn, "the entry's frame has no struct page");
    return {L::fault()};
  }
  if constexpr (Rows::active)
    if (level == Level::pmd && m.w.folios[folio].kind == FolioKind::huge_zero && (flags & FOLL_DUMP) != 0u &&
        known.applies(m, Known::G02))
      return {L::fail(E_FAULT)};
  if (!arch.write(e) && gup_must_unshare(m, vma, flags, folio)) {
    m.note(fn, "must unshare: -EMLINK");
    return {L::fail(E_MLINK)};
  }
  const auto pfn = head + offset;
  if (const int err = grab_hugetlb(m, folio, typename M::W(1), flags)) {
    bool silent = false;
    if constexpr (Rows::active) silent = known.applies(m, Known::D38);
    if (!silent) m.warn(Warn::hugetlb_grab, fn, "reference refused");
    return {L::fail(err)};
  }
  if constexpr (Rows::active)
    if (level == Level::pmd && (flags & FOLL_TOUCH) != 0u &&
        ((flags & FOLL_WRITE) != 0u || arch.geometry().read_marks_young) && arch.pmd_trans_huge(e) &&
        known.applies(m, Known::D01))
      touch_huge(m, "touch_pmd", level, address, e, flags);
  return {L::page(pfn, folio, (1u << order) - 1)};
}

/// Takes the lock and follows the slot.
template <class M, class Rows>
SlotAnswer<typename M::Domain> follow_slot(M& m, const Rows& known, int vma, typename M::W address,
                                           typename M::W flags, Level level) {
  m.lock_ptl("huge_pte_lock", huge_pte_lockptr(m, address, level));
  const auto answer = follow_locked_slot(m, known, vma, address, flags, level);
  m.unlock_ptl("hugetlb_follow_page_mask");
  return answer;
}

/// Where the new walk decides on its lockless look at the entry (D08, D09) or takes it
/// for something else than this hstate's leaf (D17 .. D28, D42). Nothing: it goes on to
/// take the lock, as the old one does.
template <class M>
std::optional<SlotAnswer<typename M::Domain>> known_before_lock(M& m, const KnownRows& known, int vma,
                                                                typename M::W address, typename M::W flags,
                                                                Level level) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using L = Lookup<D>;
  constexpr const char* fn = "hugetlb_follow_page_mask";
  const auto e = known.applies(m, Known::D09) ? m.read(fn, level, address) : m.peek(level, address);
  if (level == Level::pud) {
    if (!arch.pte_present(e)) {
      if (known.applies(m, Known::D08))
        return SlotAnswer<D>{L::fault(), true, !m.era.hugetlb_dump_any && D::truth(arch.none(e))};
      return {};
    }
    if (!arch.pud_present(e)) {
      if (known.applies(m, Known::D17)) return SlotAnswer<D>{L::fault()};
      return {};
    }
    if (!arch.pud_leaf(m.era, e)) {
      if (arch.pud_bad(e)) {
        if (known.applies(m, Known::D24)) return SlotAnswer<D>{L::fault()};
        return {};
      }
      if (!known.applies(m, Known::D27)) return {};
      if (!m.enter_table("follow_pud_mask", Level::pmd, e, address)) return SlotAnswer<D>{L::fault(), false};
      return SlotAnswer<D>{follow_pmd_mask(m, known, vma, address, flags), false};
    }
    if (m.w.config.pud_devmap && arch.devmap(e) && known.applies(m, Known::D23))
      return follow_device_slot(m, vma, address, flags, level);
    return {};
  }
  if (arch.none(e) || !arch.pmd_present(e)) {
    if (known.applies(m, Known::D08))
      return SlotAnswer<D>{L::fault(), true, !m.era.hugetlb_dump_any && D::truth(arch.none(e))};
    return {};
  }
  if (arch.devmap(e)) {
    if (known.applies(m, Known::D23)) return follow_device_slot(m, vma, address, flags, level);
    return {};
  }
  if (!arch.pmd_leaf(e)) {
    if (known.applies(m, Known::D28)) return SlotAnswer<D>{follow_page_pte(m, vma, address, flags), false};
    return {};
  }
  if (arch.protnone(e) && !gup_can_follow_protnone(m, vma, flags)) {
    if (known.applies(m, Known::D19)) return SlotAnswer<D>{L::fault()};
    return {};
  }
  if ((flags & FOLL_SPLIT_PMD) != 0u && arch.pmd_trans_huge(e) && known.applies(m, Known::D42)) {
    m.lock_ptl(fn, m.pmd_lockptr(address));
    m.read_locked(fn, level, address);
    m.unlock_ptl(fn);
    return SlotAnswer<D>{split_and_follow(m, vma, address, flags), false};
  }
  return {};
}

/// hugetlb_walk() with the generic huge_pte_offset(): only presence of the tables above
/// is tested, never whether the slot holds a leaf (facts 1.12). True: the slot of
/// `address` at `level` exists. `level` becomes pud where the new walk meets a leaf above (D29).
template <class M, class Rows>
bool hugetlb_walk(M& m, const Rows& known, typename M::W address, Level& level) {
  const auto& arch = m.arch;
  constexpr const char* fn = "hugetlb_walk";
  if (m.top() == Level::pgd) {
    const auto pgd = m.read(fn, Level::pgd, address);
    if (!arch.pgd_present(pgd)) return false;
    if constexpr (Rows::active)
      if (arch.pgd_bad(pgd) && known.applies(m, Known::D24)) return false;
    if (!m.enter_table(fn, Level::p4d, pgd, address)) return false;
  }
  if (m.top() >= Level::p4d) {
    const auto p4d = m.read(fn, Level::p4d, address);
    if (!arch.p4d_present(p4d)) return false;
    if constexpr (Rows::active)
      if (arch.p4d_bad(p4d) && known.applies(m, Known::D24)) return false;
    if (!m.enter_table(fn, Level::pud, p4d, address)) return false;
  }
  if (level == Level::pud) return true;
  const auto pud = m.read(fn, Level::pud, address);
  if (!arch.pud_present(pud)) return false;
  if constexpr (Rows::active) {
    if (arch.pud_leaf(m.era, pud)) {
      if (known.applies(m, Known::D29)) {
        level = Level::pud;
        return true;
      }
    } else if (arch.pud_bad(pud) && known.applies(m, Known::D24)) {
      return false;
    }
  }
  return m.enter_table(fn, Level::pmd, pud, address);
}

/// Steps 1 to 6 of facts 1.9 and, where rows are known, what stands in for them.
template <class M, class Rows>
SlotAnswer<typename M::Domain> find_and_follow(M& m, const Rows& known, int vma, typename M::W address,
                                               typename M::W flags) {
  using D = typename M::Domain;
  Level level = m.hugetlb_size(m.w.vmas[vma]).level;
  [[maybe_unused]] const Level hstate_level = level;
  if (!hugetlb_walk(m, known, address, level)) return {Lookup<D>::fault(), true, true};
  if constexpr (Rows::active) {
    if (level != hstate_level) {
      // D29: the new walk read the PUD already; it goes on with that leaf.
      if (m.w.config.pud_devmap && D::truth(m.arch.devmap(m.peek(level, address))) &&
          known.applies(m, Known::D23))
        return follow_device_slot(m, vma, address, flags, level);
      return follow_slot(m, known, vma, address, flags, level);
    }
    if (const auto answer = known_before_lock(m, known, vma, address, flags, level)) return *answer;
  }
  return follow_slot(m, known, vma, address, flags, level);
}

/// hugetlb_follow_page_mask()
template <class M, class Rows>
Lookup<typename M::Domain> hugetlb_follow_page_mask(M& m, const Rows& known, int vma, typename M::W address,
                                                    typename M::W flags) {
  using L = Lookup<typename M::Domain>;
  constexpr const char* fn = "hugetlb_follow_page_mask";
  if (m.since(&Era::hugetlb_lookup_locks_vma, Known::V01)) m.lock_vma(fn, vma);
  auto answer = find_and_follow(m, known, vma, address, flags);
  L& l = answer.lookup;
  bool probes_locked = false;
  if constexpr (Rows::active) probes_locked = known.on(Known::D07);
  if (!probes_locked) m.unlock_vma(fn);
  // Step 7: every kind of "no page" (absent, non-present, write refused) is a hole to a dump;
  // to v6.1 only an absent entry was (V05).
  if (l.kind == L::Kind::none && answer.dump_rule && (answer.absent || m.since(&Era::hugetlb_dump_any, Known::V05)) && !m.halted() && (flags & FOLL_DUMP) != 0u) {
    if (probes_locked) (void)known.applies(m, Known::D07);
    if (!hugetlbfs_pagecache_present(m, vma, address)) l = L::fail(E_FAULT);
  }
  if (probes_locked) m.unlock_vma(fn);
  return l;
}

}  // namespace gupdiff::legacy_v6_9
