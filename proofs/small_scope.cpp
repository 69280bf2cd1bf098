// SPDX-License-Identifier: GPL-2.0-only
// The alphabets, made by the architecture's own hooks in mappings that the kernel's invariants
// allow (facts 8.3, G1 to G8), and the bounds as theorems.
#include "proofs/small_scope.hpp"

#include <algorithm>

#include "model/arch/geometry_name.hpp"
#include "proofs/symbolise.hpp"

namespace gupdiff {
namespace {

/// A kind of mapping.
struct Mapping {
  std::string_view name;
  VmaKind kind;
  std::uint64_t flags;
};
constexpr std::uint64_t kMay = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
constexpr Mapping kHugetlb[] = {{"private", VmaKind::hugetlb, VM_READ | VM_WRITE | kMay | VM_UFFD_WP},
                                {"shared", VmaKind::hugetlb, VM_READ | VM_WRITE | kMay | VM_UFFD_WP | VM_SHARED | VM_MAYSHARE},
                                {"no-access", VmaKind::hugetlb, kMay}};
constexpr Mapping kThp[] = {{"anonymous", VmaKind::anonymous, VM_READ | VM_WRITE | kMay | VM_HUGEPAGE}};
constexpr Mapping kPte[] = {{"anonymous", VmaKind::anonymous, VM_READ | VM_WRITE | kMay | VM_UFFD_WP},
                            {"shared-file", VmaKind::shmem, VM_READ | VM_WRITE | kMay | VM_SHARED | VM_MAYSHARE}};

class Builder {
 public:
  Builder(Architecture arch, const Mapping& mapping, Level level, unsigned order)
      : mapping_(mapping), level_(level), order_(order) {
    w_.config = usual_config(arch);
    const Geometry& g = geometry_of(w_.config);
    scope_.level = level;
    const std::uint64_t bytes = g.page_size() << order;
    const std::uint64_t limit = std::uint64_t{1} << g.address_bits;
    start_ = (g.address_bits >= 47 ? 0x7f4000000000 : limit - limit / 4) & ~(2 * bytes - 1);
    vma(bytes);
    folios();
    for (int l = static_cast<int>(g.top); l > static_cast<int>(level); --l) {
      const auto upper = static_cast<Level>(l);
      put(upper, start_ >> g.shift(upper), plain_table(w_, upper, start_ >> g.shift(upper)));
    }
    for (std::size_t i = 0; i < 2; ++i) {
      scope_.slot[i] = w_.slots[static_cast<int>(level)].size();
      put(level, (start_ >> g.shift(level)) + i, 0);
    }
    w_.env.huge_pool = 2;
    w_.env.userfault_wakes = 1;
    w_.request.api = Api::internal;
    w_.request.nr_pages = 2;
    w_.request.start = start_ + bytes - g.page_size();
  }

  SmallScope take(std::string name) {
    for (page_ = 0; page_ < 2; ++page_) letters();
    scope_.name = std::move(name);
    scope_.base = w_;
    return std::move(scope_);
  }

 private:
  const Geometry& g() const { return geometry_of(w_.config); }
  Words words() const { return words_of(w_); }
  bool hugetlb() const { return mapping_.kind == VmaKind::hugetlb; }
  bool shared() const { return (mapping_.flags & VM_MAYSHARE) != 0; }
  bool accessible() const { return (mapping_.flags & VM_ACCESS_FLAGS) != 0; }
  bool uffd_wp() const { return g().has_uffd_wp && (mapping_.flags & VM_UFFD_WP); }
  bool filed() const { return mapping_.kind != VmaKind::anonymous; }

  void vma(std::uint64_t bytes) {
    Vma<Concrete> v;
    v.start = start_;
    v.end = start_ + 2 * bytes;
    v.flags = mapping_.flags | (hugetlb() ? std::uint64_t{VM_HUGETLB} : 0);
    if (!g().has_uffd_wp) v.flags &= ~std::uint64_t{VM_UFFD_WP};
    v.kind = mapping_.kind;
    v.huge_order = static_cast<std::uint8_t>(hugetlb() ? order_ : 0);
    v.file = filed() ? 1 : 0;
    v.file_pages = filed() ? std::uint64_t{2} << order_ : 0;
    v.resv_owner = hugetlb() && !shared();
    w_.vmas.push_back(v);
  }

