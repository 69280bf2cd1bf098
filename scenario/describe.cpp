// SPDX-License-Identifier: GPL-2.0-only
// Entries, folios and broken rules in words.
#include "scenario/describe.hpp"

#include <fmt/format.h>

#include "scenario/names.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

std::string page_of(const Scenario& w, std::uint64_t pfn, int folio) {
  if (folio < 0) return fmt::format("frame {:#x}, which is nowhere", pfn);
  const std::uint64_t base = w.folios[folio].pfn;
  return pfn >= base ? fmt::format("folio {}+{}", folio_name(folio), pfn - base)
                     : fmt::format("folio {}-{}", folio_name(folio), base - pfn);
}

std::string leaf_letters(const Scenario& w, std::uint64_t e) {
  const Words a = words_of(w);
  std::string s = a.write(e) ? "W" : "R";
  const auto add = [&](bool set, std::string_view name) {
    if (set) (s += '-') += name;
  };
  for (const NamedBit& n : leaf_letters(w.config)) add(e & n.bit, n.name);
  const bool present = a.pte_present(e), protnone = a.protnone(e);
  add(protnone, "PROTNONE");
  add(present && !protnone && !a.access_permitted(e, false), w.config.arch == Architecture::powerpc ? "NO_ACCESS" : "KERNEL");
  add(!present && !protnone, "NOT_PRESENT");
  return s;
}

std::string swap_words(const Scenario& w, std::uint64_t e) {
  const SwapTypes t = swap_types(w.config);
  const std::uint64_t type = words_of(w).swp_type(e), offset = words_of(w).swp_offset(e);
  std::string bits;
  for (std::string_view n : bit_names(swap_bit_names(w.config), e & swap_state_bits(w.config.arch, geometry_of(w.config)))) (bits += ' ') += n;
  if (type == t.marker) {
    std::string on;
    for (std::string_view n : bit_names(marker_bit_names(), offset)) (on += on.empty() ? "" : "-") += n;
    return fmt::format("marker [{}]{}", on, bits);
  }
  if (type == t.hwpoison) return fmt::format("hwpoison {}{}", page_of(w, offset, folio_of(w, offset)), bits);
  if (type >= t.migration_read && type <= t.migration_write)
    return fmt::format("migration {} of {}{}",
                       type == t.migration_write            ? "write"
                       : type == t.migration_read_exclusive ? "read-exclusive"
                                                            : "read",
                       page_of(w, offset, folio_of(w, offset)), bits);
  if (t.device_write < 32 && type >= t.device_write && type < t.device_write + 4)
    return fmt::format("device-private type {} offset {:#x}{}", type, offset, bits);
  return fmt::format("swap type {} offset {:#x}{}", type, offset, bits);
}

}  // namespace

std::string order_size(const Scenario& w, unsigned order) {
  const std::uint64_t k = (geometry_of(w.config).page_size() >> 10) << order;
  return k >= 1u << 20 ? fmt::format("{}G", k >> 20) : k >= 1024 ? fmt::format("{}M", k >> 10) : fmt::format("{}K", k);
}

std::string describe_entry(const Scenario& w, Level level, std::uint64_t value) {
  switch (shape(w, level, value)) {
    case Shape::none:
      return value == 0 ? "none" : "none (accessed/dirty bits alone)";
    case Shape::table: {
      const std::uint64_t flags = words_of(w).without_frame(value);
      if (flags == words_of(w).table_entry(0)) return "table";
      std::string odd;
      for (std::string_view n : bit_names(entry_bit_names(w.config), flags)) (odd += odd.empty() ? "" : "|") += n;
      return fmt::format("table [{}]", odd);
    }
    case Shape::hugepd: {
      const HugetlbSize* size = words_of(w).hugepd_size(value);
      return size ? fmt::format("hugepd, directory of {} pages", size->name) : "hugepd of no known page size";
    }
    case Shape::leaf: {
      const std::uint64_t pfn =
          leaf_frame(w, value) & ~((std::uint64_t{1} << leaf_order(w, level)) - 1);
      return fmt::format("leaf [{}] -> {}", leaf_letters(w, value),
                         page_of(w, pfn, leaf_folio(w, level, pfn, words_of(w).devmap(value))));
    }
    case Shape::swap:
      return swap_words(w, value);
  }
  return "none";
}

