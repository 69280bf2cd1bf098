// SPDX-License-Identifier: GPL-2.0-only
// hugetlb_follow_page_mask() of v6.9 (facts 1.9): the lookup the unified walk
// replaced. `Known` (model/kernel/known.hpp) is PlainKernel for the kernel itself.
#pragma once

#include <optional>

#include "legacy/v6_9_generic.hpp"
#include "legacy/v6_9_hugepd.hpp"
#include "legacy/v6_9_offset.hpp"

namespace gupdiff::legacy_v6_9 {

/// The entry a lookup ended at.
template <class D>
struct FoundEntry {
  Level level = Level::pmd;
  typename D::Word address{};  ///< of the slot
  /// It counts for what its own level maps, as to the new walk: one entry of a contiguous set
  /// (D14), or a leaf of another size than the VMA's (D29, D31).
  bool by_entry = false;
  bool own_size = true;  ///< it lies at the level of the VMA's size
};

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
  m.lock_ptl("huge_pte_lock", walk_lockptr(m, level, address));
  const auto l = level == Level::pmd ? follow_devmap_pmd(m, vma, address, flags)
                                     : follow_devmap_pud(m, vma, address, flags, KnownRows{RowSet{}.set()});
  m.unlock_ptl("hugetlb_follow_page_mask");
  return {l, true};
}

/// What the new walk finds at PTE level where the old one takes any entry for a leaf: a NUMA
/// hint (D19) or a page that is not to be looked at (D23).
template <class M>
std::optional<SlotAnswer<typename M::Domain>> known_pte(M& m, const KnownRows& known, int vma, typename M::W address,
                                                        typename M::W flags, typename M::W e) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  if (arch.protnone(e) && !gup_can_follow_protnone(m, vma, flags) && known.applies(m, Known::D19))
    return SlotAnswer<D>{Lookup<D>::fault(), false};
  const bool no_page = D::truth(arch.special(e)) || m.find_folio(arch.pte_pfn(e)) < 0;
  if (no_page && known.applies(m, Known::D23)) return SlotAnswer<D>{follow_pte_entry(m, vma, address, flags, e), false};
  return {};
}

/// Whether the entry is one of a Svnapot set, whose words all hold the first frame, and not the
/// first: the new walk returns page 0 for it (D18).
template <class M>
bool answers_with_head(M& m, const HugetlbSize& size, typename M::W address, const FoundEntry<typename M::Domain>& at,
                       typename M::W e) {
  if (!at.by_entry || !at.own_size || at.level != Level::pte) return false;
  const auto whole = (address >> m.arch.page_shift()) & ((std::uint64_t{1} << size.order) - 1);
  return M::Domain::truth(m.arch.contiguous(e)) && m.arch.stride(e, at.level) == 0 &&
         M::Domain::truth(whole != m.page_in(at.level, address));
}

/// The offset of `address` inside what the entry maps, in pages.
template <class M, class Rows>
typename M::W offset_in_entry(M& m, const Rows& known, const HugetlbSize& size, typename M::W address,
                              const FoundEntry<typename M::Domain>& at, typename M::W e) {
  const auto whole = (address >> m.arch.page_shift()) & ((std::uint64_t{1} << size.order) - 1);
  if (!at.by_entry) return whole;
  if constexpr (Rows::active) {
    if (!known.on(Known::D18) && answers_with_head(m, size, address, at, e)) return whole;
  }
  return m.page_in(at.level, address);
}

/// FOLL_TOUCH, of which the old walk knows nothing: the PMD leaf is marked (D01), of a
/// contiguous set the one member (D05); at PTE level the folio is (D02), which asks the one
/// entry whether it is dirty (D04).
template <class M>
void known_touch(M& m, const KnownRows& known, const HugetlbSize& size, typename M::W address, typename M::W flags,
                 const FoundEntry<typename M::Domain>& at, typename M::W e, int folio) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  if ((flags & FOLL_TOUCH) == 0u) return;
  const bool member = at.own_size && size.entries_log2 != 0;
  const auto set = address & ~((arch.page_size() << size.order) - 1);
  if (at.level == Level::pmd) {
    if (!arch.geometry().read_marks_young && (flags & FOLL_WRITE) == 0u) return;
    if (!D::truth(arch.pmd_trans_huge(e)) || !known.applies(m, Known::D01)) return;
    if (member && !known.applies(m, Known::D05)) {
      // What is written starts at the set's first frame, whichever member was read.
      const auto young = arch.mkyoung(m.peek(at.level, set));
      const auto write = (flags & FOLL_WRITE) != 0u;
      huge_ptep_set_access_flags(m, size, set, D::select(write, arch.mkdirty(young), young), write);
      return;
    }
    touch_huge(m, "touch_pmd", at.level, address, e, flags);
  } else if (at.level == Level::pte) {
    if (!known.on(Known::D02)) return;
    auto& f = m.folio(folio);
    const auto writes_clean = (flags & FOLL_WRITE) != 0u && !arch.dirty(e);
    // D04 speaks where another entry of the set is dirty and it matters.
    const auto by_another = writes_clean && !f.dirty && arch.dirty(folded(m, size, at.level, set, e));
    const bool folds = D::truth(by_another) && !known.applies(m, Known::D04);
    const auto dirties = writes_clean && !f.dirty && !folds;
    if (f.referenced && !dirties) return;
    known.spoke(m, Known::D02);
    f.dirty = f.dirty || dirties;
    f.referenced = typename M::B(true);
  }
}

