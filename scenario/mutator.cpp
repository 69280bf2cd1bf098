// SPDX-License-Identifier: GPL-2.0-only
// The single changes a mutation is made of.
#include "scenario/mutator.hpp"

#include <algorithm>
#include <bit>
#include <span>

#include "scenario/binary.hpp"
#include "scenario/generator.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {


class Mutation {
 public:
  Mutation(Random& random, Scenario& scenario, Bounds bounds)
      : r(random), w(scenario), any(bounds == Bounds::anything) {}

  void once() {
    switch (r.weighted({16, 14, 7, 14, 8, 14, 10, 12, 5, 4, 4, 4, 2})) {
      case 0: entry_bit(); break;
      case 1: entry_kind(); break;
      case 2: copy_entry(); break;
      case 3: call_flags(); break;
      case 4: call_api(); break;
      case 5: call_range(); break;
      case 6: mapping_flags(); break;
      case 7: folio_state(); break;
      case 8: mapping_bounds(); break;
      case 9: page_cache(); break;
      case 10: mutate_environment(r, w); break;
      case 11: configuration(); break;
      default: odd_entry(); break;
    }
  }

 private:
  Random& r;
  Scenario& w;
  const bool any;

  const Geometry& g() const { return geometry_of(w.config); }
  Words words() const { return words_of(w); }
  std::uint64_t page() const { return g().page_size(); }

  /// A slot to change: leaves first, tables only over anything. Null: there is none.
  Slot<Concrete>* some_slot(Level& level) {
    std::size_t total = 0;
    const int top = any ? kLevels : 3;
    const auto counted = [&](int l) { return l < top || l == static_cast<int>(Level::hugepte); };
    for (int l = 0; l < kSlotLists; ++l)
      if (counted(l)) total += w.slots[l].size();
    if (total == 0) return nullptr;
    for (int tries = 0; tries < 8; ++tries) {
      std::size_t i = r.below(static_cast<std::uint32_t>(total));
      for (int l = 0; l < kSlotLists; ++l) {
        if (!counted(l)) continue;
        if (i >= w.slots[l].size()) {
          i -= w.slots[l].size();
          continue;
        }
        level = static_cast<Level>(l);
        Slot<Concrete>& s = w.slots[l][i];
        const Shape is = shape(w, level, s.value);
        if ((is != Shape::table && is != Shape::hugepd) || (any && r.chance(15))) return &s;
        break;
      }
    }
    return nullptr;
  }

  const Vma<Concrete>* vma_at(std::uint64_t address) const {
    for (const auto& v : w.vmas)
      if (address >= v.start && address < v.end) return &v;
    return nullptr;
  }

  /// How far the slots of neighbours lie apart: entries below directories are a huge page apart.
  std::uint64_t step(Level level, std::uint64_t address) const {
    const Vma<Concrete>* v = level == Level::hugepte ? vma_at(address) : nullptr;
    return v ? std::uint64_t{1} << v->huge_order : 1;
  }

  /// One bit that is not of the frame, whichever it is.
  void flip(Level level, std::uint64_t& e) {
    // PROT_NONE may decide how the frame is stored: keep the frame.
    const std::uint64_t flags = flag_bits(w.config.arch, g(), e) ^ (std::uint64_t{1} << r.below(8 * flag_bytes(w.config.arch)));
    const std::uint64_t changed = from_flag_bits(w.config.arch, g(), flags);
    if (shape(w, level, e) == Shape::leaf && shape(w, level, with_frame(w, changed, leaf_frame(w, e))) == Shape::leaf)
      e = with_frame(w, changed, leaf_frame(w, e));
    else
      e = changed | (e & ~words().without_frame(e));
  }

  /// A word that no kernel writes: what decides whether it is none, present, table or leaf differs
  /// from predicate to predicate, and malformed rows of the catalogue are about that.
  void odd_entry() {
    std::size_t total = 0;
    for (const auto& list : w.slots) total += list.size();
    if (total == 0) return;
    std::size_t i = r.below(static_cast<std::uint32_t>(total));
    for (int l = 0; l < kSlotLists; ++l) {
      if (i >= w.slots[l].size()) {
        i -= w.slots[l].size();
        continue;
      }
      Slot<Concrete>& s = w.slots[l][i];
      for (std::uint32_t flips = 1 + r.below(3); flips > 0; --flips) flip(static_cast<Level>(l), s.value);
      fix_stride(static_cast<Level>(l), s);
      return;
    }
  }