std::string describe_folio(const Scenario& w, const Folio<Concrete>& f) {
  std::string s = order_size(w, f.order);
  if (f.kind != FolioKind::normal) s += fmt::format(" {}", folio_kind_name(f.kind));
  for (std::string_view n : bit_names(folio_flag_names(), folio_flags(f)))
    s += fmt::format(" {}", n == "exclusive" ? "excl" : n);
  s += fmt::format(", refs {}", static_cast<std::int64_t>(f.refcount));
  if (f.pincount != 0) s += fmt::format(", pins {}", f.pincount);
  if (f.mapcount != 0) s += fmt::format(", mapped {}", f.mapcount);
  return s;
}

std::string no_level(const Scenario& w, Level level) {
  const Geometry& g = geometry_of(w.config);
  if (level == Level::hugepte)
    return fmt::format("there are no hugepte entries on {}: only powerpc has directories of hugetlb entries",
                       architecture_label(w.config.arch));
  return fmt::format("there is no {} level with {} levels: use {}", level_name(level), g.levels, level_name(g.top));
}

std::string hugetlb_sizes(const Scenario& w) {
  std::string out;
  const auto sizes = geometry_of(w.config).hugetlb;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : i + 1 == sizes.size() ? " or " : ", ", sizes[i].name);
  return out;
}

std::string config_complaint(const Config& c) {
  const Geometry& g = geometry_of(c);
  const std::string_view arch = architecture_label(c.arch);
  if (c.thp && !g.has_thp) return fmt::format("[config] thp is true, but {} {} has no THP", arch, g.name);
  if (c.pud_devmap && !g.has_pud_leaf_thp)
    return fmt::format("[config] pud_devmap is true, but {} {} has no huge PUDs outside hugetlb", arch, g.name);
  if (c.soft_dirty && !g.has_soft_dirty)
    return fmt::format("[config] soft_dirty is true, but {} has no soft-dirty bits", arch);
  if (c.split_pmd_ptlocks && !g.has_split_pmd_ptlocks)
    return fmt::format("[config] split_pmd_ptlocks is true, but {} {} has no lock a PMD table", arch, g.name);
  if (!c.huge_leaves && c.thp)
    return "[config] thp is true with huge_leaves false: CONFIG_TRANSPARENT_HUGEPAGE selects CONFIG_PGTABLE_HAS_HUGE_LEAVES";
  if (c.shmem_thp && !c.thp) return "[config] shmem_thp is true with thp false: shmem huge pages need CONFIG_TRANSPARENT_HUGEPAGE";
  if (c.pud_devmap && !c.thp)
    return "[config] pud_devmap is true with thp false: huge PUDs outside hugetlb need CONFIG_TRANSPARENT_HUGEPAGE";
  return "";
}

