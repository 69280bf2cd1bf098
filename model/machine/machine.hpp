// SPDX-License-Identifier: GPL-2.0-only
// The machine: one walk's own copy of a World plus everything the outside could
// notice while it runs (the outcome's raw material: pages, faults, locks, cost).
#pragma once

#include <cstdint>
#include <vector>

#include "model/arch/arch.hpp"
#include "model/kernel/era.hpp"
#include "model/kernel/known.hpp"
#include "model/machine/slots.hpp"
#include "model/machine/world.hpp"

namespace gupdiff {

/// How a call ended. Only `returned` has a return value.
enum class Termination : std::uint8_t {
  returned,
  livelock,       ///< the GUP loop repeats for ever (facts 5.7)
  sleeps,         ///< waits for ever (userfaultfd nobody answers, migration that never ends)
  oops,           ///< dereferenced a table or a page that is not there
  bug,            ///< BUG()/VM_BUG_ON
  out_of_bounds,  ///< a bound of the model itself was reached: never silence
};
inline constexpr int kTerminations = 6;

/// Which lock object (facts 1.13). `object` tells tables apart: address >> shift of
/// the level above the table for page-table locks, the VMA's index for the VMA lock.
enum class LockKind : std::uint8_t { none, page_table_lock, pmd_table, pte_table, hugetlb_vma, pud_table };
template <class D>
struct Lock {
  using W = typename D::Word;
  LockKind kind = LockKind::none;
  W object{};
};

/// What was done under which lock: the protocol facet. The last five are GUP-fast's (facts 2.2): entries read
/// while interrupts are off, where nothing but that keeps a table from going away; interrupts off and on
/// again; the two looks at mm->write_protect_seq.
enum class AccessKind : std::uint8_t { read, write, pagecache_probe, lockless_read, irqs_off, irqs_on, seq_begin, seq_retry };
/// Their names in messages, by AccessKind.
inline constexpr const char* kAccessNames[] = {"read", "write", "page-cache probe", "lockless read", "interrupts off",
                                               "interrupts on", "write_protect_seq read", "write_protect_seq re-read"};
/// Whether an access is one of an entry.
constexpr bool is_of_entry(AccessKind k) {
  return k == AccessKind::read || k == AccessKind::write || k == AccessKind::lockless_read;
}
template <class D>
struct Access {
  using W = typename D::Word;
  AccessKind kind = AccessKind::read;
  Level level = Level::pte;
  bool vma_lock = false;  ///< the hugetlb VMA lock was held for read
  Lock<D> ptl;            ///< the page-table lock held
  W slot{};               ///< address >> shift of the level
};

/// Consecutive pages returned: positions [index, index + count), frames pfn, pfn+1, ...
template <class D>
struct PageRun {
  using W = typename D::Word;
  std::uint32_t index = 0;
  std::uint32_t count = 0;
  W pfn{};
};

/// One call of handle_mm_fault().
template <class D>
struct Fault {
  using W = typename D::Word;
  W address{};  ///< page aligned
  W flags{};    ///< FAULT_FLAG_
  W result{};   ///< VM_FAULT_
};

/// WARN_ON and complaint sites of the models; each counts once a walk.
enum class Warn : std::uint8_t {
  gup_args,            ///< is_valid_gup_args (facts 1.14)
  grab_refcount,       ///< folio refcount <= 0 (facts 1.7)
  fast_grab_no_flag,   ///< fast grab without GET or PIN (facts 1.7)
  hugetlb_grab,        ///< legacy WARN around a failed grab (D38)
  bulk_grab,           ///< bulk grab failed after the first page (facts 1.3 step 8)
  get_and_pin,         ///< GET and PIN both set on the PTE path (D40)
  fault_gate,          ///< sanitize_fault_flags (facts 5.1)
  hugetlb_wp_no_write, ///< hugetlb_wp without VM_WRITE (facts 5.3)
  zero_result,         ///< __get_user_pages_locked pinned nothing (facts 1.5)
  bad_entry,           ///< pXd_bad complaint
  highest_pfn,         ///< vm_normal_page beyond the highest frame
  empty_marker,        ///< PTE marker without bits
  hugepd_elsewhere,    ///< follow_hugepd in a mapping that is not hugetlb (D36)
};

/// Cost of one walk.
struct Cost {
  std::uint32_t walks = 0;           ///< iterations of the __get_user_pages loop that looked up a page
  std::uint32_t lockless_reads = 0;  ///< entries read without a page-table lock
  std::uint32_t locked_reads = 0;    ///< entries read under one
  std::uint32_t locks = 0;           ///< page-table and VMA locks taken
};

/// One line of the narrative (only in a narrated domain).
struct Narrative {
  const char* function;  ///< the kernel function this step models
  const char* what;
  Level level;
  bool has_level;
  bool has_value;
  std::uint64_t address;
  std::uint64_t value;
  std::uint8_t shift = 0;  ///< address bits below a slot of `level`
};

/// Bounds of the model (docs/fidelity.md). Reaching one is Termination::livelock
/// (faults) or out_of_bounds, never silence.
inline constexpr std::uint32_t kMaxFaultsPerAddress = 8;

template <class D>
class Machine {
 public:
  using Domain = D;
  using W = typename D::Word;
  using B = typename D::Cond;

