// SPDX-License-Identifier: GPL-2.0-only
// Which kinds of memory a request lands on: the measure of the generator's health.
#include "scenario/generator.hpp"

namespace gupdiff {
namespace {

const Slot<Concrete>* slot_at(const Scenario& w, Level level, std::uint64_t address) {
  const std::uint64_t key = address >> x86_64::shift(level);
  for (const auto& s : w.slots[static_cast<int>(level)])
    if (key - s.first < s.count) return &s;
  return nullptr;
}

std::uint32_t bit(StateKind k) { return 1u << static_cast<unsigned>(k); }

std::uint32_t entry_kinds(const Scenario& w, const Vma<Concrete>& v, Level level, std::uint64_t e) {
  const x86_64::SwapTypes t = x86_64::swap_types(w.config);
  if (shape(level, e) == Shape::swap) {
    const std::uint64_t type = Entry::swp_type(e);
    if (type == t.marker) return bit(StateKind::marker);
    if (type == t.hwpoison) return bit(StateKind::hwpoison);
    if (type >= t.migration_read && type <= t.migration_write) return bit(StateKind::migration);
    return bit(StateKind::swap);
  }
  if (shape(level, e) != Shape::leaf) return bit(StateKind::none);
  std::uint32_t k = 0;
  const int f = folio_of(w, leaf_frame(e));
  if (f == kZeroFolio) k |= bit(StateKind::zero_page);
  else if (f == kHugeZeroFolio) k |= bit(StateKind::huge_zero_page);
  else if (Entry::devmap(e)) k |= bit(StateKind::devmap);
  else if (level == Level::pte) k |= Entry::special(e) ? bit(StateKind::special) : bit(StateKind::pte);
  else if (v.kind == VmaKind::hugetlb) k |= bit(level == Level::pmd ? StateKind::hugetlb_2m : StateKind::hugetlb_1g);
  else k |= bit(StateKind::thp);
  if (Entry::protnone(e))
    k |= bit((v.flags & VM_ACCESS_FLAGS) ? StateKind::numa_hint : StateKind::prot_none);
  if (Entry::uffd_wp(e)) k |= bit(StateKind::uffd_wp);
  return k;
}

}  // namespace

std::uint32_t state_kinds(const Scenario& w) {
  std::uint32_t kinds = 0;
  std::uint64_t at = w.request.start & ~std::uint64_t{4095};
  const std::uint64_t end = at + (std::uint64_t{w.request.nr_pages} << 12);
  while (at < end) {
    const Vma<Concrete>* vma = nullptr;
    for (const auto& v : w.vmas)
      if (at >= v.start && at < v.end) vma = &v;
    if (!vma) return kinds | bit(StateKind::hole);
    std::uint64_t next = at + 4096;
    bool found = false;
    for (int l = static_cast<int>(top_level(w.config)); l >= 0 && !found; --l) {
      const Level level = static_cast<Level>(l);
      const Slot<Concrete>* s = slot_at(w, level, at);
      if (s && shape(level, s->value) == Shape::table) continue;
      kinds |= s ? entry_kinds(w, *vma, level, s->value) : bit(StateKind::none);
      const std::uint64_t span = x86_64::span(level);
      next = (at & ~(span - 1)) + span;
      found = true;
    }
    at = next < vma->end ? next : vma->end;
  }
  return kinds;
}

}  // namespace gupdiff
