// SPDX-License-Identifier: GPL-2.0-only
// The prover finds breaches of the safety properties: an old walk that does what v6.9 does and then spoils its
// outcome is refuted by each property it breaks, with a scenario that breaks it when replayed.
#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "oracle/safety.hpp"
#include "oracle/stand_in.hpp"
#include "proofs/prove.hpp"
#include "proofs/symbolic_walks.hpp"

namespace gupdiff {
namespace {

int g_plant = 0;

/// Spoils the outcome of a call that got its page.
template <class D>
void plant(Machine<D>& m) {
  if (m.pages.empty()) return;
  Folio<D>& f = m.w.folios[static_cast<std::size_t>(m.find_folio(m.pages[0].pfn))];
  const auto slot = [&](Level l) -> Slot<D>& { return m.w.slots[static_cast<int>(l)][0]; };
  switch (g_plant) {
    case 0:  // one reference is lost, a lock stays held and was taken in the wrong order, the page is another one
      f.refcount = f.refcount + 1u;
      m.lock_ptl("planted", m.pud_lockptr());
      m.may_sleep();
      f.exclusive = typename D::Cond(false);
      slot(Level::pud).value = slot(Level::pud).value & ~std::uint64_t{x86_64::RW};
      break;
    case 1:  // the page next to it, and a slot counted that nobody wrote
      m.pages[0].pfn = m.pages[0].pfn + 1u;
      m.ret = m.ret + 1u;
      break;
    case 2:  // the table is not linked to, an error that GUP does not know
      slot(m.top()).value = typename D::Word(0);
      m.ret = error_word<D>(E_BUSY);
      break;
    case 3:  // the file's page
      f.anon = f.exclusive = typename D::Cond(false);
      break;
    case 4:  // fork() does not see the pin
      f.pincount = typename D::Word(0);
      break;
    case 5:  // it goes round for ever
      m.halt(Termination::livelock, "planted", "");
      break;
    case 6:  // a page that must not be pinned for long
      f.unpinnable = typename D::Cond(true);
      break;
  }
}

template <class D>
void spoilt(int walk, const void* initial, void* out) {
  struct Aside {  // a path that is cut short ends by an exception
    int was = std::exchange(StandIn<D>::of, -1);
    ~Aside() { StandIn<D>::of = was; }
  } aside;
  run_walk(walk, *static_cast<const World<D>*>(initial), *static_cast<Machine<D>*>(out));
  plant(*static_cast<Machine<D>*>(out));
}

std::set<std::string> refuted_by(int which, const char* shape) {
  g_plant = which;
  const int walk = find_walk("v6.9");
  StandIn<Symbolic>::of = StandIn<Concrete>::of = walk;
  StandIn<Symbolic>::calls.walk = spoilt<Symbolic>;
  StandIn<Concrete>::calls.walk = spoilt<Concrete>;
  ProveOptions o;
  o.glob = std::string("x86_64/*/hugetlb-1G/") + shape;
  o.first_only = false;
  o.timeout_seconds = 300;
  const auto results = prove(o);
  StandIn<Symbolic>::of = StandIn<Concrete>::of = -1;
  std::set<std::string> claims;
  for (const auto& r : results) {
    EXPECT_EQ(r.verdict, Verdict::refuted) << r.internal_error;
    for (const Counterexample& c : r.counterexamples) claims.insert(c.claim);
  }
  return claims;
}

/// Those of `broken` that no counterexample was found for.
std::set<std::string> missed(int which, std::initializer_list<SafetyProperty> broken, const char* shape = "one-page/faults-0") {
  const std::set<std::string> found = refuted_by(which, shape);
  std::set<std::string> missing;
  for (const SafetyProperty p : broken) {
    const std::string claim = "v6.9: " + std::string(properties()[static_cast<std::size_t>(p)].id);
    if (found.count(claim) == 0) missing.insert(claim);
  }
  return missing;
}

TEST(SafetyClaims, APlantedBreachIsRefuted) {
  using enum SafetyProperty;
  const std::set<std::string> none;
  EXPECT_EQ(missed(0, {references_balance, no_lock_held, lock_order_kept, pinned_anon_is_exclusive, write_returns_writable,
                       entries_unchanged_without_fault}),
            none);
  EXPECT_EQ(missed(1, {page_is_what_hardware_translates, page_is_mapped, counted_pages_are_stored}), none);
  EXPECT_EQ(missed(2, {page_is_mapped, shortfall_has_reason}), none);
  EXPECT_EQ(missed(3, {private_write_is_no_file_page}), none);
  EXPECT_EQ(missed(4, {pin_survives_fork}), none);
  EXPECT_EQ(missed(5, {terminates}), none);
  EXPECT_EQ(missed(6, {longterm_is_pinnable}, "longterm-one-page"), none);
}

}  // namespace
}  // namespace gupdiff
