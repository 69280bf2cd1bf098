// SPDX-License-Identifier: GPL-2.0-only
// Which kinds of memory a request lands on: the measure of the generator's health.
#include "scenario/generator.hpp"

namespace gupdiff {
namespace {

const Slot<Concrete>* slot_at(const Scenario& w, Level level, std::uint64_t address) {
  const std::uint64_t key = address >> geometry_of(w.config).shift(level);
  for (const auto& s : w.slots[static_cast<int>(level)])
    if (key - s.first < s.count) return &s;
  return nullptr;
}

std::uint32_t bit(StateKind k) { return 1u << static_cast<unsigned>(k); }

std::uint32_t entry_kinds(const Scenario& w, const Vma<Concrete>& v, Level level, std::uint64_t e) {
  const SwapTypes t = swap_types(w.config);
  if (shape(w, level, e) == Shape::swap) {
    const std::uint64_t type = words_of(w).swp_type(e);
    if (type == t.marker) return bit(StateKind::marker);
    if (type == t.hwpoison) return bit(StateKind::hwpoison);
    if (type >= t.migration_read && type <= t.migration_write) return bit(StateKind::migration);
    return bit(StateKind::swap);
  }
  if (shape(w, level, e) != Shape::leaf) return bit(StateKind::none);
  std::uint32_t k = 0;
  const int f = folio_of(w, leaf_frame(w, e));
  if (f == kZeroFolio) k |= bit(StateKind::zero_page);
  else if (f == kHugeZeroFolio) k |= bit(StateKind::huge_zero_page);
  else if (words_of(w).devmap(e)) k |= bit(StateKind::devmap);
  else if (v.kind == VmaKind::hugetlb) k |= bit(level == Level::hugepte ? StateKind::hugetlb_hugepd : level == Level::pte ? StateKind::hugetlb_pte : level == Level::pmd ? StateKind::hugetlb_pmd : StateKind::hugetlb_pud);
  else if (level == Level::pte) k |= words_of(w).special(e) ? bit(StateKind::special) : bit(StateKind::pte);
  else k |= bit(StateKind::thp);
  if (words_of(w).protnone(e))
    k |= bit((v.flags & VM_ACCESS_FLAGS) ? StateKind::numa_hint : StateKind::prot_none);
  if (words_of(w).uffd_wp(e)) k |= bit(StateKind::uffd_wp);
  return k;
}

}  // namespace

std::uint32_t possible_state_kinds(const Config& c) {
  const Geometry& g = geometry_of(c);
  std::uint32_t kinds = (1u << kStateKinds) - 1;
  const auto never = [&](bool there, StateKind k) {
    if (!there) kinds &= ~bit(k);
  };
  const auto has_size = [&](Level level) {
    for (const HugetlbSize& s : g.hugetlb)
      if (s.level == level) return true;
    return false;
  };
  never(has_size(Level::pte), StateKind::hugetlb_pte);
  never(has_size(Level::pmd), StateKind::hugetlb_pmd);
  never(has_size(Level::pud), StateKind::hugetlb_pud);
  never(has_size(Level::hugepte), StateKind::hugetlb_hugepd);
  never(c.thp, StateKind::thp);
  never(c.thp, StateKind::huge_zero_page);
  never(c.memory_failure, StateKind::hwpoison);
  never(g.has_numa_hints, StateKind::numa_hint);
  never(g.has_uffd_wp, StateKind::uffd_wp);
  never(g.has_devmap, StateKind::devmap);
  return kinds;
}

std::uint32_t state_kinds(const Scenario& w) {
  std::uint32_t kinds = 0;
  std::uint64_t at = w.request.start & geometry_of(w.config).page_mask();
  const std::uint64_t end = at + (std::uint64_t{w.request.nr_pages} << geometry_of(w.config).page_shift);
  while (at < end) {
    const Vma<Concrete>* vma = nullptr;
    for (const auto& v : w.vmas)
      if (at >= v.start && at < v.end) vma = &v;
    if (!vma) return kinds | bit(StateKind::hole);
    std::uint64_t next = at + geometry_of(w.config).page_size();
    bool found = false;
    for (int l = static_cast<int>(top_level(w)); l >= 0 && !found; --l) {
      const Level level = static_cast<Level>(l);
      const Slot<Concrete>* s = slot_at(w, level, at);
      if (s && shape(w, level, s->value) == Shape::table) continue;
      std::uint64_t span = geometry_of(w.config).span(level);
      if (s && level != Level::pte && shape(w, level, s->value) == Shape::hugepd) {
        if (const HugetlbSize* size = words_of(w).hugepd_size(s->value)) span = geometry_of(w.config).page_size() << size->order;
        const Slot<Concrete>* below = slot_at(w, Level::hugepte, at & ~(span - 1));
        kinds |= below ? entry_kinds(w, *vma, Level::hugepte, below->value) : bit(StateKind::none);
      } else {
        kinds |= s ? entry_kinds(w, *vma, level, s->value) : bit(StateKind::none);
      }
      next = (at & ~(span - 1)) + span;
      found = true;
    }
    at = next < vma->end ? next : vma->end;
  }
  return kinds;
}

}  // namespace gupdiff
