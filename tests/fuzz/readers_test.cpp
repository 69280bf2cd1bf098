// SPDX-License-Identifier: GPL-2.0-only
// The reader statements over plain words: the same templates that the prover runs, on
// random entries and, for predicates of one entry, on every combination of its flags.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <tuple>

#include "model/arch/words.hpp"
#include "oracle/readers.hpp"

namespace gupdiff {
namespace {

/// An entry of `level` of the kinds that decide where a walk goes.
std::uint64_t entry(std::mt19937_64& rng, const Arch<Concrete>& arch, Level level, std::uint64_t address) {
  const Geometry& g = arch.geometry();
  const auto table = [&] {
    return arch.table_entry(level == Level::pte ? rng() & 0xffff : g.table_pfn(static_cast<Level>(static_cast<int>(level) - 1), address >> g.shift(static_cast<Level>(static_cast<int>(level) - 1))));
  };
  switch (rng() % 8) {
    case 0: return 0;
    case 1: return rng();
    case 2: return std::uint64_t{1} << rng() % 64 | std::uint64_t{1} << rng() % 64;
    case 3: return table() ^ (std::uint64_t{1} << rng() % 64);
    case 4: {
      LeafState s;
      s.accessible = rng() % 4 != 0;
      s.write = rng() % 2;
      s.dirty = rng() % 2;
      return arch.make_leaf(level, g.default_pfn(2), leaf_flags(arch.id(), g, level, s));
    }
    case 5: return arch.swp_entry(rng() % 32, rng() & 0xffffff) ^ (rng() % 4 == 0 ? std::uint64_t{1} << rng() % 64 : 0);
    default: return table();
  }
}

/// A word of the kinds that decide what a hugepte answers.
std::uint64_t hugepte(std::mt19937_64& rng, const Arch<Concrete>& arch) {
  LeafState s;
  s.accessible = rng() % 4 != 0;
  s.write = rng() % 2;
  s.dirty = rng() % 2;
  s.soft_dirty = rng() % 2;
  const std::uint64_t leaf = arch.make_leaf(Level::hugepte, rng(), leaf_flags(arch.id(), arch.geometry(), Level::hugepte, s));
  switch (rng() % 8) {
    case 0: return 0;
    case 1: return rng();
    case 2: return arch.swp_entry(rng() % 32, rng() & 0xffffff);
    case 3: return leaf ^ (std::uint64_t{1} << rng() % 64);
    default: return leaf;
  }
}

ReaderInput<Concrete> random_input(std::mt19937_64& rng, const ReaderStatement& s) {
  ReaderInput<Concrete> in;
  in.config = s.configs[rng() % s.configs.size()];
  const Arch<Concrete> arch(in.config);
  in.size = arch.geometry().hugetlb_size(s.order);
  in.offset = rng() & reader_offsets(s.claim, in.config, *in.size);
  const std::uint64_t address = reader_address(in);
  for (int l = 0; l < kLevels; ++l) in.entry[l] = entry(rng, arch, static_cast<Level>(l), address);
  in.first = rng() % 2 ? entry(rng, arch, in.size->level, address)
                       : arch.contiguous_member(in.entry[static_cast<int>(in.size->level)], *in.size, 0);
  in.vm_flags = rng() & reader_vm_flags(s.claim);
  in.foll_flags = rng() & reader_foll_flags(s.claim);
  if (s.claim == ReaderClaim::hugepd) {
    in.hugepte = hugepte(rng, arch);
    in.folio = rng() & (FOLIO_ANON | FOLIO_EXCLUSIVE | FOLIO_UNPINNABLE | FILE_CACHED);
    if (rng() % 2) in.offset &= arch.page_size() - 1;
  }
  return in;
}

TEST(Readers, EveryStatementHoldsOfRandomEntriesAndShowsItsParts) {
  ASSERT_FALSE(reader_statements().empty());
  for (const ReaderStatement& s : reader_statements()) {
    std::mt19937_64 rng(7);
    std::map<std::string_view, int> shown;
    int about = 0;
    for (int i = 0; i < 20000; ++i) {
      const ReaderInput<Concrete> in = random_input(rng, s);
      const Comparison<Concrete> c = compare(s, in);
      ASSERT_TRUE(c.holds()) << s.name << ": pgd " << std::hex << in.entry[4] << " p4d " << in.entry[3] << " pud "
                             << in.entry[2] << " pmd " << in.entry[1] << " pte " << in.entry[0] << " hugepte " << in.hugepte << " flags "
                             << in.foll_flags << " VMA " << in.vm_flags << " folio " << in.folio << " offset " << in.offset << (c.same ? " agree" : " differ");
      about += c.about;
      for (const auto& a : c.apart) shown[a.name] += a.holds;
    }
    EXPECT_GT(about, 30) << s.name;
    for (const std::string_view part : s.differs) EXPECT_GT(shown[part], 0) << s.name << " never shows " << part;
  }
}

/// Where the hugepd statement is not about refusals: both worlds answer with the address's own frame.
TEST(Readers, BelowADirectoryAndInATableThePageIsTheAddresssOwn) {
  int statements = 0;
  for (const ReaderStatement& s : reader_statements()) {
    if (s.claim != ReaderClaim::hugepd) continue;
    ++statements;
    ReaderInput<Concrete> in;
    in.config = s.configs[0];
    const Arch<Concrete> arch(in.config);
    const bool m8xx = arch.geometry().format == powerpc::mpc8xx;
    in.size = arch.geometry().hugetlb_size(s.order);
    LeafState writable;
    writable.accessible = writable.write = true;
    const std::uint64_t head = std::uint64_t{5} << s.order, page = m8xx ? 0 : 77;
    in.hugepte = arch.make_leaf(Level::hugepte, head, leaf_flags(arch.id(), arch.geometry(), Level::hugepte, writable));
    in.offset = (page << arch.page_shift()) + 8;
    in.foll_flags = FOLL_GET | FOLL_WRITE;
    for (const bool directory : {true, false}) {
      Machine<Concrete> m;
      m.reset(hugepd_world(in, directory), *walks()[static_cast<std::size_t>(s.walk)].era);
      const auto found = unified::FollowPage{}(m, 0, hugepd_start(arch.geometry()) + in.offset, in.foll_flags);
      EXPECT_EQ(found.kind, Lookup<Concrete>::Kind::page) << s.name;
      EXPECT_EQ(found.pfn, head + page) << s.name;
    }
    EXPECT_TRUE(compare(s, in).same) << s.name;
  }
  EXPECT_EQ(statements, 24);
}

/// Without its exception, every statement that names one is false.
TEST(Readers, NoExceptionIsIdle) {
  for (const ReaderStatement& s : reader_statements()) {
    std::mt19937_64 rng(8);
    int differ = 0;
    for (int i = 0; i < 5000; ++i) differ += !compare(s, random_input(rng, s)).same;
    EXPECT_TRUE(s.differs.empty() || differ > 0) << s.name;
  }
}

TEST(Readers, LeafPredicatesOnEveryCombinationOfFlags) {
  std::set<std::tuple<Architecture, Level, bool>> seen;
  for (const ReaderStatement& s : reader_statements()) {
    if (s.claim != ReaderClaim::leaf) continue;
    ReaderInput<Concrete> in;
    in.config = s.configs[0];
    const Geometry& g = geometry_of(in.config);
    in.size = g.hugetlb_size(s.order);
    // All of them where they fit 24 bits, once for each form of a predicate; else many at random.
    const bool form = walks()[static_cast<std::size_t>(s.walk)].era->pud_leaf_is_pse_only;
    if (!seen.insert({s.configs[0].arch, s.level, form}).second) continue;
    const unsigned bits = 8 * flag_bytes(in.config.arch);
    std::mt19937_64 rng(9);
    for (std::uint64_t i = 0; i >> (bits <= 24 ? bits : 20) == 0; ++i)
      for (const std::uint64_t frame : {std::uint64_t{0}, ~std::uint64_t{0}}) {
        const std::uint64_t flags = from_flag_bits(in.config.arch, g, bits <= 24 ? i : rng() & rng());
        in.entry[static_cast<int>(s.level)] = flags | (frame & ~from_flag_bits(in.config.arch, g, ~std::uint64_t{0}));
        ASSERT_TRUE(compare(s, in).holds()) << s.name << " " << std::hex << in.entry[static_cast<int>(s.level)];
      }
  }
}

}  // namespace
}  // namespace gupdiff
