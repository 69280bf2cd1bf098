// SPDX-License-Identifier: GPL-2.0-only
// Field by field, like concretise.cpp: a field forgotten here stays 0 in the symbolic
// world, which the comparison with the concrete run would show.
#include "proofs/symbolise.hpp"

namespace gupdiff {
namespace {

/// Hands out variables, word and truth variables each in order; constants without an arena.
struct Writer {
  TermArena* arena;
  Assignment* values;
  Random* fix;
  std::uint32_t next = 0;  ///< variable not yet handed out

  /// The next variable of the kind; those of the other kind in between stay unused.
  const Term* variable(bool boolean, std::uint64_t value) {
    const auto& known = arena->variables();
    while (next < known.size() && known[next].boolean != boolean) ++next;
    if (next == known.size()) {
      const std::string name = (boolean ? "c" : "w") + std::to_string(next);
      boolean ? arena->bool_variable(name) : arena->word_variable(name);
    }
    if (values->size() <= next) values->resize(next + 1, 0);
    (*values)[next] = value;
    return arena->variables()[next++].term;
  }
  void operator()(std::uint64_t from, SymbolicWord& to) {
    to = SymbolicWord(from);
    if (!arena) return;
    const std::uint32_t how = fix ? fix->below(8) : 0;
    if (how == 7) return;
    const SymbolicWord w(variable(false, from));
    if (how < 5) {
      to = w;
      return;
    }
    const std::uint64_t free = how == 5 ? fix->next() : fix->next() & fix->next() & fix->next();
    to = (w & free) | (from & ~free);
  }
  void operator()(bool from, SymbolicCond& to) {
    if (!arena || (fix && fix->below(8) == 0))
      to = SymbolicCond(from);
    else
      to = SymbolicCond(variable(true, from));
  }

  void operator()(const Vma<Concrete>& from, Vma<Symbolic>& to) {
    to.kind = from.kind;
    to.huge_order = from.huge_order;
    to.file = from.file;
    to.pkey = from.pkey;
    (*this)(from.start, to.start);
    (*this)(from.end, to.end);
    (*this)(from.flags, to.flags);
    (*this)(from.pgoff, to.pgoff);
    (*this)(from.file_pages, to.file_pages);
    (*this)(from.pkey_no_access, to.pkey_no_access);
    (*this)(from.pkey_no_write, to.pkey_no_write);
    (*this)(from.resv_owner, to.resv_owner);
    (*this)(from.resv_unmapped, to.resv_unmapped);
    (*this)(from.uffd_wp_async, to.uffd_wp_async);
    (*this)(from.uffd_sigbus, to.uffd_sigbus);
  }
  void operator()(const Slot<Concrete>& from, Slot<Symbolic>& to) {
    to.count = from.count;
    to.stride = from.stride;
    (*this)(from.first, to.first);
    (*this)(from.value, to.value);
    (*this)(from.restored, to.restored);
  }
  void operator()(const Folio<Concrete>& from, Folio<Symbolic>& to) {
    to.kind = from.kind;
    to.order = from.order;
    (*this)(from.pfn, to.pfn);
    (*this)(from.refcount, to.refcount);
    (*this)(from.pincount, to.pincount);
    (*this)(from.mapcount, to.mapcount);
    (*this)(from.anon, to.anon);
    (*this)(from.exclusive, to.exclusive);
    (*this)(from.dirty, to.dirty);
    (*this)(from.referenced, to.referenced);
    (*this)(from.unpinnable, to.unpinnable);
    (*this)(from.hwpoison, to.hwpoison);
    (*this)(from.p2pdma, to.p2pdma);
    (*this)(from.swapcache, to.swapcache);
  }
  void operator()(const PageCacheEntry<Concrete>& from, PageCacheEntry<Symbolic>& to) {
    to.file = from.file;
    to.folio = from.folio;
    (*this)(from.index, to.index);
    (*this)(from.present, to.present);
  }
  void operator()(const Environment<Concrete>& from, Environment<Symbolic>& to) {
    (*this)(from.huge_pool, to.huge_pool);
    (*this)(from.alloc_fail_at, to.alloc_fail_at);
    (*this)(from.fatal_signal_at, to.fatal_signal_at);
    (*this)(from.signal_at, to.signal_at);
    (*this)(from.mmap_lock_fail_at, to.mmap_lock_fail_at);
    (*this)(from.userfault_wakes, to.userfault_wakes);
    (*this)(from.migrate_fails, to.migrate_fails);
    (*this)(from.isolate_fails, to.isolate_fails);
  }
  void list(const auto& from, auto& to) {
    to.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) (*this)(from[i], to[i]);
  }
};

World<Symbolic> written(const World<Concrete>& from, Writer write) {
  World<Symbolic> to;
  to.config = from.config;
  write.list(from.vmas, to.vmas);
  for (int l = 0; l < kSlotLists; ++l) write.list(from.slots[l], to.slots[l]);
  write.list(from.folios, to.folios);
  write.list(from.page_cache, to.page_cache);
  write(from.env, to.env);
  to.request.nr_pages = from.request.nr_pages;
  to.request.api = from.request.api;
  to.request.pages_null = from.request.pages_null;
  to.request.locked_ptr = from.request.locked_ptr;
  write(from.request.start, to.request.start);
  write(from.request.flags, to.request.flags);
  return to;
}

}  // namespace

World<Symbolic> symbolise(const World<Concrete>& from, TermArena& arena, Assignment& values, Random* fix) {
  values.assign(arena.variables().size(), 0);
  return written(from, {&arena, &values, fix});
}

World<Symbolic> as_constants(const World<Concrete>& from) { return written(from, {nullptr, nullptr, nullptr}); }

}  // namespace gupdiff
