// SPDX-License-Identifier: GPL-2.0-only
// One pass over a scenario that stops at the first broken rule. It runs on every
// fuzz input, so the usual layout (default frames, sorted lists) is the quick case.
#include "scenario/flaw.hpp"

namespace gupdiff {
namespace {

using enum FlawKind;

Flaw check_folios(const Scenario& w) {
  if (w.folios.size() < 2) return {no_zero_folios};
  const Geometry& g = geometry_of(w.config);
  const auto zero_ok = [&](std::size_t i, FolioKind kind, std::uint64_t pfn, unsigned order) {
    const auto& f = w.folios[i];
    return f.kind == kind && f.pfn == pfn && f.order == order;
  };
  if (!zero_ok(0, FolioKind::zero_page, g.zero_pfn, 0)) return {zero_folio_altered, 0};
  if (!zero_ok(1, FolioKind::huge_zero, g.huge_zero_pfn, g.leaf_order(Level::pmd))) return {zero_folio_altered, 1};
  bool all_default = true;
  for (std::size_t i = 0; i < w.folios.size(); ++i) {
    const auto& f = w.folios[i];
    const int at = static_cast<int>(i);
    if (f.refcount != static_cast<std::uint64_t>(
                          static_cast<std::int64_t>(static_cast<std::int32_t>(f.refcount))) ||
        f.pincount > 0x7fffffff || f.mapcount > 0x7fffffff || (f.order == 0 && f.pincount != 0))
      return {folio_counts, at};
    if (i < 2) continue;
    if (f.order > g.max_order()) return {folio_order, at};
    if (f.kind != FolioKind::normal && f.kind != FolioKind::hugetlb && f.kind != FolioKind::reserved)
      return {folio_kind, at};
    if (f.kind == FolioKind::hugetlb && !g.hugetlb_size(f.order))
      return {folio_hugetlb_order, at};
    if (f.pfn == g.default_pfn(i)) continue;
    all_default = false;
    if (f.pfn < first_free_pfn(w.config) || f.pfn + (std::uint64_t{1} << f.order) > geometry_of(w.config).fresh_pfn ||
        f.pfn >= geometry_of(w.config).fresh_pfn)
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
  const Geometry& g = geometry_of(w.config);
  std::uint64_t previous_end = 0;
  for (std::size_t i = 0; i < w.vmas.size(); ++i) {
    const auto& v = w.vmas[i];
    const int at = static_cast<int>(i);
    const bool huge = v.kind == VmaKind::hugetlb;
    if (static_cast<unsigned>(v.kind) >= kVmaKinds) return {vma_file, at};
    if (huge ? !g.hugetlb_size(v.huge_order) : v.huge_order != 0)
      return {vma_huge_order, at};
    const std::uint64_t in_page = (g.page_size() << v.huge_order) - 1;
    if (v.start >= v.end) return {vma_empty, at};
    if ((v.start | v.end) & in_page) return {vma_alignment, at};
    if (v.end > limit) return {vma_range, at};
    if (huge && !w.config.huge_leaves) return {vma_no_huge_leaves, at};
    if (((v.flags & VM_HUGETLB) != 0) != huge) return {vma_hugetlb_flag, at};
    if (v.flags & ~kAllVmFlags) return {vma_flags, at};
    if (v.pgoff > kMaxFileIndex || v.file_pages > kMaxFileIndex || v.file > kMaxFileId || v.pkey > 15 ||
        (huge && (v.pgoff & (in_page >> g.page_shift))))
      return {vma_file, at};
    if (i > 0 && v.start < previous_end) {
      const bool disjoint = v.end <= w.vmas[i - 1].start;
      return {disjoint ? vma_order : vma_overlap, at, Level::pte, at - 1};
    }
    previous_end = v.end;
  }
  return {};
}

/// Entries below directories: each is that of a huge page whose directory is there.
Flaw check_hugeptes(const Scenario& w) {
  const auto& slots = w.slots[static_cast<int>(Level::hugepte)];
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto& s = slots[i];
    const int at = static_cast<int>(i);
    if (i > 0 && s.first <= slots[i - 1].first)
      return {s.first == slots[i - 1].first ? slot_duplicate : slot_order, at, Level::hugepte, at - 1};
    if (!geometry_of(w.config).has_hugepd) return {slot_level, at, Level::hugepte};
    if (const FlawKind k = slot_flaw(w, Level::hugepte, s); k != none) return {k, at, Level::hugepte};
  }
  return {};
}

Flaw check_slots(const Scenario& w) {
  const Level top = top_level(w);
  const std::uint64_t span_limit = std::uint64_t{1} << geometry_of(w.config).address_bits;
  const Geometry& g = geometry_of(w.config);
  for (int l = static_cast<int>(top) + 1; l < kLevels; ++l)
    if (!w.slots[l].empty()) return {slot_level, 0, static_cast<Level>(l)};
  for (int l = 0; l <= static_cast<int>(top); ++l) {
    const Level level = static_cast<Level>(l);
    const std::uint64_t keys = span_limit >> geometry_of(w.config).shift(level);
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
      const std::uint64_t key = s.first >> g.bits(level);
      while (parent != parents_end && parent->first < key) ++parent;
      if (parent == parents_end || parent->first != key) return {slot_no_table, at, level};
      if (shape(w, static_cast<Level>(l + 1), parent->value) != Shape::table)
        return {slot_below_non_table, at, level, static_cast<int>(parent - w.slots[l + 1].data())};
    }
  }
  return check_hugeptes(w);
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

bool config_fits(const Config& c) {
  const Geometry& g = geometry_of(c);
  if ((c.thp && !(g.has_thp && c.huge_leaves)) || (c.pud_devmap && !(g.has_pud_leaf_thp && c.thp))) return false;
  if (c.split_pmd_ptlocks && !g.has_split_pmd_ptlocks) return false;
  return !(c.soft_dirty && !g.has_soft_dirty) && !(c.shmem_thp && !c.thp);
}

FlawKind entry_flaw(const Scenario& w, Level level, std::uint64_t key, std::uint64_t e,
                    std::uint32_t count, std::int8_t stride) {
  const Geometry& g = geometry_of(w.config);
  if (e & ~g.word_mask) return slot_shape;
  const HugetlbSize* huge = nullptr;
  if (level == Level::hugepte) {
    huge = hugepte_size(w, key);
    if (!huge) return hugepte_no_directory;
    if (count != 1) return slot_run;
  }
  switch (shape(w, level, e)) {
    case Shape::hugepd: {
      const HugetlbSize* size = words_of(w).hugepd_size(e);
      if (!size || size->directory != level) return slot_directory;
      if (e != directory_entry(w, *size, key)) return table_elsewhere;
      return key == directory_key(*size, key) && count == size->directories() && stride == 0 ? none : slot_directory;
    }
    case Shape::none:
      return count == 1 ? none : slot_run;
    case Shape::table:
      if (count != 1) return slot_run;
      return words_of(w).table_frame(e) == table_target(w, level, key) ? none : table_elsewhere;
    case Shape::leaf: {
      const std::uint64_t pfn = leaf_frame(w, e);
      if (level != Level::pte && level != Level::hugepte && !g.has_upper_leaves) return slot_shape;
      if (huge) {
        if (pfn & ((std::uint64_t{1} << huge->order) - 1)) return leaf_alignment;
        const int f = folio_of(w, pfn);
        return f >= 0 && w.folios[f].order >= huge->order ? none : leaf_nowhere;
      }
      if (level != Level::pte && (pfn & ((std::uint64_t{1} << leaf_order(w, level)) - 1)))
        return leaf_alignment;
      if (with_frame(w, e, pfn) != e) return leaf_spelling;
      const int f = leaf_folio(w, level, pfn, words_of(w).devmap(e));
      if (f < 0) return leaf_nowhere;
      if (count == 1) return none;
      if (stride == 0) return none;
      if (stride != words_of(w).stride(e, level)) return slot_run;
      return (pfn + ((count - std::uint64_t{1}) << leaf_order(w, level))) >> w.folios[f].order == pfn >> w.folios[f].order ? none : slot_run;
    }
    case Shape::swap: {
      if (level != Level::pte && level != Level::hugepte && !g.has_upper_leaves) return slot_shape;
      if (count != 1 && stride != 0) return slot_run;
      if (!swap_has_frame(w, e)) return none;
      return folio_of(w, words_of(w).swp_offset(e)) >= 0 ? none : swap_nowhere;
    }
  }
  return none;
}

FlawKind slot_flaw(const Scenario& w, Level level, const Slot<Concrete>& s) {
  if (s.value == 0) return slot_empty;
  if (s.count != 1) {
    const std::uint32_t slots = geometry_of(w.config).slots(level);
    const bool may_run = level <= Level::pud || (level != Level::hugepte && shape(w, level, s.value) == Shape::hugepd);
    if (!may_run || s.count == 0 || s.count > kMaxRun || (s.first & (slots - 1)) + s.count > slots)
      return slot_run;
  } else if (s.stride != 0) {
    return slot_run;
  }
  if (const FlawKind k = entry_flaw(w, level, s.first, s.value, s.count, s.stride); k != none) return k;
  if (s.restored == 0) return none;
  const bool migration = shape(w, level, s.value) == Shape::swap &&
                         words_of(w).is_migration(swap_types(w.config), s.value);
  if (!migration) return restored_unused;
  if (shape(w, level, s.restored) != Shape::leaf) return restored_not_leaf;
  return entry_flaw(w, level, s.first, s.restored, s.count, s.count == 1 ? std::int8_t{0} : words_of(w).stride(s.restored, level));
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
  if (static_cast<int>(w.config.arch) >= kArchitectures || w.config.variant >= geometries(w.config.arch).size())
    return {config_variant};
  if (!config_fits(w.config)) return {config_switch};
  if (Flaw f = check_folios(w)) return f;
  if (Flaw f = check_vmas(w)) return f;
  if (Flaw f = check_slots(w)) return f;
  if (Flaw f = cache_flaw(w)) return f;
  return check_call(w);
}

}  // namespace gupdiff
