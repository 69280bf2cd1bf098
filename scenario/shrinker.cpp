// SPDX-License-Identifier: GPL-2.0-only
// Greedy shrinking: one simplification at a time, from the coarse to the fine,
// until none is accepted.
#include "scenario/shrinker.hpp"

#include <algorithm>

#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

class Shrinker {
 public:
  Shrinker(Scenario& w, const std::function<bool(const Scenario&)>& keeps, int budget)
      : w_(w), keeps_(keeps), budget_(budget) {}

  void run() {
    normalise(w_);
    do {
      improved_ = false;
      lists();
      call();
      environment();
      entries();
      folios();
      mappings();
    } while (improved_ && budget_ > 0);
  }

 private:
  Scenario& w_;
  const std::function<bool(const Scenario&)>& keeps_;
  int budget_;
  bool improved_ = false;

  /// Keeps the change `edit` makes if the result differs and still `keeps`.
  template <class Edit>
  bool attempt(Edit edit) {
    if (budget_ <= 0) return false;
    Scenario changed = w_;
    edit(changed);
    normalise(changed);
    if (same_scenario(changed, w_)) return false;
    --budget_;
    if (!keeps_(changed)) return false;
    w_ = std::move(changed);
    improved_ = true;
    return true;
  }

  void lists() {
    for (std::size_t i = w_.vmas.size(); i-- > 0;) mapping(i);
    for (std::size_t i = w_.page_cache.size(); i-- > 0;)
      attempt([&](Scenario& s) { s.page_cache.erase(s.page_cache.begin() + static_cast<std::ptrdiff_t>(i)); });
    for (int l = kSlotLists - 1; l >= 0; --l)
      for (std::size_t i = w_.slots[l].size(); i-- > 0;) {
        if (i >= w_.slots[l].size()) continue;
        attempt([&](Scenario& s) {
          // Without its children a table entry would come back.
          const std::uint64_t key = s.slots[l][i].first;
          // So would a directory without the entries below it.
          const std::uint32_t count = s.slots[l][i].count;
          if (l < kLevels)
            erase_if(s.slots[static_cast<int>(Level::hugepte)], [&](const auto& c) {
              const Geometry& g = geometry_of(s.config);
              return (c.first << g.page_shift >> g.shift(static_cast<Level>(l))) - key < count;
            });
          for (int k = 0; k < l && l < kLevels; ++k)
            erase_if(s.slots[k], [&](const auto& c) { return geometry_of(s.config).shift(static_cast<Level>(k)) <= geometry_of(s.config).shift(static_cast<Level>(l)) &&
                     c.first >> (geometry_of(s.config).shift(static_cast<Level>(l)) - geometry_of(s.config).shift(static_cast<Level>(k))) == key; });
          s.slots[l].erase(s.slots[l].begin() + static_cast<std::ptrdiff_t>(i));
        });
      }
    for (std::size_t i = w_.folios.size(); i-- > 2;) attempt([&](Scenario& s) { drop_folio(s, i); });
  }

  /// Does without mapping `i`: it is left out, the call begins behind it, or its neighbour takes its place.
  void mapping(std::size_t i) {
    const auto erase = [i](Scenario& s) { s.vmas.erase(s.vmas.begin() + static_cast<std::ptrdiff_t>(i)); };
    if (attempt(erase)) return;
    if (i + 1 < w_.vmas.size() && w_.request.start >= w_.vmas[i].start && w_.request.start < w_.vmas[i].end) {
      const auto behind = [](Scenario& s, std::uint64_t start) {
        const unsigned shift = geometry_of(s.config).page_shift;
        const std::uint64_t passed = (start - (s.request.start & geometry_of(s.config).page_mask())) >> shift;
        s.request.start = start;
        s.request.nr_pages = s.request.nr_pages > passed ? s.request.nr_pages - static_cast<std::uint32_t>(passed) : 1;
      };
      if (attempt([&](Scenario& s) { behind(s, s.vmas[i + 1].start), erase(s); })) return;
    }
    for (const std::size_t j : {i - 1, i + 1}) {  // i - 1 of the first one is beyond the end
      if (j >= w_.vmas.size() || w_.vmas[j].huge_order != w_.vmas[i].huge_order) continue;
      if (attempt([&](Scenario& s) {
            s.vmas[j].start = std::min(s.vmas[i].start, s.vmas[j].start);
            s.vmas[j].end = std::max(s.vmas[i].end, s.vmas[j].end);
            erase(s);
          }))
        return;
    }
  }

  /// Removes folio `i` and moves what refers to later ones along with them.
  static void drop_folio(Scenario& s, std::size_t i) {
    erase_if(s.page_cache, [&](const auto& c) { return c.folio == i; });
    for (auto& c : s.page_cache)
      if (c.folio > i) --c.folio;
    const auto moved = [&](Level level, std::uint64_t e) {
      if (shape(s, level, e) != Shape::leaf) return e;
      const int f = folio_of(s, leaf_frame(s, e));
      return f > static_cast<int>(i) ? with_frame(s, e, leaf_frame(s, e) - s.folios[f].pfn + s.folios[f - 1].pfn) : e;
    };
    for (const int l : {0, 1, 2, static_cast<int>(Level::hugepte)})
      for (auto& slot : s.slots[l]) {
        slot.value = moved(static_cast<Level>(l), slot.value);
        if (slot.restored) slot.restored = moved(static_cast<Level>(l), slot.restored);
      }
    for (std::size_t k = s.folios.size() - 1; k > i; --k) s.folios[k].pfn = s.folios[k - 1].pfn;
    s.folios.erase(s.folios.begin() + static_cast<std::ptrdiff_t>(i));
  }

