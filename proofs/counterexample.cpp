// SPDX-License-Identifier: GPL-2.0-only
// Concrete replay and shrinking of counterexamples.
#include "proofs/counterexample.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "oracle/era_rows.hpp"
#include "oracle/run_walk.hpp"
#include "oracle/safety.hpp"
#include "proofs/concretise.hpp"
#include "proofs/row_claims.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

bool is_table(const World<Concrete>& w, Level level, std::uint64_t key) {
  const auto& slots = w.slots[static_cast<int>(level)];
  return std::any_of(slots.begin(), slots.end(), [&](const Slot<Concrete>& s) {
    return s.first == key && Arch<Concrete>(w.config).table_format(level, s.value);
  });
}

/// Whether anything in `w` speaks of folio `i`.
bool mentioned(const World<Concrete>& w, std::size_t i) {
  const Folio<Concrete>& f = w.folios[i];
  const Arch<Concrete> arch(w.config);
  const auto inside = [&](std::uint64_t pfn) { return pfn >> f.order == f.pfn >> f.order; };
  for (const auto& c : w.page_cache)
    if (c.folio == i) return true;
  for (const auto& slots : w.slots)
    for (const auto& s : slots)
      for (const std::uint64_t e : {s.value, s.restored})
        if (inside(arch.pte_pfn(e)) || inside(arch.swp_offset(e))) return true;
  return false;
}

void drop_unused_folios(World<Concrete>& w) {
  for (std::size_t i = w.folios.size(); i-- > 2;) {
    if (mentioned(w, i)) continue;
    std::move(w.folios.begin() + static_cast<std::ptrdiff_t>(i) + 1, w.folios.end(),
              w.folios.begin() + static_cast<std::ptrdiff_t>(i));
    w.folios.resize(w.folios.size() - 1);
    for (auto& c : w.page_cache)
      if (c.folio > i) --c.folio;
  }
}

template <class Items>
void drop(Items& items, std::size_t i) {
  std::move(items.begin() + static_cast<std::ptrdiff_t>(i) + 1, items.end(), items.begin() + static_cast<std::ptrdiff_t>(i));
  items.resize(items.size() - 1);
}

/// Leaves out whole parts of `w` that the theorem fixed and the failure does not need: mappings,
/// entries, cached pages, pages asked for. What is left may be outside the theorem; it is a
/// valid scenario, and fails as `w` does.
template <class Fails>
void drop_parts(World<Concrete>& w, const Fails& fails) {
  bool moved = false;
  const auto attempt = [&](World<Concrete> less) {
    tidy(less);
    drop_unused_folios(less);
    if (validate(less) || !fails(less)) return;
    w = std::move(less);
    moved = true;
  };
  const auto each = [&](auto items) {
    for (std::size_t i = items(w).size(); i-- > 0;) {
      if (i >= items(w).size()) continue;
      World<Concrete> less = w;
      drop(items(less), i);
      attempt(std::move(less));
    }
  };
  do {
    moved = false;
    if (w.vmas.size() > 1) each([](World<Concrete>& x) -> auto& { return x.vmas; });
    for (int l = 0; l < kSlotLists; ++l) each([l](World<Concrete>& x) -> auto& { return x.slots[l]; });
    each([](World<Concrete>& x) -> auto& { return x.page_cache; });
    // By halves first: a shape may ask for more pages than a scenario can.
    const std::uint32_t pages = w.request.nr_pages;
    std::vector<std::uint32_t> fewer;
    for (std::uint32_t n = pages / 2; n > 0; n /= 2) fewer.push_back(n);
    if (pages > 1) fewer.push_back(pages - 1);
    for (const std::uint32_t n : fewer) {
      if (w.request.nr_pages != pages) break;
      World<Concrete> less = w;
      less.request.nr_pages = n;
      attempt(std::move(less));
    }
  } while (moved);
}

}  // namespace

std::string Claim::name() const {
  if (row >= 0)
    return "row " + std::string(catalogue()[static_cast<std::size_t>(row)].id) + (claimed_tight(row) ? " is tight" : " keeps to its facets");
  if (property < 0) return std::string(facet_name(facet));
  return walk_name(walk) + ": " +
         std::string(properties()[static_cast<std::size_t>(property)].id);
}

