// SPDX-License-Identifier: GPL-2.0-only
// The captured states that are not a plain mapping: device mappings, program text,
// ext4 files, addresses without a VMA.
#include <string_view>

#include "guest/state_builder.hpp"
#include "model/arch/words.hpp"
#include "model/kernel/page_prot.hpp"
#include "model/kernel/page_tables.hpp"

namespace gupdiff {
namespace {

constexpr std::uint64_t kMay = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_SOFTDIRTY;

/// Maps `pages` order-0 folios by PTEs from `start` on. `extra_refs`: references
/// beside the mapping's own; `cached`: they are pages 0.. of the mapped file.
void map_pages(MemoryBuilder& b, std::uint64_t start, std::uint64_t pages, std::uint64_t flags,
               std::uint64_t extra_refs, bool cached) {
  for (std::uint64_t i = 0; i < pages; ++i) {
    const int f = b.m.new_folio(0, FolioKind::normal);
    b.m.folio(f).refcount = 1 + extra_refs;
    b.m.folio(f).mapcount = 1;
    if (cached) b.m.w.page_cache.push_back({i, kMappedFile, static_cast<std::uint16_t>(f), true});
    const std::uint64_t address = start + (i << b.m.arch.page_shift());
    alloc_tables(b.m, Level::pte, address);
    b.m.store(Level::pte, address, b.m.arch.make_entry(b.m.folio(f).pfn, flags));
  }
}

/// "+155" at the end of the record's VMA words: pages from the start address to the VMA's end.
std::uint64_t pages_to_end(const CaptureRecord& r) {
  const std::size_t plus = r.vma.rfind('+');
  return plus == std::string::npos ? 0 : std::stoull(r.vma.substr(plus + 1));
}

}  // namespace

std::string build_special(MemoryBuilder& b, const StateWord& s, const CaptureRecord& record,
                          std::int64_t page_offset, std::uint64_t& start) {
  const std::string_view name = s.mod;
  const std::uint64_t page = b.m.arch.page_size();
  const auto leaf = [&](bool write, bool exec, bool special) {
    const LeafState state{.write = write, .exec = exec, .special = special};
    return leaf_flags(b.m.arch.id(), b.m.arch.geometry(), Level::pte, state);
  };
  start = kCaptureBase;
  if (b.m.arch.id() != Architecture::x86_64) return "special states are recorded, and rebuilt, on x86-64 only";
  if (name == "vsyscall") start = 0xffffffffff600000ull;
  else if (name == "lastpage") start = 0xfffffffffffff000ull;
  else if (name == "topoftask") start = 0x7ffffffff000ull;
  else if (name == "kernaddr") start = 0xffffffff81000000ull;
  else if (name == "noncanon") start = 0x8000000000001000ull;
  else if (name == "hole") return "";
  else if (name == "growsdown" || name == "belowstack") {
    const std::uint64_t stack = kCaptureBase + (8ull << 20);
    b.map(stack, 4 * page, VM_READ | VM_WRITE | VM_GROWSDOWN | kMay, VmaKind::anonymous);
    if (!b.touch(stack, true)) return "the model refused the program's own first touch";
    start = stack - (name == "growsdown" ? 1 : 512) * page;
  } else if (name == "unaligned") {
    b.map(start, 4 * page, VM_READ | VM_WRITE | kMay, VmaKind::anonymous);
    if (!b.touch(start, true)) return "the model refused the program's own first touch";
    start += 123;
  } else if (name == "pfnmap" || name == "mixedmap") {
    const bool pfn = name == "pfnmap";
    b.map(start, 4 * page,
          VM_READ | VM_WRITE | VM_SHARED | VM_MAYSHARE | kMay | (pfn ? VM_PFNMAP | VM_IO : VM_MIXEDMAP),
          VmaKind::device);
    map_pages(b, start, 4, leaf(true, false, pfn), pfn ? 0 : 1, false);
  } else if (name == "ext4private" || name == "ext4shared") {
    const bool shared = name == "ext4shared";
    auto& v = b.map(start, 4 * page, VM_READ | VM_WRITE | kMay | (shared ? VM_SHARED | VM_MAYSHARE : 0),
                    VmaKind::file);
    v.file = kMappedFile;
    map_pages(b, start, 4, leaf(false, false, false), 2, true);  // page cache and buffer heads
  } else if (name == "text") {
    if (record.vma.substr(0, 4) != "r-xp") return "the request starts outside the text mapping, whose neighbours are not recorded";
    start = 0x400000;
    const std::uint64_t ahead = pages_to_end(record), at = start + static_cast<std::uint64_t>(page_offset) * page;
    if (record.nr_pages > ahead) return "the request leaves the text mapping, whose neighbours are not recorded";
    auto& v = b.map(start, at + ahead * page - start, VM_READ | VM_EXEC | kMay, VmaKind::shmem);
    v.file = kMappedFile;
    const std::uint64_t pages = v.file_pages;
    map_pages(b, start, pages, leaf(false, true, false), 2, true);  // page cache, and the parent that is mapped too
    for (auto& f : b.m.w.folios) {
      if (f.kind == FolioKind::normal) f.mapcount = 2;
    }
  } else {
    return "the special state '" + s.mod + "' is not rebuilt";
  }
  return "";
}

}  // namespace gupdiff
