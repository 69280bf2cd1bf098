// SPDX-License-Identifier: GPL-2.0-only
// The binary form. Layout, in order (numbers are LEB128 unless said otherwise):
//   magic; config bits; request; environment mask and values; VMAs as gap and
//   length; folios from the third on (the zero folios only if altered); slots
//   a level from the PTEs up, keys relative to the first VMA, tables that lower
//   slots imply left out; where there are directories, the entries below them; page cache.
// Everything positional is a distance, so that one changed byte moves a whole
// part of the scenario and leaves the rest consistent.
#include "scenario/binary.hpp"

#include <bit>

#include "scenario/bytes.hpp"
#include "scenario/flaw.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

/// How an entry's value is spelled; the encoder takes the first that fits.
enum class Form : std::uint8_t {
  leaf,         ///< flags, folio, offset in units of the leaf
  plain_table,  ///< nothing: _PAGE_TABLE and the table of its key
  odd_table,    ///< flags
  swap_folio,   ///< type and low bits, folio, page offset
  swap_number,  ///< type and low bits, offset as a number
  raw,          ///< 8 bytes
  hugepd,       ///< which hugetlb size of the architecture: the directory of its key
};
constexpr std::uint8_t kFormMask = 7, kHasRun = 8, kHasRestored = 16, kSwapHigh = 32;

/// The bits of an entry that are not its frame.
std::uint64_t flag_bits(const Scenario& w, std::uint64_t e) {
  return flag_bits(w.config.arch, geometry_of(w.config), e);
}
std::uint64_t read_flags(ByteReader& in, const Scenario& w) {
  return from_flag_bits(w.config.arch, geometry_of(w.config), in.fixed(flag_bytes(w.config.arch)));
}

// Swap state bits (exclusive, soft-dirty, uffd-wp) gathered from bit 0 up, and back; the
// others that a swap entry may carry, of which x86-64 has four.
constexpr unsigned kOtherSwapBits = 4;
std::uint64_t gather_state(const Scenario& w, std::uint64_t e) {
  std::uint64_t out = 0;
  unsigned i = 0;
  for (const NamedBit& n : swap_bit_names(w.config)) out |= (e & n.bit ? std::uint64_t{1} : 0) << i++;
  return out;
}
std::uint64_t spread_state(const Scenario& w, std::uint64_t bits) {
  std::uint64_t out = 0;
  unsigned i = 0;
  for (const NamedBit& n : swap_bit_names(w.config)) out |= (bits >> i++ & 1) ? n.bit : 0;
  return out;
}
bool other_swap_bits(const Scenario& w, std::uint64_t e) {
  return w.config.arch == Architecture::x86_64 && (e & 0xf0);
}

