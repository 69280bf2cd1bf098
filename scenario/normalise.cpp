// SPDX-License-Identifier: GPL-2.0-only
// Repairs a scenario rule by rule, in the order in which the rules build on one
// another: folios, VMAs, slots, page cache, environment and request.
#include "scenario/normalise.hpp"

#include <algorithm>

#include "scenario/flaw.hpp"

namespace gupdiff {
namespace {

/// Stable, allocates nothing; the lists are short and mostly sorted already.
template <class Less>
void insertion_sort(auto& v, Less less) {
  for (std::size_t i = 1; i < v.size(); ++i) {
    if (!less(v[i], v[i - 1])) continue;
    const auto moved = v[i];
    std::size_t k = i;
    for (; k > 0 && less(moved, v[k - 1]); --k) v[k] = v[k - 1];
    v[k] = moved;
  }
}

constexpr auto by_first = [](const Slot<Concrete>& a, const Slot<Concrete>& b) {
  return a.first < b.first;
};

bool within_counts(const Scenario& w) {
  if (w.vmas.size() > kMaxVmas || w.folios.size() > kMaxFolios ||
      w.page_cache.size() > kMaxCacheEntries || w.request.nr_pages > kMaxPages)
    return false;
  for (const auto& s : w.slots)
    if (s.size() > kMaxSlots) return false;
  return true;
}

void repair_config(Scenario& w) {
  Config& c = w.config;
  c.arch = static_cast<Architecture>(static_cast<unsigned>(c.arch) % kArchitectures);
  c.variant = static_cast<std::uint8_t>(c.variant % geometries(c.arch).size());
  const Geometry& g = geometry_of(c);
  for (const auto& v : w.vmas) c.huge_leaves = c.huge_leaves || v.kind == VmaKind::hugetlb;
  c.thp = c.thp && g.has_thp && c.huge_leaves;
  c.pud_devmap = c.pud_devmap && c.thp && g.has_pud_leaf_thp;
  c.shmem_thp = c.shmem_thp && c.thp;
  c.soft_dirty = c.soft_dirty && g.has_soft_dirty;
  c.split_pmd_ptlocks = c.split_pmd_ptlocks && g.has_split_pmd_ptlocks;
}

/// The hugetlb order next to `order` from above, or the largest.
std::uint8_t some_hugetlb_order(const Geometry& g, unsigned order) {
  for (const HugetlbSize& s : g.hugetlb)
    if (s.order >= order) return s.order;
  return g.hugetlb.back().order;
}

void repair_folios(Scenario& w) {
  const Geometry& g = geometry_of(w.config);
  if (w.folios.size() > kMaxFolios) w.folios.resize(kMaxFolios);
  while (w.folios.size() < 2) {
    w.folios.emplace_back();
    w.folios.back().refcount = 1;
  }
  w.folios[0].kind = FolioKind::zero_page;
  w.folios[0].pfn = geometry_of(w.config).zero_pfn;
  w.folios[0].order = 0;
  w.folios[1].kind = FolioKind::huge_zero;
  w.folios[1].pfn = geometry_of(w.config).huge_zero_pfn;
  w.folios[1].order = static_cast<std::uint8_t>(g.leaf_order(Level::pmd));
  for (std::size_t i = 0; i < w.folios.size(); ++i) {
    auto& f = w.folios[i];
    f.refcount = static_cast<std::uint64_t>(
        static_cast<std::int64_t>(static_cast<std::int32_t>(f.refcount)));
    f.pincount &= 0x7fffffff;
    f.mapcount &= 0x7fffffff;
    if (i < 2) {
      if (f.order == 0) f.pincount = 0;
      continue;
    }
    if (f.kind != FolioKind::hugetlb && f.kind != FolioKind::reserved) f.kind = FolioKind::normal;
    if (f.order > g.max_order()) f.order = static_cast<std::uint8_t>(g.max_order());
    if (f.kind == FolioKind::hugetlb) f.order = some_hugetlb_order(g, f.order);
    if (f.order == 0) f.pincount = 0;
  }
  bool keep = true;
  for (std::size_t i = 2; i < w.folios.size() && keep; ++i) {
    const auto& f = w.folios[i];
    const std::uint64_t pages = std::uint64_t{1} << f.order;
    keep = f.pfn >= first_free_pfn(w.config) && f.pfn < geometry_of(w.config).fresh_pfn && f.pfn + pages <= geometry_of(w.config).fresh_pfn &&
           (f.pfn & (pages - 1)) == 0;
    for (std::size_t k = 2; k < i && keep; ++k) {
      const unsigned o = std::max(f.order, w.folios[k].order);
      keep = (f.pfn >> o) != (w.folios[k].pfn >> o);
    }
  }
  if (keep) return;
  for (std::size_t i = 2; i < w.folios.size(); ++i) w.folios[i].pfn = default_pfn(w, i);
}

void repair_vmas(Scenario& w) {
  const std::uint64_t limit = address_limit(w.config);
  const Geometry& g = geometry_of(w.config);
  for (auto& v : w.vmas) {
    if (static_cast<unsigned>(v.kind) >= kVmaKinds) v.kind = VmaKind::anonymous;
    v.flags &= kAllVmFlags;
    if (v.kind == VmaKind::hugetlb) {
      v.flags |= VM_HUGETLB;
      v.huge_order = some_hugetlb_order(g, v.huge_order);
    } else {
      v.flags &= ~std::uint64_t{VM_HUGETLB};
      v.huge_order = 0;
    }
    const std::uint64_t size = g.page_size() << v.huge_order;
    const std::uint64_t last = limit & ~(size - 1);
    v.start = std::min(v.start & ~(size - 1), last - size);
    v.end = v.end <= v.start ? v.start + size : std::min((v.end + size - 1) & ~(size - 1), last);
    if (v.end <= v.start) v.end = v.start + size;
    v.pgoff = std::min(v.pgoff, kMaxFileIndex) & ~((size >> g.page_shift) - 1);
    v.file_pages = std::min(v.file_pages, kMaxFileIndex);
    v.file &= kMaxFileId;
    v.pkey &= 15;
  }
  insertion_sort(w.vmas, [](const auto& a, const auto& b) { return a.start < b.start; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < w.vmas.size() && kept < kMaxVmas; ++i) {
    if (kept > 0 && w.vmas[i].start < w.vmas[kept - 1].end) continue;
    if (kept != i) w.vmas[kept] = w.vmas[i];
    ++kept;
  }
  w.vmas.resize(kept);
}

/// Moves the frame of leaf `e`, which maps 1 << `order` pages, into a folio that can hold it; 0: there is none.
std::uint64_t repair_leaf(const Scenario& w, Level level, unsigned order, std::uint64_t e) {
  const std::uint64_t in_leaf = (std::uint64_t{1} << order) - 1;
  const std::uint64_t pfn = leaf_frame(w, e) & ~in_leaf;
  const int f = level == Level::hugepte ? folio_of(w, pfn) : leaf_folio(w, level, pfn, words_of(w).devmap(e));
  if (f >= 0 && (level != Level::hugepte || w.folios[f].order >= order)) return with_frame(w, e, pfn);
  // The choice depends on the old frame alone, so that equal entries stay equal.
  const std::size_t n = w.folios.size();
  std::size_t start = (pfn >> geometry_of(w.config).folio_bits) % n;
  if (start < 2 && n > 2) start += 2;
  for (std::size_t k = 0; k < n; ++k) {
    const auto& f = w.folios[(start + k) % n];
    if (f.order < order) continue;
    const std::uint64_t inside = (std::uint64_t{1} << f.order) - 1;
    return with_frame(w, e, f.pfn + (pfn & inside & ~in_leaf));
  }
  return 0;
}

/// `e` as it may stand in slot `key` of `level`; 0: it cannot be repaired.
std::uint64_t repair_entry(const Scenario& w, Level level, std::uint64_t key, std::uint64_t e) {
  const Geometry& g = geometry_of(w.config);
  e &= g.word_mask;
  const HugetlbSize* huge = level == Level::hugepte ? hugepte_size(w, key) : nullptr;
  if (level == Level::hugepte && !huge) return 0;
  const bool may_hold_frame = level == Level::pte || level == Level::hugepte || g.has_upper_leaves;
  switch (shape(w, level, e)) {
    case Shape::hugepd: {
      const HugetlbSize* size = words_of(w).hugepd_size(e);
      if (size && size->directory == level) return directory_entry(w, *size, key);
      for (const HugetlbSize& s : g.hugetlb)
        if (s.hugepd() && s.directory == level) return directory_entry(w, s, key);
      return 0;
    }
    case Shape::none:
      return e;
    case Shape::table:
      return words_of(w).retarget(e, table_target(w, level, key));
    case Shape::leaf:
      if (!may_hold_frame) return 0;
      return repair_leaf(w, level, huge ? huge->order : leaf_order(w, level), e);
    case Shape::swap: {
      if (!may_hold_frame) return 0;
      if (!swap_has_frame(w, e)) return e;
      const std::uint64_t pfn = words_of(w).swp_offset(e);
      if (folio_of(w, pfn) >= 0) return e;
      const std::size_t n = w.folios.size();
      const auto& f = w.folios[n > 2 ? 2 + pfn % (n - 2) : 0];
      return with_swap_offset(w, e, f.pfn + (pfn & ((std::uint64_t{1} << f.order) - 1)));
    }
  }
  return e;
}

/// How many of `count` leaves from `e` on, each a leaf further, lie in the first one's folio.
std::uint32_t run_inside_folio(const Scenario& w, Level level, std::uint64_t e, std::uint32_t count) {
  if (words_of(w).stride(e, level) == 0) return count;
  const std::uint64_t pfn = leaf_frame(w, e);
  const int folio = folio_of(w, pfn);
  if (folio < 0) return 1;
  const auto& f = w.folios[folio];
  const std::uint64_t left = ((std::uint64_t{1} << f.order) - (pfn - f.pfn)) >> leaf_order(w, level);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, std::max<std::uint64_t>(left, 1)));
}

void repair_slot(const Scenario& w, Level level, Slot<Concrete>& s) {
  if (level > Level::pud || s.count == 0) s.count = 1;
  const std::uint32_t slots = geometry_of(w.config).slots(level);
  s.count = std::min<std::uint32_t>(s.count, slots - static_cast<std::uint32_t>(s.first & (slots - 1)));
  s.value = repair_entry(w, level, s.first, s.value);
  const Shape is = shape(w, level, s.value);
  if (is == Shape::hugepd) {
    const HugetlbSize& size = *words_of(w).hugepd_size(s.value);
    s.first = directory_key(size, s.first);
    s.count = size.directories();
    s.stride = 0;
    s.restored = 0;
    return;
  }
  if (level == Level::hugepte) s.count = 1;
  if (is == Shape::none || is == Shape::table) s.count = 1;
  if (is == Shape::swap) s.stride = 0;
  if (is == Shape::leaf && s.count > 1 && s.stride != 0) {
    s.stride = words_of(w).stride(s.value, level);
    if (s.stride != 0) s.count = run_inside_folio(w, level, s.value, s.count);
  }
  if (s.count == 1) s.stride = 0;
  if (s.restored == 0) return;
  const bool migration = is == Shape::swap &&
                         words_of(w).is_migration(swap_types(w.config), s.value);
  if (!migration || shape(w, level, s.restored) != Shape::leaf) {
    s.restored = 0;
    return;
  }
  s.restored = repair_entry(w, level, s.first, s.restored);
  if (s.restored != 0 && s.count > 1) s.count = run_inside_folio(w, level, s.restored, s.count);
  if (s.count == 1) s.stride = 0;
}

/// Sorts a level and cuts it to runs that do not overlap: a later run hides an
/// earlier one, as Machine::find_slot reads them.
void sort_slots(auto& v) {
  std::reverse(v.begin(), v.end());
  insertion_sort(v, by_first);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (kept > 0 && v[i].first < v[kept - 1].first + v[kept - 1].count) continue;
    if (kept != i) v[kept] = v[i];
    ++kept;
  }
  v.resize(kept);
}

