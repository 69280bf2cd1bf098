// SPDX-License-Identifier: GPL-2.0-only
// Builds reachable states bottom up: mappings, what was touched in each, what
// happened to it since, and a call that lands on it.
#include "scenario/generator.hpp"

#include <algorithm>

#include "scenario/mutator.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

/// Sorts of memory a mapping is made of.
enum class Memory : std::uint8_t {
  hugetlb, thp_anon, thp_shmem, pte_anon, pte_shmem, pte_file, dax, device, vdso
};

class Builder {
 public:
  Builder(Random& random, Scenario& out, Architecture arch) : r(random), w(out), arch_(arch) {}

  void build() {
    clear();
    std::uint64_t at = base_address();
    const int mappings = 1 + r.weighted({72, 23, 5});
    for (int i = 0; i < mappings; ++i) at = map(at, i);
    environment();
    request();
  }

 private:
  Random& r;
  Scenario& w;
  const Architecture arch_;

  const Geometry& g() const { return geometry_of(w.config); }
  Words words() const { return words_of(w); }
  std::uint64_t page() const { return g().page_size(); }
  /// Bytes of a PMD leaf.
  std::uint64_t pmd_span() const { return g().span(Level::pmd); }
  std::uint64_t flags_of(Level level, const LeafState& s) const { return leaf_flags(w.config.arch, g(), level, s); }

  void clear() {
    configure();
    w.vmas.clear();
    for (auto& s : w.slots) s.clear();
    w.page_cache.clear();
    w.folios.resize(2);
    for (int i = 0; i < 2; ++i) {
      w.folios[i] = {};
      w.folios[i].kind = i == 0 ? FolioKind::zero_page : FolioKind::huge_zero;
      w.folios[i].pfn = i == 0 ? g().zero_pfn : g().huge_zero_pfn;
      w.folios[i].order = static_cast<std::uint8_t>(i == 0 ? 0 : g().leaf_order(Level::pmd));
      w.folios[i].refcount = 1;
    }
    w.env = {};
    w.request = {};
  }

  void configure() {
    auto& c = w.config;
    c.arch = arch_;
    const auto variants = static_cast<std::uint32_t>(geometries(arch_).size());
    c.variant = static_cast<std::uint8_t>(r.chance(25) ? 1 % variants + r.below(variants > 2 ? variants - 1 : 1) : 0);
    c = usual_config(arch_, c.variant);
    if (!r.chance(20)) return;
    // Without THP arm64 does not fold the marks of a contiguous set (D04).
    c.thp = g().has_thp && !r.chance(arch_ == Architecture::arm64 ? 50 : 20);
    c.pud_devmap = c.thp && g().has_pud_leaf_thp && !r.chance(20);
    c.split_pte_ptlocks = !r.chance(20);
    c.split_pmd_ptlocks = g().has_split_pmd_ptlocks && (r.chance(90) ? c.split_pte_ptlocks : !c.split_pte_ptlocks);
    c.memory_failure = !r.chance(10);
    c.device_private = r.chance(30);
    c.soft_dirty = g().has_soft_dirty && !r.chance(30);
    c.shmem_thp = c.thp && !r.chance(20);
  }

  std::uint64_t base_address() {
    // The page after the second base lies under another table of the topmost level but one;
    // user memory must have room for a few of the largest pages.
    const std::uint64_t largest = g().page_size() << g().max_order();
    const std::uint64_t top = std::uint64_t{1} << g().address_bits;
    const std::uint64_t table = g().span(static_cast<Level>(static_cast<int>(g().top) > 3 ? 3 : static_cast<int>(g().top)));
    const std::uint64_t usual = std::min(std::uint64_t{0x2000} << 32, top / 4);
    const std::uint64_t bases[] = {usual, largest, (usual / table + 1) * table - largest, top - 8 * largest};
    const std::uint64_t base = bases[r.weighted({60, 15, 20, 5})];
    return base & ~(largest - 1);
  }

  // ---- mappings ----

  std::uint64_t unit_of(Memory m, const HugetlbSize& size) const {
    return m == Memory::hugetlb                                  ? page() << size.order
           : m == Memory::thp_anon || m == Memory::thp_shmem ? pmd_span()
                                                              : page();
  }