/// Reads a value; `odd` is set where it has to be looked at closely.
GUPDIFF_ALWAYS_INLINE std::uint64_t read_value(ByteReader& in, const Scenario& w, Level level, std::uint64_t key,
                                               std::uint8_t head, bool& odd) {
  const auto folio_pfn = [&](std::uint64_t i) -> std::uint64_t {
    return i < w.folios.size() ? w.folios[i].pfn : default_pfn(w, i);
  };
  switch (static_cast<Form>(head & kFormMask)) {
    case Form::leaf: {
      const std::uint64_t flags = read_flags(in, w);
      const std::uint64_t folio = in.byte();
      const std::uint64_t number = in.number();
      const std::uint64_t e =
          with_frame(w, flags, (folio_pfn(folio) & ~((std::uint64_t{1} << leaf_order(w, level)) - 1)) +
                                (number << leaf_order(w, level)));
      const unsigned order = folio < w.folios.size() ? w.folios[folio].order : 0;
      if (folio >= w.folios.size() || order < leaf_order(w, level) || number >> (order - leaf_order(w, level)) != 0 ||
          shape(w, level, e) != Shape::leaf)
        odd = true;
      return e;
    }
    case Form::hugepd: {
      const auto sizes = geometry_of(w.config).hugetlb;
      const HugetlbSize& size = sizes[in.byte() % sizes.size()];
      if (!size.hugepd() || size.directory != level || directory_key(size, key) != key) {
        odd = true;
        if (!size.hugepd()) return 0;
      }
      return directory_entry(w, size, key);
    }
    case Form::plain_table:
    case Form::odd_table: {
      if (level == Level::pte) {  // no table lies below
        odd = true;
        return 0;
      }
      if (static_cast<Form>(head & kFormMask) == Form::plain_table) return plain_table(w, level, key);
      const std::uint64_t e = words_of(w).retarget(read_flags(in, w), table_target(w, level, key));
      if (shape(w, level, e) != Shape::table) odd = true;
      return e;
    }
    case Form::swap_folio:
    case Form::swap_number: {
      // Type (5 bits) and up to three state bits in one byte, other bits only if any is set.
      const std::uint64_t first = in.byte();
      std::uint64_t low = spread_state(w, first >> 5);
      if (head & kSwapHigh) low |= (in.byte() & 0xfu) << kOtherSwapBits;
      std::uint64_t offset = 0;
      if (static_cast<Form>(head & kFormMask) == Form::swap_folio) offset = folio_pfn(in.byte());
      offset += in.number();
      const std::uint64_t e = words_of(w).swp_entry(first & 31, offset) | low;
      if (e == 0 || entry_flaw(w, level, key, e, 1, 0) != FlawKind::none) odd = true;
      return e;
    }
    default: {
      const std::uint64_t e = in.fixed(8);
      if (e == 0 || entry_flaw(w, level, key, e, 1, 0) != FlawKind::none) odd = true;
      return e;
    }
  }
}

void write_swap_low(ByteWriter& out, const Scenario& w, std::uint64_t e) {
  out.byte(words_of(w).swp_type(e) | (gather_state(w, e) << 5));
  if (other_swap_bits(w, e)) out.byte(e >> kOtherSwapBits & 0xf);
}

/// Picks the form of `e`; `w` tells the folios.
Form form_of(const Scenario& w, Level level, std::uint64_t key, std::uint64_t e) {
  switch (shape(w, level, e)) {
    case Shape::table:
      return e == plain_table(w, level, key) ? Form::plain_table : Form::odd_table;
    case Shape::leaf:
      return Form::leaf;
    case Shape::hugepd:
      return Form::hugepd;
    case Shape::swap: {
      const auto type = words_of(w).swp_type(e), offset = words_of(w).swp_offset(e);
      const std::uint64_t spelled = words_of(w).swp_entry(type, offset) | spread_state(w, gather_state(w, e)) |
                                    (other_swap_bits(w, e) ? e & (0xfu << kOtherSwapBits) : 0);
      if (spelled != e) return Form::raw;
      return swap_has_frame(w, e) ? Form::swap_folio : Form::swap_number;
    }
    case Shape::none:
      break;
  }
  return Form::raw;
}

void write_value(ByteWriter& out, const Scenario& w, Level level, Form form, std::uint64_t e) {
  switch (form) {
    case Form::leaf: {
      out.fixed(flag_bits(w, e), flag_bytes(w.config.arch));
      const std::uint64_t pfn = leaf_frame(w, e);
      const int f = leaf_folio(w, level, pfn, words_of(w).devmap(e));
      out.byte(static_cast<std::uint64_t>(f));
      const std::uint64_t in_leaf = (std::uint64_t{1} << leaf_order(w, level)) - 1;
      out.number((pfn - (w.folios[f].pfn & ~in_leaf)) >> leaf_order(w, level));
      break;
    }
    case Form::plain_table:
      break;
    case Form::hugepd: {
      const auto sizes = geometry_of(w.config).hugetlb;
      const HugetlbSize* size = words_of(w).hugepd_size(e);
      out.byte(size ? static_cast<std::uint64_t>(size - sizes.data()) : 0);
      break;
    }
    case Form::odd_table:
      out.fixed(flag_bits(w, e), flag_bytes(w.config.arch));
      break;
    case Form::swap_folio: {
      write_swap_low(out, w, e);
      const int f = folio_of(w, words_of(w).swp_offset(e));
      out.byte(static_cast<std::uint64_t>(f));
      out.number(words_of(w).swp_offset(e) - w.folios[f].pfn);
      break;
    }
    case Form::swap_number:
      write_swap_low(out, w, e);
      out.number(words_of(w).swp_offset(e));
      break;
    case Form::raw:
      out.fixed(e, 8);
      break;
  }
}

