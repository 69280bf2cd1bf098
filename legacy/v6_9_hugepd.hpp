// SPDX-License-Identifier: GPL-2.0-only
// The hugetlb lookup of v6.9 on powerpc: huge_pte_offset() there is __find_linux_pte(), which
// looks at what the slots hold and not at the size asked for (facts 1.12, 4.4, D30).
#pragma once

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

/// What gup_hugepte() of the new kernel says of an entry that the old walk has read, where that
/// is no page (D33, D34, G41). The reference it may have refused is part of it.
template <class M, class Rows>
bool new_walk_finds_no_page(M& m, const Rows& known, typename M::W flags, typename M::W e, int folio) {
  using D = typename M::Domain;
  // It asks that first: the other rows speak of an entry that permits the access.
  if (!m.arch.access_permitted(e, (flags & FOLL_WRITE) != 0u)) return known.applies(m, Known::D34);
  if (!m.era.hugepd_slow_grab && D::truth(only_fast_rules_refuse(m, flags, folio))) {
    if (known.applies(m, Known::D33)) return !grab_hugepte(m, folio, flags);
    return false;
  }
  if (D::truth(slow_rules_refuse(m, flags, folio)) && known.applies(m, Known::G41)) return !grab_hugepte(m, folio, flags);
  return false;
}

/// Steps 3 to 6 of facts 1.9 on the entry in the slot of `where`: under mm->page_table_lock.
template <class M, class Rows>
SlotAnswer<typename M::Domain> follow_locked_hugepte(M& m, const Rows& known, int vma, Level level, typename M::W where,
                                                     typename M::W address, typename M::W flags) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using L = Lookup<D>;
  constexpr const char* fn = "hugetlb_follow_page_mask";
  // D12: the new walk never asks the page cache below a directory.
  const auto no_page = [&](const char* why) {
    m.note(fn, why);
    bool dump_rule = true;
    if constexpr (Rows::active)
      if ((flags & FOLL_DUMP) != 0u && known.applies(m, Known::D12)) dump_rule = false;
    return SlotAnswer<D>{L::fault(), dump_rule};
  };
  const auto e = m.read_locked(fn, level, where);
  if (!arch.pte_present(e)) return no_page("not present");
  if (!arch.write(e) && (flags & FOLL_WRITE) != 0u) return no_page("write refused by the entry");
  const auto head = arch.pte_pfn(e);
  const int folio = m.find_folio(head);
  if constexpr (Rows::active)
    if (folio < 0 && !arch.access_permitted(e, (flags & FOLL_WRITE) != 0u) && known.applies(m, Known::D34))
      return {L::fault(), false};
  if (folio < 0) {
    m.halt(Termination::oops, fn, "the entry's frame has no struct page");
    return {L::fault()};
  }
  bool unshare = D::truth(!arch.write(e) && gup_must_unshare(m, vma, flags, folio));
  if constexpr (Rows::active) {
    if (new_walk_finds_no_page(m, known, flags, e, folio)) return {L::fault(), false};
    if (known.applies(m, Known::D35)) m.read_locked(fn, level, where);
    if (!m.era.hugepd_unshares && D::truth(!arch.write(e) && no_page_for_unsharing_shows(m, vma, flags, folio)) &&
        known.applies(m, Known::D32))
      return {L::fault(), false};
  }
  if (unshare) {
    m.note(fn, "must unshare: -EMLINK");
    return {L::fail(E_MLINK)};
  }
  const unsigned order = m.w.vmas[vma].huge_order;
  const auto pfn = head + ((address >> arch.page_shift()) & ((std::uint64_t{1} << order) - 1));
  if (const int err = try_grab_folio(m, folio, typename M::W(1), flags)) {
    m.warn(Warn::hugetlb_grab, fn, "reference refused");
    return {L::fail(err)};
  }
  if constexpr (Rows::active)
    if (!m.folio(folio).referenced && known.applies(m, Known::D06b)) m.folio(folio).referenced = typename M::B(true);
  return {L::page(pfn, folio, (1u << order) - 1)};
}