/// Whether reading the one entry of a contiguous set under the lock (D14) shows: the old walk
/// reads another slot, or all of them where the new one does not.
template <class M>
bool reads_otherwise(M& m, const HugetlbSize& size, Level level, typename M::W address) {
  const auto head = address & ~((m.arch.page_size() << size.order) - 1);
  const auto e = m.peek(level, address);
  const bool folds = level == Level::pte && m.arch.geometry().ptep_get_folds && m.w.config.thp;
  const auto whole = m.arch.pte_present(e) && m.arch.contiguous(e) && !folds;
  return M::Domain::truth(m.key(level, head) != m.key(level, address) || whole);
}

/// Whether the set of `address` holds another entry there than its first one.
template <class M>
bool mixed_set(M& m, const HugetlbSize& size, Level level, typename M::W address) {
  const auto head = address & ~((m.arch.page_size() << size.order) - 1);
  return !set_is_one_run(m, size, head) && M::Domain::truth(m.peek(level, head) != m.peek(level, address));
}

/// Whether pages are wanted that the next entry maps.
template <class M>
bool wants_next_entry(M& m, Level level, typename M::W address) {
  const auto& r = m.w.request;
  const auto last = r.start + (std::uint64_t{r.nr_pages - 1} << m.arch.page_shift());
  return r.nr_pages > 1 && M::Domain::truth(m.key(level, last) != m.key(level, address));
}

/// Steps 3 to 6: under the page-table lock of the slot.
template <class M, class Rows>
SlotAnswer<typename M::Domain> follow_locked_slot(M& m, const Rows& known, int vma, typename M::W address,
                                                  typename M::W flags, const FoundEntry<typename M::Domain>& at) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using L = Lookup<D>;
  constexpr const char* fn = "hugetlb_follow_page_mask";
  const HugetlbSize& size = m.hugetlb_size(m.w.vmas[vma]);
  const Level level = at.level;
  const unsigned order = at.by_entry ? arch.geometry().leaf_order(level) : size.order;
  const auto e = [&] {
    if (!at.by_entry) return huge_ptep_get(m, fn, size, level, at.address);
    return level == Level::pte ? ptep_get(m, fn, at.address) : m.read_locked(fn, level, at.address);
  }();
  if constexpr (Rows::active)
    if (at.by_entry && at.own_size && reads_otherwise(m, size, level, address)) known.spoke(m, Known::D14);
  [[maybe_unused]] const auto hole_rule = [&] {
    // To the new walk only a PTE that is none can be a hole (D10).
    if constexpr (Rows::active)
      if (level == Level::pte && (flags & FOLL_DUMP) != 0u && !arch.none(e) && known.applies(m, Known::D10)) return false;
    return true;
  };
  // The PTE-level predicate, whatever the level: PROT_NONE counts as present (D17).
  if (!arch.pte_present(e)) {
    bool leaf_all_the_same = false;
    if constexpr (Rows::active)
      leaf_all_the_same = D::truth(level == Level::pmd && arch.pmd_leaf(e)) && known.applies(m, Known::G01);
    if (!leaf_all_the_same) {
      m.note(fn, "not present");
      return {L::fault(), hole_rule(), !m.era.hugetlb_dump_any && D::truth(arch.none(e))};
    }
  }
  if constexpr (Rows::active)
    if (level == Level::pte)
      if (const auto answer = known_pte(m, known, vma, address, flags, e)) return *answer;
  if (!arch.write(e) && (flags & FOLL_WRITE) != 0u) {
    m.note(fn, "write refused by the entry");
    if constexpr (Rows::active)
      if (level == Level::pmd && (flags & FOLL_DUMP) != 0u && known.applies(m, Known::D11b))
        return {L::fault(), false};
    return {L::fault(), hole_rule()};
  }
  const auto head = arch.pte_pfn(e);
  const auto offset = offset_in_entry(m, known, size, address, at, e);
  // A page that is handed out for one entry alone: another lookup follows.
  [[maybe_unused]] const auto answers_for_less = [&] {
    if constexpr (Rows::active)
      if (at.by_entry && at.own_size && wants_next_entry(m, level, address)) known.spoke(m, Known::D14);
  };
  if (!looks_at_page(m, flags)) {
    answers_for_less();
    return {L::page(head + offset, -1, (1u << order) - 1)};
  }
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
  answers_for_less();
  if constexpr (Rows::active) {
    // Which page it is shows to a caller that wants to know.
    if (!m.w.request.pages_null && answers_with_head(m, size, address, at, e)) known.spoke(m, Known::D18);
    known_touch(m, known, size, address, flags, at, e, folio);
  }
  return {L::page(pfn, folio, (1u << order) - 1)};
}