std::string describe_flaw(const Scenario& w, const Flaw& flaw) {
  using enum FlawKind;
  const auto at = static_cast<std::size_t>(flaw.index < 0 ? 0 : flaw.index);
  const auto* vma = at < w.vmas.size() ? &w.vmas[at] : nullptr;
  const auto range = [&](int i) {
    return fmt::format("[{:#x}, {:#x})", w.vmas[i].start, w.vmas[i].end);
  };
  const auto slot = [&](int i) {
    const auto& s = w.slots[static_cast<int>(flaw.level)][i];
    return fmt::format("{} entry at {:#x}", level_name(flaw.level),
                       slot_address(w, flaw.level, s.first));
  };
  const std::string limit = fmt::format("{:#x} with {} levels", address_limit(w.config), geometry_of(w.config).levels);
  switch (flaw.kind) {
    case none: return "";
    case config_variant:
      return fmt::format("{} has variants {} to {}", architecture_label(w.config.arch), 0, geometries(w.config.arch).size() - 1);
    case config_switch: return config_complaint(w.config);
    case no_zero_folios: return "the zero page and the huge zero folio are missing";
    case zero_folio_altered:
      return fmt::format("folio {} must keep its kind, order and frame", folio_name(flaw.index));
    case folio_kind:
      return fmt::format("folio {}: kind must be normal, hugetlb or reserved", folio_name(flaw.index));
    case folio_order:
      return fmt::format("folio {}: order {} is above {}", folio_name(flaw.index), w.folios[at].order, geometry_of(w.config).max_order());
    case folio_hugetlb_order:
      return fmt::format("folio {}: {} has hugetlb folios of {}, not {}", folio_name(flaw.index),
                         architecture_label(w.config.arch), hugetlb_sizes(w), order_size(w, w.folios[at].order));
    case folio_pfn_range:
      return fmt::format("folio {}: frame {:#x} is outside [{:#x}, {:#x})", folio_name(flaw.index),
                         w.folios[at].pfn, first_free_pfn(w.config), geometry_of(w.config).fresh_pfn);
    case folio_pfn_alignment:
      return fmt::format("folio {}: frame {:#x} is not aligned to its order {}", folio_name(flaw.index),
                         w.folios[at].pfn, w.folios[at].order);
    case folio_overlap:
      return fmt::format("folios {} and {} share frames", folio_name(flaw.other), folio_name(flaw.index));
    case folio_counts:
      return fmt::format(
          "folio {}: counts are 32-bit (refcount signed), and only a large folio has a pincount",
          folio_name(flaw.index));
    case vma_empty: return fmt::format("VMA {} is empty: end must be above start", range(flaw.index));
    case vma_alignment:
      return fmt::format("VMA {} is not aligned to its page size {}", range(flaw.index),
                         order_size(w, vma->huge_order));
    case vma_range:
      return fmt::format("VMA {} goes beyond the user address limit {}", range(flaw.index), limit);
    case vma_overlap:
      return fmt::format("VMA {} overlaps VMA {}", range(flaw.index), range(flaw.other));
    case vma_order: return fmt::format("VMA {} is out of order", range(flaw.index));
    case vma_hugetlb_flag:
      return fmt::format("VMA {}: VM_HUGETLB is set exactly on VMAs of kind hugetlb", range(flaw.index));
    case vma_huge_order:
      return fmt::format("VMA {}: a hugetlb VMA has pages of {} on {}, no other VMA has a huge size", range(flaw.index),
                         hugetlb_sizes(w), architecture_label(w.config.arch));
    case vma_flags: return fmt::format("VMA {}: unknown VM_ flags", range(flaw.index));
    case vma_no_huge_leaves:
      return fmt::format("VMA {}: there is no hugetlb with huge_leaves = false in [config]", range(flaw.index));
    case vma_file:
      return fmt::format("VMA {}: kind, file, pgoff, file_pages or pkey out of range or not aligned to the huge page",
                         range(flaw.index));
    case slot_level: return no_level(w, flaw.level);
    case slot_range:
      return fmt::format("{} is beyond the user address limit {}", slot(flaw.index), limit);
    case slot_empty: return fmt::format("{} holds 0: leave the entry out instead", slot(flaw.index));
    case slot_run:
      return fmt::format(
          "{}: a run is 2 or more entries of one table, of leaves (same frame or advancing inside one folio) or swap entries",
          slot(flaw.index));
    case slot_shape:
      return fmt::format("{}: no kernel of {} {} has an entry of this form there", slot(flaw.index),
                         architecture_label(w.config.arch), geometry_of(w.config).name);
    case slot_directory:
      return fmt::format("{}: no directory of hugetlb entries belongs there, better say hugepd = \"SIZE\"", slot(flaw.index));
    case hugepte_no_directory:
      return fmt::format("{} has no directory above it: its address must be that of a huge page under a hugepd entry or in "
                         "a hugetlb [[vma]]", slot(flaw.index));
    case slot_duplicate: return fmt::format("{} is given twice", slot(flaw.index));
    case slot_order: return fmt::format("{} is out of order", slot(flaw.index));
    case slot_no_table: return fmt::format("{} has no {} table above it", slot(flaw.index), level_name(flaw.level));
    case slot_below_non_table:
      return fmt::format("{} lies below a {} entry that is not a table ({})", slot(flaw.index),
                         level_name(static_cast<Level>(static_cast<int>(flaw.level) + 1)),
                         describe_entry(w, static_cast<Level>(static_cast<int>(flaw.level) + 1),
                                        w.slots[static_cast<int>(flaw.level) + 1][flaw.other].value));
    case table_elsewhere:
      return fmt::format("{} points nowhere: a table entry must hold frame {:#x}, better say table = true",
                         slot(flaw.index),
                         table_target(w, flaw.level, w.slots[static_cast<int>(flaw.level)][at].first));
    case leaf_nowhere:
      return fmt::format("{} points nowhere: frame {:#x} is in no folio that covers a {} leaf", slot(flaw.index),
                         leaf_frame(w, w.slots[static_cast<int>(flaw.level)][at].value), level_name(flaw.level));
    case leaf_alignment:
      return fmt::format("{}: frame {:#x} is not aligned to a {} leaf", slot(flaw.index),
                         leaf_frame(w, w.slots[static_cast<int>(flaw.level)][at].value), level_name(flaw.level));
    case leaf_spelling: {
      const std::uint64_t e = w.slots[static_cast<int>(flaw.level)][at].value;
      return fmt::format("{}: {:#x} spells its frame as no kernel does: a leaf of frame {:#x} is {:#x}", slot(flaw.index), e,
                         leaf_frame(w, e), with_frame(w, e, leaf_frame(w, e)));
    }
    case swap_nowhere:
      return fmt::format("{} points nowhere: frame {:#x} is in no folio", slot(flaw.index),
                         words_of(w).swp_offset(w.slots[static_cast<int>(flaw.level)][at].value));
    case restored_unused:
      return fmt::format("{}: only migration entries can have a restored value", slot(flaw.index));
    case restored_not_leaf: return fmt::format("{}: the restored value must be a leaf", slot(flaw.index));
    case cache_folio:
      return fmt::format("page-cache entry {} refers to no folio that can be in the page cache", flaw.index);
    case cache_alignment:
      return fmt::format("page-cache entry {}: index {} is not aligned to its folio", flaw.index,
                         w.page_cache[at].index);
    case cache_file: return fmt::format("page-cache entry {}: file id or index out of range", flaw.index);
    case cache_huge:
      return fmt::format("page-cache entry {}: file {} is mapped as hugetlb and holds hugetlb folios of that size only",
                         flaw.index, w.page_cache[at].file);
    case cache_absent: return fmt::format("page-cache entry {} is marked absent", flaw.index);
    case cache_overlap:
      return fmt::format("page-cache entries {} and {} share pages of file {}", flaw.other, flaw.index,
                         w.page_cache[at].file);
    case cache_order: return fmt::format("page-cache entry {} is out of order", flaw.index);
    case env_range: return fmt::format("an [env] value is above {}", kMaxEvent);
    case request_start:
      return fmt::format("request start {:#x} is not below the user address limit {}", w.request.start, limit);
    case request_pages: return fmt::format("nr_pages {} is above {}", w.request.nr_pages, 1u << 20);
    case request_flags: return "the request has unknown FOLL_ flags";
    case request_api: return "the request names no known API";
  }
  return "";
}

std::optional<std::string> validate(const Scenario& w) {
  const Flaw f = find_flaw(w);
  if (!f) return std::nullopt;
  return describe_flaw(w, f);
}

}  // namespace gupdiff
