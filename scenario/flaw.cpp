// SPDX-License-Identifier: GPL-2.0-only
// One pass over a scenario that stops at the first broken rule. It runs on every
// fuzz input, so the usual layout (default frames, sorted lists) is the quick case.
#include "scenario/flaw.hpp"

namespace gupdiff {
namespace {

using enum FlawKind;

Flaw check_folios(const Scenario& w) {
  if (w.folios.size() < 2) return {no_zero_folios};
  const auto zero_ok = [&](std::size_t i, FolioKind kind, std::uint64_t pfn, unsigned order) {
    const auto& f = w.folios[i];
    return f.kind == kind && f.pfn == pfn && f.order == order;
  };
  if (!zero_ok(0, FolioKind::zero_page, kZeroPfn, 0)) return {zero_folio_altered, 0};
  if (!zero_ok(1, FolioKind::huge_zero, kHugeZeroPfn, 9)) return {zero_folio_altered, 1};
  bool all_default = true;
  for (std::size_t i = 0; i < w.folios.size(); ++i) {
    const auto& f = w.folios[i];
    const int at = static_cast<int>(i);
    if (f.refcount != static_cast<std::uint64_t>(
                          static_cast<std::int64_t>(static_cast<std::int32_t>(f.refcount))) ||
        f.pincount > 0x7fffffff || f.mapcount > 0x7fffffff || (f.order == 0 && f.pincount != 0))
      return {folio_counts, at};
    if (i < 2) continue;
    if (f.order > kMaxOrder) return {folio_order, at};
    if (f.kind != FolioKind::normal && f.kind != FolioKind::hugetlb && f.kind != FolioKind::reserved)
      return {folio_kind, at};
    if (f.kind == FolioKind::hugetlb && f.order != 9 && f.order != 18)
      return {folio_hugetlb_order, at};
    if (f.pfn == default_pfn(i)) continue;
    all_default = false;
    if (f.pfn < kFirstFreePfn || f.pfn + (std::uint64_t{1} << f.order) > kFreshPfn ||
        f.pfn >= kFreshPfn)
      return {folio_pfn_range, at};
    if (f.pfn & ((std::uint64_t{1} << f.order) - 1)) return {folio_pfn_alignment, at};
  }
  if (all_default) return {};
  for (std::size_t i = 2; i < w.folios.size(); ++i)
    for (std::size_t k = 2; k < i; ++k) {
      const unsigned o = w.folios[i].order > w.folios[k].order ? w.folios[i].order : w.folios[k].order;
      if ((w.folios[i].pfn >> o) == (w.folios[k].pfn >> o))
        return {folio_overlap, static_cast<int>(i), Level::pte, static_cast<int>(k)};
    }
  return {};
}

Flaw check_vmas(const Scenario& w) {
  const std::uint64_t limit = address_limit(w.config);
  std::uint64_t previous_end = 0;
  for (std::size_t i = 0; i < w.vmas.size(); ++i) {
    const auto& v = w.vmas[i];
    const int at = static_cast<int>(i);
    const bool huge = v.kind == VmaKind::hugetlb;
    if (static_cast<unsigned>(v.kind) >= kVmaKinds) return {vma_file, at};
    if (huge ? v.huge_order != 9 && v.huge_order != 18 : v.huge_order != 0)
      return {vma_huge_order, at};
    const std::uint64_t in_page = (std::uint64_t{4096} << v.huge_order) - 1;
    if (v.start >= v.end) return {vma_empty, at};
    if ((v.start | v.end) & in_page) return {vma_alignment, at};
    if (v.end > limit) return {vma_range, at};
    if (((v.flags & VM_HUGETLB) != 0) != huge) return {vma_hugetlb_flag, at};
    if (v.flags & ~kAllVmFlags) return {vma_flags, at};
    if (v.pgoff > kMaxFileIndex || v.file_pages > kMaxFileIndex || v.file > kMaxFileId || v.pkey > 15 ||
        (huge && (v.pgoff & (in_page >> 12))))
      return {vma_file, at};
    if (i > 0 && v.start < previous_end) {
      const bool disjoint = v.end <= w.vmas[i - 1].start;
      return {disjoint ? vma_order : vma_overlap, at, Level::pte, at - 1};
    }
    previous_end = v.end;
  }
  return {};
}

Flaw check_slots(const Scenario& w) {
  const Level top = top_level(w.config);
  const std::uint64_t span_limit = std::uint64_t{1} << address_bits(w.config);
  if (top == Level::p4d && !w.slots[4].empty()) return {slot_level, 0, Level::pgd};
  for (int l = 0; l <= static_cast<int>(top); ++l) {
    const Level level = static_cast<Level>(l);
    const std::uint64_t keys = span_limit >> x86_64::shift(level);
    const auto& slots = w.slots[l];
    const auto* parent = level == top ? nullptr : w.slots[l + 1].data();
    const auto* const parents_end = level == top ? nullptr : parent + w.slots[l + 1].size();
    std::uint64_t next_free = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const auto& s = slots[i];
      const int at = static_cast<int>(i);
      if (s.first >= keys) return {slot_range, at, level};
      if (i > 0 && s.first < next_free) {
        const bool disjoint = s.first + s.count <= slots[i - 1].first;
        return {disjoint ? slot_order : slot_duplicate, at, level, at - 1};
      }
      next_free = s.first + s.count;
      if (const FlawKind k = slot_flaw(w, level, s); k != none) return {k, at, level};
      if (level == top) continue;
      const std::uint64_t key = s.first >> 9;
      while (parent != parents_end && parent->first < key) ++parent;
      if (parent == parents_end || parent->first != key) return {slot_no_table, at, level};
      if (shape(static_cast<Level>(l + 1), parent->value) != Shape::table)
        return {slot_below_non_table, at, level, static_cast<int>(parent - w.slots[l + 1].data())};
    }
  }
  return {};
}

Flaw check_call(const Scenario& w) {
  const auto& e = w.env;
  if ((e.huge_pool | e.alloc_fail_at | e.fatal_signal_at | e.signal_at | e.mmap_lock_fail_at |
       e.userfault_wakes) > kMaxEvent)
    return {env_range};
  const auto& r = w.request;
  if (r.start >= address_limit(w.config)) return {request_start};
  if (r.flags & ~std::uint64_t{kAllFollFlags}) return {request_flags};
  if (static_cast<unsigned>(r.api) >= kApis) return {request_api};
  if (r.nr_pages > (1u << 20)) return {request_pages};
  return {};
}

}  // namespace

