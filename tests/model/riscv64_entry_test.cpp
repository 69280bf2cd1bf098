// SPDX-License-Identifier: GPL-2.0-only
// riscv64 entries: the fact sheet's vectors (8.5), and every combination of flag
// bits against the predicates written a second way.
#include "model/machine/slots.hpp"

#include <gtest/gtest.h>

namespace gupdiff {
namespace {

using namespace riscv64;

constexpr Config config(std::uint8_t variant, bool thp = true) {
  Config c;
  c.arch = Architecture::riscv64;
  c.variant = variant;
  c.thp = thp;
  return c;
}
const Arch<Concrete> E{config(0)};

TEST(Riscv64Entry, NapotVector) {
  const std::uint64_t e = 0x80000000004020d7u;  // any of the 16 entries of a 64K page at frame 0x1000
  const HugetlbSize size{.name = "64K", .order = 4, .level = Level::pte, .entries_log2 = 4};
  EXPECT_EQ(E.make_huge_pte(0x1000u, PRESENT | READ | WRITE | USER | ACCESSED | DIRTY, size), e);
  EXPECT_EQ((e & kPfnMask) >> kPfnShift, 0x1008u);
  EXPECT_EQ(E.pte_pfn(e), 0x1000u);
  EXPECT_TRUE(E.contiguous(e));
  for (std::uint32_t i = 0; i < 16; ++i) EXPECT_EQ(E.contiguous_member(e, size, i), e);
  EXPECT_EQ(E.huge_modify(e, kPageNone, size), 0x80000000004020e2u);
  EXPECT_EQ(E.pte_pfn(E.huge_modify(e, kPageNone, size)), 0x1000u);
}

TEST(Riscv64Entry, ProtNoneLeafIsPresentAtPmdButNotAtPudLevel) {
  const std::uint64_t e = 0x10000022u;  // frame 0x40000
  EXPECT_FALSE(E.pud_present(e));
  EXPECT_FALSE(E.pud_leaf(kV6_12, e));
  EXPECT_TRUE(E.pte_present(e));
  EXPECT_TRUE(E.pmd_present(e));
  EXPECT_TRUE(E.pmd_leaf(e));
  EXPECT_TRUE(E.protnone(e));
  EXPECT_EQ(E.pud_pfn(e), 0x40000u);
  EXPECT_EQ(E.make_leaf(Level::pud, 0x40000u, kPageNone), e);
}

TEST(Riscv64Entry, SwapFormat) {
  const SwapTypes t = swap_types(Config{});
  const std::uint64_t e = E.swp_entry(t.migration_read, 0x1234);
  EXPECT_EQ(e, (std::uint64_t{28} << 7) | 0x1234000u);
  EXPECT_EQ(E.swp_type(e), t.migration_read);
  EXPECT_EQ(E.swp_offset(e), 0x1234u);
  EXPECT_TRUE(E.is_migration(t, e));
  EXPECT_FALSE(E.swp_exclusive(e));
  EXPECT_TRUE(E.swp_exclusive(e | 0x40u));
  EXPECT_EQ(E.swp_type(e | 0x40u), t.migration_read);
  EXPECT_FALSE(E.pmd_present(e)) << "bits 0 to 5 are clear";
}

/// An entry taken apart as the privileged manual draws it.
struct Fields {
  bool v, r, w, x, u, g, a, d, rsw0, rsw1, n;
  unsigned type;
  std::uint64_t frame;
};
Fields fields(std::uint64_t e) {
  const auto bit = [e](unsigned i) { return (e >> i) % 2 == 1; };
  return {bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6), bit(7), bit(8), bit(9), bit(63),
          static_cast<unsigned>(e >> 61) % 4, (e % (std::uint64_t{1} << 54)) / 1024};
}
/// The frame of a NAPOT entry: it ends in a one and zeroes, which are no part of it.
std::uint64_t napot_base(std::uint64_t frame) {
  std::uint64_t size = 1;
  while (frame != 0 && frame % (size * 2) == 0) size *= 2;
  return frame == 0 ? 0 : frame - size;
}

TEST(Riscv64Entry, EveryFlagCombinationAgreesWithTheManualReading) {
  const Arch<Concrete> without_thp{config(0, false)};
  for (std::uint64_t low = 0; low < 1024; ++low)
    for (std::uint64_t high = 0; high < 16; ++high)  // bits 60 to 63
      for (const std::uint64_t frame : {0x0u, 0x1u, 0x1008u, 0x1234u, 0x80000u}) {
        const std::uint64_t e = low | (frame << 10) | (high << 60);
        const Fields f = fields(e);
        const bool leaf = f.r || f.w || f.x, known = f.v || f.g;
        ASSERT_EQ(E.none(e), e == 0) << std::hex << e;
        ASSERT_EQ(E.pte_present(e), known) << std::hex << e;
        ASSERT_EQ(E.pmd_present(e), known || leaf) << std::hex << e;
        ASSERT_EQ(without_thp.pmd_present(e), known) << std::hex << e;
        ASSERT_EQ(E.pud_present(e) && E.p4d_present(e) && E.pgd_present(e), f.v) << std::hex << e;
        ASSERT_EQ(E.protnone(e), f.g && !f.v) << std::hex << e;
        ASSERT_EQ(E.pmd_leaf(e), leaf) << std::hex << e;
        ASSERT_EQ(without_thp.pmd_leaf(e), leaf && known) << std::hex << e;
        ASSERT_EQ(E.pmd_trans_huge(e), E.pmd_leaf(e)) << std::hex << e;
        ASSERT_EQ(E.pud_leaf(kV6_12, e), f.v && leaf) << std::hex << e;
        ASSERT_EQ(E.pmd_bad(e), leaf || !known) << std::hex << e;
        ASSERT_EQ(without_thp.pmd_bad(e), leaf || !known) << std::hex << e;
        ASSERT_EQ(E.pud_bad(e) && E.p4d_bad(e) && E.pgd_bad(e), !f.v) << std::hex << e;
        ASSERT_EQ(E.write(e), f.w) << std::hex << e;
        ASSERT_EQ(E.young(e), f.a) << std::hex << e;
        ASSERT_EQ(E.dirty(e), f.d) << std::hex << e;
        ASSERT_EQ(E.special(e), f.rsw0) << std::hex << e;
        ASSERT_EQ(E.devmap(e), f.rsw1) << std::hex << e;
        ASSERT_EQ(E.contiguous(e), f.n) << std::hex << e;
        ASSERT_EQ(E.access_permitted(e, true), known && f.w) << std::hex << e;
        ASSERT_EQ(E.access_permitted(e, false), known) << std::hex << e;
        ASSERT_EQ(E.pte_pfn(e), f.n ? napot_base(f.frame) : f.frame) << std::hex << e;
        ASSERT_EQ(E.pmd_pfn(e), f.frame / 512 * 512) << std::hex << e;
        ASSERT_EQ(E.table_frame(e), f.frame) << std::hex << e;
        // mprotect(): rights, GLOBAL and the memory type are the new ones, all else stays.
        const Fields m = fields(E.modify(Level::pte, e, PRESENT | ACCESSED | USER | READ));
        ASSERT_TRUE(m.v && m.r && !m.w && !m.x && m.u && !m.g && m.a && m.type == 0) << std::hex << e;
        ASSERT_TRUE(m.d == f.d && m.rsw0 == f.rsw0 && m.rsw1 == f.rsw1 && m.n == f.n && m.frame == f.frame)
            << std::hex << e;
      }
}

TEST(Riscv64Entry, ProtectionMap) {
  EXPECT_EQ(E.page_prot(0u, 0), PROTNONE | READ);
  EXPECT_EQ(E.page_prot(VM_SHARED, 0), PROTNONE | READ);
  const std::uint64_t base = PRESENT | ACCESSED | USER;
  EXPECT_EQ(E.page_prot(VM_READ, 0), base | READ);
  EXPECT_EQ(E.page_prot(VM_WRITE, 0), base | READ) << "private: copied on write";
  EXPECT_EQ(E.page_prot(VM_EXEC, 0), base | EXEC) << "executable alone is not readable";
  EXPECT_EQ(E.page_prot(VM_EXEC | VM_WRITE, 0), base | READ | EXEC);
  EXPECT_EQ(E.page_prot(VM_SHARED | VM_WRITE, 0), base | READ | WRITE);
  EXPECT_EQ(E.page_prot(VM_SHARED | VM_READ | VM_WRITE | VM_EXEC, 0), base | READ | WRITE | EXEC);
  EXPECT_EQ(E.prot_without_write(base | READ | WRITE), base | READ);
}

TEST(Riscv64Entry, LevelsFoldFromTheTop) {
  EXPECT_EQ(geometry_of(config(0)).top, Level::pud);
  EXPECT_EQ(geometry_of(config(1)).top, Level::p4d);
  EXPECT_EQ(geometry_of(config(2)).top, Level::pgd);
  EXPECT_EQ(geometry_of(config(0)).address_bits, 38);
  EXPECT_EQ(geometry_of(config(1)).address_bits, 47);
  EXPECT_EQ(geometry_of(config(2)).address_bits, 56);
}

/// One entry's reading by the MMU.
HardwareStep<Concrete> mmu(Level l, std::uint64_t e) { return hardware_step<Concrete>(geometry_of(config(0)), l, e); }

TEST(Riscv64Mmu, ReservedEncodingsFault) {
  const std::uint64_t rights = PRESENT | READ | USER | ACCESSED;
  EXPECT_TRUE(mmu(Level::pte, rights).valid);
  EXPECT_FALSE(mmu(Level::pte, rights & ~PRESENT).valid);
  EXPECT_FALSE(mmu(Level::pte, (rights & ~READ) | WRITE).valid) << "W without R";
  EXPECT_FALSE(mmu(Level::pte, rights | 1ull << 54).valid);
  EXPECT_FALSE(mmu(Level::pte, rights | NOCACHE | IO).valid);
  EXPECT_FALSE(mmu(Level::pte, PRESENT).valid) << "the last level cannot point on";
  EXPECT_TRUE(mmu(Level::pmd, PRESENT).valid);
  EXPECT_FALSE(mmu(Level::pmd, PRESENT | USER).valid) << "U of a pointer is reserved";
  EXPECT_FALSE(mmu(Level::pmd, rights | (0x201ull << 10)).valid) << "misaligned superpage";
  EXPECT_FALSE(mmu(Level::pmd, rights | (0x208ull << 10) | NAPOT).valid) << "NAPOT is for the last level";
}

TEST(Riscv64Mmu, ANapotEntryTakesTheLowFrameBitsFromTheAddress) {
  const HardwareStep<Concrete> s = mmu(Level::pte, 0x80000000004020d7u);
  EXPECT_TRUE(s.valid && s.leaf && s.writable);
  EXPECT_EQ(s.frame, 0x1000u);
  EXPECT_EQ(s.from_address, 0xfu);
  EXPECT_FALSE(mmu(Level::pte, 0x80000000004010d7u).valid) << "only 64K sets are defined";
}

}  // namespace
}  // namespace gupdiff
