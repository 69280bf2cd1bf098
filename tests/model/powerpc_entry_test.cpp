// SPDX-License-Identifier: GPL-2.0-only
// powerpc entries of the three platforms with hugepd: every combination of flag bits against
// the predicates written a second way, from tables of names and not from masks.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "model/arch/words.hpp"

namespace gupdiff {
namespace {

Config machine(std::string_view name) {
  Config c;
  c.arch = Architecture::powerpc;
  for (std::size_t v = 0; v < std::size(powerpc::kGeometries); ++v)
    if (powerpc::kGeometries[v].name == name) c.variant = static_cast<std::uint8_t>(v);
  EXPECT_EQ(geometry_of(c).name, name);
  return c;
}

/// The names of the bits set in `e`.
std::set<std::string> names(const Config& c, std::uint64_t e) {
  std::set<std::string> out;
  for (const NamedBit& n : entry_bit_names(c))
    if (e & n.bit) out.insert(std::string(n.name));
  return out;
}

/// What an entry is, decided by the names of its bits.
struct Second {
  bool present = false, read = false, write = false, user = true, young = false, dirty = false, special = false;
  bool devmap = false, soft_dirty = false, protnone = false;
};
Second second(const Config& c, std::uint64_t e) {
  const std::set<std::string> bits = names(c, e);
  const auto on = [&](const char* n) { return bits.count(n) != 0; };
  Second s;
  s.young = on("ACCESSED");
  s.dirty = on("DIRTY");
  s.special = on("SPECIAL");
  if (geometry_of(c).name == "book3s64-4K") {
    s.present = on("PTE") && (on("PRESENT") || on("INVALID"));
    s.read = on("READ");
    s.write = on("WRITE");
    s.user = !on("PRIVILEGED");
    s.devmap = on("DEVMAP") && on("PTE");
    s.soft_dirty = on("SOFT_DIRTY");
    s.protnone = on("PRESENT") && on("PTE") && !on("READ") && !on("WRITE") && !on("EXEC");
  } else if (geometry_of(c).name == "book3e") {
    s.present = on("PRESENT");
    s.read = on("SR") && on("UR");
    s.write = on("SW") || on("UW");
  } else {
    s.present = on("PRESENT");
    const int pp = (on("RO_BIT") ? 2 : 0) + (on("NA") ? 1 : 0);
    s.write = pp == 0;
    s.read = pp != 1;
  }
  return s;
}

/// Every predicate of `e` says what the names say; edits change what they say and nothing else.
void check_word(const Config& c, std::uint64_t e) {
  const Geometry& g = geometry_of(c);
  const Arch<Concrete> a(c);
  const Second s = second(c, e);
  ASSERT_EQ(from_flag_bits(c.arch, g, flag_bits(c.arch, g, e)), e);
  ASSERT_EQ(a.pte_present(e), s.present) << std::hex << e;
  ASSERT_EQ(a.write(e), s.write) << std::hex << e;
  ASSERT_EQ(a.young(e), s.young) << std::hex << e;
  ASSERT_EQ(a.dirty(e), s.dirty) << std::hex << e;
  ASSERT_EQ(a.special(e), s.special) << std::hex << e;
  ASSERT_EQ(a.devmap(e), s.devmap) << std::hex << e;
  ASSERT_EQ(a.soft_dirty(e), s.soft_dirty) << std::hex << e;
  ASSERT_EQ(a.protnone(e), s.protnone) << std::hex << e;
  ASSERT_EQ(a.access_permitted(e, false), s.present && s.user && s.read) << std::hex << e;
  ASSERT_EQ(a.access_permitted(e, true), s.present && s.user && s.read && s.write) << std::hex << e;
  ASSERT_TRUE(a.write(a.mkwrite_novma(e)) && !a.write(a.wrprotect(e))) << std::hex << e;
  ASSERT_EQ(a.pte_present(a.wrprotect(a.mkdirty(a.mkyoung(e)))), s.present) << std::hex << e;
  ASSERT_TRUE(a.young(a.mkyoung(e)) && a.dirty(a.mkdirty(e)) && !a.dirty(a.mkclean(e)) && !a.young(a.mkold(e)));
  ASSERT_EQ(a.pte_pfn(a.make_entry(0x12345, a.without_frame(e))), 0x12345u) << std::hex << e;
}

/// Checks every combination of `bits`.
void check_subsets(const Config& c, std::uint64_t bits) {
  std::uint64_t e = 0;
  do {
    check_word(c, e);
    e = (e - bits) & bits;
  } while (e != 0 && !testing::Test::HasFatalFailure());
}

TEST(PowerpcEntry, EveryFlagCombinationOfThe8xx) { check_subsets(machine("8xx"), 0xfff); }
/// All bits but those of the hash table, the keys and the memory attributes, which none of these reads.
TEST(PowerpcEntry, EveryFlagCombinationOfTheServer) { check_subsets(machine("book3s64-4K"), 0xe000000000000f8full); }
/// All bits but the size, software and cache bits.
TEST(PowerpcEntry, EveryFlagCombinationOfTheE500) { check_subsets(machine("book3e"), 0x00000000000430fdull); }

/// pte_none() overlooks what the hash table keeps in an entry: BUSY, HASHPTE and the slot.
TEST(PowerpcEntry, AServerEntryWithHashBitsAloneIsNone) {
  const Arch<Concrete> server(machine("book3s64-4K")), e500(machine("book3e"));
  for (const unsigned bit : {6u, 53u, 54u, 55u, 56u, 60u}) EXPECT_TRUE(server.none(std::uint64_t{1} << bit)) << bit;
  for (const unsigned bit : {0u, 7u, 12u, 52u, 57u, 61u, 62u, 63u}) EXPECT_FALSE(server.none(std::uint64_t{1} << bit)) << bit;
  EXPECT_FALSE(e500.none(std::uint64_t{1} << 6));
}

/// The upper entries a kernel writes: a table, each directory, and nothing else.
TEST(PowerpcEntry, DirectoriesAndTablesAreToldApart) {
  for (const Geometry& g : powerpc::kGeometries) {
    const Config c = machine(g.name);
    const Arch<Concrete> a(c);
    const std::uint64_t table = a.table_entry(g.table_base | 5);
    for (const Level l : {Level::pmd, Level::pud, Level::p4d}) {
      if (l > g.top) continue;
      EXPECT_FALSE(a.is_hugepd(l, table)) << g.name;
      EXPECT_TRUE(a.table_format(l, table)) << g.name;
      EXPECT_FALSE(a.is_hugepd(l, 0)) << g.name;
    }
    EXPECT_FALSE(a.pmd_bad(table) || a.pud_bad(table) || a.p4d_bad(table)) << g.name;
    EXPECT_EQ(a.table_frame(table), g.table_base | 5) << g.name;
    EXPECT_TRUE(a.plain_table(table)) << g.name;
    for (const HugetlbSize& size : g.hugetlb) {
      if (!size.hugepd()) continue;
      const std::uint64_t pfn = g.hugepd_pfn<std::uint64_t>(size.directory, 8);
      const std::uint64_t directory = a.hugepd_entry(pfn, size);
      EXPECT_TRUE(a.is_hugepd(size.directory, directory)) << g.name;
      EXPECT_FALSE(a.table_format(size.directory, directory)) << g.name;
      EXPECT_EQ(a.hugepd_size(directory), &size) << g.name;
      EXPECT_EQ(a.hugepd_frame(directory), pfn) << g.name;
      EXPECT_NE(pfn, g.table_pfn<std::uint64_t>(static_cast<Level>(static_cast<int>(size.directory) - 1), 8u << 10)) << g.name;
      EXPECT_EQ(directory & ~g.word_mask, 0u) << g.name;
    }
  }
}

/// Facts 4.4: the words as the kernel's hugepd_populate() makes them.
TEST(PowerpcEntry, DirectoryWords) {
  const Arch<Concrete> server(machine("book3s64-4K")), e500(machine("book3e")), mpc(machine("8xx"));
  EXPECT_EQ(server.hugepd_entry(0x1234, powerpc::kHugetlbBook3s[0]), 0x8000000001234028u);  // MMU_PAGE_16M is 10
  EXPECT_EQ(server.hugepd_entry(0x1234, powerpc::kHugetlbBook3s[1]), 0x8000000001234038u);  // MMU_PAGE_16G is 14
  EXPECT_EQ(e500.hugepd_entry(0x1234, powerpc::kHugetlbBook3e[0]), 0x4000000001234016u);    // shift 22
  EXPECT_EQ(mpc.hugepd_entry(0x1234, powerpc::kHugetlb8xx[0]), 0x0123404du);
}

/// hugepte_offset(): the 8xx indexes by base page from the last 4 MiB boundary (G40).
TEST(PowerpcEntry, WhereADirectoryLeads) {
  const Arch<Concrete> server(machine("book3s64-4K")), e500(machine("book3e")), mpc(machine("8xx"));
  EXPECT_EQ(server.hugepte_address(powerpc::kHugetlbBook3s[0], 0x100001003000), 0x100001000000u);
  EXPECT_EQ(e500.hugepte_address(powerpc::kHugetlbBook3e[1], 0x100000e03000), 0x100000000000u);
  EXPECT_EQ(mpc.hugepte_address(powerpc::kHugetlb8xx[0], 0x20000000), 0x20000000u);
  EXPECT_EQ(mpc.hugepte_address(powerpc::kHugetlb8xx[0], 0x20003000), 0x20003000u);
  EXPECT_EQ(mpc.hugepte_address(powerpc::kHugetlb8xx[0], 0x20400000), 0x20000000u);
  EXPECT_EQ(mpc.hugepte_address(powerpc::kHugetlb8xx[0], 0x20403000), 0x20003000u);
}

/// PROT_NONE: present everywhere, permitted nowhere; only the server platform knows it as such.
TEST(PowerpcEntry, ProtNone) {
  for (const Geometry& g : powerpc::kGeometries) {
    const Arch<Concrete> a(machine(g.name));
    const HugetlbSize& size = g.hugetlb.front();
    const std::uint64_t e = a.make_huge_pte(0x4000, a.page_prot(std::uint64_t{0}, 0), size);
    EXPECT_TRUE(a.pte_present(e)) << g.name;
    EXPECT_FALSE(a.access_permitted(e, false)) << g.name;
    EXPECT_EQ(a.protnone(e), g.format == powerpc::book3s64) << g.name;
    // make_huge_pte() write-protects; on the 8xx that makes the entry readable.
    EXPECT_EQ(a.access_permitted(a.wrprotect(e), false), g.format == powerpc::mpc8xx) << g.name;
  }
}

TEST(PowerpcEntry, SwapFormatsKeepTypeOffsetAndState) {
  for (const Geometry& g : powerpc::kGeometries) {
    const Config c = machine(g.name);
    const Arch<Concrete> a(c);
    for (std::uint64_t type = 0; type < 32; ++type) {
      const std::uint64_t e = a.swp_entry(type, 0x5678);
      EXPECT_EQ(a.swp_type(e), type) << g.name;
      EXPECT_EQ(a.swp_offset(e), 0x5678u) << g.name;
      EXPECT_FALSE(a.pte_present(e)) << g.name;
      for (const NamedBit& n : swap_bit_names(c)) {
        EXPECT_EQ(a.swp_type(e | n.bit), type) << g.name << " " << n.name;
        EXPECT_EQ(a.swp_offset(e | n.bit), 0x5678u) << g.name << " " << n.name;
        EXPECT_FALSE(a.pte_present(e | n.bit)) << g.name << " " << n.name;
      }
    }
  }
}

}  // namespace
}  // namespace gupdiff