  static VmaKind kind_of(Memory m) {
    switch (m) {
      case Memory::hugetlb: return VmaKind::hugetlb;
      case Memory::thp_anon:
      case Memory::pte_anon: return VmaKind::anonymous;
      case Memory::thp_shmem:
      case Memory::pte_shmem: return VmaKind::shmem;
      case Memory::pte_file: return VmaKind::file;
      case Memory::dax: return VmaKind::fsdax;
      case Memory::device: return VmaKind::device;
      case Memory::vdso: return VmaKind::special;
    }
    return VmaKind::anonymous;
  }

  /// Adds a mapping at or after `at` with what was touched in it; returns its end.
  std::uint64_t map(std::uint64_t at, int index) {
    const Memory memory = static_cast<Memory>(r.weighted({50, 10, 6, 12, 7, 4, 6, 3, 2}));
    const HugetlbSize& size = g().hugetlb[r.below(static_cast<std::uint32_t>(g().hugetlb.size()))];
    std::uint64_t unit = unit_of(memory, size);
    Level dax_level = Level::pte;
    if (memory == Memory::dax) {
      dax_level = static_cast<Level>(r.weighted({40, 40, 20}));
      if (dax_level == Level::pud && !g().has_pud_leaf_thp) dax_level = Level::pmd;
      if (!g().has_thp) dax_level = Level::pte;
      unit = g().span(dax_level);
    }
    if (index > 0 && r.chance(35)) at += r.chance(50) ? page() : unit;
    at = (at + unit - 1) & ~(unit - 1);
    Vma<Concrete> v;
    v.start = at;
    v.end = at + unit * (1 + r.weighted({45, 35, 12, 8}));
    if (unit == pmd_span() && r.chance(10) && kind_of(memory) != VmaKind::hugetlb) v.end += page() * (1 + r.below(8));
    v.kind = kind_of(memory);
    v.huge_order = memory == Memory::hugetlb ? size.order : 0;
    v.file = static_cast<std::uint16_t>(v.kind == VmaKind::anonymous ? 0 : 1 + index);
    protect(v, memory);
    const std::uint64_t pages = (v.end - v.start) >> g().page_shift;
    if (v.kind != VmaKind::anonymous) {
      v.pgoff = r.chance(20) ? (unit >> g().page_shift) * (1 + r.below(3)) : 0;
      v.file_pages = v.pgoff + (r.chance(8) ? unit >> g().page_shift : pages);
    }
    w.vmas.push_back(v);
    const std::uint64_t units = (v.end - v.start) / unit;
    const std::uint64_t touched = 1 + r.weighted({45, 40, 15});
    for (std::uint64_t i = 0; i < units && i < touched; ++i) {
      const std::uint64_t where = v.start + i * unit;
      if (v.kind == VmaKind::hugetlb) hugetlb_unit(v, where);
      else if ((memory == Memory::thp_anon || memory == Memory::thp_shmem)) thp_unit(v, where);
      else if (memory == Memory::dax) devmap_unit(v, where, dax_level);
      else if (memory == Memory::device) device_unit(v, where);
      else pte_unit(v, where);
    }
    // A mapping that is not aligned like its file: its huge pages fit no PMD.
    if (memory == Memory::thp_shmem && holds_no_entry(v) && r.chance(25)) {
      const std::uint64_t by = 1 + r.below(3);
      w.vmas.back().pgoff += by;
      w.vmas.back().file_pages += by;
    }
    return v.end;
  }
  bool holds_no_entry(const Vma<Concrete>& v) const {
    for (const Level level : {Level::pte, Level::pmd})
      for (const Slot<Concrete>& s : w.slots[static_cast<int>(level)])
        if ((s.first << g().shift(level)) >= v.start && (s.first << g().shift(level)) < v.end) return false;
    return true;
  }

  /// Memory without struct pages: most drivers set both flags, some one of them. By the size of the mapping.
  std::uint64_t raw_memory(const Vma<Concrete>& v) const {
    switch ((v.end - v.start) >> g().page_shift) {
      case 2: return VM_PFNMAP;
      case 3: return VM_IO;
      default: return VM_PFNMAP | VM_IO;
    }
  }