// ---- slots ----

std::uint64_t anchor(const Scenario& w) { return w.vmas.empty() ? 0 : w.vmas[0].start; }

/// Reads the slots of `level` and merges them with the tables the level below needs.
/// Sorted by construction; anything else that is unusual sets `odd`.
GUPDIFF_ALWAYS_INLINE void read_level(ByteReader& in, Scenario& w, Level level, bool& odd) {
  auto& v = w.slots[static_cast<int>(level)];
  v.clear();
  const auto* child = level == Level::pte ? nullptr : w.slots[static_cast<int>(level) - 1].data();
  const auto* const child_end =
      level == Level::pte ? nullptr : child + w.slots[static_cast<int>(level) - 1].size();
  const unsigned below = level == Level::pte ? 0 : geometry_of(w.config).bits(static_cast<Level>(static_cast<int>(level) - 1));
  const auto imply_below = [&](std::uint64_t key) {
    for (; child != child_end && child->first >> below < key; ++child)
      if (v.empty() || v.back().first != child->first >> below) {
        auto& s = v.emplace_back();
        s.first = child->first >> below;
        s.value = plain_table(w, level, s.first);
      }
  };
  const unsigned listed = in.byte();
  const std::uint64_t limit = (std::uint64_t{1} << geometry_of(w.config).address_bits) >> geometry_of(w.config).shift(level);
  std::uint64_t key = anchor(w) >> geometry_of(w.config).shift(level);
  for (unsigned i = 0; i < listed && i < kMaxSlots; ++i) {
    const std::uint8_t head = in.byte();
    const std::uint64_t distance = i == 0 ? in.signed_number() : in.number();
    if (i != 0 && distance >= limit) odd = true;
    key += distance;
    if (key >= limit) odd = true;
    imply_below(key);
    auto& s = v.emplace_back();
    s.first = key;
    s.value = read_value(in, w, level, key, head, odd);
    if (child != child_end && child->first >> below == key) {
      if (shape(w, level, s.value) != Shape::table) odd = true;
      while (child != child_end && child->first >> below == key) ++child;
    }
    if (static_cast<Form>(head & kFormMask) == Form::hugepd) [[unlikely]] {
      if (const HugetlbSize* size = s.value ? words_of(w).hugepd_size(s.value) : nullptr) s.count = size->directories();
      if (level == Level::pte || (child != child_end && (child->first >> below) - key < s.count)) odd = true;
    }
    if (head & (kHasRun | kHasRestored)) [[unlikely]] {
      if (head & kHasRun) {
        const std::uint8_t run = in.byte();
        s.count = 2 + ((run & 1u) << 8 | std::uint32_t{run & 0x7cu} << 7 | in.byte());
        s.stride = (run & 2) ? words_of(w).stride(s.value, level) : std::int8_t{0};
      }
      if (head & kHasRestored) s.restored = read_value(in, w, level, key, 0, odd);
      if (slot_flaw(w, level, s) != FlawKind::none || level != Level::pte) odd = true;
    }
    key += s.count;
  }
  imply_below(~std::uint64_t{0});
  if (v.size() > kMaxSlots) odd = true;
}