  void folios() {
    for (const bool huge : {false, true}) {
      Folio<Concrete> f;
      f.pfn = huge ? g().huge_zero_pfn : g().zero_pfn;
      f.kind = huge ? FolioKind::huge_zero : FolioKind::zero_page;
      f.order = static_cast<std::uint8_t>(huge ? g().leaf_order(Level::pmd) : 0);
      f.refcount = 1;
      w_.folios.push_back(f);
    }
    for (unsigned page = 0; page < 2; ++page)
      for (const unsigned kind : {kOwn, kForked, kFile}) {
        Folio<Concrete> f;
        f.pfn = default_pfn(w_, w_.folios.size());
        f.kind = hugetlb() ? FolioKind::hugetlb : FolioKind::normal;
        f.order = static_cast<std::uint8_t>(order_);
        f.anon = kind != kFile;
        f.exclusive = kind == kOwn;
        f.mapcount = kind == kForked ? 2 : 1;
        f.refcount = f.mapcount + (kind == kFile ? std::uint64_t{1} << order_ : 0);
        f.dirty = hugetlb();
        w_.folios.push_back(f);
        if (kind == kFile && filed())
          w_.page_cache.push_back({std::uint64_t{page} << order_, 1, static_cast<std::uint16_t>(w_.folios.size() - 1), true});
      }
  }
  /// The folios a page can be: an anonymous one of its own, one shared by fork, one of the file.
  static constexpr unsigned kOwn = 0, kForked = 1, kFile = 2;
  std::uint64_t pfn(unsigned kind) const { return w_.folios[2 + 3 * page_ + kind].pfn; }

  void put(Level level, std::uint64_t key, std::uint64_t value) {
    Slot<Concrete> s;
    s.first = key;
    s.value = value;
    w_.slots[static_cast<int>(level)].push_back(s);
  }

  void letter(std::string name, std::uint64_t word, std::uint64_t restored = 0) {
    auto& all = scope_.letters[page_];
    const bool known = std::any_of(all.begin(), all.end(), [&](const Letter& l) { return l.word == word && l.restored == restored; });
    if (!known) all.push_back({std::move(name), word, restored});  // an architecture may lack a bit
  }
  std::uint64_t leaf(std::uint64_t frame, LeafState s) const {
    return with_frame(w_, leaf_flags(w_.config.arch, g(), level_, s), frame);
  }
  std::uint64_t swap(std::uint64_t type, std::uint64_t offset) const { return words().swp_entry(type, offset); }

  static LeafState readable() { return {}; }
  static LeafState writable() {
    LeafState s;
    s.write = s.dirty = true;
    return s;
  }
  static LeafState old() {
    LeafState s;
    s.young = false;
    return s;
  }
  static LeafState protected_by_uffd() {
    LeafState s;
    s.uffd_wp = true;
    return s;
  }
  static LeafState inaccessible() {
    LeafState s;
    s.accessible = s.young = false;
    s.dirty = true;
    return s;
  }

  /// A page of `kind`, in each state that its entry can be in.
  void mapped(const std::string& who, unsigned kind, bool may_write) {
    const std::uint64_t frame = pfn(kind);
    if (!accessible()) {
      letter(who + " PROT_NONE", leaf(frame, inaccessible()));
      return;
    }
    letter(who + " read-only", leaf(frame, readable()));
    if (!may_write) return;
    letter(who + " writable dirty", leaf(frame, writable()));
    letter(who + " old", leaf(frame, old()));
    if (uffd_wp()) letter(who + " uffd-wp", leaf(frame, protected_by_uffd()));
    if (!hugetlb() && g().has_numa_hints) letter(who + " NUMA hint", leaf(frame, inaccessible()));
  }

  void letters() {
    const SwapTypes t = swap_types(w_.config);
    letter("none", 0);
    const unsigned usual = shared() ? kFile : kOwn;
    mapped(shared() ? "file page" : "own page", usual, true);
    if (!shared()) mapped("forked page", kForked, false);
    if (!shared() && filed()) mapped("file page", kFile, false);
    const LeafState after = !accessible() ? inaccessible() : writable();
    letter("migrating for a while", swap(t.migration_write, pfn(usual)), leaf(pfn(usual), after));
    letter("migrating for ever", swap(t.migration_read, pfn(usual)));
    if (level_ == Level::pmd && !hugetlb()) {
      letter("table", plain_table(w_, Level::pmd, w_.slots[static_cast<int>(level_)][scope_.slot[page_]].first));
      letter("huge zero page", leaf(g().huge_zero_pfn, readable()));
      return;
    }
    letter("hardware poison", swap(t.hwpoison, pfn(kFile)));
    letter("poison marker", words().marker(t, kMarkerPoisoned));
    if (uffd_wp()) letter("uffd-wp marker", words().marker(t, kMarkerUffdWp));
    if (hugetlb() || shared()) return;
    LeafState zero;
    zero.special = true;
    letter("zero page", with_frame(w_, leaf_flags(w_.config.arch, g(), level_, zero), g().zero_pfn));
    letter("swapped out", swap(0, 16 + page_));
  }