  /// One member of a contiguous set becomes an entry of its own, marked as the hardware may (facts
  /// 8.3 G2): by it the walks can tell which entry was read.
  void mark_member(Level level, Slot<Concrete>& s) {
    const std::uint32_t k = r.below(s.count), mark = r.below(3);
    if (mark == 0) s.value = words().mkclean(s.value);
    const auto member = [&](std::uint32_t n) { return s.stride == 0 ? s.value : s.value + (std::uint64_t{n} << s.stride); };
    Slot<Concrete> one = s, rest = s;
    one.first = s.first + k;
    one.count = 1;
    one.stride = 0;
    one.value = mark < 2 ? words().touched(member(k), words().write(s.value)) : words().mkclean(words().mkold(member(k)));
    rest.first = one.first + 1;
    rest.count = s.count - k - 1;
    rest.value = member(k + 1);
    s.count = k;
    auto& list = w.slots[static_cast<int>(level)];
    if (k == 0) s = one;
    const Slot<Concrete> second = k == 0 ? rest : one;
    if (second.count > 0) list.push_back(second);
    if (k > 0 && rest.count > 0) list.push_back(rest);
  }

  void entry_bit() {
    Level level;
    Slot<Concrete>* s = some_slot(level);
    if (!s) return;
    std::uint64_t& e = s->restored && r.chance(30) ? s->restored : s->value;
    if (any) return flip(level, e);
    if (shape(w, level, e) == Shape::swap) {
      const auto names = swap_bit_names(w.config);
      e ^= names[r.below(static_cast<std::uint32_t>(names.size()))].bit;
      return;
    }
    if (s->count > 1 && !s->restored && shape(w, level, e) == Shape::leaf && words().contiguous(e) && r.chance(25))
      return mark_member(level, *s);
    LeafState leaf = leaf_state(w.config.arch, g(), level, e);
    switch (r.below(6)) {
      case 0: leaf.young = !leaf.young; break;
      case 1: leaf.soft_dirty = w.config.soft_dirty && !leaf.soft_dirty; break;
      case 2: leaf.dirty = !leaf.dirty; break;
      case 3: leaf.write = leaf.accessible && !leaf.write; leaf.dirty = leaf.dirty || leaf.write; break;
      case 4: leaf.uffd_wp = g().has_uffd_wp && !leaf.uffd_wp; leaf.write = leaf.write && !leaf.uffd_wp; break;
      default: set_access(leaf, !leaf.accessible); break;
    }
    e = with_frame(w, leaf_flags(w.config.arch, g(), level, leaf), leaf_frame(w, e));
  }

  static void set_access(LeafState& s, bool accessible) {
    s.accessible = accessible;
    s.write = false;
    s.exec = false;
    s.pkey = 0;
  }
  void toggle_protnone(Level level, std::uint64_t& e) {
    LeafState s = leaf_state(w.config.arch, g(), level, e);
    set_access(s, !s.accessible);
    e = with_frame(w, leaf_flags(w.config.arch, g(), level, s), leaf_frame(w, e));
  }

  /// A frame for a leaf of `level`: some folio that can hold it, else the current one.
  std::uint64_t some_frame(Level level) {
    const auto n = static_cast<std::uint32_t>(w.folios.size());
    for (int tries = 0; tries < 4; ++tries) {
      const auto& f = w.folios[r.below(n)];
      if (f.order < leaf_order(w, level)) continue;
      const std::uint64_t leaves = std::uint64_t{1} << (f.order - leaf_order(w, level));
      return f.pfn + (std::uint64_t{r.below(static_cast<std::uint32_t>(leaves))} << leaf_order(w, level));
    }
    return default_pfn(w, 2);
  }

  /// Entries of `level` that map one page at `address`: more than one in a hugetlb mapping of
  /// a contiguous size.
  std::uint32_t set_at(Level level, std::uint64_t address) const {
    const Vma<Concrete>* const v = vma_at(address);
    if (!v || v->kind != VmaKind::hugetlb) return 1;
    const HugetlbSize* const size = g().hugetlb_size(v->huge_order);
    return size && size->level == level ? size->entries() : 1;
  }
  void fix_stride(Level level, Slot<Concrete>& s) {
    if (s.count > 1) s.stride = shape(w, level, s.value) == Shape::leaf ? words().stride(s.value, level) : std::int8_t{0};
  }