bool claim_holds(const Claim& claim, const World<Concrete>& world, WalkPair pair,
                 const RowSet& enabled) {
  Machine<Concrete> a, b;
  if (claim.property >= 0) {
    run_walk(claim.walk, world, a);
    return property_holds<Concrete>(claim.property, world, a, enabled);
  }
  run_expected(pair, enabled, world, a);
  if (claim.row >= 0) {
    const bool tight = claimed_tight(claim.row);
    if (tight && !a.known_applied[static_cast<std::size_t>(claim.row)]) return true;
    RowSet others = enabled;
    others.reset(static_cast<std::size_t>(claim.row));
    run_expected(pair, others, world, b);
    return tight ? row_differs<Concrete>(claim.row, world, a, b) : row_keeps_to_its_facets<Concrete>(claim.row, world, pair, enabled, a, b);
  }
  run_walk(std::max(pair.a, pair.b), world, b);
  return facet_equal<Concrete>(claim.facet, world, a, b);
}

void tidy(World<Concrete>& w) {
  const Arch<Concrete> arch(w.config);
  const Geometry& g = arch.geometry();
  const int top = static_cast<int>(g.top);
  const SwapTypes types = swap_types(w.config);
  for (int l = top; l >= 0; --l) {
    auto& slots = w.slots[l];
    const auto gone = std::remove_if(slots.begin(), slots.end(), [&](const Slot<Concrete>& s) {
      return s.value == 0 || (l < top && !is_table(w, static_cast<Level>(l + 1), s.first >> g.bits(static_cast<Level>(l))));
    });
    slots.resize(static_cast<std::size_t>(gone - slots.begin()));
    for (Slot<Concrete>& s : slots)
      if (!arch.is_migration(types, s.value)) s.restored = 0;
  }
  auto& below = w.slots[static_cast<int>(Level::hugepte)];
  below.erase(std::remove_if(below.begin(), below.end(), [](const Slot<Concrete>& s) { return s.value == 0; }), below.end());
  for (Slot<Concrete>& s : below)
    if (!arch.is_migration(types, s.value)) s.restored = 0;
}

std::optional<World<Concrete>> counterexample(const Setting& setting, const Claim& claim,
                                              WalkPair pair, const RowSet& enabled,
                                              const Assignment& failing, TermArena& arena) {
  Evaluator at(arena);
  World<Concrete> world;
  const auto fails = [&](const Assignment& a) {
    at.set(a);
    for (const Assumption& s : setting.assumptions)
      if (!at.holds(s.holds.in(arena))) return false;
    concretise(setting.world, at, world);
    tidy(world);
    return !claim_holds(claim, world, pair, enabled);
  };
  if (!fails(failing)) return std::nullopt;
  Assignment best = failing;
  best.resize(arena.variables().size(), 0);
  // Whole variables first, then single bits; again while anything moves.
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t v = 0; v < best.size(); ++v) {
      const auto attempt = [&](std::uint64_t value) {
        if (value == best[v]) return false;
        Assignment smaller = best;
        smaller[v] = value;
        if (!fails(smaller)) return false;
        best = std::move(smaller);
        return moved = true;
      };
      if (best[v] == 0 || attempt(0)) continue;
      if (arena.variables()[v].boolean) continue;
      if (best[v] != 1 && attempt(1)) continue;
      // One variable takes the part of another: a migrating entry becomes what its
      // migration would restore.
      for (std::size_t u = 0; u < best.size(); ++u) {
        if (u == v || best[u] == 0 || arena.variables()[u].boolean) continue;
        Assignment fewer = best;
        fewer[v] = std::exchange(fewer[u], 0);
        if (!fails(fewer)) continue;
        best = std::move(fewer);
        moved = true;
      }
      for (std::uint64_t rest = best[v]; rest != 0; rest &= rest - 1)
        attempt(best[v] & ~(rest & (0 - rest)));
    }
  }
  (void)fails(best);
  World<Concrete> lean = world;
  drop_unused_folios(lean);
  if (claim_holds(claim, lean, pair, enabled)) lean = world;
  drop_parts(lean, [&](const World<Concrete>& w) { return !claim_holds(claim, w, pair, enabled); });
  return lean;
}

}  // namespace gupdiff