  void protect(Vma<Concrete>& v, Memory memory) {
    constexpr std::uint64_t kProtections[] = {VM_READ | VM_WRITE, VM_READ, 0, VM_WRITE,
                                              VM_READ | VM_WRITE | VM_EXEC};
    v.flags = kProtections[r.weighted({52, 20, 18, 4, 6})] | VM_MAYREAD | VM_MAYEXEC;
    const bool shareable = v.kind != VmaKind::anonymous && v.kind != VmaKind::special;
    if (shareable && r.chance(v.kind == VmaKind::fsdax || v.kind == VmaKind::device ? 70 : 40)) {
      v.flags |= VM_MAYSHARE;
      // A shared mapping of a read-only descriptor keeps VM_MAYSHARE alone.
      if (!(v.flags & VM_WRITE) && r.chance(20)) {
      } else {
        v.flags |= VM_SHARED | VM_MAYWRITE;
      }
    } else {
      v.flags |= VM_MAYWRITE;
    }
    if (w.config.soft_dirty && r.chance(50)) v.flags |= VM_SOFTDIRTY;
    if (memory == Memory::thp_anon || memory == Memory::thp_shmem) v.flags |= r.chance(80) ? std::uint64_t{VM_HUGEPAGE} : 0;
    if (memory == Memory::device) v.flags |= r.chance(85) ? std::uint64_t{VM_MIXEDMAP} : raw_memory(v);
    const bool uffd = v.kind == VmaKind::anonymous || v.kind == VmaKind::shmem || v.kind == VmaKind::hugetlb;
    if (uffd && r.chance(18)) {
      if (g().has_uffd_wp && r.chance(60)) v.flags |= VM_UFFD_WP;
      if (r.chance(25)) v.flags |= VM_UFFD_MISSING;
      if (v.kind != VmaKind::anonymous && r.chance(25)) v.flags |= VM_UFFD_MINOR;
      v.uffd_wp_async = r.chance(20);
      v.uffd_sigbus = r.chance(10);
    }
    if (v.kind == VmaKind::hugetlb) {
      v.flags |= VM_HUGETLB;
      if (!(v.flags & VM_MAYSHARE)) {
        v.resv_owner = r.chance(70);
        v.resv_unmapped = !v.resv_owner && r.chance(4);
      }
    }
    if (r.chance(3)) v.flags |= VM_LOCKED | (r.chance(50) ? std::uint64_t{VM_LOCKONFAULT} : 0);  // populate skips the latter
    // What memfd_secret() gives is mapped shared and locked always (secretmem_mmap()).
    if (v.kind == VmaKind::file && (v.flags & (VM_SHARED | VM_LOCKED | VM_LOCKONFAULT)) == (VM_SHARED | VM_LOCKED)) v.kind = VmaKind::secretmem;
    if (g().has_pkeys && r.chance(4)) {
      v.pkey = static_cast<std::uint8_t>(1 + r.below(15));
      v.pkey_no_write = r.chance(50);
      v.pkey_no_access = r.chance(15);
    }
  }

  // ---- folios ----

  std::uint8_t pmd_order() const { return static_cast<std::uint8_t>(g().leaf_order(Level::pmd)); }
  bool folios_left() const { return w.folios.size() < kMaxFolios; }

  /// A new folio that one entry maps; its counts and flags fit that.
  int new_folio(const Vma<Concrete>& v, std::uint8_t order, bool anon) {
    const auto index = w.folios.size();
    w.folios.emplace_back();
    auto& f = w.folios.back();
    f.pfn = default_pfn(w, index);
    f.order = order;
    f.kind = v.kind == VmaKind::hugetlb ? FolioKind::hugetlb : FolioKind::normal;
    f.anon = anon;
    f.mapcount = 1;
    if (anon) {
      f.exclusive = r.chance(65);
      if (!f.exclusive && r.chance(60)) f.mapcount = 2 + r.below(2);
      f.swapcache = v.kind != VmaKind::hugetlb && !f.exclusive && r.chance(10);
    }
    const std::uint64_t cached = anon ? (f.swapcache ? std::uint64_t{1} << order : 0) : std::uint64_t{1} << order;
    f.refcount = f.mapcount + cached + (r.chance(6) ? 1 : 0);
    if ((!anon || f.exclusive) && r.chance(5)) {
      if (order > 0) f.pincount = 1;
      f.refcount += order > 0 ? 1 : kPinCountingBias;
    }
    f.dirty = r.chance(v.kind == VmaKind::hugetlb ? 80 : 50);
    f.referenced = r.chance(30);
    f.unpinnable = r.chance(12);
    f.hwpoison = r.chance(2);
    return static_cast<int>(index);
  }