  const Mapping mapping_;
  const Level level_;
  const unsigned order_;
  std::uint64_t start_ = 0;
  unsigned page_ = 0;
  Scenario w_;
  SmallScope scope_;
};

void add(std::vector<SmallScope>& out, Architecture arch) {
  const Config config = usual_config(arch);
  const Geometry& g = geometry_of(config);
  const std::string where = std::string(architecture_name(arch)) + "/";
  for (const HugetlbSize& size : g.hugetlb) {
    if (size.entries() > 1 || size.hugepd()) continue;
    for (const Mapping& m : kHugetlb)
      out.push_back(Builder(arch, m, size.level, size.order).take(where + "hugetlb-" + std::string(size.name) + "/" + std::string(m.name)));
  }
  if (g.has_thp)
    for (const Mapping& m : kThp)
      out.push_back(Builder(arch, m, Level::pmd, g.leaf_order(Level::pmd)).take(where + "thp/" + std::string(m.name)));
  for (const Mapping& m : kPte) out.push_back(Builder(arch, m, Level::pte, 0).take(where + "pte/" + std::string(m.name)));
}

constexpr std::uint32_t kWantedFlags[] = {0, FOLL_GET, FOLL_PIN};

Setting setting_of(const SmallScope& scope, TermArena& arena, Wanted wanted) {
  Setting s;
  World<Symbolic>& w = s.world;
  w = as_constants(scope.base);
  for (int i = 0; i < 2; ++i) {
    Slot<Symbolic>& slot = w.slots[static_cast<int>(scope.level)][scope.slot[i]];
    const std::string n = "entry" + std::to_string(i);
    slot.value = SymbolicWord(arena.word_variable(n));
    slot.restored = SymbolicWord(arena.word_variable(n + ".restored"));
    SymbolicCond one(false);
    for (const Letter& l : scope.letters[i]) one = one || (slot.value == l.word && slot.restored == l.restored);
    s.assumptions.push_back({n + " is a letter of the alphabet", "the bound", one});
  }
  const std::uint64_t free = scope.flags & ~(wanted == Wanted::pin ? 0 : std::uint64_t{FOLL_LONGTERM});
  w.request.flags = (SymbolicWord(arena.word_variable("foll_flags")) & free) | kWantedFlags[static_cast<int>(wanted)];
  w.request.pages_null = wanted == Wanted::nothing;
  constexpr std::uint64_t both = FOLL_LONGTERM | FOLL_PCI_P2PDMA;
  s.assumptions.push_back({"LONGTERM is not combined with PCI_P2PDMA", "facts 1.14", (w.request.flags & both) != both});
  return s;
}

}  // namespace

std::uint64_t variable_foll_flags() { return kAllFollFlags & ~std::uint64_t{FOLL_GET | FOLL_PIN | FOLL_ANON | FOLL_FAST_ONLY}; }

std::vector<std::uint32_t> SmallScope::flag_words(Wanted wanted) const {
  const std::uint64_t free = flags & ~(wanted == Wanted::pin ? 0 : std::uint64_t{FOLL_LONGTERM});
  constexpr std::uint64_t both = FOLL_LONGTERM | FOLL_PCI_P2PDMA;
  std::vector<std::uint32_t> out;
  for (std::uint64_t f = 0;; f = (f - free) & free) {  // the next subset of `free`
    if ((f & both) != both) out.push_back(static_cast<std::uint32_t>(f) | kWantedFlags[static_cast<int>(wanted)]);
    if (f == free) return out;
  }
}

std::uint64_t SmallScope::size() const {
  std::uint64_t words = 0;
  for (const Wanted w : {Wanted::nothing, Wanted::get, Wanted::pin}) words += flag_words(w).size();
  return words * letters[0].size() * letters[1].size();
}

std::vector<SmallScope> small_scopes() {
  std::vector<SmallScope> out;
  for (int a = 0; a < kArchitectures; ++a) add(out, static_cast<Architecture>(a));
  return out;
}

void set_world(const SmallScope& scope, std::size_t first, std::size_t second, Wanted wanted, std::uint32_t flags,
               Scenario& world) {
  auto& slots = world.slots[static_cast<int>(scope.level)];
  const std::size_t chosen[] = {first, second};
  for (int i = 0; i < 2; ++i) {
    const Letter& l = scope.letters[i][chosen[i]];
    slots[scope.slot[i]].value = l.word;
    slots[scope.slot[i]].restored = l.restored;
  }
  world.request.flags = flags;
  world.request.pages_null = wanted == Wanted::nothing;
}

Theorem theorem_of(const SmallScope& scope) {
  Theorem t;
  const auto slash = scope.name.find('/');
  t.arch = scope.name.substr(0, slash);
  t.name = scope.name.substr(slash + 1) + "/small-scope";
  t.summary = "two neighbouring entries, each one of a small alphabet";
  constexpr std::string_view names[] = {"pages==NULL", "FOLL_GET", "FOLL_PIN"};
  for (const Wanted w : {Wanted::nothing, Wanted::get, Wanted::pin})
    t.cells.push_back({std::string(names[static_cast<int>(w)]), scope.base.config, w});
  t.build = [&scope](TermArena& arena, const Cell& cell, std::uint8_t) { return setting_of(scope, arena, cell.wanted); };
  return t;
}

}  // namespace gupdiff