  std::uint64_t fresh_leaf(Level level, bool contiguous) {
    LeafState s;
    s.contiguous = contiguous;
    s.write = s.dirty = r.chance(50);
    return with_frame(w, leaf_flags(w.config.arch, g(), level, s), some_frame(level));
  }

  void entry_kind() {
    Level level = Level::pte;
    Slot<Concrete>* s = some_slot(level);
    if (!s) {
      add_entry();
      return;
    }
    const SwapTypes t = swap_types(w.config);
    const bool leaf = shape(w, level, s->value) == Shape::leaf;
    const std::uint64_t pfn = leaf ? leaf_frame(w, s->value) : some_frame(level);
    const bool contiguous = set_at(level, s->first << g().shift(level)) > 1;
    switch (r.weighted({20, 15, 20, 12, 12, 8, 5, 8})) {
      case 0:
        s->restored = 0;
        s->value = fresh_leaf(level, contiguous);
        break;
      case 1:
        if (leaf) toggle_protnone(level, s->value);
        break;
      case 2: {
        const std::uint64_t was = leaf ? s->value : fresh_leaf(level, contiguous);
        s->value = words().swp_entry(t.migration_read + r.below(3), pfn);
        s->restored = r.chance(85) ? was : 0;
        break;
      }
      case 3: s->value = words().swp_entry(t.hwpoison, pfn); break;
      case 4: s->value = words().marker(t, 1 + r.below(any ? 3 : 2)); break;
      case 5:
        if (level == Level::pte || any) {
          const std::uint32_t area = r.below(2);  // in an order of its own: arguments have none
          s->value = words().swp_entry(area, 16 + r.below(64));
        }
        break;
      case 6: s->value = 0; break;
      default:
        if (level != Level::pte && level != Level::hugepte) s->value = plain_table(w, level, s->first);
        else if (any) s->value = r.next();
        break;
    }
    fix_stride(level, *s);
  }

  void add_entry() {
    if (w.vmas.empty()) return;
    const auto& v = w.vmas[r.below(static_cast<std::uint32_t>(w.vmas.size()))];
    // A mutation before this one may have made it hugetlb, its size still to be repaired.
    const HugetlbSize* const size = v.kind == VmaKind::hugetlb ? g().hugetlb_size(v.huge_order) : nullptr;
    Level level = size ? size->level : Level::pte;
    if (any && r.chance(30)) level = static_cast<Level>(r.below(3));
    Slot<Concrete> s;
    const std::uint32_t entries = size && size->level == level ? size->entries() : 1;
    s.first = (v.start >> g().shift(level)) + std::uint64_t{r.below(3)} * entries * step(level, v.start);
    s.value = fresh_leaf(level, entries > 1);
    if (entries > 1) {
      s.count = entries;
      s.value = with_frame(w, s.value, leaf_frame(w, s.value) & ~((std::uint64_t{1} << v.huge_order) - 1));
      fix_stride(level, s);
    }
    w.slots[static_cast<int>(level)].push_back(s);
  }

  void copy_entry() {
    Level level;
    Slot<Concrete>* s = some_slot(level);
    if (!s || r.chance(30)) {
      add_entry();
      return;
    }
    Slot<Concrete> copy = *s;
    const std::uint64_t by = step(level, copy.first << g().shift(level));
    copy.first += copy.count == 1 || (any && r.chance(20)) ? (r.chance(60) ? by : r.chance(50) ? 0 - by : by * r.below(512)) : copy.count;
    if (r.chance(30)) s->value = 0;  // moved
    if (r.chance(50) && shape(w, level, copy.value) == Shape::leaf)
      copy.value = with_frame(w, copy.value, some_frame(level));
    w.slots[static_cast<int>(level)].push_back(copy);
  }