  void cache(const Vma<Concrete>& v, std::uint64_t where, int folio) {
    PageCacheEntry<Concrete> c;
    const std::uint64_t pages = std::uint64_t{1} << w.folios[folio].order;
    c.index = (v.pgoff + ((where - v.start) >> g().page_shift)) & ~(pages - 1);
    c.file = v.file;
    c.folio = static_cast<std::uint16_t>(folio);
    c.present = true;
    w.page_cache.push_back(c);
  }

  /// Whether a page of this mapping is its own copy rather than the file's.
  bool copied(const Vma<Concrete>& v) {
    if (v.kind == VmaKind::anonymous) return true;
    if (v.flags & VM_MAYSHARE) return false;
    return r.chance(v.kind == VmaKind::special ? 0 : 65);
  }

  // ---- entries ----

  void put(Level level, std::uint64_t where, std::uint64_t value, std::uint32_t count = 1) {
    Slot<Concrete> s;
    s.first = where >> g().shift(level);
    s.value = value;
    s.count = count;
    if (count > 1 && shape(w, level, value) == Shape::leaf) s.stride = words().stride(value, level);
    w.slots[static_cast<int>(level)].push_back(s);
  }

  /// The directory (hugepd) that the huge page at `where` hangs off, in every slot it spans.
  void put_directory(const HugetlbSize& size, std::uint64_t where) {
    Slot<Concrete> s;
    s.first = directory_key(size, where >> g().shift(size.directory));
    s.value = directory_entry(w, size, s.first);
    s.count = size.directories();
    for (const auto& other : w.slots[static_cast<int>(size.directory)])
      if (other.first == s.first) return;
    w.slots[static_cast<int>(size.directory)].push_back(s);
  }

  /// A leaf of `folio` as the kernel has it in `v` (G3, G4, G7): writable implies
  /// dirty and, if anonymous, exclusive; a private mapping never maps the file's page
  /// writable; an inaccessible VMA has PROT_NONE entries.
  std::uint64_t leaf(const Vma<Concrete>& v, Level level, std::uint64_t pfn, int folio, std::uint32_t count = 1) {
    const auto& f = w.folios[folio];
    LeafState s;
    s.contiguous = v.kind == VmaKind::hugetlb && count > 1;
    const bool accessible = v.flags & VM_ACCESS_FLAGS;
    const bool zero = folio < 2;
    s.uffd_wp = (v.flags & VM_UFFD_WP) && r.chance(50);
    const bool may_write = (v.flags & VM_WRITE) && !s.uffd_wp && !zero &&
                           ((v.flags & VM_SHARED) || (f.anon && f.exclusive));
    const bool writable = may_write && r.chance(75);
    const bool was_written = writable ? v.kind == VmaKind::hugetlb || r.chance(85) : !zero && r.chance(35);
    const bool hint = g().has_numa_hints && accessible && v.kind != VmaKind::hugetlb && v.kind != VmaKind::special && !zero && r.chance(7);
    s.accessible = accessible && !hint;
    if (s.accessible) {
      s.write = writable;
      s.young = r.chance(88);
      s.exec = v.flags & VM_EXEC;
      s.pkey = v.pkey;
    }  // A hint keeps no write permission; the fault finds out again (facts 5.5).
    s.dirty = was_written;
    s.soft_dirty = was_written && w.config.soft_dirty && r.chance(80);
    s.special = folio == kZeroFolio;
    return with_frame(w, flags_of(level, s), pfn);
  }

  /// A state bit of the swap format by name; 0 where the architecture has none.
  std::uint64_t swap_bit(std::string_view name) const {
    for (const NamedBit& n : swap_bit_names(w.config))
      if (n.name == name) return n.bit;
    return 0;
  }