/// The lock the lookup takes: huge_pte_lock()'s, or the new walk's where that is another
/// object (D06) or another level's (D29, D31).
template <class M, class Rows>
Lock<typename M::Domain> lookup_lockptr(M& m, const Rows& known, const HugetlbSize& size, typename M::W address,
                                        const FoundEntry<typename M::Domain>& at) {
  const auto huge = huge_pte_lockptr(m, size, at.level, address);
  if constexpr (Rows::active) {
    const auto generic = walk_lockptr(m, at.level, address);
    if (at.by_entry && !at.own_size) return generic;
    if (generic.kind != huge.kind && known.applies(m, Known::D06)) return generic;
  }
  return huge;
}

/// Takes the lock and follows the slot.
template <class M, class Rows>
SlotAnswer<typename M::Domain> follow_slot(M& m, const Rows& known, int vma, typename M::W address,
                                           typename M::W flags, const FoundEntry<typename M::Domain>& at) {
  m.lock_ptl("huge_pte_lock", lookup_lockptr(m, known, m.hugetlb_size(m.w.vmas[vma]), address, at));
  const auto answer = follow_locked_slot(m, known, vma, address, flags, at);
  m.unlock_ptl("hugetlb_follow_page_mask");
  return answer;
}

/// Where the new walk decides on its lockless look at the entry (D08, D09) or takes it
/// for something else than this hstate's leaf (D17 .. D28, D42). Nothing: it goes on to
/// take the lock, as the old one does.
template <class M>
std::optional<SlotAnswer<typename M::Domain>> known_before_lock(M& m, const KnownRows& known, int vma,
                                                                typename M::W address, typename M::W flags,
                                                                const FoundEntry<typename M::Domain>& at,
                                                                bool already_read) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using L = Lookup<D>;
  constexpr const char* fn = "hugetlb_follow_page_mask";
  const Level level = at.level;
  if (level == Level::pte) {
    if ((flags & (FOLL_GET | FOLL_PIN)) == std::uint64_t{FOLL_GET | FOLL_PIN} && known.applies(m, Known::D40)) {
      m.warn(Warn::get_and_pin, fn, "GET and PIN both set");
      return SlotAnswer<D>{L::fail(E_INVAL), false};
    }
    // pte_offset_map_lock() looks at the PMD once more.
    if (known.applies(m, Known::D09)) m.read(fn, Level::pmd, address);
    // On riscv64 a PMD may be neither leaf nor bad and still point nowhere.
    if (!m.enter_table(fn, Level::pte, m.peek(Level::pmd, address), address)) return SlotAnswer<D>{L::fault(), false};
    return {};
  }
  const auto e = !already_read && known.applies(m, Known::D09) ? m.read(fn, level, at.address) : m.peek(level, at.address);
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

/// Steps 1 to 6 of facts 1.9 and, where rows are known, what stands in for them.
template <class M, class Rows>
SlotAnswer<typename M::Domain> find_and_follow(M& m, const Rows& known, int vma, typename M::W address,
                                               typename M::W flags) {
  using D = typename M::Domain;
  if (m.arch.geometry().has_hugepd) return find_linux_pte_and_follow(m, known, vma, address, flags);
  const HugetlbSize& size = m.hugetlb_size(m.w.vmas[vma]);
  FoundEntry<D> at;
  at.address = address & ~((m.arch.page_size() << size.order) - 1);
  // The new walk goes entry by entry: it looks at the member of a set that maps `address`.
  bool each = false;
  if constexpr (Rows::active) each = size.entries_log2 != 0 && known.on(Known::D14);
  if (each) at.address = address;
  const HugeSlot slot = hugetlb_walk(m, known, size, at.address);
  if (!slot.found) return {Lookup<D>::fault(), true, true};
  at.level = slot.level;
  at.own_size = slot.level == size.level;
  at.by_entry = at.own_size ? each : slot.by_entry;
  if constexpr (Rows::active)
    if (const auto answer = known_before_lock(m, known, vma, address, flags, at, slot.read)) {
      if (each && at.own_size && mixed_set(m, size, at.level, address)) known.spoke(m, Known::D14);
      return *answer;
    }
  return follow_slot(m, known, vma, address, flags, at);
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
  const bool may_be_hole = l.kind == L::Kind::none && answer.dump_rule && !m.halted();
  if (may_be_hole && M::Domain::truth((flags & FOLL_DUMP) != 0u) && (answer.absent || m.since(&Era::hugetlb_dump_any, Known::V05))) {
    if constexpr (Rows::active)
      if (probes_locked && m.vma_lock_depth > 0) known.spoke(m, Known::D07);
    if (!hugetlbfs_pagecache_present(m, vma, address)) l = L::fail(E_FAULT);
  }
  if (probes_locked) m.unlock_vma(fn);
  return l;
}

}  // namespace gupdiff::legacy_v6_9
