// SPDX-License-Identifier: GPL-2.0-only
// The text form, written: as short as it can be, frames as folio and offset,
// every entry also in words.
#include <algorithm>

#include <fmt/format.h>

#include "scenario/describe.hpp"
#include "scenario/names.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

std::string toml_string(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (c == '\n') out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", c);
    else out += c;
  }
  return out + '"';
}

std::string name_list(std::span<const NamedBit> table, std::uint64_t value) {
  std::string out = "[";
  for (std::string_view n : bit_names(table, value)) out += fmt::format("{}\"{}\"", out.size() > 1 ? ", " : "", n);
  return out + "]";
}

/// One number in the shorter spelling a reader expects.
std::string hex(std::uint64_t v) {
  return v >> 63 ? fmt::format("\"{:#x}\"", v) : fmt::format("{:#x}", v);
}

void write_config(std::string& out, const Config& c) {
  const Config usual = usual_config(c.arch, c.variant);
  std::string body;
  if (c.arch != Config{}.arch) body += fmt::format("arch = \"{}\"\n", architecture_name(c.arch));
  if (c.arch == Architecture::x86_64) {
    if (c.variant != 0) body += fmt::format("levels = {}\n", geometry_of(c).levels);
  } else if (geometries(c.arch).size() > 1) {
    body += fmt::format("variant = \"{}\"\n", geometry_of(c).name);
  }
  const auto flag = [&](const char* name, bool v, bool was) {
    if (v != was) body += fmt::format("{} = {}\n", name, v);
  };
  flag("thp", c.thp, usual.thp);
  flag("pud_devmap", c.pud_devmap, usual.pud_devmap);
  flag("split_pte_ptlocks", c.split_pte_ptlocks, usual.split_pte_ptlocks);
  flag("split_pmd_ptlocks", c.split_pmd_ptlocks, usual.split_pmd_ptlocks);
  flag("huge_leaves", c.huge_leaves, usual.huge_leaves);
  flag("memory_failure", c.memory_failure, usual.memory_failure);
  flag("device_private", c.device_private, usual.device_private);
  flag("soft_dirty", c.soft_dirty, usual.soft_dirty);
  flag("shmem_thp", c.shmem_thp, usual.shmem_thp);
  if (!body.empty()) out += "[config]\n" + body + "\n";
}

void write_request(std::string& out, const Request<Concrete>& r) {
  out += fmt::format("[request]\napi = \"{}\"\nstart = {}\n", api_name(r.api), hex(r.start));
  if (r.nr_pages != 1) out += fmt::format("nr_pages = {}\n", r.nr_pages);
  if (r.flags) out += fmt::format("flags = {}\n", name_list(foll_flag_names(), r.flags));
  if (r.pages_null) out += "pages_null = true\n";
  if (r.locked_ptr) out += "locked = true\n";
}

void write_vma(std::string& out, const Scenario& w, const Vma<Concrete>& v) {
  out += fmt::format("\n[[vma]]\nstart = {}\nend = {}\nkind = \"{}\"\n", hex(v.start), hex(v.end),
                     vma_kind_name(v.kind));
  if (v.kind == VmaKind::hugetlb) out += fmt::format("huge = \"{}\"\n", order_size(w, v.huge_order));
  const std::uint64_t flags = v.kind == VmaKind::hugetlb ? v.flags & ~std::uint64_t{VM_HUGETLB} : v.flags;
  if (flags) out += fmt::format("flags = {}\n", name_list(vm_flag_names(), flags));
  if (v.pgoff) out += fmt::format("pgoff = {}\n", v.pgoff);
  if (v.file_pages) out += fmt::format("file_pages = {}\n", v.file_pages);
  if (v.file) out += fmt::format("file = {}\n", v.file);
  if (v.pkey) out += fmt::format("pkey = {}\n", v.pkey);
  for (std::string_view n : bit_names(vma_switch_names(), vma_switches(v))) out += fmt::format("{} = true\n", n);
}

void write_folio(std::string& out, const Scenario& w, int index, const Folio<Concrete>& f) {
  const bool zero = index < 2;
  const auto refs = static_cast<std::int64_t>(f.refcount);
  if (zero && refs == 1 && f.pincount == 0 && f.mapcount == 0 && folio_flags(f) == 0) return;
  out += fmt::format("\n[[folio]]\nname = \"{}\"\n", folio_name(index));
  if (!zero) {
    if (f.kind != FolioKind::normal) out += fmt::format("kind = \"{}\"\n", folio_kind_name(f.kind));
    if (geometry_of(w.config).hugetlb_size(f.order)) out += fmt::format("size = \"{}\"\n", order_size(w, f.order));
    else if (f.order) out += fmt::format("order = {}\n", f.order);
    if (f.pfn != default_pfn(w, static_cast<std::size_t>(index))) out += fmt::format("pfn = {:#x}\n", f.pfn);
  }
  if (refs != 1) out += fmt::format("refcount = {}\n", refs);
  if (f.pincount) out += fmt::format("pincount = {}\n", f.pincount);
  if (f.mapcount) out += fmt::format("mapcount = {}\n", f.mapcount);
  if (folio_flags(f)) out += fmt::format("flags = {}\n", name_list(folio_flag_names(), folio_flags(f)));
}

