// SPDX-License-Identifier: GPL-2.0-only
// What every registered architecture must keep, for each of its geometries: the laws that the
// rooms above rely on. A new folder under model/arch/ is held to them without a line here.
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/arch/words.hpp"
#include "model/machine/slots.hpp"

namespace gupdiff {
namespace {

std::vector<Config> every_config() {
  std::vector<Config> out;
  for (int a = 0; a < kArchitectures; ++a)
    for (std::size_t v = 0; v < geometries(static_cast<Architecture>(a)).size(); ++v) {
      Config c;
      c.arch = static_cast<Architecture>(a);
      c.variant = static_cast<std::uint8_t>(v);
      out.push_back(c);
    }
  return out;
}
/// Levels whose leaves some folio is large enough for.
std::vector<Level> leaf_levels(const Geometry& g) {
  std::vector<Level> out;
  for (int l = 0; l <= static_cast<int>(Level::pud) && l <= static_cast<int>(g.top) && (l == 0 || g.has_upper_leaves); ++l)
    if (g.leaf_order(static_cast<Level>(l)) <= g.max_order()) out.push_back(static_cast<Level>(l));
  return out;
}
std::vector<std::uint64_t> some_frames(const Geometry& g, Level l) {
  const unsigned order = g.leaf_order(l);
  const std::uint64_t last = ((std::uint64_t{1} << g.max_order()) - 1) >> order << order;
  return {g.default_pfn(2), g.default_pfn(3) + last, g.default_pfn(15), g.fresh(0, 1), g.fresh(7, 1) + last};
}
/// Every state the switches can spell, pkey and contiguous apart.
std::vector<LeafState> some_states(const Geometry& g) {
  std::vector<LeafState> out;
  for (unsigned i = 0; i < 512; ++i) {
    LeafState s;
    s.accessible = i & 1;
    s.write = i & 2;
    s.young = i & 4;
    s.dirty = i & 8;
    s.exec = i & 16;
    s.soft_dirty = g.has_soft_dirty && (i & 32);
    s.uffd_wp = g.has_uffd_wp && (i & 64);
    s.special = i & 128;
    s.devmap = g.has_devmap && (i & 256);
    out.push_back(s);
  }
  return out;
}

class EveryArchitecture : public testing::TestWithParam<Config> {
 protected:
  const Config c = GetParam();
  const Geometry& g = geometry_of(c);
  const Arch<Concrete> arch{c};
};

/// Calls every hook, so that a folder that lacks one does not compile.
template <class D>
bool answers_every_hook(const Config& c) {
  using W = typename D::Word;
  const Arch<D> a(c);
  const Geometry& g = a.geometry();
  const HugetlbSize& size = g.hugetlb[0];
  const W e = W(0x1067);
  int n = 0;
  const auto asks = [&](auto&&) { ++n; };
  asks(a.none(e)), asks(a.pgd_none(e)), asks(a.pte_present(e)), asks(a.pmd_present(e)), asks(a.pud_present(e));
  asks(a.p4d_present(e)), asks(a.pgd_present(e)), asks(a.protnone(e)), asks(a.pmd_bad(e)), asks(a.pud_bad(e));
  asks(a.p4d_bad(e)), asks(a.pgd_bad(e)), asks(a.pmd_leaf(e)), asks(a.pud_leaf(kV6_9, e)), asks(a.pmd_trans_huge(e));
  asks(a.pud_trans_huge(e)), asks(a.devmap(e)), asks(a.special(e)), asks(a.contiguous(e));
  asks(a.leaf_format(Level::pmd, e)), asks(a.table_format(Level::pmd, e)), asks(a.write(e)), asks(a.dirty(e));
  asks(a.young(e)), asks(a.soft_dirty(e)), asks(a.uffd_wp(e)), asks(a.access_permitted(e, typename D::Cond(true)));
  asks(a.pte_pfn(e)), asks(a.leaf_pfn(Level::pmd, e)), asks(a.pmd_pfn(e)), asks(a.pud_pfn(e)), asks(a.table_frame(e));
  asks(a.without_frame(e)), asks(a.make_entry(W(1), e)), asks(a.make_leaf(Level::pmd, W(0), e));
  asks(a.make_huge_pte(W(0), e, size)), asks(a.contiguous_member(e, size, 0u)), asks(a.stride(W(0x1067), Level::pte));
  asks(a.swp_type(e)), asks(a.swp_offset(e)), asks(a.swp_entry(W(1), W(2))), asks(a.swp_soft_dirty(e));
  asks(a.swp_uffd_wp(e)), asks(a.swp_exclusive(e)), asks(a.mkyoung(e)), asks(a.mkold(e)), asks(a.mkdirty(e));
  asks(a.mkclean(e)), asks(a.mkwrite(e)), asks(a.mkwrite_novma(e)), asks(a.wrprotect(e)), asks(a.mkuffd_wp(e));
  asks(a.clear_uffd_wp(e)), asks(a.mksoft_dirty(e)), asks(a.mkspecial(e)), asks(a.touched(e, true));
  asks(a.table_entry(W(1))), asks(a.retarget(e, W(1))), asks(a.plain_table(e)), asks(a.page_prot(W(VM_READ), std::uint8_t{0}));
  asks(a.prot_without_write(e)), asks(a.modify(Level::pte, e, W(0))), asks(a.huge_modify(e, W(0), size));
  asks(hardware_step<D>(c.arch, g, Level::pte, e));
  return n > 60;
}

TEST_P(EveryArchitecture, AnswersEveryHook) { EXPECT_TRUE(answers_every_hook<Concrete>(c)); }

TEST_P(EveryArchitecture, AVacantSlotIsNone) {
  EXPECT_TRUE(arch.none(0u));
  EXPECT_FALSE(arch.pte_present(0u));
  EXPECT_FALSE(arch.is_swap(0u));
  EXPECT_FALSE(arch.leaf_format(Level::pmd, 0u));
  EXPECT_FALSE(arch.table_format(Level::pmd, 0u));
}

TEST_P(EveryArchitecture, LeafStatesReadBack) {
  for (const Level l : leaf_levels(g))
    for (const LeafState& s : some_states(g)) {
      const std::uint64_t e = leaf_flags(c.arch, g, l, s);
      const LeafState back = leaf_state(c.arch, g, l, e);
      ASSERT_EQ(leaf_flags(c.arch, g, l, back), e) << std::hex << e;
      ASSERT_EQ(back.accessible, s.accessible);
      ASSERT_EQ(back.dirty, s.dirty);
      if (!s.devmap) ASSERT_EQ(back.special, s.special);  // a device entry may be special as well (arm64)
      ASSERT_EQ(back.devmap, s.devmap);
      if (s.accessible) {
        ASSERT_EQ(back.write, s.write);
        ASSERT_EQ(back.young, s.young);
        ASSERT_EQ(back.exec, s.exec);
      }
      ASSERT_EQ(back.soft_dirty, s.soft_dirty);
      ASSERT_EQ(back.uffd_wp, s.uffd_wp);
    }
}

TEST_P(EveryArchitecture, LeafStatesAreWhatThePredicatesSay) {
  for (const Level l : leaf_levels(g))
    for (const LeafState& s : some_states(g)) {
      if (s.write && s.uffd_wp) continue;  // G4
      const std::uint64_t e = arch.make_entry(g.default_pfn(2), leaf_flags(c.arch, g, l, s));
      ASSERT_TRUE(arch.leaf_format(l, e)) << std::hex << e;
      ASSERT_TRUE(arch.pte_present(e)) << std::hex << e;
      ASSERT_FALSE(l > Level::pte && arch.table_format(l, e)) << std::hex << e;
      // Where pte_protnone() knows nothing, pte_access_permitted() does.
      ASSERT_EQ(g.has_numa_hints ? arch.protnone(e) : !arch.access_permitted(e, false), !s.accessible) << std::hex << e;
      ASSERT_EQ(arch.write(e), s.accessible && s.write) << std::hex << e;
      ASSERT_EQ(arch.dirty(e), s.dirty) << std::hex << e;
      if (!s.devmap) ASSERT_EQ(arch.special(e), s.special) << std::hex << e;
      ASSERT_EQ(arch.devmap(e), s.devmap) << std::hex << e;
      ASSERT_EQ(arch.soft_dirty(e), s.soft_dirty) << std::hex << e;
      ASSERT_EQ(arch.uffd_wp(e), s.uffd_wp) << std::hex << e;
      if (s.accessible) ASSERT_EQ(arch.young(e), s.young) << std::hex << e;
    }
}

TEST_P(EveryArchitecture, FramesReadBack) {
  for (const Level l : leaf_levels(g))
    for (const std::uint64_t pfn : some_frames(g, l))
      for (const LeafState& s : some_states(g)) {
        const std::uint64_t e = arch.make_entry(pfn, leaf_flags(c.arch, g, l, s));
        ASSERT_EQ(arch.pte_pfn(e), pfn) << std::hex << e;
        ASSERT_EQ(arch.leaf_pfn(l, e), pfn) << std::hex << e;
        ASSERT_EQ(arch.make_entry(pfn, arch.without_frame(e)), e) << std::hex << e;
        ASSERT_EQ(arch.leaf_pfn(l, arch.make_leaf(l, pfn, arch.without_frame(e))), pfn) << std::hex << e;
        if (l == Level::pmd) ASSERT_EQ(arch.pmd_pfn(e), pfn) << std::hex << e;
        if (l == Level::pud) ASSERT_EQ(arch.pud_pfn(e), pfn) << std::hex << e;
      }
}

TEST_P(EveryArchitecture, FlagBitsGatherAndSpread) {
  const unsigned bits = 8 * flag_bytes(c.arch);
  ASSERT_LE(bits, 64u);
  for (unsigned i = 0; i < 64; ++i) {
    const std::uint64_t flag = arch.without_frame(std::uint64_t{1} << i);
    const std::uint64_t packed = flag_bits(c.arch, g, flag);
    ASSERT_EQ(from_flag_bits(c.arch, g, packed), flag) << i;
    ASSERT_TRUE(bits == 64 || packed >> bits == 0) << i;
  }
  for (const NamedBit& n : entry_bit_names(c))
    EXPECT_EQ(arch.without_frame(n.bit), n.bit) << n.name << " is part of the frame";
}

TEST_P(EveryArchitecture, SwapEntriesReadBackAndAreNotPresent) {
  const SwapTypes t = swap_types(c);
  for (std::uint64_t type = 0; type < 32; ++type)
    for (const std::uint64_t offset : {std::uint64_t{1}, g.default_pfn(2), g.default_pfn(15) + 3, g.fresh(3, 1)}) {
      std::uint64_t e = arch.swp_entry(type, offset);
      ASSERT_EQ(arch.swp_type(e), type) << std::hex << e;
      ASSERT_EQ(arch.swp_offset(e), offset) << std::hex << e;
      for (const NamedBit& n : swap_bit_names(c)) {
        ASSERT_EQ(swap_state_bits(c.arch, g) & n.bit, n.bit) << n.name;
        ASSERT_EQ(e & n.bit, 0u) << n.name;
        e |= n.bit;
      }
      ASSERT_EQ(arch.swp_type(e), type) << std::hex << e;
      ASSERT_EQ(arch.swp_offset(e), offset) << std::hex << e;
      ASSERT_TRUE(arch.is_swap(e)) << std::hex << e;
      ASSERT_FALSE(arch.pte_present(e)) << std::hex << e;
      if (g.has_upper_leaves) ASSERT_FALSE(arch.pmd_present(e) || arch.pud_present(e)) << std::hex << e;
      ASSERT_FALSE(arch.leaf_format(Level::pmd, e)) << std::hex << e;
      ASSERT_FALSE(arch.table_format(Level::pmd, e)) << std::hex << e;
    }
  EXPECT_TRUE(arch.is_marker(t, arch.marker(t, kMarkerUffdWp)));
  EXPECT_EQ(arch.swp_offset(arch.marker(t, kMarkerPoisoned)), kMarkerPoisoned);
  EXPECT_EQ(arch.swp_entry(0u, 0x77u) & ~swap_offset_field(c.arch, g), arch.swp_entry(0u, 0u) & ~swap_offset_field(c.arch, g));
}

TEST_P(EveryArchitecture, TableEntriesPointBackAndAreTables) {
  for (int l = 1; l <= static_cast<int>(g.top); ++l) {
    const Level level = static_cast<Level>(l), child = static_cast<Level>(l - 1);
    for (const std::uint64_t key : {std::uint64_t{0}, std::uint64_t{5} << g.bits(child), (std::uint64_t{1} << (g.address_bits - g.shift(child))) - 1}) {
      const std::uint64_t frame = g.table_pfn(child, key), e = arch.table_entry(frame);
      ASSERT_EQ(arch.table_frame(e), frame) << std::hex << e;
      ASSERT_TRUE(arch.plain_table(e)) << std::hex << e;
      ASSERT_TRUE(arch.table_format(level, e)) << std::hex << e;
      ASSERT_EQ(arch.retarget(e, g.table_pfn(child, std::uint64_t{0})), arch.table_entry(g.table_pfn(child, std::uint64_t{0})));
      if (level == Level::pmd) ASSERT_FALSE(!arch.pmd_present(e) || arch.pmd_leaf(e) || arch.pmd_bad(e)) << std::hex << e;
      if (level == Level::pud) ASSERT_FALSE(!arch.pud_present(e) || arch.pud_leaf(kV6_12, e) || arch.pud_bad(e)) << std::hex << e;
      if (level == Level::p4d) ASSERT_FALSE(!arch.p4d_present(e) || arch.p4d_bad(e)) << std::hex << e;
      if (level == Level::pgd) ASSERT_FALSE(!arch.pgd_present(e) || arch.pgd_bad(e)) << std::hex << e;
      const HardwareStep<Concrete> s = hardware_step<Concrete>(c.arch, g, level, e);
      ASSERT_TRUE(s.valid && !s.leaf) << std::hex << e;
      ASSERT_EQ(s.table, frame) << std::hex << e;
    }
  }
}

TEST_P(EveryArchitecture, NoTwoTablesShareAFrame) {
  std::set<std::uint64_t> frames;
  for (int l = 0; l <= static_cast<int>(g.top); ++l) {
    const Level level = static_cast<Level>(l);
    const unsigned key_bits = g.address_bits - g.shift(level);
    std::set<std::uint64_t> tables;
    for (unsigned b = 0; b < key_bits; ++b)
      for (const std::uint64_t key : {std::uint64_t{1} << b, (std::uint64_t{2} << b) - 1}) tables.insert(key >> g.bits(level));
    for (const std::uint64_t t : tables) {
      const std::uint64_t frame = g.table_pfn(level, t << g.bits(level));
      EXPECT_TRUE(frames.insert(frame).second) << std::hex << frame;
      // The slots of one table share it, whichever of them is asked.
      EXPECT_EQ(g.table_pfn(level, (t << g.bits(level)) + g.slots(level) - 1), frame);
    }
  }
}

TEST_P(EveryArchitecture, FoliosAndTablesHaveFramesOfTheirOwn) {
  const std::uint64_t largest = std::uint64_t{1} << g.max_order();
  ASSERT_LE(g.max_order(), g.folio_bits) << "the largest folio fits between two default frames";
  struct Range {
    std::uint64_t from, to;
  };
  std::vector<Range> ranges = {{g.zero_pfn, g.zero_pfn + 1},
                               {g.huge_zero_pfn, g.huge_zero_pfn + (std::uint64_t{1} << g.leaf_order(Level::pmd))}};
  EXPECT_EQ(g.huge_zero_pfn % (std::uint64_t{1} << g.leaf_order(Level::pmd)), 0u);
  for (std::uint64_t i = 2; i < 64; ++i) ranges.push_back({g.default_pfn(i), g.default_pfn(i) + largest});
  for (std::uint64_t k = 0; k < 64; ++k) ranges.push_back({g.fresh(k, 1), g.fresh(k, 1) + largest});
  for (std::size_t i = 0; i < ranges.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      EXPECT_TRUE(ranges[i].to <= ranges[k].from || ranges[k].to <= ranges[i].from)
          << std::hex << ranges[i].from << " " << ranges[k].from;
  for (const Range& r : ranges) EXPECT_LE(r.to, g.table_base);
}

TEST_P(EveryArchitecture, RunsOfLeavesAdvanceByTheirSize) {
  for (const Level l : leaf_levels(g))
    for (const bool accessible : {true, false}) {
      LeafState s;
      s.accessible = accessible;
      const std::uint64_t pfn = g.default_pfn(2), e = arch.make_leaf(l, pfn, leaf_flags(c.arch, g, l, s));
      Slot<Concrete> run;
      run.value = e;
      run.count = 4;
      run.stride = arch.stride(e, l);
      EXPECT_EQ(arch.leaf_pfn(l, slot_value<Concrete>(run, 3)), pfn + (std::uint64_t{3} << g.leaf_order(l))) << std::hex << e;
      EXPECT_EQ(arch.without_frame(slot_value<Concrete>(run, 3)), arch.without_frame(e)) << std::hex << e;
    }
}

TEST_P(EveryArchitecture, HugetlbSizesFitTheirLevels) {
  std::set<unsigned> hstates;
  unsigned last = 0;
  for (const HugetlbSize& s : g.hugetlb) {
    EXPECT_GT(s.order, last) << s.name << ": smallest first";
    last = s.order;
    EXPECT_TRUE(hstates.insert(s.hstate).second) << s.name;
    EXPECT_EQ(g.hugetlb_size(s.order), &s);
    EXPECT_LE(s.hugepd() ? s.directory : s.level, g.top) << s.name;
  }
  EXPECT_GE(*hstates.rbegin(), g.hugetlb.size() - 1);  // more where sizes are not modelled
}

TEST_P(EveryArchitecture, EditsDoWhatTheySay) {
  for (const LeafState& s : some_states(g)) {
    const std::uint64_t e = arch.make_entry(g.default_pfn(2), leaf_flags(c.arch, g, Level::pte, s));
    ASSERT_TRUE(arch.young(arch.mkyoung(e))) << std::hex << e;
    ASSERT_FALSE(arch.young(arch.mkold(e))) << std::hex << e;
    ASSERT_TRUE(arch.dirty(arch.mkdirty(e))) << std::hex << e;
    ASSERT_FALSE(arch.dirty(arch.mkclean(e))) << std::hex << e;
    ASSERT_TRUE(arch.write(arch.mkwrite(e))) << std::hex << e;
    ASSERT_FALSE(arch.write(arch.wrprotect(e))) << std::hex << e;
    ASSERT_EQ(arch.dirty(arch.wrprotect(e)), arch.dirty(e)) << std::hex << e;
    ASSERT_TRUE(arch.special(arch.mkspecial(e))) << std::hex << e;
    if (g.has_uffd_wp) {
      ASSERT_TRUE(arch.uffd_wp(arch.mkuffd_wp(e))) << std::hex << e;
      ASSERT_FALSE(arch.uffd_wp(arch.clear_uffd_wp(e))) << std::hex << e;
    }
    for (const std::uint64_t edited : {arch.mkyoung(e), arch.mkdirty(e), arch.mkwrite(e), arch.wrprotect(e)})
      ASSERT_EQ(arch.pte_pfn(edited), arch.pte_pfn(e)) << std::hex << e;
  }
}

TEST_P(EveryArchitecture, ProtectionComesAndGoesWithTheFrameKept) {
  const std::uint64_t none = arch.page_prot(0u, 0), open = arch.page_prot(VM_READ | VM_WRITE | VM_SHARED, 0);
  for (const Level l : leaf_levels(g)) {
    const std::uint64_t pfn = g.default_pfn(2), e = arch.mkdirty(arch.make_leaf(l, pfn, open));
    EXPECT_TRUE(arch.write(e));
    const std::uint64_t shut = arch.modify(l, e, none);
    EXPECT_TRUE(arch.protnone(shut) == g.has_numa_hints && arch.leaf_format(l, shut)) << std::hex << shut;
    if (!g.has_numa_hints) EXPECT_FALSE(arch.access_permitted(shut, false)) << std::hex << shut;
    EXPECT_EQ(arch.leaf_pfn(l, shut), pfn) << std::hex << shut;
    EXPECT_TRUE(arch.dirty(shut)) << std::hex << shut;
    EXPECT_FALSE(hardware_step<Concrete>(c.arch, g, l, shut).valid) << std::hex << shut;
    const std::uint64_t back = arch.modify(l, shut, open);
    EXPECT_TRUE(!arch.protnone(back) && arch.write(back)) << std::hex << back;
    EXPECT_EQ(arch.leaf_pfn(l, back), pfn) << std::hex << back;
    const HardwareStep<Concrete> s = hardware_step<Concrete>(c.arch, g, l, back);
    EXPECT_TRUE(s.valid && s.leaf && s.writable) << std::hex << back;
    EXPECT_EQ(s.frame, pfn) << std::hex << back;
    EXPECT_FALSE(hardware_step<Concrete>(c.arch, g, l, arch.wrprotect(back)).writable) << std::hex << back;
  }
}

INSTANTIATE_TEST_SUITE_P(Registered, EveryArchitecture, testing::ValuesIn(every_config()), [](const auto& info) {
  std::string name = std::string(architecture_name(info.param.arch)) + "_" + std::string(geometry_of(info.param).name);
  for (char& ch : name)
    if (!std::isalnum(static_cast<unsigned char>(ch))) ch = '_';
  return name;
});

}  // namespace
}  // namespace gupdiff
