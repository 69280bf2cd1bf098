// SPDX-License-Identifier: GPL-2.0-only
// State words and call words taken apart.
#include <gtest/gtest.h>

#include "guest/call.hpp"
#include "guest/foll_numbers.hpp"
#include "guest/state.hpp"
#include "model/arch/arch.hpp"

namespace gupdiff {
namespace {

TEST(CallWord, NamesApiFlagsPagesAndOffset) {
  const CallWord c = parse_call("pup.W.n3@510");
  EXPECT_TRUE(c.modelled);
  EXPECT_TRUE(c.in_scope);
  EXPECT_EQ(c.api, Api::pin);
  EXPECT_EQ(c.foll, FOLL_WRITE);
  EXPECT_EQ(c.nr_pages, 3u);
  EXPECT_EQ(c.page_offset, 510);
  EXPECT_EQ(parse_call("gup.n3@-1").page_offset, -1);
  EXPECT_EQ(parse_call("gup.n0").nr_pages, 0u);
}

TEST(CallWord, KnowsCombinedInternalAndPointerWords) {
  EXPECT_EQ(parse_call("prem.lk.WL").foll, FOLL_WRITE | FOLL_LONGTERM);
  EXPECT_TRUE(parse_call("prem.lk.WL").locked_ptr);
  EXPECT_TRUE(parse_call("gup.null.n1024").pages_null);
  EXPECT_EQ(parse_call("int.GET.TOUCH.W").foll, FOLL_GET | FOLL_TOUCH | FOLL_WRITE);
  EXPECT_TRUE(parse_call("int.MADVPOP").pages_null);
  EXPECT_EQ(parse_call("gup.rawPIN").foll, FOLL_PIN);
}

TEST(CallWord, SystemCallsAreTheGupCallInsideThem) {
  const CallWord c = parse_call("procmem.w");
  EXPECT_EQ(c.surface, Surface::proc_mem);
  EXPECT_EQ(c.api, Api::get_remote);
  EXPECT_EQ(c.foll, FOLL_FORCE | FOLL_WRITE);
  EXPECT_FALSE(c.in_scope);
  EXPECT_EQ(surface_result(Surface::proc_mem, -E_FAULT), -5);
  EXPECT_EQ(surface_result(Surface::madvise_populate, 1), 0);
  EXPECT_EQ(surface_result(Surface::mlock, -E_FAULT), -E_NOMEM);
  EXPECT_EQ(surface_result(Surface::gup, 3), 3);
}

TEST(CallWord, TheFastApis) {
  EXPECT_EQ(parse_call("fast.n1024").api, Api::get_fast);
  EXPECT_EQ(parse_call("pfast.WL").api, Api::pin_fast);
  EXPECT_EQ(parse_call("pfast.WL").foll, FOLL_WRITE | FOLL_LONGTERM);
  EXPECT_EQ(parse_call("fonly.W").api, Api::get_fast_only);
  EXPECT_EQ(parse_call("pfonly").api, Api::pin_fast_only);
  EXPECT_FALSE(parse_call("fast").in_scope);
}

TEST(CallWord, SaysWhatIsNotModelled) {
  EXPECT_FALSE(parse_call("gup.SOMETHING").modelled);
  EXPECT_FALSE(parse_call("nonsense").modelled);
  EXPECT_FALSE(parse_call("gup@x").modelled);
}

TEST(FollNumbers, V61HasItsOwn) {
  EXPECT_EQ(foll_of_kernel("6.1", 0x40001), FOLL_PIN | FOLL_WRITE);
  EXPECT_EQ(foll_of_kernel("6.1", 0x20080), FOLL_SPLIT_PMD | FOLL_NOFAULT);
  EXPECT_EQ(foll_of_kernel("6.1", 0x8 | 0x10), FOLL_DUMP | FOLL_FORCE);
  EXPECT_EQ(foll_of_kernel("6.1", 0x400), 1u << 31);  // FOLL_MIGRATION is gone
  EXPECT_EQ(foll_of_kernel("6.12", FOLL_LONGTERM), FOLL_LONGTERM);
}

TEST(StateWord, NamesMemoryAndItsHistory) {
  const StateWord s = parse_state("t2.fs1.rw.w.forkP");
  EXPECT_TRUE(s.error.empty());
  EXPECT_EQ(s.kind, UnitKind::t2);
  EXPECT_EQ(s.map, MapKind::file_shared);
  EXPECT_TRUE(s.cached);
  EXPECT_EQ(s.prot, VM_READ | VM_WRITE);
  EXPECT_EQ(s.touch, 'w');
  EXPECT_EQ(s.mod, "forkP");
  const Geometry& g = geometry_of(Config{});
  EXPECT_EQ(s.unit(g), 2u << 20);
  EXPECT_EQ(s.length(g), 4u << 20);
  EXPECT_EQ(parse_state("x.pfnmap").kind, UnitKind::special);
}

TEST(StateWord, UnknownWordsAreSaid) {
  for (const char* word : {"", "k4", "k4.ap.rw", "k9.ap.rw.w", "k4.zz.rw.w", "k4.ap.q.w", "k4.ap.rw.z", "k4.ap.rw.w.a.b"}) {
    EXPECT_FALSE(parse_state(word).error.empty()) << word;
  }
}

}  // namespace
}  // namespace gupdiff
