// SPDX-License-Identifier: GPL-2.0-only
// The theorems about pairs of walks: one page anywhere in a huge page, and two pages
// across the boundary of two huge pages, for every hugetlb size of every architecture,
// and the same under other kernel configurations.
#include <algorithm>

#include "model/arch/geometry_name.hpp"
#include "proofs/generic_theorems.hpp"
#include "proofs/theorem.hpp"
#include "proofs/world_builder.hpp"
#include "scenario/entry_shape.hpp"

namespace gupdiff {
namespace {

/// One page at any offset of a huge page.
Setting one_page(TermArena& arena, const Cell& cell, std::uint8_t order) {
  WorldBuilder b(arena, cell, order);
  b.standard_folios();
  b.vma(1);
  b.folios(0);
  b.upper_tables();
  b.huge_entry(0);
  b.environment();
  b.request(b.word("offset", b.huge_size() - 1) | b.start(), 1);
  return b.take();
}

/// Two pages: the last of one huge page and the first of the next.
Setting across_entry(TermArena& arena, const Cell& cell, std::uint8_t order) {
  WorldBuilder b(arena, cell, order);
  b.standard_folios();
  b.vma(2);
  for (const unsigned page : {0u, 1u}) b.folios(page);
  b.upper_tables();
  for (const unsigned page : {0u, 1u}) b.huge_entry(page);
  b.environment();
  const std::uint64_t page = b.g().page_size();
  b.request(b.word("offset", page - 1) | (b.start() + b.huge_size() - page), 2);
  return b.take();
}

constexpr std::string_view kWays[] = {"pages==NULL", "FOLL_GET", "FOLL_PIN"};

/// The ways of wanting pages, under `config`.
void add_cells(std::vector<Cell>& cells, const Config& config, const std::string& suffix) {
  for (const Wanted w : {Wanted::nothing, Wanted::get, Wanted::pin})
    cells.push_back({std::string(kWays[static_cast<int>(w)]) + suffix, config, w});
}

/// A kernel configuration that differs from the usual one in what its name says.
struct Configuration {
  std::string_view name, what;
  void (*change)(Config&);
};
constexpr Configuration kConfigurations[] = {
    {"no-thp", "without transparent huge pages (huge leaves for hugetlb alone)",
     [](Config& c) { c.thp = c.shmem_thp = c.pud_devmap = false; }},
    {"no-pud-devmap", "without device or THP leaves at PUD level", [](Config& c) { c.pud_devmap = false; }},
    {"no-split-locks", "with one page-table lock for the whole mm",
     [](Config& c) { c.split_pte_ptlocks = c.split_pmd_ptlocks = false; }},
    {"no-split-pmd-locks", "with a lock for each PTE table but none for a PMD table",
     [](Config& c) { c.split_pmd_ptlocks = false; }},
};

/// Architectures whose entries the builder knows how to make: a huge page is one entry of its
/// level, a contiguous set of them, or one below a directory (hugepd).
bool provable(Architecture arch) {
  const std::string_view name = architecture_name(arch);
  return name == "x86_64" || name == "arm64" || name == "riscv64" || name == "powerpc";
}

/// The same cells for a contiguous set: its entries leaves, and not.
void add_set_cells(std::vector<Cell>& cells) {
  for (std::size_t i = 0, n = cells.size(); i < n; ++i) {
    Cell absent = cells[i];
    absent.absent = true;
    absent.name += ", no leaf";
    cells.push_back(std::move(absent));
  }
}

void add(std::vector<Theorem>& out, Architecture arch, std::uint8_t variant) {
  const Config config = usual_config(arch, variant);
  const Geometry& g = geometry_of(config);
  const std::string where = geometry_name(config);
  const bool all_levels = !geometries_told_apart(arch);
  for (const HugetlbSize& s : g.hugetlb) {
    const std::string name(s.name);
    Theorem t{where, "hugetlb-" + name + "/one-page", "one page at any offset of a " + name + " hugetlb page", {}, s.order, one_page};
    add_cells(t.cells, config, "");
    for (std::uint8_t v = 1; all_levels && v < geometries(arch).size(); ++v)
      add_cells(t.cells, usual_config(arch, v), ", " + std::to_string(geometries(arch)[v].levels) + " levels");
    if (s.entries() > 1) add_set_cells(t.cells);
    out.push_back(std::move(t));
  }
  // Two pages are proved of one architecture, and with the most levels alone: the top level is
  // walked like the next, and the loop around the walk is the same everywhere.
  for (const HugetlbSize& s : arch == Architecture::x86_64 ? g.hugetlb : std::span<const HugetlbSize>()) {
    const std::string name(s.name);
    Theorem t{where, "hugetlb-" + name + "/across-entry", "two pages across the boundary of two " + name + " hugetlb pages", {}, s.order, across_entry};
    add_cells(t.cells, config, "");
    out.push_back(std::move(t));
  }
  for (const Configuration& k : kConfigurations) {
    Config changed = config;
    k.change(changed);
    if (changed == config || variant != 0) continue;
    for (const HugetlbSize& s : g.hugetlb) {
      if (s.hugepd()) continue;  // proved for the usual configuration
      const std::string name(s.name);
      Theorem t{where, "hugetlb-" + name + "/one-page/" + std::string(k.name),
                "one page at any offset of a " + name + " hugetlb page, " + std::string(k.what), {}, s.order, one_page};
      add_cells(t.cells, changed, "");
      if (s.entries() > 1) add_set_cells(t.cells);
      out.push_back(std::move(t));
    }
  }
}

std::vector<Theorem> all_theorems() {
  std::vector<Theorem> out;
  for (int a = 0; a < kArchitectures; ++a) {
    const auto arch = static_cast<Architecture>(a);
    if (!provable(arch)) continue;
    const std::size_t variants = geometries_told_apart(arch) ? geometries(arch).size() : 1;
    for (std::size_t v = 0; v < variants; ++v) add(out, arch, static_cast<std::uint8_t>(v));
    for (std::size_t v = 0; v < variants; ++v) add_generic_theorems(out, arch, static_cast<std::uint8_t>(v));
  }
  return out;
}

}  // namespace

std::span<const Theorem> theorems() {
  static const std::vector<Theorem> all = all_theorems();
  return all;
}

}  // namespace gupdiff