  /// Starts a walk of `era` on a copy of `initial`; storage is reused.
  void reset(const World<D>& initial, const Era& e) {
    w = initial;
    era = e;
    known_applied.reset();
    arch = Arch<D>(w.config);
    swap = swap_types(w.config);
    clear_evenly(pages);
    clear_evenly(faults);
    clear_evenly(hugetlb_faults);
    clear_evenly(acquired);
    clear_evenly(accesses);
    narrative.clear();
    termination = Termination::returned;
    ret = W(0);
    warns = 0;
    cost = {};
    ptl = {};
    vma_lock_depth = 0;
    mmap_locked = true;
    irqs_off = false;
    hidden_error = 0;
    split_refused_without_access = false;
    lock_order_broken = false;
    now_locked = W(1);
    signal_checks = fatal_checks = allocations = fresh_folios = lock_tries = userfaults = 0;
    pgmap_refs = 0;
    pgmap_held = false;
  }

  // ---- outcome ----
  World<D> w;
  Era era;                     ///< switches of the kernel that runs
  SwapTypes swap{};
  Arch<D> arch;                ///< what entries mean here
  std::vector<PageRun<D>> pages;
  std::vector<Fault<D>> faults;
  std::vector<Fault<D>> hugetlb_faults;  ///< calls of hugetlb_fault() past handle_mm_fault(); of no facet
  std::vector<Lock<D>> acquired;     ///< lock objects in the order they were taken
  std::vector<Access<D>> accesses;   ///< entry accesses under a page-table lock, or with interrupts off
  std::vector<Narrative> narrative;
  Termination termination = Termination::returned;
  W ret{};                     ///< return value, negative errno as two's complement
  std::uint32_t warns = 0;     ///< bit set of Warn
  Cost cost;

  // ---- runtime ----
  Lock<D> ptl;                 ///< page-table lock held, kind none if none
  int vma_lock_depth = 0;
  bool mmap_locked = true;     ///< this thread holds mmap_lock for read
  bool irqs_off = false;       ///< interrupts are off: GUP-fast walks (facts 2.2)
  bool lock_order_broken = false;  ///< some lock was taken under one that comes after it (facts 1.13); of no facet
  W now_locked{};              ///< *locked as the caller sees it (0 or 1)
  std::uint32_t signal_checks = 0, fatal_checks = 0, allocations = 0, fresh_folios = 0;
  std::uint32_t lock_tries = 0, userfaults = 0;
  std::uint32_t pgmap_refs = 0;  ///< page maps looked up
  bool pgmap_held = false;       ///< the reference on the last of them, until the loop ends; of no facet
  int hidden_error = 0;  ///< errno of a fast API's slow part that pages had without a lock hide (facts 2.1); of no facet
  bool split_refused_without_access = false;  ///< FOLL_SPLIT_PMD was refused where access would have been (D42); expected runs only
  RowSet known_applied;  ///< catalogue rows that spoke, expected runs only