void drop_if(auto& v, auto&& gone) {
  v.erase(std::remove_if(v.begin(), v.end(), gone), v.end());
}

/// The table entry that the slots of the level below need in slot `key`.
Slot<Concrete> implied_table(const Scenario& w, Level level, std::uint64_t key) {
  Slot<Concrete> s;
  s.first = key;
  s.value = plain_table(w, level, key);
  return s;
}

/// Adds to `level` what the (sorted) level below needs; keeps it sorted.
void add_parents(Scenario& w, Level level) {
  auto& here = w.slots[static_cast<int>(level)];
  const std::size_t listed = here.size();
  std::uint64_t last = ~std::uint64_t{0};
  for (const auto& s : w.slots[static_cast<int>(level) - 1]) {
    const std::uint64_t key = s.first >> geometry_of(w.config).bits(static_cast<Level>(static_cast<int>(level) - 1));
    if (key == last) continue;
    last = key;
    const auto end = here.begin() + static_cast<std::ptrdiff_t>(listed);
    const auto at = std::lower_bound(here.begin(), end, key,
                                     [](const auto& e, std::uint64_t k) { return e.first < k; });
    // A run that covers the key holds no table: what lies below it goes later.
    if (at != here.begin() && key - (at - 1)->first < (at - 1)->count) continue;
    if (at == end || at->first != key) here.push_back(implied_table(w, level, key));
  }
  insertion_sort(here, by_first);
}