void write_level(ByteWriter& out, const Scenario& w, Level level) {
  const auto& v = w.slots[static_cast<int>(level)];
  const auto* child = level == Level::pte ? nullptr : w.slots[static_cast<int>(level) - 1].data();
  const auto* const child_end =
      level == Level::pte ? nullptr : child + w.slots[static_cast<int>(level) - 1].size();
  const unsigned below = level == Level::pte ? 0 : geometry_of(w.config).bits(static_cast<Level>(static_cast<int>(level) - 1));
  std::uint8_t implied[kMaxSlots] = {};
  std::size_t listed = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    while (child != child_end && child->first >> below < v[i].first) ++child;
    implied[i] = child != child_end && child->first >> below == v[i].first && v[i].restored == 0 &&
                 v[i].value == plain_table(w, level, v[i].first);
    listed += !implied[i];
  }
  out.byte(listed);
  std::uint64_t key = anchor(w) >> geometry_of(w.config).shift(level);
  bool first = true;
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (implied[i]) continue;
    const auto& s = v[i];
    const Form form = form_of(w, level, s.first, s.value);
    std::uint8_t head = static_cast<std::uint8_t>(form);
    if (s.count != 1 && form != Form::hugepd) head |= kHasRun;
    if (s.restored != 0) head |= kHasRestored;
    if ((form == Form::swap_folio || form == Form::swap_number) && other_swap_bits(w, s.value)) head |= kSwapHigh;
    out.byte(head);
    if (first) out.signed_number(s.first - key);
    else out.number(s.first - key);
    first = false;
    write_value(out, w, level, form, s.value);
    if (head & kHasRun) {
      out.byte(((s.count - 2) >> 8 & 1u) | ((s.count - 2) >> 7 & 0x7cu) | (s.stride != 0 ? 2u : 0u));
      out.byte((s.count - 2) & 0xff);
    }
    if (s.restored != 0) write_value(out, w, level, Form::leaf, s.restored);
    key = s.first + s.count;
  }
}

/// The entries below directories, which were read.
void read_hugeptes(ByteReader& in, Scenario& w, bool& odd) {
  auto& v = w.slots[static_cast<int>(Level::hugepte)];
  v.clear();
  if (!geometry_of(w.config).has_hugepd) return;
  const unsigned listed = in.byte();
  std::uint64_t key = anchor(w) >> geometry_of(w.config).page_shift;
  for (unsigned i = 0; i < listed && i < kMaxSlots; ++i) {
    const std::uint8_t head = in.byte();
    const std::uint64_t distance = i == 0 ? in.signed_number() : in.number();
    key += distance;
    auto& s = v.emplace_back();
    s.first = key;
    s.value = read_value(in, w, Level::hugepte, key, head, odd);
    if (head & kHasRestored) s.restored = read_value(in, w, Level::hugepte, key, 0, odd);
    if ((i > 0 && distance == 0) || slot_flaw(w, Level::hugepte, s) != FlawKind::none) odd = true;
  }
}

void write_hugeptes(ByteWriter& out, const Scenario& w) {
  if (!geometry_of(w.config).has_hugepd) return;
  const auto& v = w.slots[static_cast<int>(Level::hugepte)];
  out.byte(v.size());
  std::uint64_t key = anchor(w) >> geometry_of(w.config).page_shift;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const auto& s = v[i];
    const Form form = form_of(w, Level::hugepte, s.first, s.value);
    std::uint8_t head = static_cast<std::uint8_t>(form);
    if (s.restored != 0) head |= kHasRestored;
    if ((form == Form::swap_folio || form == Form::swap_number) && other_swap_bits(w, s.value)) head |= kSwapHigh;
    out.byte(head);
    if (i == 0) out.signed_number(s.first - key);
    else out.number(s.first - key);
    write_value(out, w, Level::hugepte, form, s.value);
    if (s.restored != 0) write_value(out, w, Level::hugepte, Form::leaf, s.restored);
    key = s.first;
  }
}

// ---- VMAs ----

constexpr unsigned kNoAccess = 1, kNoWrite = 2, kOwner = 4, kUnmapped = 8, kAsync = 16, kSigbus = 32,
                   kPkey = 64;