  /// What `mapped` turns into when something happened to it: migration, poison.
  /// Returns whether it did. Every entry of a contiguous set says so.
  bool befell(const Vma<Concrete>& v, Level level, std::uint64_t where, std::uint64_t mapped, int folio,
              std::uint32_t count = 1) {
    const SwapTypes t = swap_types(w.config);
    const std::uint64_t pfn = w.folios[folio].pfn + (level == Level::pte ? leaf_frame(w, mapped) - w.folios[folio].pfn : 0);
    const bool thp = level == Level::pmd && v.kind != VmaKind::hugetlb;
    const int what = r.weighted({74, 12, 8, 6});
    if (what == 1) {
      const auto& f = w.folios[folio];
      const std::uint64_t type = words().write(mapped)       ? t.migration_write
                                 : f.anon && f.exclusive ? t.migration_read_exclusive
                                                         : t.migration_read;
      std::uint64_t e = words().swp_entry(type, pfn);
      if (words().soft_dirty(mapped)) e |= swap_bit("SOFT_DIRTY");
      if (words().uffd_wp(mapped)) e |= swap_bit("UFFD_WP");
      put(level, where, e, count);
      if (r.chance(85)) w.slots[static_cast<int>(level)].back().restored = mapped;
      return true;
    }
    if (what == 2 && !thp && w.config.memory_failure) {
      w.folios[folio].hwpoison = true;
      put(level, where, words().swp_entry(t.hwpoison, pfn), count);
      return true;
    }
    if (what == 3 && !thp) {
      const bool wp = (v.flags & VM_UFFD_WP) && r.chance(60);
      put(level, where, words().marker(t, wp ? kMarkerUffdWp : kMarkerPoisoned), count);
      return true;
    }
    return false;
  }

  /// Members of the contiguous set at `where` that the hardware marked by itself: young or
  /// dirty where the others are not (G2).
  void touch_member(Level level, std::uint64_t where, std::uint64_t e, std::uint32_t count) {
    const std::uint32_t k = r.below(count);
    const auto member = [&](std::uint32_t i) {
      const std::int8_t stride = words().stride(e, level);
      return stride == 0 ? e : e + (std::uint64_t{i} << stride);
    };
    const std::uint64_t step = g().span(level);
    if (k > 0) put(level, where, e, k);
    LeafState s = leaf_state(w.config.arch, g(), level, e);
    const bool dirties = s.write && r.chance(50);
    const std::uint64_t touched = words().touched(dirties ? words().mkclean(member(k)) : words().mkold(member(k)), dirties);
    put(level, where + k * step, touched);
    if (k + 1 < count) put(level, where + (k + 1) * step, member(k + 1), count - k - 1);
  }

  void hugetlb_unit(const Vma<Concrete>& v, std::uint64_t where) {
    const HugetlbSize& size = *g().hugetlb_size(v.huge_order);
    const Level level = size.level;
    if (!folios_left() || r.chance(14)) {  // never touched; the file may hold it
      if (folios_left() && r.chance(40)) {
        const int f = new_folio(v, v.huge_order, false);
        w.folios[f].refcount -= w.folios[f].mapcount;
        w.folios[f].mapcount = 0;
        cache(v, where, f);
      }
      // The table above may be there without the entry.
      if (size.hugepd()) {
        if (r.chance(40)) put_directory(size, where);
        return;
      }
      const Level above = static_cast<Level>(static_cast<int>(level) + 1);
      if (r.chance(40) && above <= g().top) put(above, where, plain_table(w, above, where >> g().shift(above)));
      return;
    }
    const bool copy = copied(v);
    const int f = new_folio(v, v.huge_order, copy);
    if (!copy) cache(v, where, f);
    else if (folios_left() && r.chance(15)) {
      const int file_page = new_folio(v, v.huge_order, false);
      w.folios[file_page].refcount -= 1;
      w.folios[file_page].mapcount = 0;
      cache(v, where, file_page);
    }
    const std::uint64_t e = leaf(v, level, w.folios[f].pfn, f, size.entries());
    if (befell(v, level, where, e, f, size.entries())) return;
    if (size.entries() > 1 && r.chance(25)) touch_member(level, where, e, size.entries());
    else put(level, where, e, size.entries());
  }