std::string folio_at(const Scenario& w, std::uint64_t pfn, int folio) {
  const auto offset = static_cast<std::int64_t>(pfn - w.folios[folio].pfn);
  std::string out = fmt::format("folio = \"{}\"", folio_name(folio));
  if (offset) out += fmt::format("\noffset = {}", offset);
  return out;
}

/// Whether each bit of `flags` has a name. The bits of arm64's larger granules that its 4K granule
/// has for the frame have none.
bool all_named(const Scenario& w, std::uint64_t flags) {
  std::uint64_t unnamed = 0;
  bit_names(entry_bit_names(w.config), flags, &unnamed);
  return unnamed == 0;
}

/// The lines that spell `e`, without a final newline.
std::string spell_value(const Scenario& w, Level level, std::uint64_t key, std::uint64_t e) {
  const SwapTypes t = swap_types(w.config);
  const std::string raw = fmt::format("value = {}", hex(e));
  switch (shape(w, level, e)) {
    case Shape::none:
      return raw;
    case Shape::table: {
      if (words_of(w).table_frame(e) != table_target(w, level, key)) return raw;
      const std::uint64_t flags = words_of(w).without_frame(e);
      if (flags == words_of(w).table_entry(0)) return "table = true";
      if (!all_named(w, flags)) return raw;
      return fmt::format("table = true\nbits = {}", name_list(entry_bit_names(w.config), flags));
    }
    case Shape::hugepd: {
      const HugetlbSize* size = words_of(w).hugepd_size(e);
      if (!size || e != directory_entry(w, *size, key)) return raw;
      return fmt::format("hugepd = \"{}\"", size->name);
    }
    case Shape::leaf: {
      const std::uint64_t pfn = leaf_frame(w, e);
      const int f = leaf_folio(w, level, pfn, words_of(w).devmap(e));
      if (f < 0 || !all_named(w, words_of(w).without_frame(e))) return raw;
      return fmt::format("{}\nbits = {}", folio_at(w, pfn, f), name_list(entry_bit_names(w.config), words_of(w).without_frame(e)));
    }
    case Shape::swap:
      break;
  }
  // Anything outside type, offset and the three named bits stays a number.
  const std::uint64_t type = words_of(w).swp_type(e), offset = words_of(w).swp_offset(e), low = e & swap_state_bits(w.config.arch, geometry_of(w.config));
  if ((words_of(w).swp_entry(type, offset) | low) != e) return raw;
  const std::string bits = low ? fmt::format("\nbits = {}", name_list(swap_bit_names(w.config), low)) : "";
  const int f = folio_of(w, offset);
  if (type == t.marker && (offset & ~std::uint64_t{3}) == 0)
    return fmt::format("marker = {}{}", name_list(marker_bit_names(), offset), bits);
  if (type == t.hwpoison && f >= 0) return fmt::format("hwpoison = true\n{}{}", folio_at(w, offset, f), bits);
  if (type >= t.migration_read && type <= t.migration_write && f >= 0) {
    constexpr std::string_view kinds[] = {"read", "read-exclusive", "write"};
    return fmt::format("migration = \"{}\"\n{}{}", kinds[type - t.migration_read], folio_at(w, offset, f), bits);
  }
  return fmt::format("swap = {{ type = {}, offset = {:#x} }}{}", type, offset, bits);
}

/// An inline table wants commas where a table has lines.
std::string inline_form(std::string lines) {
  std::string out;
  for (const char c : lines) {
    if (c == '\n') out += ", ";
    else out += c;
  }
  return "{ " + out + " }";
}

void write_entry(std::string& out, const Scenario& w, Level level, const Slot<Concrete>& s) {
  out += fmt::format("\n[[entry]]  # {} {}\nlevel = \"{}\"\nat = {}\n{}\n", level_name(level),
                     describe_entry(w, level, s.value), level_name(level), hex(slot_address(w, level, s.first)),
                     spell_value(w, level, s.first, s.value));
  const Shape is = shape(w, level, s.value);
  const bool leaf = is == Shape::leaf;
  if (s.count != 1 && is != Shape::hugepd) {
    out += fmt::format("count = {}\n", s.count);
    if (leaf && s.stride == 0) out += "step = \"same\"\n";
  }
  if (s.restored) {
    out += fmt::format("# when the migration ends: {}\n", describe_entry(w, level, s.restored));
    out += fmt::format("restored = {}\n", inline_form(spell_value(w, level, s.first, s.restored)));
  }
}