GUPDIFF_ALWAYS_INLINE void read_vmas(ByteReader& in, Scenario& w, bool& odd) {
  const Geometry& g = geometry_of(w.config);
  const unsigned n = in.byte();
  w.vmas.resize(n < kMaxVmas ? n : kMaxVmas);
  std::uint64_t at = 0;
  for (auto& v : w.vmas) {
    const std::uint8_t head = in.byte();
    v.kind = static_cast<VmaKind>(head & 7);
    v.huge_order = 0;
    if (v.kind == VmaKind::hugetlb) {
      std::size_t size = (head & 8) ? 1 : 0;
      if (head & 64) size += 2;
      if (!w.config.huge_leaves) odd = true;
      if (head & 128) size += 4;
      v.huge_order = g.hugetlb[size < g.hugetlb.size() ? size : g.hugetlb.size() - 1].order;
    }
    const std::uint64_t page = g.page_size() << v.huge_order;
    // Gaps count pages of the VMA's own size, from the first aligned address on.
    at = (at + page - 1) & ~(page - 1);
    const std::uint64_t gap = in.number(), more_pages = in.number();
    v.start = at + gap * page;
    v.end = v.start + (more_pages + 1) * page;
    if ((gap | more_pages) >> (g.address_bits - g.page_shift) || v.end > address_limit(w.config)) odd = true;
    at = v.end;
    v.flags = in.number();
    if (v.flags & (~kAllVmFlags | VM_HUGETLB)) odd = true;
    if (v.kind == VmaKind::hugetlb) v.flags ^= VM_HUGETLB;
    v.pgoff = v.file_pages = v.file = 0;
    if (head & 16) {
      v.pgoff = in.number() << v.huge_order;
      v.file_pages = in.number();
      v.file = in.byte();
      if (v.pgoff > kMaxFileIndex || v.file_pages > kMaxFileIndex) odd = true;
    }
    const std::uint8_t more = (head & 32) ? in.byte() : 0;
    v.pkey_no_access = more & kNoAccess;
    v.pkey_no_write = more & kNoWrite;
    v.resv_owner = more & kOwner;
    v.resv_unmapped = more & kUnmapped;
    v.uffd_wp_async = more & kAsync;
    v.uffd_sigbus = more & kSigbus;
    v.pkey = (more & kPkey) ? in.byte() & 15 : 0;
  }
}

/// Which hugetlb size of the architecture: bits 3, 6 and 7 of the head.
unsigned size_bits(const Geometry& g, const Vma<Concrete>& v) {
  unsigned i = 0;
  while (i < g.hugetlb.size() && g.hugetlb[i].order != v.huge_order) ++i;
  if (v.kind != VmaKind::hugetlb) return 0;
  return (i & 1 ? 8u : 0u) | (i & 2 ? 64u : 0u) | (i & 4 ? 128u : 0u);
}

void write_vmas(ByteWriter& out, const Scenario& w) {
  const Geometry& g = geometry_of(w.config);
  out.byte(w.vmas.size());
  std::uint64_t at = 0;
  for (const auto& v : w.vmas) {
    const unsigned more = (v.pkey_no_access ? kNoAccess : 0) | (v.pkey_no_write ? kNoWrite : 0) |
                          (v.resv_owner ? kOwner : 0) | (v.resv_unmapped ? kUnmapped : 0) |
                          (v.uffd_wp_async ? kAsync : 0) | (v.uffd_sigbus ? kSigbus : 0) |
                          (v.pkey ? kPkey : 0);
    const bool file = v.pgoff != 0 || v.file_pages != 0 || v.file != 0;
    out.byte(static_cast<unsigned>(v.kind) | size_bits(g, v) | (file ? 16u : 0u) |
             (more ? 32u : 0u));
    const std::uint64_t page = g.page_size() << v.huge_order;
    const unsigned shift = g.page_shift + v.huge_order;
    at = (at + page - 1) & ~(page - 1);
    out.number((v.start - at) >> shift);
    out.number(((v.end - v.start) >> shift) - 1);
    at = v.end;
    out.number(v.kind == VmaKind::hugetlb ? v.flags ^ VM_HUGETLB : v.flags);
    if (file) {
      out.number(v.pgoff >> v.huge_order);
      out.number(v.file_pages);
      out.byte(v.file);
    }
    if (more) out.byte(more);
    if (v.pkey) out.byte(v.pkey);
  }
}

// ---- folios ----