/// Takes huge_pte_lock(), which is mm->page_table_lock for every size here, and follows the entry.
template <class M, class Rows>
SlotAnswer<typename M::Domain> follow_hugepte(M& m, const Rows& known, int vma, Level level, typename M::W where,
                                              typename M::W address, typename M::W flags) {
  using D = typename M::Domain;
  if constexpr (Rows::active) {
    // G40: the new walk asks hugepte_offset() with the address itself, the old one with the huge page's.
    const auto there = m.arch.hugepte_address(m.hugetlb_size(m.w.vmas[vma]), address);
    if (level == Level::hugepte && D::truth(there != where) && known.applies(m, Known::G40)) where = there;
  }
  m.lock_ptl("huge_pte_lock", m.pud_lockptr());
  const auto answer = follow_locked_hugepte(m, known, vma, level, where, address, flags);
  m.unlock_ptl("hugetlb_follow_page_mask");
  return answer;
}

/// Whether, in the new walk's eyes, the slot of `address` holds what the old one finds in that of
/// `head`, the huge page's first: the directory of the VMA's own size, or nothing (else D30).
template <class M>
bool same_slot(const M& m, const HugetlbSize& own, Level level, typename M::W head, typename M::W address) {
  using D = typename M::Domain;
  const auto e = m.peek(level, head), there = m.peek(level, address);
  if (D::truth(e != there)) return false;
  if (D::truth(m.arch.none(e))) return true;
  if (level != own.directory) return D::truth(!m.arch.is_hugepd(level, e));
  if (D::truth(!m.arch.is_hugepd(level, e))) return false;
  const HugetlbSize* size = m.arch.hugepd_size(e);
  return size && size->order == own.order;
}

/// The generic walk from `level` down, for a directory or table that is not where the old
/// walk expects it (D30).
template <class M, class Rows>
SlotAnswer<typename M::Domain> follow_from(M& m, const Rows& known, int vma, Level level, typename M::W address,
                                           typename M::W flags) {
  if (level == Level::p4d) return {follow_p4d_mask(m, known, vma, address, flags), false};
  if (level == Level::pud) return {follow_pud_mask(m, known, vma, address, flags), false};
  return {follow_pmd_mask(m, known, vma, address, flags), false};
}

/// __find_linux_pte() and steps 3 to 6 of facts 1.9: from the top down to a directory, or to
/// the PTE where there is none.
template <class M, class Rows>
SlotAnswer<typename M::Domain> find_linux_pte_and_follow(M& m, const Rows& known, int vma, typename M::W address,
                                                         typename M::W flags) {
  using D = typename M::Domain;
  const auto& arch = m.arch;
  using L = Lookup<D>;
  constexpr const char* fn = "__find_linux_pte";
  const HugetlbSize& own = m.hugetlb_size(m.w.vmas[vma]);
  const auto head = address & ~((arch.page_size() << own.order) - 1);
  for (int l = static_cast<int>(m.top()); l > 0; --l) {
    const Level level = static_cast<Level>(l);
    if constexpr (Rows::active)
      if (!same_slot(m, own, level, head, address) && known.applies(m, Known::D30))
        return follow_from(m, known, vma, level, address, flags);
    const auto e = m.read(fn, level, head);
    if (arch.none(e)) return {L::fault(), true, true};
    if (arch.is_hugepd(level, e)) {
      const HugetlbSize* size = enter_hugepd(m, fn, level, e, head);
      if (!size) return {L::fault()};
      return follow_hugepte(m, known, vma, Level::hugepte, arch.hugepte_address(*size, head), address, flags);
    }
    if constexpr (Rows::active)
      if ((level == Level::pmd ? arch.pmd_bad(e) : level == Level::pud ? arch.pud_bad(e) : arch.p4d_bad(e)) &&
          known.applies(m, Known::D24))
        return {L::fault()};
    if (!m.enter_table(fn, static_cast<Level>(l - 1), e, head)) return {L::fault()};
  }
  return follow_hugepte(m, known, vma, Level::pte, head, address, flags);
}

}  // namespace gupdiff::legacy_v6_9