  void thp_unit(const Vma<Concrete>& v, std::uint64_t where) {
    if (where + pmd_span() > v.end || !w.config.thp) {
      pte_unit(v, where);
      return;
    }
    switch (r.weighted({13, 48, 22, 17})) {
      case 0:
        if (v.kind == VmaKind::shmem && folios_left() && r.chance(60)) {
          const int f = new_folio(v, pmd_order(), false);
          w.folios[f].refcount -= 1;
          w.folios[f].mapcount = 0;
          cache(v, where, f);
        }
        return;
      case 1: {
        if (!folios_left()) return;
        // A THP private copy of file memory does not exist: copies are small pages.
        const bool copy = v.kind == VmaKind::anonymous;
        const int f = new_folio(v, pmd_order(), copy);
        if (!copy) cache(v, where, f);
        const std::uint64_t e = leaf(v, Level::pmd, w.folios[f].pfn, f);
        if (!befell(v, Level::pmd, where, e, f)) put(Level::pmd, where, e);
        return;
      }
      case 2:
        if (v.kind == VmaKind::anonymous) put(Level::pmd, where, leaf(v, Level::pmd, g().huge_zero_pfn, kHugeZeroFolio));
        return;
      default:
        split_unit(v, where);
    }
  }

  /// A huge folio mapped by PTEs, as after a split of the PMD.
  void split_unit(const Vma<Concrete>& v, std::uint64_t where) {
    if (!folios_left()) return;
    const int f = new_folio(v, pmd_order(), v.kind == VmaKind::anonymous);
    auto& folio = w.folios[f];
    if (v.kind != VmaKind::anonymous) cache(v, where, f);
    const std::uint32_t count = r.chance(60) ? 1u << pmd_order() : 1 + r.below((1u << pmd_order()) - 1);
    folio.refcount += count * folio.mapcount - folio.mapcount;
    folio.mapcount *= count;
    put(Level::pte, where, leaf(v, Level::pte, folio.pfn, f), count);
  }

  void pte_unit(const Vma<Concrete>& v, std::uint64_t where) {
    const SwapTypes t = swap_types(w.config);
    switch (r.weighted({16, 50, 15, 11, 8})) {
      case 0:  // untouched, with or without a table
        if (r.chance(50)) put(Level::pmd, where, plain_table(w, Level::pmd, where >> g().shift(Level::pmd)));
        if (v.kind != VmaKind::anonymous && folios_left() && r.chance(50)) {
          const int f = new_folio(v, 0, false);
          w.folios[f].refcount -= 1;
          w.folios[f].mapcount = 0;
          cache(v, where, f);
        }
        return;
      case 2:
        if (v.kind == VmaKind::anonymous) {
          put(Level::pte, where, leaf(v, Level::pte, g().zero_pfn, kZeroFolio));
          return;
        }
        break;
      case 3:
        if (v.kind == VmaKind::anonymous || (v.kind == VmaKind::shmem && !(v.flags & VM_MAYSHARE))) {
          const std::uint32_t area = r.below(2);  // in an order of its own: arguments have none
          std::uint64_t e = words().swp_entry(area, 16 + r.below(64));
          if (r.chance(60)) e |= swap_bit("EXCLUSIVE");
          if (w.config.soft_dirty && r.chance(40)) e |= swap_bit("SOFT_DIRTY");
          if ((v.flags & VM_UFFD_WP) && r.chance(30)) e |= swap_bit("UFFD_WP");
          put(Level::pte, where, e);
          return;
        }
        break;
      case 4:
        if (v.flags & VM_UFFD_WP) {
          put(Level::pte, where, words().marker(t, kMarkerUffdWp));
          return;
        }
        break;
      default:
        break;
    }
    if (!folios_left()) return;
    const bool copy = copied(v);
    const int f = new_folio(v, 0, copy);
    if (!copy) cache(v, where, f);
    const std::uint64_t e = leaf(v, Level::pte, w.folios[f].pfn, f);
    if (!befell(v, Level::pte, where, e, f)) put(Level::pte, where, e);
  }