  void call() {
    while (w_.request.nr_pages > 1 && attempt([](Scenario& s) { s.request.nr_pages /= 2; })) {
    }
    while (w_.request.nr_pages > 1 && attempt([](Scenario& s) { --s.request.nr_pages; })) {
    }
    // The same from the front.
    const auto later = [](Scenario& s, std::uint32_t pages) {
      s.request.start += std::uint64_t{pages} << geometry_of(s.config).page_shift;
      s.request.nr_pages -= pages;
    };
    while (w_.request.nr_pages > 1 && attempt([&](Scenario& s) { later(s, s.request.nr_pages / 2); })) {
    }
    while (w_.request.nr_pages > 1 && attempt([&](Scenario& s) { later(s, 1); })) {
    }
    for (int bit = 0; bit < 23; ++bit)
      attempt([&](Scenario& s) { s.request.flags &= ~(std::uint64_t{1} << bit); });
    attempt([](Scenario& s) { s.request.api = Api::get; });
    attempt([](Scenario& s) { s.request.locked_ptr = false; });
    attempt([](Scenario& s) { s.request.pages_null = false; });
    attempt([](Scenario& s) { s.request.start &= geometry_of(s.config).page_mask(); });
    attempt([](Scenario& s) {
      for (const auto& v : s.vmas)
        if (s.request.start >= v.start && s.request.start < v.end) s.request.start = v.start;
    });
    attempt([](Scenario& s) {
      s.config = usual_config(s.config.arch, s.config.variant);
    });
    attempt([](Scenario& s) { s.config.variant = 0; });
  }

  void environment() {
    attempt([](Scenario& s) { s.env = {}; });
    attempt([](Scenario& s) { s.env.huge_pool = 0; });
    attempt([](Scenario& s) { s.env.alloc_fail_at = 0; });
    attempt([](Scenario& s) { s.env.fatal_signal_at = 0; });
    attempt([](Scenario& s) { s.env.signal_at = 0; });
    attempt([](Scenario& s) { s.env.mmap_lock_fail_at = 0; });
    attempt([](Scenario& s) { s.env.userfault_wakes = 0; });
    attempt([](Scenario& s) { s.env.migrate_fails = s.env.isolate_fails = false; });
  }

  void entries() {
    for (const int l : {0, 1, 2, static_cast<int>(Level::hugepte)})
      for (std::size_t i = 0; i < w_.slots[l].size(); ++i) {
        attempt([&](Scenario& s) { if (i < s.slots[l].size()) s.slots[l][i].count = 1, s.slots[l][i].stride = 0; });
        const auto edit_leaf = [&](auto edit) {
          attempt([&](Scenario& s) {
            if (i < s.slots[l].size() && shape(s, static_cast<Level>(l), s.slots[l][i].value) == Shape::leaf)
              s.slots[l][i].value = edit(words_of(s), s.slots[l][i].value);
          });
        };
        for (const NamedBit& letter : leaf_letters(w_.config))
          edit_leaf([&](const Words&, std::uint64_t e) { return e & ~letter.bit; });
        edit_leaf([](const Words& a, std::uint64_t e) { return a.prot_without_write(e); });
      }
  }

  void folios() {
    for (std::size_t i = 0; i < w_.folios.size(); ++i) {
      const auto simpler = [&](auto edit) { attempt([&](Scenario& s) { edit(s.folios[i]); }); };
      simpler([](auto& f) { f.hwpoison = f.p2pdma = f.swapcache = f.unpinnable = false; });
      simpler([](auto& f) { f.unpinnable = false; });
      simpler([](auto& f) { f.hwpoison = false; });
      simpler([](auto& f) { f.dirty = false; });
      simpler([](auto& f) { f.referenced = false; });
      simpler([](auto& f) { f.pincount = 0; });
      simpler([i](auto& f) { f.refcount = 1, f.mapcount = i < 2 ? 0 : 1; });
      simpler([](auto& f) { f.refcount = 1; });
    }
  }

  void mappings() {
    for (std::size_t i = 0; i < w_.vmas.size(); ++i) {
      const auto simpler = [&](auto edit) {
        attempt([&](Scenario& s) { if (i < s.vmas.size()) edit(s.vmas[i]); });
      };
      for (int bit = 0; bit < 39; ++bit)
        if (w_.vmas[i].flags >> bit & 1) simpler([&](auto& v) { v.flags &= ~(std::uint64_t{1} << bit); });
      simpler([page = geometry_of(w_.config).page_size()](auto& v) { v.end = v.start + (page << v.huge_order); });
      simpler([](auto& v) { v.pkey = 0; v.pkey_no_access = v.pkey_no_write = false; });
      simpler([](auto& v) { v.resv_owner = v.resv_unmapped = false; });
      simpler([](auto& v) { v.uffd_wp_async = v.uffd_sigbus = false; });
      simpler([](auto& v) { v.file_pages = v.pgoff = 0; });
    }
  }
};

}  // namespace

void shrink(Scenario& w, const std::function<bool(const Scenario&)>& keeps, int budget) {
  Shrinker(w, keeps, budget).run();
}

std::size_t table_entries(const Scenario& w) {
  std::size_t n = 0;
  for (const auto& level : w.slots)
    for (const auto& s : level) n += s.value != 0;
  return n;
}

}  // namespace gupdiff