/// Whether the entries below directory `s` bring it along: there are some, all in mappings of its size.
bool implied_directory(const Scenario& w, int l, const Slot<Concrete>& s) {
  const Geometry& g = geometry_of(w.config);
  const HugetlbSize* size = words_of(w).hugepd_size(s.value);
  if (!size) return false;
  bool any = false;
  for (const auto& c : w.slots[static_cast<int>(Level::hugepte)]) {
    const std::uint64_t address = c.first << g.page_shift;
    if ((address >> g.shift(static_cast<Level>(l))) - s.first >= s.count) continue;
    any = true;
    if (std::none_of(w.vmas.begin(), w.vmas.end(), [&](const auto& v) {
          return v.kind == VmaKind::hugetlb && v.huge_order == size->order && address >= v.start && address < v.end;
        }))
      return false;
  }
  return any;
}

/// Whether a reader of the text form would put this very entry there.
bool implied(const Scenario& w, int l, const Slot<Concrete>& s) {
  if (l < kLevels && shape(w, static_cast<Level>(l), s.value) == Shape::hugepd) return implied_directory(w, l, s);
  if (l == 0 || l >= kLevels || s.count != 1 || s.restored != 0 || s.value != plain_table(w, static_cast<Level>(l), s.first))
    return false;
  const auto& below = w.slots[l - 1];
  return std::any_of(below.begin(), below.end(), [&](const auto& c) { return c.first >> geometry_of(w.config).bits(static_cast<Level>(l - 1)) == s.first; });
}

void write_env(std::string& out, const Environment<Concrete>& e) {
  std::string body;
  const auto number = [&](const char* name, std::uint64_t v) {
    if (v) body += fmt::format("{} = {}\n", name, v);
  };
  number("huge_pool", e.huge_pool);
  number("alloc_fail_at", e.alloc_fail_at);
  number("fatal_signal_at", e.fatal_signal_at);
  number("signal_at", e.signal_at);
  number("mmap_lock_fail_at", e.mmap_lock_fail_at);
  number("userfault_wakes", e.userfault_wakes);
  if (e.migrate_fails) body += "migrate_fails = true\n";
  if (e.isolate_fails) body += "isolate_fails = true\n";
  if (!body.empty()) out += "\n[env]\n" + body;
}

void write_expect(std::string& out, const Expectation& e) {
  out += fmt::format("\n[expect]\npair = {}\n", toml_string(e.pair));
  constexpr const char* facets[] = {"result", "effect", "protocol", "cost"};
  for (int f = 0; f < 4; ++f)
    if (!e.facet[f].empty()) out += fmt::format("{} = \"{}\"\n", facets[f], e.facet[f]);
  if (e.divergence.size() == 1) out += fmt::format("divergence = {}\n", toml_string(e.divergence[0]));
  if (e.divergence.size() > 1) {
    std::string list;
    for (const std::string& d : e.divergence) list += (list.empty() ? "" : ", ") + toml_string(d);
    out += fmt::format("divergence = [{}]\n", list);
  }
}

}  // namespace

std::string to_text(const ScenarioFile& file) {
  const Scenario& w = file.world;
  std::string out;
  if (!file.title.empty()) out += fmt::format("title = {}\n", toml_string(file.title));
  if (!file.note.empty()) out += fmt::format("note = {}\n", toml_string(file.note));
  if (!out.empty()) out += "\n";
  write_config(out, w.config);
  write_request(out, w.request);
  for (const auto& v : w.vmas) write_vma(out, w, v);
  for (std::size_t i = 0; i < w.folios.size(); ++i) write_folio(out, w, static_cast<int>(i), w.folios[i]);
  const auto write_level = [&](int l) {
    for (const auto& s : w.slots[l])
      if (!implied(w, l, s)) write_entry(out, w, static_cast<Level>(l), s);
  };
  for (int l = kLevels - 1; l >= 0; --l) write_level(l);
  write_level(static_cast<int>(Level::hugepte));
  for (const auto& c : w.page_cache) {
    out += fmt::format("\n[[cache]]\nfile = {}\nindex = {}\nfolio = \"{}\"\n", c.file, c.index, folio_name(c.folio));
  }
  write_env(out, w.env);
  if (file.expect) write_expect(out, *file.expect);
  return out;
}

std::string to_text(const Scenario& world) {
  ScenarioFile file;
  file.world = world;
  return to_text(file);
}

}  // namespace gupdiff