  /// DAX memory: entries carry DEVMAP; at PUD level pages may be small folios (D16).
  void devmap_unit(const Vma<Concrete>& v, std::uint64_t where, Level level) {
    if (!folios_left() || r.chance(15)) return;
    const bool whole = level == Level::pte || r.chance(70);
    const int f = new_folio(v, whole ? static_cast<std::uint8_t>(leaf_order(w, level)) : 0, false);
    auto& folio = w.folios[f];
    folio.p2pdma = r.chance(15);
    const bool writable = (v.flags & VM_WRITE) && (v.flags & VM_SHARED) && r.chance(75);
    LeafState s;
    s.devmap = g().has_devmap;
    s.accessible = v.flags & VM_ACCESS_FLAGS;
    s.write = s.accessible && writable;
    s.dirty = s.write;
    s.soft_dirty = s.accessible && w.config.soft_dirty && r.chance(50);
    put(level, where, with_frame(w, flags_of(level, s), folio.pfn));
    // Neighbours of a small first folio, frame by frame.
    for (std::uint64_t k = 1; !whole && k < 4 && folios_left(); ++k) {
      const int next = new_folio(v, 0, false);
      w.folios[next].pfn = w.folios[f].pfn + k;
    }
  }

  /// A driver's VM_MIXEDMAP or VM_PFNMAP page: special, no page cache.
  void device_unit(const Vma<Concrete>& v, std::uint64_t where) {
    if (!folios_left() || r.chance(10)) return;
    const int f = new_folio(v, 0, false);
    w.folios[f].kind = FolioKind::reserved;
    w.folios[f].refcount = 1;
    LeafState s;
    s.special = true;
    s.accessible = v.flags & VM_ACCESS_FLAGS;
    s.young = s.accessible && r.chance(80);
    s.write = s.dirty = s.accessible && (v.flags & VM_WRITE) && (v.flags & VM_SHARED);
    put(Level::pte, where, with_frame(w, flags_of(Level::pte, s), w.folios[f].pfn));
  }

  // ---- call ----

  void environment() {
    auto& e = w.env;
    e.huge_pool = r.chance(80) ? 1 + r.below(4) : 0;
    e.userfault_wakes = r.below(3);
    if (r.chance(3)) e.alloc_fail_at = 1 + r.below(4);
    if (r.chance(3)) e.fatal_signal_at = 1 + r.below(4);
    if (r.chance(3)) e.signal_at = 1 + r.below(4);
    if (r.chance(2)) e.mmap_lock_fail_at = 1 + r.below(3);
    e.migrate_fails = r.chance(5);
    e.isolate_fails = r.chance(5);
  }

  void request() {
    auto& q = w.request;
    const auto& v = w.vmas[r.chance(75) ? 0 : r.below(static_cast<std::uint32_t>(w.vmas.size()))];
    const std::uint64_t unit = v.kind == VmaKind::hugetlb ? page() << v.huge_order
                               : v.flags & VM_HUGEPAGE    ? pmd_span()
                                                          : page();
    const std::uint64_t units = (v.end - v.start + unit - 1) / unit;
    const std::uint64_t first = v.start + unit * r.below(static_cast<std::uint32_t>(std::min<std::uint64_t>(units, 3)));
    const std::uint64_t unit_end = std::min(first + unit, v.end);
    const std::uint64_t pages = (unit_end - first) >> g().page_shift;
    switch (r.weighted({45, 20, 35})) {
      case 0: q.start = first; break;
      case 1: q.start = first + page() * r.below(static_cast<std::uint32_t>(pages)); break;
      default: q.start = unit_end - page() * (1 + r.below(static_cast<std::uint32_t>(std::min<std::uint64_t>(pages, 4))));
    }
    if (r.chance(4)) q.start += 1 + r.below(static_cast<std::uint32_t>(page() - 1));
    // Only huge pages are walked in large steps; long walks over small pages are rare,
    // they cost a thousand times the usual request.
    const bool by_ptes = v.kind == VmaKind::hugetlb && g().hugetlb_size(v.huge_order)->level == Level::pte;
    const std::uint64_t most = by_ptes ? (r.chance(3) ? 2 * (std::uint64_t{1} << v.huge_order) + 3 : 6)
                               : v.kind == VmaKind::hugetlb ? 1100 : r.below(10000) < (unit == pmd_span() ? 10 : 2) ? 600 : 6;
    const std::uint64_t left = (v.end - q.start) >> g().page_shift;
    switch (r.weighted({52, 22, 8, 10, 8})) {
      case 0: q.nr_pages = 1; break;
      case 1: q.nr_pages = 2 + r.below(3); break;
      case 2: q.nr_pages = static_cast<std::uint32_t>(std::min(pages, most)); break;
      case 3: q.nr_pages = static_cast<std::uint32_t>(left < most ? left + r.below(4) : most); break;
      default: q.nr_pages = 1 + r.below(static_cast<std::uint32_t>(most)); break;
    }
    if (q.nr_pages == 0) q.nr_pages = 1;
    q.api = static_cast<Api>(r.weighted({12, 14, 16, 10, 10, 8, 9, 6, 6, 9, 4, 5, 1, 1}));
    if (q.api == Api::populate || q.api == Api::madvise_populate) q.start &= g().page_mask();
    flags(v);
  }