  void call_flags() {
    auto& q = w.request;
    constexpr std::uint64_t kOutside[] = {
        FOLL_WRITE, FOLL_WRITE, FOLL_FORCE, FOLL_FORCE, FOLL_DUMP, FOLL_NOWAIT, FOLL_NOFAULT, FOLL_HWPOISON,
        FOLL_LONGTERM, FOLL_LONGTERM, FOLL_SPLIT_PMD, FOLL_PCI_P2PDMA, FOLL_INTERRUPTIBLE,
        FOLL_HONOR_NUMA_FAULT, FOLL_ANON};
    constexpr std::uint64_t kInside[] = {FOLL_TOUCH, FOLL_TRIED, FOLL_REMOTE, FOLL_UNLOCKABLE};
    if (q.api == Api::internal && r.chance(30)) {
      q.flags ^= r.pick(kInside);
    } else if (any && r.chance(10)) {
      q.flags ^= std::uint64_t{1} << r.below(23);
    } else {
      q.flags ^= r.pick(kOutside);
    }
    if (r.chance(8)) q.pages_null = !q.pages_null;
    if (r.chance(8)) q.locked_ptr = !q.locked_ptr;
    fix_hold();
  }
  /// __get_user_pages wants GET or PIN exactly when there is a pages array (facts 1.3).
  void fix_hold() {
    auto& q = w.request;
    if (q.api != Api::internal) {
      if (!any) q.flags &= ~std::uint64_t{kInternalGupFlags};
      return;
    }
    const bool holds = q.flags & (FOLL_GET | FOLL_PIN);
    if (!any && (q.flags & (FOLL_GET | FOLL_PIN)) == (FOLL_GET | FOLL_PIN)) q.flags &= ~std::uint64_t{FOLL_GET};
    q.pages_null = !holds;
  }

  void call_api() {
    w.request.api = static_cast<Api>(r.below(kApis));
    if (w.request.api == Api::internal && !(w.request.flags & (FOLL_GET | FOLL_PIN)))
      w.request.flags |= r.chance(45) ? std::uint64_t{FOLL_GET} : r.chance(80) ? std::uint64_t{FOLL_PIN} : 0;
    fix_hold();
  }

  void call_range() {
    auto& q = w.request;
    constexpr std::uint32_t kCounts[] = {1, 1, 1, 2, 2, 3, 4, 8};
    constexpr std::uint32_t kManyPages[] = {511, 512, 513, 1024};
    const Vma<Concrete>* const at = vma_at(q.start);
    const bool huge = at && at->kind == VmaKind::hugetlb;
    switch (r.below(8)) {
      case 0: q.nr_pages = huge && r.chance(30) ? r.pick(kManyPages) : r.pick(kCounts); break;
      case 1: q.nr_pages = r.chance(50) ? q.nr_pages + 1 : q.nr_pages - (q.nr_pages > 1); break;
      case 2: q.start += r.chance(50) ? page() : g().page_mask(); break;
      case 3: q.start ^= r.below(static_cast<std::uint32_t>(page())); break;
      case 4: {
        const std::uint64_t size = g().span(static_cast<Level>(1 + r.below(static_cast<std::uint32_t>(g().top > Level::p4d ? 3 : static_cast<int>(g().top)))));
        q.start &= ~(size - 1);
        q.start += r.chance(50) ? size : 0;
        q.start -= r.chance(50) ? page() : 0;
        break;
      }
      default: {
        if (w.vmas.empty()) break;
        const auto& v = w.vmas[r.below(static_cast<std::uint32_t>(w.vmas.size()))];
        const std::uint64_t pages = (v.end - v.start) >> g().page_shift;
        q.start = r.chance(50) ? v.start : v.end - page() * (1 + r.below(static_cast<std::uint32_t>(std::min<std::uint64_t>(pages, 8))));
        if (r.chance(5)) q.start = v.start - page();
        if (r.chance(30)) q.nr_pages = static_cast<std::uint32_t>(std::min<std::uint64_t>(((v.end - q.start) >> g().page_shift) + r.below(3), v.huge_order ? 1024 : 16));
      }
    }
  }