  /// An era switch that row `k` speaks of made a difference here.
  void switched(Known k) {
    if (era.taken_over[static_cast<std::size_t>(k)]) known_applied.set(static_cast<std::size_t>(k));
  }
  /// Whether this kernel has `field`, asked where it decides something; row `k` speaks of it.
  bool since(bool Era::*field, Known k) {
    switched(k);
    return era.*field;
  }
  bool halted() const { return termination != Termination::returned; }
  /// Ends the call abnormally; the first reason stays.
  void halt(Termination why, const char* function, const char* what) {
    if (!halted()) termination = why;
    // A call that never returns hands out no page: which one it was does not show.
    known_applied.reset(static_cast<std::size_t>(Known::D18));
    note(function, what);
  }
  void warn(Warn site, const char* function, const char* what) {
    warns |= 1u << static_cast<unsigned>(site);
    note(function, what);
  }
  bool warned(Warn site) const { return (warns >> static_cast<unsigned>(site)) & 1u; }

  // ---- narrative ----
  void note(const char* function, const char* what) {
    if constexpr (D::narrated) narrative.push_back({function, what, Level::pte, false, false, 0, 0});
  }
  void note(const char* function, const char* what, W value) {
    if constexpr (D::narrated)
      narrative.push_back({function, what, Level::pte, false, true, 0, value});
  }
  void note(const char* function, const char* what, Level level, W address, W value) {
    if constexpr (D::narrated)
      narrative.push_back({function, what, level, true, true, address, value, static_cast<std::uint8_t>(arch.shift(level))});
  }

  // ---- page-table slots ----
  /// The topmost level that is not folded.
  Level top() const { return arch.geometry().top; }
  W key(Level level, W address) const { return slot_key<D>(arch.geometry(), level, address); }
  /// Frame of the table that holds the slot of `address` at `level`.
  W table_pfn(Level level, W address) const { return arch.geometry().table_pfn(level, key(level, address)); }
  /// Base pages from the start of the leaf of `level` around `address`.
  W page_in(Level level, W address) const { return (address & (arch.span(level) - 1)) >> arch.page_shift(); }
  /// Base pages of a leaf of `level`, minus one.
  std::uint32_t leaf_mask(Level level) const { return (1u << arch.geometry().leaf_order(level)) - 1; }
  /// A PMD leaf: log2 of its base pages, and their number.
  std::uint8_t pmd_order() const { return static_cast<std::uint8_t>(arch.geometry().leaf_order(Level::pmd)); }
  std::uint32_t pmd_pages() const { return 1u << pmd_order(); }
  /// The hugetlb size of a VMA.
  const HugetlbSize& hugetlb_size(const Vma<D>& v) const { return *arch.geometry().hugetlb_size(v.huge_order); }