  void flags(const Vma<Concrete>& v) {
    auto& q = w.request;
    if (q.api == Api::dump_page || q.api == Api::populate) {
      q.flags = 0;
      return;
    }
    std::uint64_t f = 0;
    const bool cow = (v.flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
    const bool plain_write = v.flags & VM_WRITE;
    const bool force_write = cow && v.kind != VmaKind::hugetlb;
    if (r.chance(45) && (plain_write || force_write || r.chance(4))) {
      f |= FOLL_WRITE;
      if (!plain_write || r.chance(10)) f |= FOLL_FORCE;
    } else if (!(v.flags & VM_READ) ? !r.chance(4) : r.chance(15)) {
      f |= FOLL_FORCE;
    }
    if (q.api == Api::madvise_populate) {
      q.flags = f & FOLL_WRITE;
      return;
    }
    const bool pins = is_pin(q.api);
    if (q.api == Api::internal) {
      const int hold = r.weighted({40, 40, 20});
      f |= hold == 0 ? std::uint64_t{FOLL_GET} : hold == 1 ? std::uint64_t{FOLL_PIN} : 0;
      q.pages_null = hold == 2;
      if (r.chance(50)) f |= FOLL_TOUCH;
      if (r.chance(10)) f |= FOLL_REMOTE;
      if (r.chance(20)) f |= FOLL_UNLOCKABLE;
      if (r.chance(5)) f |= FOLL_TRIED;
    } else if (!pins) {
      q.pages_null = r.chance(6);
    }
    if ((pins || (f & FOLL_PIN)) && r.chance(35)) f |= FOLL_LONGTERM;
    q.locked_ptr = (q.api == Api::get_remote || q.api == Api::pin_remote) && r.chance(50);
    const auto rarely = [&](std::uint32_t percent, std::uint64_t flag) {
      if (r.chance(percent)) f |= flag;
    };
    rarely(4, FOLL_NOWAIT);
    rarely(5, FOLL_NOFAULT);
    rarely(5, FOLL_HWPOISON);
    if (v.kind == VmaKind::anonymous) rarely(5, FOLL_ANON);
    rarely(4, FOLL_SPLIT_PMD);
    if (!(f & FOLL_LONGTERM)) rarely(4, FOLL_PCI_P2PDMA);
    rarely(4, FOLL_INTERRUPTIBLE);
    rarely(10, FOLL_HONOR_NUMA_FAULT);
    rarely(4, FOLL_DUMP);
    if (is_fast(q.api) && !r.chance(6)) f &= kFastFlags | kNewFastFlags;
    q.flags = f;
  }
};

}  // namespace

void generate_reachable(Random& random, Scenario& out, Architecture arch) {
  Builder(random, out, arch).build();
  add_ancestors(out);
  normalise(out);
}

void generate_anything(Random& random, Scenario& out, Architecture arch) {
  generate_reachable(random, out, arch);
  for (int i = 2 + static_cast<int>(random.below(12)); i > 0; --i) mutate(random, out, Bounds::anything);
  normalise(out);
}

std::string_view state_kind_name(StateKind k) {
  constexpr std::string_view names[] = {"hole", "none", "hugetlb by PTE", "hugetlb by PMD", "hugetlb by PUD", "hugetlb by hugepd", "THP", "PTE",
                                        "zero page", "huge zero page", "swap", "migration",
                                        "hwpoison", "marker", "PROT_NONE", "NUMA hint", "uffd-wp",
                                        "devmap", "special"};
  return names[static_cast<int>(k)];
}

}  // namespace gupdiff
