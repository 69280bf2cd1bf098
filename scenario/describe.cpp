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

std::string leaf_letters(std::uint64_t e) {
  std::string s = (e & x86_64::RW) ? "W" : "R";
  const auto add = [&](bool set, const char* name) {
    if (set) (s += '-') += name;
  };
  add(e & x86_64::ACCESSED, "A");
  add(e & x86_64::DIRTY, "D");
  add(e & x86_64::SAVED_DIRTY, "SAVED_DIRTY");
  add(e & x86_64::SOFT_DIRTY, "SOFT_DIRTY");
  add(e & x86_64::UFFD_WP, "UFFD_WP");
  add(e & x86_64::SPECIAL, "SPECIAL");
  add(e & x86_64::DEVMAP, "DEVMAP");
  add(Entry::protnone(e), "PROTNONE");
  add((e & x86_64::PRESENT) && !(e & x86_64::USER), "KERNEL");
  add(!(e & x86_64::PRESENT) && !Entry::protnone(e), "NOT_PRESENT");
  return s;
}

std::string swap_words(const Scenario& w, std::uint64_t e) {
  const x86_64::SwapTypes t = x86_64::swap_types(w.config);
  const std::uint64_t type = Entry::swp_type(e), offset = Entry::swp_offset(e);
  std::string bits;
  for (std::string_view n : bit_names(swap_bit_names(), e & 0xe)) (bits += ' ') += n;
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

std::string order_size(unsigned order) {
  if (order == 0) return "4K";
  if (order == 9) return "2M";
  if (order == 18) return "1G";
  return fmt::format("order {}", order);
}

std::string describe_entry(const Scenario& w, Level level, std::uint64_t value) {
  switch (shape(level, value)) {
    case Shape::none:
      return value == 0 ? "none" : "none (accessed/dirty bits alone)";
    case Shape::table: {
      const std::uint64_t flags = value & ~x86_64::kPfnMask;
      if (flags == x86_64::kTableFlags) return "table";
      std::string odd;
      for (std::string_view n : bit_names(entry_bit_names(), flags)) (odd += odd.empty() ? "" : "|") += n;
      return fmt::format("table [{}]", odd);
    }
    case Shape::leaf: {
      const std::uint64_t pfn =
          leaf_frame(value) & ~((std::uint64_t{1} << leaf_order(level)) - 1);
      return fmt::format("leaf [{}] -> {}", leaf_letters(value),
                         page_of(w, pfn, leaf_folio(w, level, pfn, Entry::devmap(value))));
    }
    case Shape::swap:
      return swap_words(w, value);
  }
  return "none";
}

std::string describe_folio(const Folio<Concrete>& f) {
  std::string s = order_size(f.order);
  if (f.kind != FolioKind::normal) s += fmt::format(" {}", folio_kind_name(f.kind));
  for (std::string_view n : bit_names(folio_flag_names(), folio_flags(f)))
    s += fmt::format(" {}", n == "exclusive" ? "excl" : n);
  s += fmt::format(", refs {}", static_cast<std::int64_t>(f.refcount));
  if (f.pincount != 0) s += fmt::format(", pins {}", f.pincount);
  if (f.mapcount != 0) s += fmt::format(", mapped {}", f.mapcount);
  return s;
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
                       slot_address(flaw.level, s.first));
  };
  const std::string limit = fmt::format("{:#x} with {} levels", address_limit(w.config), w.config.levels);
  switch (flaw.kind) {
    case none: return "";
    case config_levels: return "levels must be 4 or 5";
    case no_zero_folios: return "the zero page and the huge zero folio are missing";
    case zero_folio_altered:
      return fmt::format("folio {} must keep its kind, order and frame", folio_name(flaw.index));
    case folio_kind:
      return fmt::format("folio {}: kind must be normal, hugetlb or reserved", folio_name(flaw.index));
    case folio_order:
      return fmt::format("folio {}: order {} is above {}", folio_name(flaw.index), w.folios[at].order, kMaxOrder);
    case folio_hugetlb_order:
      return fmt::format("folio {}: x86-64 has hugetlb folios of order 9 (2M) and 18 (1G), not {}",
                         folio_name(flaw.index), w.folios[at].order);
    case folio_pfn_range:
      return fmt::format("folio {}: frame {:#x} is outside [{:#x}, {:#x})", folio_name(flaw.index),
                         w.folios[at].pfn, kFirstFreePfn, kFreshPfn);
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
                         order_size(vma->huge_order));
    case vma_range:
      return fmt::format("VMA {} goes beyond the user address limit {}", range(flaw.index), limit);
    case vma_overlap:
      return fmt::format("VMA {} overlaps VMA {}", range(flaw.index), range(flaw.other));
    case vma_order: return fmt::format("VMA {} is out of order", range(flaw.index));
    case vma_hugetlb_flag:
      return fmt::format("VMA {}: VM_HUGETLB is set exactly on VMAs of kind hugetlb", range(flaw.index));
    case vma_huge_order:
      return fmt::format("VMA {}: a hugetlb VMA has pages of 2M or 1G on x86-64, no other VMA has a huge size",
                         range(flaw.index));
    case vma_flags: return fmt::format("VMA {}: unknown VM_ flags", range(flaw.index));
    case vma_file:
      return fmt::format("VMA {}: kind, file, pgoff, file_pages or pkey out of range or not aligned to the huge page",
                         range(flaw.index));
    case slot_level: return "there is no pgd level with 4 levels: use p4d";
    case slot_range:
      return fmt::format("{} is beyond the user address limit {}", slot(flaw.index), limit);
    case slot_empty: return fmt::format("{} holds 0: leave the entry out instead", slot(flaw.index));
    case slot_run:
      return fmt::format(
          "{}: a run is 2..512 PTEs of one table, of leaves (same frame or advancing inside one folio) or swap entries",
          slot(flaw.index));
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
                         table_target(flaw.level, w.slots[static_cast<int>(flaw.level)][at].first));
    case leaf_nowhere:
      return fmt::format("{} points nowhere: frame {:#x} is in no folio that covers a {} leaf", slot(flaw.index),
                         leaf_frame(w.slots[static_cast<int>(flaw.level)][at].value), level_name(flaw.level));
    case leaf_alignment:
      return fmt::format("{}: frame {:#x} is not aligned to a {} leaf", slot(flaw.index),
                         leaf_frame(w.slots[static_cast<int>(flaw.level)][at].value), level_name(flaw.level));
    case swap_nowhere:
      return fmt::format("{} points nowhere: frame {:#x} is in no folio", slot(flaw.index),
                         Entry::swp_offset(w.slots[static_cast<int>(flaw.level)][at].value));
    case restored_unused:
      return fmt::format("{}: only a single migration entry can have a restored value", slot(flaw.index));
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
