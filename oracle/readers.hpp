// SPDX-License-Identifier: GPL-2.0-only
// What the series' discussion claims of code that reads page tables, each written once as a
// template over the domain: fuzzed over plain words (tests/fuzz), proved over symbolic ones
// (proofs/reader_theorems.cpp). A statement compares two readers and says exactly where
// they answer differently.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "legacy/v6_9.hpp"
#include "model/machine/list.hpp"
#include "oracle/huge_predicates.hpp"
#include "oracle/registry.hpp"
#include "unified/follow_page.hpp"

namespace gupdiff {

/// A condition under which two readers answer differently, and what it is called: a row of
/// the fact sheet, or words.
template <class D>
struct Apart {
  std::string_view name;
  typename D::Cond holds{false};
};

/// Two readers' answers to one input. The statement: `same` exactly where no part of `apart` holds.
template <class D>
struct Comparison {
  typename D::Cond same{true};
  List<Apart<D>, 4> apart;
  bool about = true;  ///< false: this input never comes to what the statement is about

  void differs(std::string_view name, typename D::Cond holds) { apart.push_back({name, holds}); }
  typename D::Cond excepted() const {
    typename D::Cond any(false);
    for (const Apart<D>& a : apart) any = any || a.holds;
    return any;
  }
  typename D::Cond holds() const { return D::select(excepted(), !same, same); }
};

/// What a reader statement is about: any words at all in the slots of one address of a
/// hugetlb VMA, and a request's flags.
template <class D>
struct ReaderInput {
  using W = typename D::Word;
  Config config;
  const HugetlbSize* size = nullptr;  ///< of the VMA
  W entry[kLevels]{};                 ///< by Level; those above Geometry::top are ignored
  W offset{};                         ///< of the address in its base page
  W vm_flags{};
  W foll_flags{};
};

/// The address that is read: in the second entry where a huge page has several, so that a
/// reader that rounds down to the set shows.
template <class D>
typename D::Word reader_address(const ReaderInput<D>& in) {
  const Geometry& g = geometry_of(in.config);
  const std::uint64_t whole = g.page_size() << g.max_order();
  const std::uint64_t start = (std::uint64_t{1} << (g.address_bits - 1)) & ~(whole - 1);
  const std::uint64_t second = in.size->entries() > 1 ? g.span(in.size->level) : 0;
  return in.offset | (start + second);
}

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

/// Whether a level's table entry lets a walk through: presence as hugetlb_walk() tests it,
/// and as the generic walk does.
template <class D>
struct Passage {
  typename D::Cond old_test, new_test, leaf;
};
template <class D>
Passage<D> passage(const Arch<D>& arch, const Era& era, Level level, typename D::Word e) {
  using B = typename D::Cond;
  switch (level) {
    case Level::pgd: return {arch.pgd_present(e), !arch.pgd_none(e) && !arch.pgd_bad(e), B(false)};
    case Level::p4d: return {arch.p4d_present(e), arch.p4d_present(e) && !arch.p4d_bad(e), B(false)};
    case Level::pud: {
      const B leaf = arch.pud_leaf(era, e);
      return {arch.pud_present(e), arch.pud_present(e) && !leaf && !arch.pud_bad(e), leaf};
    }
    case Level::hugepte:  // no level of the tree
    case Level::pmd:
    case Level::pte: break;
  }
  const B leaf = arch.pmd_leaf(e) || arch.devmap(e);
  return {arch.pmd_present(e), !arch.none(e) && arch.pmd_present(e) && !leaf && !arch.pmd_trans_huge(e) && !arch.pmd_bad(e), leaf};
}

/// *The lookup can go*: hugetlb_walk() of v6.9 finds an entry exactly where the generic walk
/// of `era` ends at the huge page's own level with a leaf or an entry that is not present
/// (facts 1.12). Apart: D24 (a table entry that the generic walk calls bad), D27 and D28 (a
/// table where the leaf should be), D29 (a leaf above).
template <class D>
Comparison<D> compare_lookup(const ReaderInput<D>& in, const Era& era) {
  using B = typename D::Cond;
  using W = typename D::Word;
  const World<D> world = reader_world(in);
  const W address = reader_address(in);
  const Level own = in.size->level;

  Watched<D> before;
  before.reset(world, kV6_9);
  const legacy_v6_9::HugeSlot slot = legacy_v6_9::hugetlb_walk(before, PlainKernel{}, *in.size, address);
  const Level level = slot.level;
  const bool old_finds = slot.found && !before.halted();

  Watched<D> after;
  after.reset(world, era);
  (void)unified::FollowPage{}(after, 0, address, W(0));
  const Arch<D>& arch = after.arch;
  // Ended at the level, unless with a table it would not follow.
  B new_finds(!after.wild && after.last == own);
  const W e = in.entry[static_cast<int>(own)];
  if (own == Level::pud) new_finds = new_finds && (!arch.pud_present(e) || arch.pud_leaf(era, e));
  if (own == Level::pmd)
    new_finds = new_finds && (arch.none(e) || !arch.pmd_present(e) || arch.pmd_leaf(e) || arch.devmap(e));

  Comparison<D> c;
  c.same = B(before.wild == after.wild) && (B(old_finds) == new_finds) && B(!old_finds || level == own);

  // The same said of the entries alone. The old walk passes a table entry that the new one
  // refuses, for being bad or a leaf, and then finds an entry or follows a pointer to nowhere.
  B both(true);                            // both walks come to this level
  B alone_by_bad(false), alone_by_leaf(false);  // the old one alone does
  B bad(false), leaf_above(false);
  for (int l = static_cast<int>(after.top()); l > static_cast<int>(own); --l) {
    const Level here = static_cast<Level>(l), child = static_cast<Level>(l - 1);
    const W t = in.entry[l];
    const Passage<D> p = passage(arch, era, here, t);
    const B right = arch.table_frame(t) == after.table_pfn(child, address);
    alone_by_bad = (alone_by_bad || (both && !p.new_test && !p.leaf)) && p.old_test;
    alone_by_leaf = (alone_by_leaf || (both && p.leaf)) && p.old_test;
    bad = bad || (alone_by_bad && !right);
    leaf_above = leaf_above || (alone_by_leaf && !right);
    alone_by_bad = alone_by_bad && right;
    alone_by_leaf = alone_by_leaf && right;
    both = both && p.new_test && right;
  }
  bad = bad || alone_by_bad;
  leaf_above = leaf_above || alone_by_leaf;
  if (own != Level::pte) {
    const Passage<D> p = passage(arch, era, own, e);
    const B present = own == Level::pud ? arch.pud_present(e) : !arch.none(e) && arch.pmd_present(e);
    const B table = both && present && !p.leaf;
    bad = bad || (table && !p.new_test);
    c.differs(own == Level::pud ? "D27" : "D28", table && p.new_test);
  }
  c.differs("D24", bad);
  c.differs("D29", leaf_above);
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
  return c;
}

/// Which claim a ReaderStatement makes.
enum class ReaderClaim : std::uint8_t { lookup, leaf, lock };

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

/// Every claim, in the order they are proved.
const std::vector<ReaderStatement>& reader_statements();

/// What the two readers of `s` answer to `in`.
template <class D>
Comparison<D> compare(const ReaderStatement& s, const ReaderInput<D>& in) {
  const WalkEntry& walk = walks()[static_cast<std::size_t>(s.walk)];
  switch (s.claim) {
    case ReaderClaim::lookup: return compare_lookup(in, *walk.era);
    case ReaderClaim::leaf: return compare_leaf(in, *walk.era, s.level);
    case ReaderClaim::lock: break;
  }
  return compare_lock(in, walk);
}

}  // namespace gupdiff
