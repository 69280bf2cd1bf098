// SPDX-License-Identifier: GPL-2.0-only
// What the series' discussion claims of code that reads page tables, each written once as a
// template over the domain: fuzzed over plain words (tests/fuzz), proved over symbolic ones
// (proofs/prove_reader.cpp). A statement compares two readers and says exactly where
// they answer differently.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "legacy/v6_9.hpp"
#include "model/arch/huge_predicates.hpp"
#include "oracle/hugepd_reader.hpp"
#include "oracle/reader_input.hpp"
#include "oracle/registry.hpp"
#include "unified/follow_page.hpp"

namespace gupdiff {

/// The world of an input: one VMA of one huge page, its slots, and no folio behind any.
template <class D>
World<D> reader_world(const ReaderInput<D>& in) {
  using W = typename D::Word;
  World<D> w;
  w.config = in.config;
  const Geometry& g = geometry_of(in.config);
  const std::uint64_t bytes = g.page_size() << in.size->order;
  const W address = reader_address(in);
  for (const bool huge : {false, true}) {
    Folio<D> f;
    f.pfn = W(huge ? g.huge_zero_pfn : g.zero_pfn);
    f.order = static_cast<std::uint8_t>(huge ? g.leaf_order(Level::pmd) : 0);
    f.kind = huge ? FolioKind::huge_zero : FolioKind::zero_page;
    f.refcount = W(1);
    w.folios.push_back(f);
  }
  Vma<D> v;
  v.start = address & ~(bytes - 1);
  v.end = v.start + bytes;
  v.flags = in.vm_flags | std::uint64_t{VM_HUGETLB};
  v.kind = VmaKind::hugetlb;
  v.huge_order = in.size->order;
  v.file = 1;
  w.vmas.push_back(v);
  for (int l = 0; l <= static_cast<int>(g.top); ++l) {
    Slot<D> s;
    s.first = address >> g.shift(static_cast<Level>(l));
    s.value = in.entry[l];
    w.slots[l].push_back(s);
  }
  if (in.size->entries() > 1) {
    Slot<D> s;
    s.first = v.start >> g.shift(in.size->level);
    s.value = in.first;
    w.slots[static_cast<int>(in.size->level)].push_back(s);
  }
  return w;
}

/// A machine that remembers where a walk looked last, whether it followed a pointer to
/// nowhere, and which locks it held when it read entries of a level.
template <class D>
class Watched : public Machine<D> {
  using Base = Machine<D>;

 public:
  using W = typename D::Word;
  Level last = Level::pgd;  ///< level of the last entry read
  bool wild = false;        ///< a table entry that points to no table was followed

