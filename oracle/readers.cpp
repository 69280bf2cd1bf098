// SPDX-License-Identifier: GPL-2.0-only
// The list of reader statements: every claim for every architecture, kernel and size.
#include "oracle/readers.hpp"

#include <utility>

#include "model/arch/geometry_name.hpp"
#include "model/arch/usual_config.hpp"

namespace gupdiff {
namespace {

/// The configuration, and it with coarser page-table locks.
std::vector<Config> lock_configs(Config c) {
  std::vector<Config> out{c};
  if (std::exchange(c.split_pmd_ptlocks, false)) out.push_back(c);
  c.split_pte_ptlocks = false;
  out.push_back(c);
  return out;
}

/// Architectures whose huge_pte_offset() and predicates the statements speak of.
bool spoken_of(Architecture arch) {
  const std::string_view name = architecture_name(arch);
  return name == "x86_64" || name == "arm64" || name == "riscv64";
}

/// Which parts of the lookup's exception some words show: the record that a proof is held to.
std::vector<std::string_view> lookup_differs(const Config& config, const HugetlbSize& s) {
  const Geometry& g = geometry_of(config);
  const std::string_view arch = architecture_name(config.arch);
  std::vector<std::string_view> out;
  const auto bad_table = [&] { out.push_back("D24"); };
  if (arch == "arm64") {
    if (g.top > Level::pud) bad_table();
    if (s.level == Level::pud) return out.push_back("D27"), out;
    // Without PUD leaves a PUD that looks like one is bad.
    if (g.page_shift != 16) out.push_back("D29");
    else if (g.top == Level::pud) bad_table();
    out.push_back("an absent entry above");
    out.push_back("D23");
    if (s.level == Level::pte) return out.push_back("D31"), out;
    if (s.entries() > 1) out.insert(out.end(), {"D28", "a set that is not uniform"});
    return out;
  }
  if (arch == "x86_64") bad_table();  // riscv64 asks a table entry for presence alone
  if (s.level == Level::pud) return out.push_back("D27"), out;
  out.push_back("D29");
  out.push_back(s.level == Level::pmd ? "D28" : "D31");
  return out;
}

/// Kernel `w`'s statements about geometry `config`, which theorems call `where`.
void add_lookup(std::vector<ReaderStatement>& out, const std::string& prefix, const Config& config, int w, const HugetlbSize& s) {
  const std::string size(s.name);
  ReaderStatement t{prefix + "lookup/" + size,
                    "hugetlb_walk() of v6.9 finds an entry exactly where this walk ends with a " + size + " leaf or an absent " +
                        size + " entry, but for the parts named",
                    ReaderClaim::lookup, w, s.level, s.order, {config}, lookup_differs(config, s)};
  out.push_back(std::move(t));
}

void add_leaf(std::vector<ReaderStatement>& out, const std::string& prefix, const Config& config, int w, Level level) {
  const std::string name = level == Level::pmd ? "pmd" : "pud";
  std::vector<std::string_view> differs;
  if (config.arch == Architecture::x86_64 || config.arch == Architecture::arm64)
    differs = {"an entry that is not present", "PROT_NONE"};
  out.push_back({prefix + "leaf/" + name,
                 name + "_leaf() says what " + name + "_huge() of v6.9 said, but for the parts named", ReaderClaim::leaf, w,
                 level, geometry_of(config).hugetlb.front().order, {config}, std::move(differs)});
}

bool has_leaves(const Geometry& g, Level level) {
  for (const HugetlbSize& s : g.hugetlb)
    if (s.level == level) return true;
  return false;
}

/// Which parts of the hugepd statement's exception some input shows.
std::vector<std::string_view> hugepd_differs(const Era& era, const Geometry& g) {
  std::vector<std::string_view> out{"D40", "D12", "a forced write", "D34"};
  if (g.format == powerpc::mpc8xx) out.push_back("G40");
  if (!era.hugepd_slow_grab) out.push_back("D33");
  if (!era.hugepd_unshares) out.push_back("D32");
  return out;
}

/// Directories: in the kernels that have them, of the machines that have them.
void add_hugepd(std::vector<ReaderStatement>& out, const std::string& where, const Config& config) {
  const Geometry& g = geometry_of(config);
  for (int w = 0; w < static_cast<int>(walks().size()); ++w) {
    const WalkEntry& walk = walks()[static_cast<std::size_t>(w)];
    if (walk.code != WalkCode::unified || !walk.era->hugepd) continue;
    for (const HugetlbSize& s : g.hugetlb) {
      if (!s.hugepd()) continue;
      const std::string size(s.name);
      out.push_back({where + "/reader/" + std::string(walk.name) + "/hugepd/" + size,
                     "any page of a " + size + " page below a directory reads as it would in a table of PTEs that repeat the entry, but for the parts named",
                     ReaderClaim::hugepd, w, s.level, s.order, {config}, hugepd_differs(*walk.era, g)});
    }
  }
}

void add(std::vector<ReaderStatement>& out, const std::string& where, Architecture arch, std::uint8_t variant) {
  const Config config = usual_config(arch, variant);
  const Geometry& g = geometry_of(config);
  if (g.has_hugepd) add_hugepd(out, where, config);
  if (!spoken_of(arch)) return;
  for (int w = 0; w < static_cast<int>(walks().size()); ++w) {
    const WalkEntry& walk = walks()[static_cast<std::size_t>(w)];
    if (walk.code != WalkCode::legacy_v6_9 && walk.code != WalkCode::unified) continue;
    const bool generic = walk.code == WalkCode::unified;
    const std::string prefix = where + "/reader/" + std::string(walk.name) + "/";
    for (const HugetlbSize& s : g.hugetlb) {
      if (generic) add_lookup(out, prefix, config, w, s);
      std::vector<std::string_view> differs;
      if (generic && !walk.era->hugetlb_uses_table_locks && s.level < Level::pud && s.order != g.leaf_order(Level::pmd))
        differs = {"D06"};
      out.push_back({prefix + "lock/" + std::string(s.name),
                     "the lock held over a " + std::string(s.name) + " entry is the one its writers take" + (differs.empty() ? "" : ", but where locks are split"),
                     ReaderClaim::lock, w, s.level, s.order, lock_configs(config), std::move(differs)});
    }
    for (const Level level : {Level::pmd, Level::pud})
      if (generic && has_leaves(g, level)) add_leaf(out, prefix, config, w, level);
  }
}

}  // namespace

const std::vector<ReaderStatement>& reader_statements() {
  static const std::vector<ReaderStatement> all = [] {
    std::vector<ReaderStatement> out;
    for (int a = 0; a < kArchitectures; ++a) {
      const auto arch = static_cast<Architecture>(a);
      const auto variants = geometries_told_apart(arch) ? geometries(arch).size() : 1;
      for (std::size_t v = 0; v < variants; ++v) {
        Config c;
        c.arch = arch;
        c.variant = static_cast<std::uint8_t>(v);
        add(out, geometry_name(c), arch, c.variant);
      }
    }
    return out;
  }();
  return all;
}

}  // namespace gupdiff