  /// Index of the run that holds the slot of `address`, or -1. Newest first.
  int find_slot(Level level, W address) const { return slot_index<D>(w, level, key(level, address)); }
  /// The entry in the slot of `address`; nothing recorded.
  W peek(Level level, W address) const { return entry_at<D>(arch.geometry(), w, level, address); }
  /// Reads an entry without a page-table lock. With interrupts off the order of such reads is what
  /// makes GUP-fast safe, and so part of the protocol.
  W read(const char* function, Level level, W address) {
    ++cost.lockless_reads;
    if (irqs_off) accesses.push_back({AccessKind::lockless_read, level, vma_lock_depth > 0, ptl, key(level, address)});
    const W v = peek(level, address);
    note(function, "reads", level, address, v);
    return v;
  }
  /// Reads an entry under the page-table lock held.
  W read_locked(const char* function, Level level, W address) {
    ++cost.locked_reads;
    accesses.push_back({AccessKind::read, level, vma_lock_depth > 0, ptl, key(level, address)});
    const W v = peek(level, address);
    note(function, "reads under lock", level, address, v);
    return v;
  }
  /// Writes an entry; `function` names the kernel step.
  void write(const char* function, Level level, W address, W value) {
    accesses.push_back({AccessKind::write, level, vma_lock_depth > 0, ptl, key(level, address)});
    store(level, address, value);
    note(function, "writes", level, address, value);
  }
  /// Writes an entry on the fault side: part of the effect, not of the walk's protocol.
  void store(Level level, W address, W value) {
    auto& v = w.slots[static_cast<int>(level)];
    const int i = find_slot(level, address);
    if (i >= 0 && v[i].count == 1) {
      v[i].value = value;
      v[i].restored = W(0);
      return;
    }
    Slot<D> s;
    s.first = key(level, address);
    s.value = value;
    v.push_back(s);
  }
  /// Fills `count` slots of `level` from `address` on, advancing by `stride` (see Slot) a slot.
  void store_run(Level level, W address, std::uint32_t count, W value, std::int8_t stride) {
    Slot<D> s;
    s.first = key(level, address);
    s.value = value;
    s.count = count;
    s.stride = stride;
    w.slots[static_cast<int>(level)].push_back(s);
  }
  /// The same for a contiguous set: a run that is exactly this set is written in place.
  void store_set(Level level, W address, std::uint32_t count, W value, std::int8_t stride) {
    auto& v = w.slots[static_cast<int>(level)];
    const W first = key(level, address);
    for (std::size_t i = v.size(); i-- > 0;) {
      if (v[i].count == count && D::truth(v[i].first == first)) {
        v[i].value = value;
        v[i].stride = stride;
        v[i].restored = W(0);
        return;
      }
      // A newer run that holds part of the set would hide it.
      if (D::truth(v[i].first - first < std::uint64_t{count}) || D::truth(first - v[i].first < std::uint64_t{v[i].count})) break;
    }
    store_run(level, address, count, value, stride);
  }
  /// What the entry in the slot of `address` becomes when its migration ends; 0: it never does.
  W restored_at(Level level, W address) const {
    const int i = find_slot(level, address);
    if (i < 0) return W(0);
    const Slot<D>& s = w.slots[static_cast<int>(level)][static_cast<std::size_t>(i)];
    return slot_restored<D>(arch, level, s, key(level, address));
  }
  /// Follows table entry `e` to the table of `child` slots around `address`; a
  /// pointer to anywhere else is a wild dereference. False: the machine is halted.
  bool enter_table(const char* function, Level child, W e, W address) {
    if (D::truth(arch.table_frame(e) == table_pfn(child, address))) return true;
    halt(Termination::oops, function, "dereferences a table that is not there");
    return false;
  }

  // ---- folios ----
  /// Index of the folio that holds frame `pfn`, or -1.
  int find_folio(W pfn) const { return folio_index<D>(w, pfn); }
  Folio<D>& folio(int i) { return w.folios[i]; }
  /// A new folio of `order` with one reference; its frame follows from how many came before.
  int new_folio(std::uint8_t order, FolioKind kind) {
    Folio<D> f;
    f.pfn = W(arch.geometry().fresh(fresh_folios++, order));
    f.refcount = W(1);
    f.pincount = W(0);
    f.mapcount = W(0);
    f.kind = kind;
    f.order = order;
    f.anon = f.exclusive = f.dirty = f.referenced = B(false);
    f.unpinnable = f.hwpoison = f.p2pdma = f.swapcache = B(false);
    w.folios.push_back(f);
    return static_cast<int>(w.folios.size()) - 1;
  }
  /// Index into World::page_cache of the entry for page `index` of `file`, or -1.
  int find_cached(std::uint16_t file, W index) const {
    for (int i = static_cast<int>(w.page_cache.size()) - 1; i >= 0; --i) {
      const PageCacheEntry<D>& c = w.page_cache[i];
      if (c.file != file) continue;
      const unsigned order = w.folios[c.folio].order;
      if (D::truth((index >> order) == (c.index >> order) && c.present)) return i;
    }
    return -1;
  }
  /// File offset of `address`, in base pages.
  W file_index(const Vma<D>& vma, W address) const {
    return vma.pgoff + ((address - vma.start) >> arch.page_shift());
  }

