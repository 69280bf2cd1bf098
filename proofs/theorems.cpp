// SPDX-License-Identifier: GPL-2.0-only
// The list of theorems about pairs of walks: every request shape for every hugetlb size of every
// architecture, within the bounds on faults that are affordable, and one page under other kernel
// configurations.
#include <optional>
#include <string>

#include "model/arch/geometry_name.hpp"
#include "model/arch/usual_config.hpp"
#include "proofs/generic_theorems.hpp"
#include "proofs/request_shapes.hpp"

namespace gupdiff {
namespace {

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

/// The same cells for a contiguous set: its entries leaves, and not.
void add_set_cells(std::vector<Cell>& cells) {
  for (std::size_t i = 0, n = cells.size(); i < n; ++i) {
    Cell absent = cells[i];
    absent.absent = true;
    absent.name += ", no leaf";
    cells.push_back(std::move(absent));
  }
}

/// The same cells for another call, which may want pages in some ways alone.
void by(Call call, std::vector<Cell>& cells) {
  std::erase_if(cells, [&](const Cell& c) { return !can_want(call, c.wanted); });
  for (Cell& c : cells) c.call = call;
}

/// Bounds on the faults of the older walk, as a set.
enum Bound : unsigned { kNone = 0, kAny = 1, kTwo = 2, kOne = 4, kZero = 8 };
struct NamedBound {
  Bound bound;
  std::optional<std::uint8_t> faults;
};
constexpr NamedBound kBounds[] = {{kAny, std::nullopt}, {kTwo, 2}, {kOne, 1}, {kZero, 0}};

/// How a huge page is mapped: by one entry of its level, a contiguous set, or an entry below a directory.
enum class Mapping : std::uint8_t { entry, set, directory };
Mapping mapping_of(const HugetlbSize& size) {
  return size.hugepd() ? Mapping::directory : size.entries() > 1 ? Mapping::set : Mapping::entry;
}

/// Within which bounds each shape is proved, by Mapping: as wide as is affordable, and with no
/// fault at all as the fast part of it.
struct GridRow {
  std::string_view shape;
  unsigned bounds[3];
};
constexpr GridRow kGrid[] = {
    // shape           entry          set            directory
    {"one-page",       {kAny | kZero, kAny,          kAny}},
    {"two-inside",     {kAny | kZero, kAny | kZero,  kAny | kZero}},
    {"three-inside",   {kAny | kZero, kAny | kZero,  kAny | kZero}},
    {"past-vma",       {kAny | kZero, kAny | kZero,  kAny | kZero}},
    {"across-entry",   {kAny | kZero, kAny | kZero,  kAny | kZero}},
    {"three-across",   {kOne | kZero, kOne | kZero,  kOne | kZero}},
    {"more-than-leaf", {kOne | kZero, kZero,         kOne | kZero}},
    {"cross-table",    {kOne | kZero, kOne | kZero,  kOne | kZero}},
    {"cross-vma",      {kOne | kZero, kOne | kZero,  kOne | kZero}},
    {"fast-one-page",  {kAny,         kAny,          kAny}},
    {"fast-two-inside",{kAny,         kAny,          kAny}},
    {"longterm-one-page", {kAny,      kAny,          kAny}},
};
unsigned bounds_of(const RequestShape& shape, const HugetlbSize& size) {
  for (const GridRow& row : kGrid)
    if (row.shape == shape.name) return row.bounds[static_cast<int>(mapping_of(size))];
  return kNone;
}

std::string with_size(std::string_view text, const HugetlbSize& size) {
  std::string out(text);
  return out.replace(out.find("{}"), 2, size.name);
}

/// One theorem about `shape` and `size`: under `config`, and besides in the geometries of the
/// same architecture that differ in the number of levels alone, if `all_levels`.
Theorem theorem(const Config& config, bool all_levels, const HugetlbSize& size, const RequestShape& shape,
                std::optional<std::uint8_t> faults) {
  Theorem t{geometry_name(config), "hugetlb-" + std::string(size.name) + "/" + std::string(shape.name),
            with_size(shape.summary, size), {}, size.order, shape.build};
  add_cells(t.cells, config, "");
  if (all_levels)
    for (std::uint8_t v = 1; v < geometries(config.arch).size(); ++v)
      add_cells(t.cells, usual_config(config.arch, v), ", " + std::to_string(geometries(config.arch)[v].levels) + " levels");
  if (size.entries() > 1) add_set_cells(t.cells);
  by(shape.call, t.cells);
  if (faults) {
    t.name += "/faults-" + std::to_string(*faults);
    t.summary += ", where " + bound_text(*faults);
    for (Cell& cell : t.cells) cell.faults = faults;
  }
  return t;
}

void add(std::vector<Theorem>& out, Architecture arch, std::uint8_t variant) {
  const Config config = usual_config(arch, variant);
  const Geometry& g = geometry_of(config);
  for (const RequestShape& shape : request_shapes())
    for (const HugetlbSize& size : g.hugetlb) {
      if (!fits(shape, g, size)) continue;
      const bool all_levels = &shape == &request_shapes().front() && !geometries_told_apart(arch);
      for (const NamedBound& b : kBounds)
        if (bounds_of(shape, size) & b.bound) out.push_back(theorem(config, all_levels, size, shape, b.faults));
    }
  for (const Configuration& k : kConfigurations) {
    Config changed = config;
    k.change(changed);
    if (changed == config || variant != 0) continue;
    for (const HugetlbSize& size : g.hugetlb) {
      if (size.hugepd()) continue;  // proved for the usual configuration
      Theorem t = theorem(changed, false, size, request_shapes().front(), std::nullopt);
      t.name += "/" + std::string(k.name);
      t.summary += ", " + std::string(k.what);
      out.push_back(std::move(t));
    }
  }
}

std::vector<Theorem> all_theorems() {
  std::vector<Theorem> out;
  for (int a = 0; a < kArchitectures; ++a) {
    const auto arch = static_cast<Architecture>(a);
    const std::size_t variants = geometries_told_apart(arch) ? geometries(arch).size() : 1;
    for (std::size_t v = 0; v < variants; ++v) add(out, arch, static_cast<std::uint8_t>(v));
    for (std::size_t v = 0; v < variants; ++v) add_generic_theorems(out, arch, static_cast<std::uint8_t>(v));
  }
  return out;
}

}  // namespace

std::string bound_text(std::uint8_t faults) {
  if (faults == 0) return "the older walk does not fault";
  return "the older walk faults at most " + (faults == 1 ? std::string("once") : std::to_string(faults) + " times");
}

std::span<const Theorem> theorems() {
  static const std::vector<Theorem> all = all_theorems();
  return all;
}

}  // namespace gupdiff