/// Puts the directory that an entry of a hugetlb mapping needs above it, where there is none.
void add_directories(Scenario& w) {
  const Geometry& g = geometry_of(w.config);
  if (!g.has_hugepd) return;
  for (const auto& s : w.slots[static_cast<int>(Level::hugepte)]) {
    if (hugepte_size(w, s.first)) continue;
    for (const auto& v : w.vmas) {
      const std::uint64_t address = s.first << g.page_shift;
      const HugetlbSize* size = v.kind == VmaKind::hugetlb ? g.hugetlb_size(v.huge_order) : nullptr;
      if (!size || !size->hugepd() || address < v.start || address >= v.end) continue;
      Slot<Concrete> directory;
      directory.first = directory_key(*size, address >> g.shift(size->directory));
      directory.value = directory_entry(w, *size, directory.first);
      directory.count = size->directories();
      auto& there = w.slots[static_cast<int>(size->directory)];
      there.insert(there.begin(), directory);  // what is listed goes first
    }
  }
}

/// Entries below directories, the directories being repaired.
void repair_hugeptes(Scenario& w) {
  auto& v = w.slots[static_cast<int>(Level::hugepte)];
  if (!geometry_of(w.config).has_hugepd) {
    v.clear();
    return;
  }
  for (auto& s : v) repair_slot(w, Level::hugepte, s);
  drop_if(v, [](const auto& s) { return s.value == 0; });
  sort_slots(v);
  if (v.size() > kMaxSlots) v.resize(kMaxSlots);
}