  void mapping_flags() {
    if (w.vmas.empty()) return;
    auto& v = w.vmas[r.below(static_cast<std::uint32_t>(w.vmas.size()))];
    if (any && r.chance(40)) {
      switch (r.below(4)) {
        case 0: v.flags ^= std::uint64_t{1} << r.below(39); break;
        case 1: v.kind = static_cast<VmaKind>(r.below(kVmaKinds)); break;
        case 2: v.huge_order = g().hugetlb[r.below(static_cast<std::uint32_t>(g().hugetlb.size()))].order; break;
        default: v.pkey = static_cast<std::uint8_t>(r.below(16)); break;
      }
      return;
    }
    switch (r.below(8)) {
      case 0:
      case 1: protect(v); break;
      case 2:
        if (v.kind != VmaKind::anonymous) v.flags ^= VM_SHARED | VM_MAYSHARE;
        break;
      case 3: v.flags ^= VM_SOFTDIRTY; break;
      case 4: v.flags ^= v.kind == VmaKind::hugetlb || r.chance(50) ? VM_UFFD_WP : VM_UFFD_MISSING; break;
      case 5:
        if (r.chance(30)) v.flags = (v.flags ^ VM_NOHUGEPAGE) & ~std::uint64_t{VM_HUGEPAGE};
        else v.flags ^= v.kind == VmaKind::anonymous ? VM_HUGEPAGE : VM_UFFD_MINOR;
        break;
      case 6: v.resv_owner = !v.resv_owner; break;
      default:
        switch (r.below(5)) {
          case 0: v.pkey_no_write = !v.pkey_no_write; break;
          case 1: v.pkey_no_access = !v.pkey_no_access; break;
          case 2: v.uffd_wp_async = !v.uffd_wp_async; break;
          case 3:
            if (v.kind == VmaKind::anonymous && w.config.arch == Architecture::x86_64) v.flags ^= VM_SHADOW_STACK;
            break;
          default: v.uffd_sigbus = !v.uffd_sigbus; break;
        }
    }
  }

  /// mprotect(): the VMA and every present entry in it, together (G7).
  void protect(Vma<Concrete>& v) {
    constexpr std::uint64_t kProtections[] = {0, VM_READ, VM_READ | VM_WRITE, VM_WRITE, VM_READ | VM_EXEC};
    v.flags = (v.flags & ~VM_ACCESS_FLAGS) | r.pick(kProtections);
    for (int l = 0; l < kSlotLists; ++l)
      for (auto& s : w.slots[l]) {
        if (l >= 3 && l != static_cast<int>(Level::hugepte)) continue;
        const Level level = static_cast<Level>(l);
        const std::uint64_t a = s.first << g().shift(level);
        if (a < v.start || a >= v.end || shape(w, level, s.value) != Shape::leaf) continue;
        if (leaf_state(w.config.arch, g(), level, s.value).accessible != !!(v.flags & VM_ACCESS_FLAGS)) {
          toggle_protnone(level, s.value);
          if (s.count > 1 && s.stride != 0) s.stride = words().stride(s.value, level);
        }
        if (!(v.flags & VM_WRITE)) s.value = words().wrprotect(s.value);
      }
  }

  void mapping_bounds() {
    if (w.vmas.empty()) return;
    const std::uint32_t n = static_cast<std::uint32_t>(w.vmas.size());
    auto& v = w.vmas[r.below(n)];
    const std::uint64_t unit = page() << v.huge_order;
    switch (r.below(5)) {
      case 0: v.end += unit; break;
      case 1: if (v.end - v.start > unit) v.end -= unit; break;
      case 2: if (v.end - v.start > unit) v.start += unit; break;
      case 3: {  // split in two, the second half changed
        if (v.end - v.start <= unit || n >= kMaxVmas) break;
        Vma<Concrete> half = v;
        half.start = v.end - unit;
        half.pgoff += (half.start - v.start) >> g().page_shift;
        v.end = half.start;
        half.flags ^= r.chance(50) ? VM_WRITE : VM_SOFTDIRTY;
        w.vmas.push_back(half);
        break;
      }
      default: v.file_pages = v.file_pages ? v.file_pages - 1 : 1; break;
    }
  }