  // ---- locks ----
  // The order: mmap_lock, hugetlb VMA lock, page-table lock, one of a kind at a time (facts 1.13).
  /// Takes mmap_lock or sleeps, as a fault may: neither lock below it is held then, and interrupts are on.
  void may_sleep() { lock_order_broken |= irqs_off || ptl.kind != LockKind::none || vma_lock_depth > 0; }
  /// The begin and the end of GUP-fast's walk, and what it looks at besides entries.
  void lockless_step(const char* function, AccessKind kind) {
    if (kind == AccessKind::irqs_off) irqs_off = true;
    if (kind == AccessKind::irqs_on) irqs_off = false;
    accesses.push_back({kind, Level::pte, false, {}, W(0)});
    note(function, kAccessNames[static_cast<int>(kind)]);
  }
  /// Takes a page-table lock; whoever holds one is interrupted (facts 1.13), so never with interrupts off.
  void lock_ptl(const char* function, Lock<D> l) {
    ++cost.locks;
    acquired.push_back(l);
    lock_order_broken |= irqs_off || ptl.kind != LockKind::none;
    ptl = l;
    note(function, lock_name(l.kind), l.object);
  }
  void unlock_ptl(const char* function) {
    ptl = Lock<D>{};
    note(function, "unlocks page table");
  }
  /// hugetlb_vma_lock_read (facts 1.13); a VMA without a lock object takes none.
  void lock_vma(const char* function, int vma_index) {
    if (!D::truth(has_vma_lock(w.vmas[vma_index]))) return;
    ++cost.locks;
    may_sleep();
    ++vma_lock_depth;
    acquired.push_back({LockKind::hugetlb_vma, W(static_cast<std::uint64_t>(vma_index))});
    note(function, lock_name(LockKind::hugetlb_vma));
  }
  void unlock_vma(const char* function) {
    if (vma_lock_depth == 0) return;
    --vma_lock_depth;
    note(function, "releases hugetlb VMA lock");
  }
  static B has_vma_lock(const Vma<D>& v) {
    return (v.flags & VM_MAYSHARE) != 0u || v.resv_owner;
  }
  static const char* lock_name(LockKind k) {
    switch (k) {
      case LockKind::page_table_lock: return "takes mm->page_table_lock";
      case LockKind::pmd_table: return "takes PMD-table lock";
      case LockKind::pte_table: return "takes PTE-table lock";
      case LockKind::pud_table: return "takes PUD-table lock";
      case LockKind::hugetlb_vma: return "takes hugetlb VMA lock (read)";
      case LockKind::none: break;
    }
    return "takes no lock";
  }
  /// pud_lockptr: always mm->page_table_lock.
  Lock<D> pud_lockptr() const { return {LockKind::page_table_lock, W(0)}; }
  /// pmd_lockptr: the PMD table's own lock where PMD locks are split.
  Lock<D> pmd_lockptr(W address) const {
    if (!w.config.split_pmd_ptlocks) return pud_lockptr();
    return {LockKind::pmd_table, key(Level::pud, address)};
  }
  /// pte_lockptr: the PTE table's own lock where PTE locks are split.
  Lock<D> pte_lockptr(W address) const {
    if (!w.config.split_pte_ptlocks) return pud_lockptr();
    return {LockKind::pte_table, key(Level::pmd, address)};
  }

  // ---- environment ----
  /// One page or page-table allocation; false: it failed (out of memory).
  bool allocate() { return !D::truth(w.env.alloc_fail_at == std::uint64_t{++allocations}); }
  /// fatal_signal_pending
  bool fatal_signal() {
    const std::uint64_t n = ++fatal_checks;
    return D::truth(w.env.fatal_signal_at != 0u && w.env.fatal_signal_at <= n);
  }
  /// signal_pending (any signal)
  bool any_signal() {
    const std::uint64_t n = ++signal_checks;
    return D::truth(w.env.signal_at != 0u && w.env.signal_at <= n);
  }
};

/// A return value that is an error: -err as a word.
template <class D>
typename D::Word error_word(int err) {
  return typename D::Word(0) - static_cast<std::uint64_t>(err);
}

}  // namespace gupdiff