void repair_slots(Scenario& w) {
  add_directories(w);
  const Level top = top_level(w);
  const std::uint64_t bytes = std::uint64_t{1} << geometry_of(w.config).address_bits;
  for (int l = static_cast<int>(top) + 1; l < kLevels; ++l) w.slots[l].clear();
  for (int l = 0; l <= static_cast<int>(top); ++l) {
    const Level level = static_cast<Level>(l);
    auto& v = w.slots[l];
    const std::uint64_t keys = bytes >> geometry_of(w.config).shift(level);
    drop_if(v, [&](const auto& s) { return s.first >= keys; });
    for (auto& s : v) repair_slot(w, level, s);
    drop_if(v, [](const auto& s) { return s.value == 0; });
    sort_slots(v);
    if (l > 0) add_parents(w, level);
    // What a lower level needs stays; the rest goes, from the top of the address space.
    for (std::size_t i = v.size(); v.size() > kMaxSlots && i-- > 0;)
      if (l == 0 || !std::any_of(w.slots[l - 1].begin(), w.slots[l - 1].end(), [&](const auto& c) {
            return c.first >> geometry_of(w.config).bits(static_cast<Level>(l - 1)) == v[i].first;
          }))
        v.erase(v.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (int l = static_cast<int>(top) - 1; l >= 0; --l)
    drop_if(w.slots[l], [&](const auto& s) {
      const auto& up = w.slots[l + 1];
      const std::uint64_t key = s.first >> geometry_of(w.config).bits(static_cast<Level>(l));
      const auto at = std::lower_bound(up.begin(), up.end(), key,
                                       [](const auto& e, std::uint64_t k) { return e.first < k; });
      return at == up.end() || at->first != key ||
             shape(w, static_cast<Level>(l + 1), at->value) != Shape::table;
    });
  repair_hugeptes(w);
}

void repair_cache(Scenario& w) {
  auto& v = w.page_cache;
  v.erase(std::remove_if(v.begin(), v.end(), [](const auto& c) { return !c.present; }), v.end());
  if (w.folios.size() <= 2) v.clear();
  for (auto& c : v) {
    const std::size_t n = w.folios.size();
    if (c.folio < 2 || c.folio >= n) c.folio = static_cast<std::uint16_t>(2 + c.folio % (n - 2));
    c.file &= kMaxFileId;
    c.index = std::min(c.index, kMaxFileIndex) & ~((std::uint64_t{1} << w.folios[c.folio].order) - 1);
  }
  v.erase(std::remove_if(v.begin(), v.end(),
                         [&](const auto& c) {
                           const auto& f = w.folios[c.folio];
                           return std::any_of(w.vmas.begin(), w.vmas.end(), [&](const auto& m) {
                             return m.kind == VmaKind::hugetlb && m.file == c.file &&
                                    (f.order != m.huge_order || f.kind != FolioKind::hugetlb);
                           });
                         }),
          v.end());
  insertion_sort(v, [](const auto& a, const auto& b) {
    return a.file != b.file ? a.file < b.file : a.index < b.index;
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < v.size() && kept < kMaxCacheEntries; ++i) {
    if (kept > 0 && v[i].file == v[kept - 1].file &&
        v[i].index < v[kept - 1].index + (std::uint64_t{1} << w.folios[v[kept - 1].folio].order))
      continue;
    if (kept != i) v[kept] = v[i];
    ++kept;
  }
  v.resize(kept);
}

void repair_call(Scenario& w) {
  auto& e = w.env;
  for (std::uint64_t* x : {&e.huge_pool, &e.alloc_fail_at, &e.fatal_signal_at, &e.signal_at,
                           &e.mmap_lock_fail_at, &e.userfault_wakes})
    *x = std::min(*x, kMaxEvent);
  auto& r = w.request;
  r.start = std::min(r.start, address_limit(w.config) - 1);
  r.flags &= kAllFollFlags;
  r.nr_pages = std::min(r.nr_pages, kMaxPages);
  r.api = static_cast<Api>(static_cast<unsigned>(r.api) % kApis);
}

}  // namespace

bool is_normal(const Scenario& w) { return within_counts(w) && !find_flaw(w); }

void normalise(Scenario& w) {
  if (is_normal(w)) return;
  repair_config(w);
  repair_folios(w);
  repair_vmas(w);
  repair_slots(w);
  repair_cache(w);
  repair_call(w);
}

void add_ancestors(Scenario& w) {
  add_directories(w);
  for (auto& v : w.slots) insertion_sort(v, by_first);
  for (int l = 1; l <= static_cast<int>(top_level(w)); ++l)
    add_parents(w, static_cast<Level>(l));
}

bool same_scenario(const Scenario& a, const Scenario& b) {
  const auto same_list = [](const auto& x, const auto& y, auto same) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), same);
  };
  const auto vma = [](const auto& x, const auto& y) {
    return x.start == y.start && x.end == y.end && x.flags == y.flags && x.pgoff == y.pgoff &&
           x.file_pages == y.file_pages && x.kind == y.kind && x.huge_order == y.huge_order &&
           x.file == y.file && x.pkey == y.pkey && x.pkey_no_access == y.pkey_no_access &&
           x.pkey_no_write == y.pkey_no_write && x.resv_owner == y.resv_owner &&
           x.resv_unmapped == y.resv_unmapped && x.uffd_wp_async == y.uffd_wp_async &&
           x.uffd_sigbus == y.uffd_sigbus;
  };
  const auto slot = [](const auto& x, const auto& y) {
    return x.first == y.first && x.value == y.value && x.restored == y.restored &&
           x.stride == y.stride && x.count == y.count;
  };
  const auto folio = [](const auto& x, const auto& y) {
    return x.pfn == y.pfn && x.refcount == y.refcount && x.pincount == y.pincount &&
           x.mapcount == y.mapcount && x.kind == y.kind && x.order == y.order &&
           x.anon == y.anon && x.exclusive == y.exclusive && x.dirty == y.dirty &&
           x.referenced == y.referenced && x.unpinnable == y.unpinnable &&
           x.hwpoison == y.hwpoison && x.p2pdma == y.p2pdma && x.swapcache == y.swapcache;
  };
  const auto cached = [](const auto& x, const auto& y) {
    return x.index == y.index && x.file == y.file && x.folio == y.folio && x.present == y.present;
  };
  const auto env = [](const auto& x, const auto& y) {
    return x.huge_pool == y.huge_pool && x.alloc_fail_at == y.alloc_fail_at &&
           x.fatal_signal_at == y.fatal_signal_at && x.signal_at == y.signal_at &&
           x.mmap_lock_fail_at == y.mmap_lock_fail_at && x.userfault_wakes == y.userfault_wakes &&
           x.migrate_fails == y.migrate_fails && x.isolate_fails == y.isolate_fails;
  };
  const auto request = [](const auto& x, const auto& y) {
    return x.start == y.start && x.flags == y.flags && x.nr_pages == y.nr_pages &&
           x.api == y.api && x.pages_null == y.pages_null && x.locked_ptr == y.locked_ptr;
  };
  for (int l = 0; l < kSlotLists; ++l)
    if (!same_list(a.slots[l], b.slots[l], slot)) return false;
  return a.config == b.config && same_list(a.vmas, b.vmas, vma) &&
         same_list(a.folios, b.folios, folio) && same_list(a.page_cache, b.page_cache, cached) &&
         env(a.env, b.env) && request(a.request, b.request);
}

}  // namespace gupdiff