  void folio_state() {
    const auto n = static_cast<std::uint32_t>(w.folios.size());
    if (n <= 2 || (n < kMaxFolios && r.chance(15))) {
      Folio<Concrete> f;
      f.refcount = 1;
      const std::uint32_t which = r.below(static_cast<std::uint32_t>(g().hugetlb.size()) + 1);
      f.order = which == 0 ? std::uint8_t{0} : g().hugetlb[which - 1].order;
      f.kind = f.order && r.chance(60) ? FolioKind::hugetlb : FolioKind::normal;
      f.pfn = default_pfn(w, n);
      w.folios.push_back(f);
      return;
    }
    auto& f = w.folios[any ? r.below(n) : 2 + r.below(n - 2)];
    switch (r.below(any ? 14 : 10)) {
      case 0: f.exclusive = f.anon && !f.exclusive; break;
      case 1: f.anon = !f.anon; f.exclusive = f.anon && r.chance(50); break;
      case 2: f.mapcount = 1 + r.below(3); if (f.mapcount > 1) f.exclusive = false; break;
      case 3: f.unpinnable = !f.unpinnable; break;
      case 4: f.hwpoison = !f.hwpoison; break;
      case 5: f.dirty = !f.dirty; break;
      case 6: f.referenced = !f.referenced; break;
      case 7: f.p2pdma = !f.p2pdma; break;
      case 8: f.refcount += 1; break;
      case 9: f.swapcache = f.anon && !f.swapcache; break;
      case 10: f.refcount = r.chance(50) ? 0 : ~std::uint64_t{0}; break;
      case 11: f.exclusive = !f.exclusive; break;
      case 12: f.order = static_cast<std::uint8_t>(r.below(g().max_order() + 1)); break;
      default: f.pincount = r.below(3); break;
    }
  }

  void page_cache() {
    if (!w.page_cache.empty() && r.chance(50)) {
      const std::size_t i = r.below(static_cast<std::uint32_t>(w.page_cache.size()));
      if (r.chance(60)) w.page_cache.erase(w.page_cache.begin() + static_cast<std::ptrdiff_t>(i));
      else w.page_cache[i].index += std::uint64_t{1} << w.folios[w.page_cache[i].folio].order;
      return;
    }
    if (w.vmas.empty() || w.folios.size() <= 2) return;
    const auto& v = w.vmas[r.below(static_cast<std::uint32_t>(w.vmas.size()))];
    PageCacheEntry<Concrete> c;
    c.file = v.file;
    c.folio = static_cast<std::uint16_t>(2 + r.below(static_cast<std::uint32_t>(w.folios.size() - 2)));
    // The page cache of a kernel holds neither anonymous folios nor others' sizes.
    if (!any && (w.folios[c.folio].anon || (v.huge_order && w.folios[c.folio].order != v.huge_order))) return;
    c.index = v.pgoff + (std::uint64_t{r.below(3)} << v.huge_order);
    c.present = true;
    w.page_cache.push_back(c);
  }

  void configuration() {
    auto& c = w.config;
    switch (r.below(8)) {
      case 0: c.variant = static_cast<std::uint8_t>(r.below(static_cast<std::uint32_t>(geometries(c.arch).size()))); break;
      case 1:
        c.thp = !c.thp;
        if (r.chance(20)) c.huge_leaves = c.thp;  // normalise() keeps what goes together
        break;
      case 2: c.pud_devmap = !c.pud_devmap; break;
      case 3:
        c.split_pte_ptlocks = !c.split_pte_ptlocks;
        if (!r.chance(10)) c.split_pmd_ptlocks = c.split_pte_ptlocks;
        break;
      case 4: c.memory_failure = !c.memory_failure; break;
      case 5: c.device_private = !c.device_private; break;
      case 6: c.soft_dirty = !c.soft_dirty; break;
      default: c.shmem_thp = !c.shmem_thp; break;
    }
  }
};

/// Long walks over small pages cost a thousand times the usual input, so the hooks let
/// few of them through: a count made for huge pages is cut where none are.
void cut_long_call(Random& r, Scenario& w) {
  auto& q = w.request;
  if (q.nr_pages <= 16 || r.below(1000) == 0) return;
  const auto by_ptes = [&](const Vma<Concrete>& v) {
    const HugetlbSize* const size = geometry_of(w.config).hugetlb_size(v.huge_order);
    return size && size->level == Level::pte;
  };
  for (const auto& v : w.vmas)
    if (v.kind == VmaKind::hugetlb && q.start >= v.start && q.start < v.end && (!by_ptes(v) || r.below(50) == 0) &&
        (std::uint64_t{q.nr_pages} << geometry_of(w.config).page_shift) <=
            v.end - (q.start & geometry_of(w.config).page_mask()) + 16 * geometry_of(w.config).page_size())
      return;
  q.nr_pages = 1 + q.nr_pages % 16;
}

