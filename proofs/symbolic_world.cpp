// SPDX-License-Identifier: GPL-2.0-only
// The pieces that every symbolic world has.
#include "proofs/symbolic_world.hpp"

#include "model/arch/words.hpp"

namespace gupdiff {

using W = SymbolicWord;
using B = SymbolicCond;

/// Bits of a table entry of `level` that come and go without the kernel's doing, or differ
/// between machines, and that the walks of every era tolerate.
std::uint64_t table_noise(const Config& c, Level level) {
  const Arch<Concrete> arch(c);
  const bool top = level == arch.geometry().top;
  // Page-table isolation marks user tables NX at the top level (facts 4.1); below it the
  // accessed bit comes and goes (non-leaf aging).
  if (c.arch == Architecture::x86_64) return top ? x86_64::NX : x86_64::ACCESSED;
  const std::uint64_t plain = arch.table_entry(0);
  const std::uint64_t noise = plain ^ arch.mkold(plain);
  return arch.table_format(level, plain ^ noise) && arch.plain_table(plain ^ noise) ? noise : 0;
}

std::uint64_t edited_bits(const Arch<Concrete>& arch, std::uint64_t base, bool soft_dirty) {
  std::uint64_t bits = 0;
  const auto varies = [&](std::uint64_t e) { bits |= arch.without_frame(base ^ e); };
  for (const std::uint64_t e : {arch.mkold(base), arch.mkyoung(base), arch.mkdirty(base), arch.mkclean(base),
                                arch.wrprotect(base), arch.wrprotect(arch.mkdirty(base))})
    varies(e);
  if (soft_dirty && arch.geometry().has_soft_dirty) varies(arch.mksoft_dirty(base));
  if (arch.geometry().has_uffd_wp) varies(arch.mkuffd_wp(base));
  return bits;
}

void SymbolicWorld::standard_folios() {
  for (const bool huge : {false, true}) {
    Folio<Symbolic> f;
    f.pfn = W(huge ? g().huge_zero_pfn : g().zero_pfn);
    f.order = static_cast<std::uint8_t>(huge ? g().leaf_order(Level::pmd) : 0);
    f.kind = huge ? FolioKind::huge_zero : FolioKind::zero_page;
    f.refcount = W(1);
    s_.world.folios.push_back(f);
  }
}

Folio<Symbolic> SymbolicWorld::any_folio(const std::string& prefix, W pfn, FolioKind kind, unsigned order, bool anon,
                                         CountBits bits) {
  const auto below = [](unsigned n) { return (std::uint64_t{1} << n) - 1; };
  Folio<Symbolic> f;
  f.pfn = pfn;
  f.kind = kind;
  f.order = static_cast<std::uint8_t>(order);
  f.refcount = word(prefix + "refcount");
  f.pincount = order > 0 ? word(prefix + "pincount", below(16)) : W(0);
  f.mapcount = word(prefix + "mapcount", below(bits.mappings));
  f.anon = B(anon);
  f.exclusive = anon ? flag(prefix + "exclusive") : B(false);
  f.dirty = flag(prefix + "dirty");
  f.referenced = flag(prefix + "referenced");
  f.unpinnable = flag(prefix + "unpinnable");
  f.hwpoison = flag(prefix + "hwpoison");
  f.p2pdma = flag(prefix + "p2pdma");
  f.swapcache = B(false);
  assume(prefix + "refcount is positive or has overflowed", "facts 1.7",
         (f.refcount != 0u && f.refcount <= below(bits.references)) || f.refcount >= ~below(bits.references));
  if (anon && order > 0)
    assume(prefix + "pinned stays exclusive", "facts 8.3 G10", implies(f.pincount != 0u, f.exclusive));
  return f;
}

void SymbolicWorld::environment(bool huge_pool) {
  Environment<Symbolic>& e = s_.world.env;
  e.huge_pool = huge_pool ? word("huge_pool", 7) : W(0);
  e.alloc_fail_at = word("alloc_fail_at", 15);
  e.fatal_signal_at = word("fatal_signal_at", 31);
  e.signal_at = word("signal_at", 31);
  e.mmap_lock_fail_at = word("mmap_lock_fail_at", 7);
  e.userfault_wakes = word("userfault_wakes", 7);
  e.migrate_fails = flag("migrate_fails");
  e.isolate_fails = flag("isolate_fails");
}

void SymbolicWorld::request(W address, std::uint32_t pages) {
  Request<Symbolic>& r = s_.world.request;
  r.api = Api::internal;
  r.start = address;
  r.nr_pages = pages;
  r.pages_null = wanted_ == Wanted::nothing;
  // __get_user_pages() asserts that pages are wanted exactly with GET or PIN, and
  // LONGTERM comes with PIN alone (facts 1.3, 1.14).
  std::uint64_t free = kAllFollFlags & ~std::uint64_t{FOLL_GET | FOLL_PIN};
  if (wanted_ != Wanted::pin) free &= ~std::uint64_t{FOLL_LONGTERM};
  if (call_ == Call::fast_only) {
    // The API adds GET or PIN itself, and what it refuses is a matter of no page table.
    r.api = wanted_ == Wanted::pin ? Api::pin_fast_only : Api::get_fast_only;
    free &= (kFastFlags | kNewFastFlags) & ~std::uint64_t{FOLL_FAST_ONLY};
    r.flags = word("foll_flags", free);
    if (wanted_ == Wanted::pin)
      assume("LONGTERM is not combined with PCI_P2PDMA", "facts 1.14",
             (r.flags & (FOLL_LONGTERM | FOLL_PCI_P2PDMA)) != std::uint64_t{FOLL_LONGTERM | FOLL_PCI_P2PDMA});
    return;
  }
  if (call_ == Call::longterm) {
    // The API adds PIN, and refuses what is internal.
    r.api = Api::pin;
    free &= ~std::uint64_t{kInternalGupFlags | FOLL_LONGTERM | FOLL_PCI_P2PDMA};
    r.flags = word("foll_flags", free) | std::uint64_t{FOLL_LONGTERM};
    return;
  }
  const std::uint64_t fixed[] = {0, FOLL_GET, FOLL_PIN};
  r.flags = word("foll_flags", free) | fixed[static_cast<int>(wanted_)];
  if (wanted_ == Wanted::pin)
    assume("LONGTERM is not combined with PCI_P2PDMA", "facts 1.14",
           (r.flags & (FOLL_LONGTERM | FOLL_PCI_P2PDMA)) != std::uint64_t{FOLL_LONGTERM | FOLL_PCI_P2PDMA});
}

void SymbolicWorld::empty_without_table(const std::string& name, W value, B absent) {
  assume(name + " is empty where its table is missing", "mm/memory.c __pmd_alloc()", implies(absent, value == 0u));
}

}  // namespace gupdiff