FlawKind entry_flaw(const Scenario& w, Level level, std::uint64_t key, std::uint64_t e,
                    std::uint32_t count, std::uint64_t stride) {
  switch (shape(level, e)) {
    case Shape::none:
      return count == 1 ? none : slot_run;
    case Shape::table:
      return Entry::table_frame(e) == table_target(level, key) ? none : table_elsewhere;
    case Shape::leaf: {
      const std::uint64_t pfn = leaf_frame(e);
      if (level != Level::pte && (pfn & ((std::uint64_t{1} << leaf_order(level)) - 1)))
        return leaf_alignment;
      const int f = leaf_folio(w, level, pfn, Entry::devmap(e));
      if (f < 0) return leaf_nowhere;
      if (count == 1) return none;
      if (stride == 0) return none;
      if (stride != Entry::advance_stride(e)) return slot_run;
      return (pfn + count - 1) >> w.folios[f].order == pfn >> w.folios[f].order ? none : slot_run;
    }
    case Shape::swap: {
      if (count != 1 && stride != 0) return slot_run;
      const x86_64::SwapTypes t = x86_64::swap_types(w.config);
      if (!swap_has_frame(t, e)) return none;
      return folio_of(w, Entry::swp_offset(e)) >= 0 ? none : swap_nowhere;
    }
  }
  return none;
}

FlawKind slot_flaw(const Scenario& w, Level level, const Slot<Concrete>& s) {
  if (s.value == 0) return slot_empty;
  if (s.count != 1) {
    if (level != Level::pte || s.count == 0 || s.count > kMaxRun || (s.first & 511) + s.count > 512)
      return slot_run;
  } else if (s.stride != 0) {
    return slot_run;
  }
  if (const FlawKind k = entry_flaw(w, level, s.first, s.value, s.count, s.stride); k != none) return k;
  if (s.restored == 0) return none;
  const bool migration = s.count == 1 && shape(level, s.value) == Shape::swap &&
                         Entry::is_migration(x86_64::swap_types(w.config), s.value);
  if (!migration) return restored_unused;
  if (shape(level, s.restored) != Shape::leaf) return restored_not_leaf;
  return entry_flaw(w, level, s.first, s.restored, 1, 0);
}

Flaw cache_flaw(const Scenario& w) {
  for (std::size_t i = 0; i < w.page_cache.size(); ++i) {
    const auto& c = w.page_cache[i];
    const int at = static_cast<int>(i);
    if (c.folio < 2 || c.folio >= w.folios.size()) return {cache_folio, at};
    const std::uint64_t pages = std::uint64_t{1} << w.folios[c.folio].order;
    if (c.index & (pages - 1)) return {cache_alignment, at};
    if (c.index > kMaxFileIndex || c.file > kMaxFileId) return {cache_file, at};
    if (!c.present) return {cache_absent, at};
    // A hugetlb file holds huge pages of its own size and nothing else.
    for (const auto& v : w.vmas)
      if (v.kind == VmaKind::hugetlb && v.file == c.file &&
          (w.folios[c.folio].order != v.huge_order || w.folios[c.folio].kind != FolioKind::hugetlb))
        return {cache_huge, at};
    if (i == 0) continue;
    const auto& p = w.page_cache[i - 1];
    const std::uint64_t p_end = p.index + (std::uint64_t{1} << w.folios[p.folio].order);
    if (p.file > c.file) return {cache_order, at, Level::pte, at - 1};
    if (p.file == c.file && c.index < p_end)
      return {c.index + pages <= p.index ? cache_order : cache_overlap, at, Level::pte, at - 1};
  }
  return {};
}

Flaw find_flaw(const Scenario& w) {
  if (w.config.levels != 4 && w.config.levels != 5) return {config_levels};
  if (Flaw f = check_folios(w)) return f;
  if (Flaw f = check_vmas(w)) return f;
  if (Flaw f = check_slots(w)) return f;
  if (Flaw f = cache_flaw(w)) return f;
  return check_call(w);
}

}  // namespace gupdiff