GUPDIFF_ALWAYS_INLINE void read_folio(ByteReader& in, const Geometry& g, Folio<Concrete>& f, std::uint64_t pfn, bool& odd) {
  const std::uint8_t head = in.byte(), flags = in.byte();
  f.order = head & 31;
  constexpr FolioKind kinds[] = {FolioKind::normal, FolioKind::hugetlb, FolioKind::reserved,
                                 FolioKind::normal};
  f.kind = kinds[head >> 6];
  f.anon = flags & 1;
  f.exclusive = flags & 2;
  f.dirty = flags & 4;
  f.referenced = flags & 8;
  f.unpinnable = flags & 16;
  f.hwpoison = flags & 32;
  f.p2pdma = flags & 64;
  f.swapcache = flags & 128;
  f.refcount = in.signed_number();
  f.pincount = f.order > 0 ? in.number() : 0;
  f.mapcount = in.number();
  f.pfn = pfn;
  if (head & 32) [[unlikely]] {
    f.pfn = in.number();
    odd = true;
  }
  if (f.order > g.max_order() || (f.kind == FolioKind::hugetlb && !g.hugetlb_size(f.order)) ||
      f.refcount + 0x80000000u > 0xffffffffu || (f.pincount | f.mapcount) > 0x7fffffff)
    odd = true;
}

void write_folio(ByteWriter& out, const Folio<Concrete>& f, std::uint64_t pfn) {
  const unsigned kind = f.kind == FolioKind::hugetlb ? 1 : f.kind == FolioKind::reserved ? 2 : 0;
  out.byte(f.order | (f.pfn != pfn ? 32u : 0u) | kind << 6);
  out.byte((f.anon ? 1u : 0u) | (f.exclusive ? 2u : 0u) | (f.dirty ? 4u : 0u) |
           (f.referenced ? 8u : 0u) | (f.unpinnable ? 16u : 0u) | (f.hwpoison ? 32u : 0u) |
           (f.p2pdma ? 64u : 0u) | (f.swapcache ? 128u : 0u));
  out.signed_number(f.refcount);
  if (f.order > 0) out.number(f.pincount);
  out.number(f.mapcount);
  if (f.pfn != pfn) out.number(f.pfn);
}

bool plain_zero(const Folio<Concrete>& f) {
  return f.refcount == 1 && f.pincount == 0 && f.mapcount == 0 && !f.anon && !f.exclusive &&
         !f.dirty && !f.referenced && !f.unpinnable && !f.hwpoison && !f.p2pdma && !f.swapcache;
}

void set_zero_folio(const Geometry& g, Folio<Concrete>& f, int i) {
  f.kind = i == 0 ? FolioKind::zero_page : FolioKind::huge_zero;
  f.pfn = i == 0 ? g.zero_pfn : g.huge_zero_pfn;
  f.order = static_cast<std::uint8_t>(i == 0 ? 0 : g.leaf_order(Level::pmd));
}

GUPDIFF_ALWAYS_INLINE void read_folios(ByteReader& in, Scenario& w, bool& odd) {
  const Geometry& g = geometry_of(w.config);
  const std::uint8_t head = in.byte();
  const unsigned n = head & 31;
  w.folios.resize(2 + (n < kMaxFolios - 2 ? n : kMaxFolios - 2));
  for (int i = 0; i < 2; ++i) {
    auto& f = w.folios[i];
    if (head & (32u << i)) {
      read_folio(in, g, f, 0, odd);
    } else {
      f = Folio<Concrete>{};
      f.refcount = 1;
    }
    set_zero_folio(g, f, i);
    if (i == 0) f.pincount = 0;
  }
  for (std::size_t i = 2; i < w.folios.size(); ++i) read_folio(in, g, w.folios[i], g.default_pfn(i), odd);
}

void write_folios(ByteWriter& out, const Scenario& w) {
  const bool plain[2] = {plain_zero(w.folios[0]), plain_zero(w.folios[1])};
  out.byte((w.folios.size() - 2) | (plain[0] ? 0u : 32u) | (plain[1] ? 0u : 64u));
  for (int i = 0; i < 2; ++i)
    if (!plain[i]) write_folio(out, w.folios[i], w.folios[i].pfn);
  for (std::size_t i = 2; i < w.folios.size(); ++i) write_folio(out, w.folios[i], default_pfn(w, i));
}

// ---- the rest ----