/// The hooks run millions of times: their scenarios keep their storage.
struct Workspace {
  Scenario a, b, out;
};
Workspace& workspace() {
  thread_local Workspace w;
  return w;
}

}  // namespace

std::vector<std::string> architecture_names(ArchitectureSet archs) {
  std::vector<std::string> names;
  for (int a = 0; a < kArchitectures; ++a)
    if (archs >> a & 1u) names.emplace_back(architecture_names()[static_cast<std::size_t>(a)]);
  return names;
}

Architecture pick(Random& random, ArchitectureSet archs) {
  std::uint32_t n = random.below(static_cast<std::uint32_t>(std::popcount(archs)));
  for (int a = 0; a < kArchitectures; ++a)
    if ((archs >> a & 1u) && n-- == 0) return static_cast<Architecture>(a);
  return Architecture::x86_64;
}

void mutate_environment(Random& random, Scenario& w) {
  auto& e = w.env;
  switch (random.below(8)) {
    case 0: e.huge_pool = random.below(4); break;
    case 1: e.alloc_fail_at = random.below(6); break;
    case 2: e.fatal_signal_at = random.below(5); break;
    case 3: e.signal_at = random.below(5); break;
    case 4: e.mmap_lock_fail_at = random.below(4); break;
    case 5: e.userfault_wakes = random.below(4); break;
    case 6: e.migrate_fails = !e.migrate_fails; break;
    default: e.isolate_fails = !e.isolate_fails; break;
  }
}

void mutate(Random& random, Scenario& w, Bounds bounds) { Mutation(random, w, bounds).once(); }

void mutate_some(Random& random, Scenario& w, Bounds bounds) {
  for (std::uint32_t i = 1 + random.below(4); i > 0; --i) mutate(random, w, bounds);
  cut_long_call(random, w);
  normalise(w);
}

void cross_over(Random& random, const Scenario& a, const Scenario& b, Scenario& out) {
  out = a;
  if (a.config.arch != b.config.arch) return;
  switch (random.below(4)) {
    case 0:  // b's call on a's memory, at the same distance from the first mapping
      out.request = b.request;
      if (!a.vmas.empty() && !b.vmas.empty()) out.request.start = b.request.start - b.vmas[0].start + a.vmas[0].start;
      out.env = b.env;
      break;
    case 1:
      out.folios = b.folios;
      break;
    case 2: {
      const int n = static_cast<int>(random.below(geometry_of(out.config).has_hugepd ? 4 : 3));
      const int l = n == 3 ? static_cast<int>(Level::hugepte) : n;
      out.slots[l].insert(out.slots[l].end(), b.slots[l].begin(), b.slots[l].end());
      break;
    }
    default:
      out.vmas.insert(out.vmas.end(), b.vmas.begin(), b.vmas.end());
      for (int l = 0; l < kSlotLists; ++l)
        out.slots[l].insert(out.slots[l].begin(), b.slots[l].begin(), b.slots[l].end());
      break;
  }
}

std::size_t mutate_bytes(std::uint8_t* data, std::size_t size, std::size_t max_size, std::uint32_t seed,
                         Bounds bounds, ArchitectureSet archs) {
  Random random{seed};
  Scenario& w = workspace().a;
  // One in sixteen inputs is new: coverage alone does not lead to every kind of memory.
  if (size < 2 || random.below(16) == 0) {
    generate_reachable(random, w, pick(random, archs));
  } else {
    decode({data, size}, w);
    mutate_some(random, w, bounds);
  }
  const std::size_t n = encode(w, data, max_size);
  return n != 0 ? n : size;
}

std::size_t cross_over_bytes(const std::uint8_t* a, std::size_t a_size, const std::uint8_t* b, std::size_t b_size,
                             std::uint8_t* out, std::size_t max_size, std::uint32_t seed) {
  Random random{seed};
  Workspace& ws = workspace();
  decode({a, a_size}, ws.a);
  decode({b, b_size}, ws.b);
  cross_over(random, ws.a, ws.b, ws.out);
  cut_long_call(random, ws.out);
  normalise(ws.out);
  return encode(ws.out, out, max_size);
}

}  // namespace gupdiff
