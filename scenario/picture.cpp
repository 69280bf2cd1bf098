// SPDX-License-Identifier: GPL-2.0-only
// The page-table tree as text and as a Graphviz graph.
#include "scenario/picture.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "scenario/describe.hpp"
#include "scenario/names.hpp"

namespace gupdiff {
namespace {

std::uint64_t slot_bytes(const Scenario& w, Level level, const Slot<Concrete>& s) {
  return std::uint64_t{s.count} << geometry_of(w.config).shift(level);
}
bool touches(const Scenario& w, Level level, const Slot<Concrete>& s, std::uint64_t from, std::uint64_t to) {
  const std::uint64_t a = slot_address(w, level, s.first);
  return a < to && a + slot_bytes(w, level, s) > from;
}

/// The folio a leaf maps, in brackets; empty for anything else.
std::string mapped_folio(const Scenario& w, Level level, std::uint64_t e) {
  if (shape(w, level, e) != Shape::leaf) return "";
  const std::uint64_t pfn = leaf_frame(w, e) & ~((std::uint64_t{1} << leaf_order(w, level)) - 1);
  const int f = leaf_folio(w, level, pfn, words_of(w).devmap(e));
  return f < 0 ? "" : fmt::format(" ({})", describe_folio(w, w.folios[f]));
}

/// The entries below directory `s` that lie in [from, to).
void draw_hugeptes(std::string& out, const Scenario& w, Level level, const Slot<Concrete>& directory, std::uint64_t from,
                   std::uint64_t to, int depth) {
  for (const auto& s : w.slots[static_cast<int>(Level::hugepte)]) {
    const std::uint64_t at = slot_address(w, Level::hugepte, s.first);
    if (at < from || at >= to || (at >> geometry_of(w.config).shift(level)) - directory.first >= directory.count) continue;
    out += fmt::format("{:{}}hugepte {:#x} {}{}\n", "", 2 * depth, at, describe_entry(w, Level::hugepte, s.value),
                       mapped_folio(w, Level::hugepte, s.value));
    if (s.restored)
      out += fmt::format("{:{}}  when the migration ends: {}{}\n", "", 2 * depth,
                         describe_entry(w, Level::hugepte, s.restored), mapped_folio(w, Level::hugepte, s.restored));
  }
}

void draw_slots(std::string& out, const Scenario& w, Level level, std::uint64_t parent, bool top,
                std::uint64_t from, std::uint64_t to, int depth) {
  for (const auto& s : w.slots[static_cast<int>(level)]) {
    if (!top && s.first >> geometry_of(w.config).bits(level) != parent) continue;
    if (!touches(w, level, s, from, to)) continue;
    out += fmt::format("{:{}}{} {:#x}{} {}{}\n", "", 2 * depth, level_name(level), slot_address(w, level, s.first),
                       s.count > 1 ? fmt::format(" x{}", s.count) : "", describe_entry(w, level, s.value),
                       mapped_folio(w, level, s.value));
    if (s.restored)
      out += fmt::format("{:{}}  when the migration ends: {}{}\n", "", 2 * depth,
                         describe_entry(w, level, s.restored), mapped_folio(w, level, s.restored));
    if (level != Level::pte && shape(w, level, s.value) == Shape::hugepd)
      draw_hugeptes(out, w, level, s, from, to, depth + 1);
    else if (level != Level::pte)
      draw_slots(out, w, static_cast<Level>(static_cast<int>(level) - 1), s.first, false, from, to, depth + 1);
  }
}

std::string list(const std::vector<std::string_view>& names, std::string_view separator) {
  return fmt::format("{}", fmt::join(names, separator));
}

std::string describe_vma(const Scenario& w, const Vma<Concrete>& v) {
  std::string s = fmt::format("{}{}", v.kind == VmaKind::hugetlb ? order_size(w, v.huge_order) + " " : "",
                              vma_kind_name(v.kind));
  const std::uint64_t shown = v.kind == VmaKind::hugetlb ? v.flags & ~std::uint64_t{VM_HUGETLB} : v.flags;
  s += fmt::format(" [{}]", list(bit_names(vm_flag_names(), shown), "|"));
  if (v.kind != VmaKind::anonymous) s += fmt::format(" file {} from page {}, {} pages", v.file, v.pgoff, v.file_pages);
  for (std::string_view n : bit_names(vma_switch_names(), vma_switches(v))) s += fmt::format(" {}", n);
  return s;
}

/// The kernel calls it by many names; a reader wants one line.
std::string describe_call(const Request<Concrete>& r) {
  return fmt::format("{}({:#x}, {} page{}, flags [{}]{}{})", api_name(r.api), r.start, r.nr_pages,
                     r.nr_pages == 1 ? "" : "s", list(bit_names(foll_flag_names(), r.flags), "|"),
                     r.pages_null ? ", pages NULL" : "", r.locked_ptr ? ", &locked" : "");
}

std::string node(Level level, std::uint64_t key);
/// The line from the directory above the entry with `key` to it.
std::string hugepte_edge(const Scenario& w, std::uint64_t key) {
  const HugetlbSize* size = hugepte_size(w, key);
  if (!size) return "";
  const Geometry& g = geometry_of(w.config);
  const std::uint64_t slot = directory_key(*size, key >> (g.shift(size->directory) - g.page_shift));
  return fmt::format("  {} -> {};\n", node(size->directory, slot), node(Level::hugepte, key));
}

std::string node(Level level, std::uint64_t key) { return fmt::format("{}_{:x}", level_name(level), key); }

}  // namespace

std::string picture_text(const Scenario& w) {
  std::string out = describe_call(w.request) + "\n";
  const Level top = top_level(w);
  std::uint64_t seen_to = 0;
  const auto outside = [&](std::uint64_t from, std::uint64_t to) {
    // Tables reach over gaps; only what maps something in the gap is worth a line.
    bool any = false;
    for (int l = 0; l < kSlotLists; ++l)
      for (const auto& s : w.slots[l]) {
        const Shape is = shape(w, static_cast<Level>(l), s.value);
        any = any || (is != Shape::table && is != Shape::hugepd && touches(w, static_cast<Level>(l), s, from, to));
      }
    if (!any) return;
    out += fmt::format("no VMA [{:#x}, {:#x})\n", from, to);
    draw_slots(out, w, top, 0, true, from, to, 1);
  };
  for (const auto& v : w.vmas) {
    outside(seen_to, v.start);
    out += fmt::format("VMA [{:#x}, {:#x}) {}\n", v.start, v.end, describe_vma(w, v));
    draw_slots(out, w, top, 0, true, v.start, v.end, 1);
    seen_to = v.end;
  }
  outside(seen_to, std::uint64_t{1} << geometry_of(w.config).address_bits);
  for (const auto& c : w.page_cache)
    out += fmt::format("page cache: file {} page {} -> folio {} ({})\n", c.file, c.index, folio_name(c.folio),
                       describe_folio(w, w.folios[c.folio]));
  return out;
}

WalkPath walk_path(std::string name, const Machine<Narrated>& after) {
  WalkPath path{std::move(name), {}};
  for (const Narrative& n : after.narrative) {
    if (!n.has_level || std::string_view(n.what).find("reads") != 0) continue;
    const std::pair<Level, std::uint64_t> at{n.level, n.address >> after.arch.shift(n.level)};
    if (std::find(path.reads.begin(), path.reads.end(), at) == path.reads.end()) path.reads.push_back(at);
  }
  return path;
}

std::string picture_dot(const Scenario& w, std::span<const WalkPath> paths) {
  constexpr const char* colours[] = {"#b3402a", "#1f5fa8", "#3a7d34", "#7a4b9c"};
  std::string out =
      "digraph page_tables {\n  rankdir=LR; nodesep=0.15; ranksep=0.45;\n"
      "  node [shape=box, fontname=\"monospace\", fontsize=10, color=\"#777777\"];\n"
      "  edge [fontname=\"monospace\", fontsize=9, color=\"#999999\", arrowsize=0.6];\n";
  std::vector<bool> used(w.folios.size(), false);
  const auto draw = [&](Level level, std::uint64_t key, std::uint32_t count, std::uint64_t e) {
    out += fmt::format("  {} [label=\"{} {:#x}{}\\n{}\"];\n", node(level, key), level_name(level),
                       slot_address(w, level, key), count > 1 ? fmt::format(" x{}", count) : "",
                       describe_entry(w, level, e));
  };
  for (int l = kSlotLists - 1; l >= 0; --l) {
    const Level level = static_cast<Level>(l);
    for (const auto& s : w.slots[l]) {
      draw(level, s.first, s.count, s.value);
      if (level == Level::hugepte)
        out += hugepte_edge(w, s.first);
      else if (level != top_level(w))
        out += fmt::format("  {} -> {};\n", node(static_cast<Level>(l + 1), s.first >> geometry_of(w.config).bits(level)), node(level, s.first));
      if (shape(w, level, s.value) != Shape::leaf) continue;
      const std::uint64_t pfn = leaf_frame(w, s.value) & ~((std::uint64_t{1} << leaf_order(w, level)) - 1);
      const int f = leaf_folio(w, level, pfn, words_of(w).devmap(s.value));
      if (f < 0) continue;
      used[f] = true;
      out += fmt::format("  {} -> folio{};\n", node(level, s.first), f);
    }
  }
  for (std::size_t f = 0; f < used.size(); ++f)
    if (used[f])
      out += fmt::format("  folio{} [shape=folder, style=filled, fillcolor=\"#eeeeee\", label=\"{}\\n{}\"];\n", f,
                         folio_name(static_cast<int>(f)), describe_folio(w, w.folios[f]));
  for (std::size_t p = 0; p < paths.size(); ++p) {
    const WalkPath& path = paths[p];
    const char* colour = colours[p % 4];
    const std::string start = fmt::format("walk{}", p);
    out += fmt::format("  {} [shape=plaintext, fontcolor=\"{}\", label=\"{}\"];\n", start, colour, path.name);
    std::string from = start;
    int step = 1;
    for (const auto& [level, key] : path.reads) {
      // An entry that was none at the start has no node yet.
      const auto& slots = w.slots[static_cast<int>(level)];
      std::string to = node(level, key);
      const auto inside = std::find_if(slots.begin(), slots.end(),
                                       [k = key](const auto& s) { return k - s.first < s.count; });
      if (inside == slots.end()) draw(level, key, 1, 0);
      else to = node(level, inside->first);
      out += fmt::format("  {} -> {} [color=\"{}\", fontcolor=\"{}\", label=\"{}\", penwidth=1.6, constraint={}];\n",
                         from, to, colour, colour, step, step == 1 ? "true" : "false");
      from = to;
      ++step;
    }
  }
  return out + "}\n";
}

}  // namespace gupdiff