// One byte for the usual configuration, two more for what is rare: another architecture,
// a third variant, a switch that is nearly always on.
GUPDIFF_ALWAYS_INLINE void read_config(ByteReader& in, Config& c, bool& odd) {
  const std::uint8_t b = in.byte();
  c.arch = Architecture::x86_64;
  c.variant = b & 1;
  c.thp = !(b & 2);
  c.pud_devmap = !(b & 4);
  c.split_pte_ptlocks = c.split_pmd_ptlocks = !(b & 8);
  c.memory_failure = !(b & 16);
  c.device_private = b & 32;
  c.soft_dirty = !(b & 64);
  c.shmem_thp = c.thp;
  c.huge_leaves = true;
  if (b & 128) {
    const std::uint8_t more = in.byte(), switches = in.byte();
    const unsigned arch = more & 15;
    c.arch = static_cast<Architecture>(arch % kArchitectures);
    c.variant = static_cast<std::uint8_t>((more >> 4) % geometries(c.arch).size());
    c.shmem_thp = !(switches & 1);
    c.huge_leaves = !(switches & 2);
    if (switches & 4) c.split_pmd_ptlocks = !c.split_pmd_ptlocks;
  }
  if (!config_fits(c)) odd = true;
}

void write_config(ByteWriter& out, const Config& c) {
  const bool mixed = c.split_pte_ptlocks != c.split_pmd_ptlocks;
  const bool more = c.arch != Architecture::x86_64 || c.variant > 1 || c.shmem_thp != c.thp || !c.huge_leaves || mixed;
  out.byte((c.variant & 1u) | (c.thp ? 0u : 2u) | (c.pud_devmap ? 0u : 4u) | (c.split_pte_ptlocks ? 0u : 8u) |
           (c.memory_failure ? 0u : 16u) | (c.device_private ? 32u : 0u) | (c.soft_dirty ? 0u : 64u) |
           (more ? 128u : 0u));
  if (!more) return;
  out.byte(static_cast<unsigned>(c.arch) | static_cast<unsigned>(c.variant) << 4);
  out.byte((c.shmem_thp ? 0u : 1u) | (c.huge_leaves ? 0u : 2u) | (mixed ? 4u : 0u));
}

template <class Env, class F>
void each_event(Env& e, F f) {
  f(e.huge_pool, 1u);
  f(e.alloc_fail_at, 2u);
  f(e.fatal_signal_at, 4u);
  f(e.signal_at, 8u);
  f(e.mmap_lock_fail_at, 16u);
  f(e.userfault_wakes, 32u);
}

GUPDIFF_ALWAYS_INLINE void read_env(ByteReader& in, Environment<Concrete>& e, bool& odd) {
  const std::uint8_t mask = in.byte();
  each_event(e, [&](std::uint64_t& v, unsigned bit) { v = (mask & bit) ? in.number() : 0; });
  e.migrate_fails = mask & 64;
  e.isolate_fails = mask & 128;
  if ((e.huge_pool | e.alloc_fail_at | e.fatal_signal_at | e.signal_at | e.mmap_lock_fail_at |
       e.userfault_wakes) > kMaxEvent)
    odd = true;
}

void write_env(ByteWriter& out, const Environment<Concrete>& e) {
  unsigned mask = (e.migrate_fails ? 64u : 0u) | (e.isolate_fails ? 128u : 0u);
  each_event(e, [&](const std::uint64_t& v, unsigned bit) { mask |= v != 0 ? bit : 0u; });
  out.byte(mask);
  each_event(e, [&](const std::uint64_t& v, unsigned) { if (v != 0) out.number(v); });
}

/// The request; its address is relative to the first VMA (read after the VMAs).
GUPDIFF_ALWAYS_INLINE void read_request(ByteReader& in, Scenario& w, bool& odd) {
  auto& r = w.request;
  const std::uint8_t head = in.byte();
  r.api = static_cast<Api>(head & 15);
  r.pages_null = head & 16;
  r.locked_ptr = head & 32;
  const Geometry& g = geometry_of(w.config);
  r.start = anchor(w) + (in.signed_number() << g.page_shift);
  if (head & 64) r.start += in.fixed(2) & (g.page_size() - 1);
  const std::uint64_t nr = (head & 128) ? in.number() : 1;
  r.nr_pages = nr < kMaxPages ? static_cast<std::uint32_t>(nr) : kMaxPages;
  r.flags = in.number();
  if (static_cast<unsigned>(r.api) >= kApis || r.start >= address_limit(w.config) ||
      (r.flags & ~std::uint64_t{kAllFollFlags}))
    odd = true;
}

