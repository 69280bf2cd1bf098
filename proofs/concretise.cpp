// SPDX-License-Identifier: GPL-2.0-only
// Field by field: a field added to the world must be added here, and the
// comparison of every explored path with its concrete run would miss it if not.
#include "proofs/concretise.hpp"

#include "oracle/catalogue.hpp"

namespace gupdiff {
namespace {

struct Reader {
  Evaluator& at;
  std::uint64_t operator()(SymbolicWord w) const {
    return w.constant() ? w.value() : at.value(w.term());
  }
  bool operator()(SymbolicCond c) const { return c.constant() ? c.value() : at.holds(c.term()); }
  Lock<Concrete> operator()(const Lock<Symbolic>& l) const { return {l.kind, (*this)(l.object)}; }
};

Vma<Concrete> read(const Reader& r, const Vma<Symbolic>& v) {
  Vma<Concrete> o;
  o.start = r(v.start);
  o.end = r(v.end);
  o.flags = r(v.flags);
  o.pgoff = r(v.pgoff);
  o.file_pages = r(v.file_pages);
  o.kind = v.kind;
  o.huge_order = v.huge_order;
  o.file = v.file;
  o.pkey = v.pkey;
  o.pkey_no_access = r(v.pkey_no_access);
  o.pkey_no_write = r(v.pkey_no_write);
  o.resv_owner = r(v.resv_owner);
  o.resv_unmapped = r(v.resv_unmapped);
  o.uffd_wp_async = r(v.uffd_wp_async);
  o.uffd_sigbus = r(v.uffd_sigbus);
  return o;
}

Slot<Concrete> read(const Reader& r, const Slot<Symbolic>& s) {
  return {r(s.first), r(s.value), r(s.restored), s.count, s.stride};
}

Folio<Concrete> read(const Reader& r, const Folio<Symbolic>& f) {
  Folio<Concrete> o;
  o.pfn = r(f.pfn);
  o.refcount = r(f.refcount);
  o.pincount = r(f.pincount);
  o.mapcount = r(f.mapcount);
  o.kind = f.kind;
  o.order = f.order;
  o.anon = r(f.anon);
  o.exclusive = r(f.exclusive);
  o.dirty = r(f.dirty);
  o.referenced = r(f.referenced);
  o.unpinnable = r(f.unpinnable);
  o.hwpoison = r(f.hwpoison);
  o.p2pdma = r(f.p2pdma);
  o.swapcache = r(f.swapcache);
  return o;
}

PageCacheEntry<Concrete> read(const Reader& r, const PageCacheEntry<Symbolic>& c) {
  return {r(c.index), c.file, c.folio, r(c.present)};
}

bool same(const Slot<Concrete>& a, const Slot<Concrete>& b) {
  return a.first == b.first && a.value == b.value && a.restored == b.restored &&
         a.stride == b.stride && a.count == b.count;
}
bool same(const Folio<Concrete>& a, const Folio<Concrete>& b) {
  return a.pfn == b.pfn && a.refcount == b.refcount && a.pincount == b.pincount &&
         a.mapcount == b.mapcount && a.kind == b.kind && a.order == b.order && a.anon == b.anon &&
         a.exclusive == b.exclusive && a.dirty == b.dirty && a.referenced == b.referenced &&
         a.unpinnable == b.unpinnable && a.hwpoison == b.hwpoison && a.p2pdma == b.p2pdma &&
         a.swapcache == b.swapcache;
}
bool same(const PageCacheEntry<Concrete>& a, const PageCacheEntry<Concrete>& b) {
  return a.index == b.index && a.file == b.file && a.folio == b.folio && a.present == b.present;
}
bool same(const Lock<Concrete>& a, const Lock<Concrete>& b) {
  return a.kind == b.kind && a.object == b.object;
}

bool same_list(const Reader& r, const auto& s, const auto& c) {
  if (s.size() != c.size()) return false;
  for (std::size_t i = 0; i < s.size(); ++i)
    if (!same(read(r, s[i]), c[i])) return false;
  return true;
}

void read_list(const Reader& r, const auto& in, auto& out) {
  out.clear();
  for (const auto& s : in) out.push_back(read(r, s));
}

}  // namespace

void concretise(const World<Symbolic>& world, Evaluator& at, World<Concrete>& out) {
  const Reader r{at};
  out.config = world.config;
  read_list(r, world.vmas, out.vmas);
  for (int l = 0; l < kSlotLists; ++l) read_list(r, world.slots[l], out.slots[l]);
  read_list(r, world.folios, out.folios);
  // Not cached after all: a scenario lists only what is.
  out.page_cache.clear();
  for (const auto& c : world.page_cache)
    if (r(c.present)) out.page_cache.push_back(read(r, c));
  const Environment<Symbolic>& e = world.env;
  out.env.huge_pool = r(e.huge_pool);
  out.env.alloc_fail_at = r(e.alloc_fail_at);
  out.env.fatal_signal_at = r(e.fatal_signal_at);
  out.env.signal_at = r(e.signal_at);
  out.env.mmap_lock_fail_at = r(e.mmap_lock_fail_at);
  out.env.userfault_wakes = r(e.userfault_wakes);
  out.env.migrate_fails = r(e.migrate_fails);
  out.env.isolate_fails = r(e.isolate_fails);
  out.request = {r(world.request.start), r(world.request.flags),    world.request.nr_pages,
                 world.request.api,      world.request.pages_null, world.request.locked_ptr};
}

std::string encoder_mismatch(const Machine<Symbolic>& s, Evaluator& at,
                             const Machine<Concrete>& c) {
  const Reader r{at};
  if (s.termination != c.termination) return "termination";
  if (r(s.ret) != c.ret) return "return value";
  if (s.warns != c.warns) return "warnings";
  for (std::size_t row = 0; row < s.known_applied.size(); ++row)
    if (s.known_applied[row] != c.known_applied[row]) return "whether row " + std::string(catalogue()[row].id) + " spoke";
  if (s.cost.walks != c.cost.walks || s.cost.lockless_reads != c.cost.lockless_reads ||
      s.cost.locked_reads != c.cost.locked_reads || s.cost.locks != c.cost.locks)
    return "cost";
  if (r(s.now_locked) != c.now_locked || s.mmap_locked != c.mmap_locked ||
      s.vma_lock_depth != c.vma_lock_depth || s.lock_order_broken != c.lock_order_broken || s.pgmap_held != c.pgmap_held ||
      !same(r(s.ptl), c.ptl))
    return "locks held";
  if (s.pages.size() != c.pages.size()) return "pages";
  for (std::size_t i = 0; i < s.pages.size(); ++i)
    if (s.pages[i].index != c.pages[i].index || s.pages[i].count != c.pages[i].count ||
        r(s.pages[i].pfn) != c.pages[i].pfn)
      return "pages";
  if (s.faults.size() != c.faults.size()) return "faults";
  for (std::size_t i = 0; i < s.faults.size(); ++i)
    if (r(s.faults[i].address) != c.faults[i].address || r(s.faults[i].flags) != c.faults[i].flags ||
        r(s.faults[i].result) != c.faults[i].result)
      return "faults";
  if (s.acquired.size() != c.acquired.size()) return "locks taken";
  for (std::size_t i = 0; i < s.acquired.size(); ++i)
    if (!same(r(s.acquired[i]), c.acquired[i])) return "locks taken";
  if (s.accesses.size() != c.accesses.size()) return "accesses";
  for (std::size_t i = 0; i < s.accesses.size(); ++i) {
    const Access<Symbolic>& a = s.accesses[i];
    const Access<Concrete>& b = c.accesses[i];
    if (a.kind != b.kind || a.level != b.level || a.vma_lock != b.vma_lock ||
        !same(r(a.ptl), b.ptl) || r(a.slot) != b.slot)
      return "accesses";
  }
  for (int l = 0; l < kSlotLists; ++l)
    if (!same_list(r, s.w.slots[l], c.w.slots[l])) return "page-table entries";
  if (!same_list(r, s.w.folios, c.w.folios)) return "folios";
  std::vector<PageCacheEntry<Concrete>> cached;
  for (const auto& e : s.w.page_cache)
    if (r(e.present)) cached.push_back(read(r, e));
  if (cached.size() != c.w.page_cache.size()) return "page cache";
  for (std::size_t i = 0; i < cached.size(); ++i)
    if (!same(cached[i], c.w.page_cache[i])) return "page cache";
  if (r(s.w.env.huge_pool) != c.w.env.huge_pool) return "huge page pool";
  return {};
}

}  // namespace gupdiff
