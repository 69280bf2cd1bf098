// SPDX-License-Identifier: GPL-2.0-only
// The list of reader statements: every claim for every architecture, kernel and size.
#include "oracle/readers.hpp"

namespace gupdiff {
namespace {

/// The configuration with every switch the geometry has.
Config full(Architecture arch, std::uint8_t variant) {
  Config c;
  c.arch = arch;
  c.variant = variant;
  const Geometry& g = geometry_of(c);
  c.thp = c.shmem_thp = g.has_thp;
  c.pud_devmap = g.has_pud_leaf_thp;
  c.soft_dirty = g.has_soft_dirty;
  return c;
}

/// The configuration, and it with coarser page-table locks.
std::vector<Config> lock_configs(Config c) {
  std::vector<Config> out{c};
  c.split_pmd_ptlocks = false;
  out.push_back(c);
  c.split_pte_ptlocks = false;
  out.push_back(c);
  return out;
}

void add(std::vector<ReaderStatement>& out, const std::string& where, Architecture arch, std::uint8_t variant) {
  const Config config = full(arch, variant);
  const Geometry& g = geometry_of(config);
  for (int w = 0; w < static_cast<int>(walks().size()); ++w) {
    const WalkEntry& walk = walks()[static_cast<std::size_t>(w)];
    if (walk.code != WalkCode::legacy_v6_9 && walk.code != WalkCode::unified) continue;
    const std::string kernel(walk.name), prefix = where + "/reader/" + kernel + "/";
    for (const HugetlbSize& s : g.hugetlb) {
      const std::string size(s.name);
      if (walk.code == WalkCode::unified) {
        ReaderStatement t{prefix + "lookup/" + size,
                          "hugetlb_walk() of v6.9 finds an entry exactly where the walk of " + kernel + " ends with a " + size +
                              " leaf or an absent " + size + " entry, but for the parts named",
                          ReaderClaim::lookup, w, s.level, s.order, {config}, {}};
        if (s.level != Level::pte) t.differs.push_back(s.level == Level::pud ? "D27" : "D28");
        if (g.top > s.level) t.differs.push_back("D24");
        if (g.top > s.level && s.level < Level::pud) t.differs.push_back("D29");
        out.push_back(std::move(t));
      }
      out.push_back({prefix + "lock/" + size,
                     "the lock held over a " + size + " entry is the one its writers take", ReaderClaim::lock, w, s.level,
                     s.order, lock_configs(config), {}});
    }
    if (walk.code != WalkCode::unified) continue;
    for (const Level level : {Level::pmd, Level::pud}) {
      if (level > g.top) continue;
      const std::string name = level == Level::pmd ? "pmd" : "pud";
      out.push_back({prefix + "leaf/" + name, name + "_leaf() of " + kernel + " says what " + name + "_huge() of v6.9 said, but for the parts named",
                     ReaderClaim::leaf, w, level, g.hugetlb.front().order, {config}, {"an entry that is not present", "PROT_NONE"}});
    }
  }
}

}  // namespace

const std::vector<ReaderStatement>& reader_statements() {
  static const std::vector<ReaderStatement> all = [] {
    std::vector<ReaderStatement> out;
    add(out, "x86_64", Architecture::x86_64, 0);
    return out;
  }();
  return all;
}

}  // namespace gupdiff