void write_request(ByteWriter& out, const Scenario& w) {
  const auto& r = w.request;
  const Geometry& g = geometry_of(w.config);
  const std::uint64_t in_page = r.start & (g.page_size() - 1);
  out.byte(static_cast<unsigned>(r.api) | (r.pages_null ? 16u : 0u) | (r.locked_ptr ? 32u : 0u) |
           (in_page ? 64u : 0u) | (r.nr_pages != 1 ? 128u : 0u));
  const std::int64_t pages = static_cast<std::int64_t>(r.start - in_page - anchor(w)) >> g.page_shift;
  out.signed_number(static_cast<std::uint64_t>(pages));
  if (in_page) out.fixed(in_page, 2);
  if (r.nr_pages != 1) out.number(r.nr_pages);
  out.number(r.flags);
}

GUPDIFF_ALWAYS_INLINE void read_cache(ByteReader& in, Scenario& w, bool& odd) {
  const unsigned n = in.byte();
  w.page_cache.resize(n < kMaxCacheEntries ? n : kMaxCacheEntries);
  for (auto& c : w.page_cache) {
    c.file = in.byte();
    c.folio = in.byte();
    c.index = in.number();
    if (c.folio < w.folios.size()) c.index <<= w.folios[c.folio].order;
    c.present = true;
  }
  if (!w.page_cache.empty() && cache_flaw(w)) odd = true;
}

void write_cache(ByteWriter& out, const Scenario& w) {
  out.byte(w.page_cache.size());
  for (const auto& c : w.page_cache) {
    out.byte(c.file);
    out.byte(c.folio);
    out.number(c.index >> w.folios[c.folio].order);
  }
}

}  // namespace

bool decode(std::span<const std::uint8_t> bytes, Scenario& out) {
  ByteReader in(bytes.data(), bytes.data() + bytes.size());
  // What the encoder writes is normal by construction, and checked while it is read;
  // only what is not goes through the full rules.
  bool odd = false;
  in.byte();
  read_config(in, out.config, odd);
  read_env(in, out.env, odd);
  read_vmas(in, out, odd);
  read_request(in, out, odd);
  read_folios(in, out, odd);
  const int top = static_cast<int>(top_level(out));
  for (int l = 0; l <= top; ++l) read_level(in, out, static_cast<Level>(l), odd);
  for (int l = top + 1; l < kLevels; ++l) out.slots[l].clear();
  read_hugeptes(in, out, odd);
  read_cache(in, out, odd);
  if (odd) normalise(out);
  return !in.ran_out();
}

std::size_t encode(const Scenario& s, std::uint8_t* out_bytes, std::size_t capacity) {
  ByteWriter out(out_bytes, capacity);
  out.byte(kBinaryMagic);
  write_config(out, s.config);
  write_env(out, s.env);
  write_vmas(out, s);
  write_request(out, s);
  write_folios(out, s);
  for (int l = 0; l <= static_cast<int>(top_level(s)); ++l)
    write_level(out, s, static_cast<Level>(l));
  write_hugeptes(out, s);
  write_cache(out, s);
  return out.size() <= capacity ? out.size() : 0;
}

std::vector<std::uint8_t> encode(const Scenario& given) {
  if (!is_normal(given)) {
    Scenario repaired = given;
    normalise(repaired);
    return encode(repaired);
  }
  const Scenario& s = given;
  std::vector<std::uint8_t> out(512);
  std::size_t n = encode(s, out.data(), out.size());
  while (n == 0) {
    out.resize(out.size() * 2);
    n = encode(s, out.data(), out.size());
  }
  out.resize(n);
  return out;
}

}  // namespace gupdiff