  W read(const char* function, Level level, W address) {
    last = level;
    return Base::read(function, level, address);
  }
  W read_locked(const char* function, Level level, W address) {
    last = level;
    return Base::read_locked(function, level, address);
  }
  bool enter_table(const char* function, Level child, W e, W address) {
    if (Base::enter_table(function, child, e, address)) return true;
    wild = true;
    return false;
  }
};

/// How the two walks see one entry of a level: what each does there.
template <class D>
struct Views {
  using B = typename D::Cond;
  B old_stops{false};   ///< the old lookup takes this slot for the huge page's, whatever the size asked for
  B old_passes{false};  ///< it goes below
  B new_passes{false};  ///< the generic walk goes below
  B leaf{false}, absent{false}, device{false};  ///< why it does not
};
template <class D>
Views<D> views(const Arch<D>& arch, const Era& era, const HugetlbSize& size, Level level, typename D::Word e) {
  using B = typename D::Cond;
  Views<D> v;
  B present(false), bad(false);
  switch (level) {
    case Level::pgd:
      present = arch.pgd_present(e);
      v.absent = arch.pgd_none(e);
      bad = arch.pgd_bad(e);
      break;
    case Level::p4d:
      present = arch.p4d_present(e);
      v.absent = !present;
      bad = arch.p4d_bad(e);
      break;
    case Level::pud:
      present = arch.pud_present(e);
      v.absent = !present;
      v.leaf = present && arch.pud_leaf(era, e);
      bad = arch.pud_bad(e);
      break;
    case Level::pmd:
      present = arch.pmd_present(e);
      v.absent = arch.none(e) || !present;
      v.device = !v.absent && arch.devmap(e);
      v.leaf = !v.absent && arch.pmd_leaf(e);
      bad = arch.pmd_bad(e) || arch.pmd_trans_huge(e);
      break;
    case Level::pte:
    default: break;
  }
  v.new_passes = !v.absent && !v.leaf && !v.device && !bad;
  if (level == Level::pte) v.new_passes = B(false);
  const bool own = level == size.level;
  if (arch.geometry().huge_pte_offset == HugePteOffset::arm64 && level < Level::p4d && level > Level::pte) {
    // The first leaf or non-present entry from the top.
    v.old_stops = level == Level::pud ? !present || arch.pud_leaf(era, e) : !present || arch.pmd_leaf(e);
    if (!own) v.old_stops = v.old_stops && !arch.none(e);
    v.old_passes = !v.old_stops && !arch.none(e);
    if (level == Level::pmd) v.old_passes = v.old_passes && B(size.level == Level::pte);
  } else {
    v.old_stops = B(own);
    v.old_passes = B(!own) && present;
  }
  return v;
}

/// *The lookup can go*: hugetlb_walk() of v6.9 finds an entry exactly where the generic walk
/// of `era` ends at the huge page's own level with a leaf or an entry that is not present
/// (facts 1.12). Apart: a table where the leaf should be (D27, D28), a leaf above (D29, D31),
/// a table entry that the generic walk calls bad (D24) or a device's (D23), and where an
/// architecture's lookup ends at any entry that is not present.
template <class D>
Comparison<D> compare_lookup(const ReaderInput<D>& in, const Era& era) {
  using B = typename D::Cond;
  using W = typename D::Word;
  const World<D> world = reader_world(in);
  const W address = reader_address(in);
  const HugetlbSize& size = *in.size;
  const Level own = size.level;

  Watched<D> before;
  before.reset(world, kV6_9);
  const auto slot = legacy_v6_9::hugetlb_walk(before, PlainKernel{}, size, address & ~((geometry_of(in.config).page_size() << size.order) - 1));
  const bool old_finds = slot.found && !before.halted();
  const bool old_wild = before.wild && before.last > own;

  Watched<D> after;
  after.reset(world, era);
  (void)unified::FollowPage{}(after, 0, address, W(0));
  const Arch<D>& arch = after.arch;
  const bool new_wild = after.wild && after.last > own;
  const W e = in.entry[static_cast<int>(own)];
  const Views<D> here = views(arch, era, size, own, e);
  // Ended at the level, unless with a table that it would not follow.
  B new_finds(!after.wild && after.last == own);
  if (own != Level::pte) new_finds = new_finds && (here.absent || here.leaf || here.device);

  Comparison<D> c;
  c.same = B(old_wild == new_wild) && B(old_finds) == new_finds && B(!old_finds || slot.level == own);

  // The same said of the entries alone. First, from the bottom: would the old walk, come to
  // this level, find an entry or follow a pointer to nowhere?
  B old_ends[kLevels];
  B right[kLevels];
  for (int l = 0; l <= static_cast<int>(after.top()); ++l) {
    const Level level = static_cast<Level>(l);
    // It looks at the first entry of a set, the new walk at the address's own.
    const Views<D> v = views(arch, era, size, level, level == own && size.entries() > 1 ? in.first : in.entry[l]);
    if (l > 0) right[l] = arch.table_frame(in.entry[l]) == after.table_pfn(static_cast<Level>(l - 1), address);
    const B below = l == 0 ? B(false) : D::select(right[l], old_ends[l - 1], B(level > own));
    old_ends[l] = v.old_stops || (v.old_passes && below);
  }
  // Then from the top: where does the new walk stop alone, and why?
  B both(true), bad(false), device(false), leaf_pud(false), leaf_pmd(false), absent(false);
  for (int l = static_cast<int>(after.top()); l > static_cast<int>(own); --l) {
    const Views<D> v = views(arch, era, size, static_cast<Level>(l), in.entry[l]);
    const B alone = both && !v.new_passes && old_ends[l];
    absent = absent || (alone && v.absent);
    (l == static_cast<int>(Level::pmd) ? leaf_pmd : leaf_pud) =
        (l == static_cast<int>(Level::pmd) ? leaf_pmd : leaf_pud) || (alone && !v.absent && v.leaf);
    device = device || (alone && !v.absent && !v.leaf && v.device);
    bad = bad || (alone && !v.absent && !v.leaf && !v.device);
    both = both && v.new_passes && v.old_passes && right[l];
  }
  const B ends = old_ends[static_cast<int>(own)];
  if (own != Level::pte) {
    const B table = both && !here.absent && !here.leaf;
    device = device || (table && here.device && !ends);
    bad = bad || (table && !here.device && !here.new_passes && ends);
    c.differs(own == Level::pud ? "D27" : "D28", table && here.new_passes && ends);
    c.differs("a set that is not uniform", both && (here.absent || here.leaf) && !ends);
  }
  c.differs("D24", bad);
  c.differs("D29", leaf_pud);
  c.differs("D31", leaf_pmd);
  c.differs("D23", device);
  c.differs("an absent entry above", absent);
  return c;
}

/// *pXd_leaf for pXd_huge*: the predicate of `era` that took the place of pmd_huge() or
/// pud_huge() of v6.9 says the same of the entry (facts 4.1, 4.2). Apart: entries that are not
/// present, and PROT_NONE encodings that only one of the two knows.
template <class D>
Comparison<D> compare_leaf(const ReaderInput<D>& in, const Era& era, Level level) {
  using B = typename D::Cond;
  const Arch<D> arch(in.config);
  const auto e = in.entry[static_cast<int>(level)];
  const B huge = pxd_huge_v6_9(arch, level, e);
  const B leaf = level == Level::pud ? arch.pud_leaf(era, e) : arch.pmd_leaf(e);
  Comparison<D> c;
  c.same = huge == leaf;
  c.differs("an entry that is not present", pxd_huge_of_absent(arch, e) && !leaf);
  c.differs("PROT_NONE", arch.pte_present(e) && pxd_huge_apart_if_present(arch, e, leaf));
  return c;
}

/// follow_page_mask() of a registered walk that has one.
template <class M>
void follow_page(const WalkEntry& walk, M& m, int vma, typename M::W address, typename M::W flags) {
  if (walk.code == WalkCode::legacy_v6_9)
    (void)legacy_v6_9::FollowPage<>{}(m, vma, address, flags);
  else
    (void)unified::FollowPage{}(m, vma, address, flags);
}

/// *One lock*: whenever the walk reads an entry of the huge page's level under a page-table
/// lock, it holds the object that every hugetlb writer of that kernel takes for it (facts
/// 1.13). Apart: D06.
template <class D>
Comparison<D> compare_lock(const ReaderInput<D>& in, const WalkEntry& walk) {
  using B = typename D::Cond;
  Machine<D> m;
  m.reset(reader_world(in), *walk.era);
  const auto address = reader_address(in);
  follow_page(walk, m, 0, address, in.foll_flags);
  const Level own = in.size->level;
  const Lock<D> writer = huge_pte_lockptr(m, *in.size, own, address);
  Comparison<D> c;
  c.about = false;
  for (const Access<D>& a : m.accesses) {
    if (a.kind != AccessKind::read || a.level != own) continue;
    c.about = true;
    c.same = c.same && B(a.ptl.kind == writer.kind) && a.ptl.object == writer.object;
  }
  // A set of entries, which writers lock as mm and the generic walk by its table.
  const bool split = own == Level::pte ? in.config.split_pte_ptlocks : own == Level::pmd && in.config.split_pmd_ptlocks;
  const bool before_fix = walk.code == WalkCode::unified && !walk.era->hugetlb_uses_table_locks;
  c.differs("D06", B(c.about && before_fix && split && in.size->order != m.arch.geometry().leaf_order(Level::pmd)));
  return c;
}

/// Which claim a ReaderStatement makes.
enum class ReaderClaim : std::uint8_t { lookup, leaf, lock, hugepd };

/// One claim about one architecture, kernel and size (or level).
struct ReaderStatement {
  std::string name;     ///< "x86_64/reader/v6.10/lookup/1G"
  std::string summary;
  ReaderClaim claim = ReaderClaim::lookup;
  int walk = 0;         ///< the kernel, by its index in walks()
  Level level = Level::pmd;  ///< leaf: which predicate
  std::uint8_t order = 0;    ///< the hugetlb size, by its order
  std::vector<Config> configs;
  std::vector<std::string_view> differs;  ///< parts of `apart` that some input shows; none: always the same
};

/// The flags of a request that a claim is about: a lookup alone is asked with those that take no
/// reference and do not split.
constexpr std::uint64_t reader_foll_flags(ReaderClaim claim) {
  const std::uint64_t lookup = FOLL_WRITE | FOLL_DUMP | FOLL_FORCE | FOLL_TOUCH | FOLL_HONOR_NUMA_FAULT;
  return claim == ReaderClaim::hugepd ? lookup | FOLL_GET | FOLL_PIN | FOLL_LONGTERM : lookup;
}
/// The flags of a VMA that a claim is about.
constexpr std::uint64_t reader_vm_flags(ReaderClaim claim) {
  const std::uint64_t access = VM_READ | VM_WRITE | VM_SHARED | VM_MAYWRITE | VM_MAYSHARE;
  return claim == ReaderClaim::hugepd ? access | VM_SOFTDIRTY | VM_UFFD_WP : access;
}
/// Which bits of an address are free: those inside its base page, or inside its huge page.
inline std::uint64_t reader_offsets(ReaderClaim claim, const Config& config, const HugetlbSize& size) {
  return (geometry_of(config).page_size() << (claim == ReaderClaim::hugepd ? size.order : 0)) - 1;
}

/// Every claim, in the order they are proved.
const std::vector<ReaderStatement>& reader_statements();

/// What the two readers of `s` answer to `in`.
template <class D>
Comparison<D> compare(const ReaderStatement& s, const ReaderInput<D>& in) {
  const WalkEntry& walk = walks()[static_cast<std::size_t>(s.walk)];
  switch (s.claim) {
    case ReaderClaim::lookup: return compare_lookup(in, *walk.era);
    case ReaderClaim::leaf: return compare_leaf(in, *walk.era, s.level);
    case ReaderClaim::hugepd: return compare_hugepd(in, *walk.era);
    case ReaderClaim::lock: break;
  }
  return compare_lock(in, walk);
}

}  // namespace gupdiff
