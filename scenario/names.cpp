// SPDX-License-Identifier: GPL-2.0-only
// The tables of names and the edit distance behind "did you mean".
#include "scenario/names.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace gupdiff {
namespace {

constexpr NamedBit kFoll[] = {
    {"WRITE", FOLL_WRITE},
    {"GET", FOLL_GET},
    {"DUMP", FOLL_DUMP},
    {"FORCE", FOLL_FORCE},
    {"NOWAIT", FOLL_NOWAIT},
    {"NOFAULT", FOLL_NOFAULT},
    {"HWPOISON", FOLL_HWPOISON},
    {"ANON", FOLL_ANON},
    {"LONGTERM", FOLL_LONGTERM},
    {"SPLIT_PMD", FOLL_SPLIT_PMD},
    {"PCI_P2PDMA", FOLL_PCI_P2PDMA},
    {"INTERRUPTIBLE", FOLL_INTERRUPTIBLE},
    {"HONOR_NUMA_FAULT", FOLL_HONOR_NUMA_FAULT},
    {"TOUCH", FOLL_TOUCH},
    {"TRIED", FOLL_TRIED},
    {"REMOTE", FOLL_REMOTE},
    {"PIN", FOLL_PIN},
    {"FAST_ONLY", FOLL_FAST_ONLY},
    {"UNLOCKABLE", FOLL_UNLOCKABLE},
    {"MADV_POPULATE", FOLL_MADV_POPULATE},
};
constexpr NamedBit kVm[] = {
    {"READ", VM_READ},
    {"WRITE", VM_WRITE},
    {"EXEC", VM_EXEC},
    {"SHARED", VM_SHARED},
    {"MAYREAD", VM_MAYREAD},
    {"MAYWRITE", VM_MAYWRITE},
    {"MAYEXEC", VM_MAYEXEC},
    {"MAYSHARE", VM_MAYSHARE},
    {"GROWSDOWN", VM_GROWSDOWN},
    {"UFFD_MISSING", VM_UFFD_MISSING},
    {"PFNMAP", VM_PFNMAP},
    {"UFFD_WP", VM_UFFD_WP},
    {"LOCKED", VM_LOCKED},
    {"IO", VM_IO},
    {"LOCKONFAULT", VM_LOCKONFAULT},
    {"NORESERVE", VM_NORESERVE},
    {"HUGETLB", VM_HUGETLB},
    {"SOFTDIRTY", VM_SOFTDIRTY},
    {"MIXEDMAP", VM_MIXEDMAP},
    {"HUGEPAGE", VM_HUGEPAGE},
    {"NOHUGEPAGE", VM_NOHUGEPAGE},
    {"UFFD_MINOR", VM_UFFD_MINOR},
    {"SHADOW_STACK", VM_SHADOW_STACK},
};
constexpr NamedBit kMarker[] = {
    {"UFFD_WP", kMarkerUffdWp},
    {"POISONED", kMarkerPoisoned},
};
constexpr NamedBit kFolioFlags[] = {
    {"anon", 1},        {"exclusive", 2}, {"dirty", 4},   {"referenced", 8},
    {"unpinnable", 16}, {"hwpoison", 32}, {"p2pdma", 64}, {"swapcache", 128},
};
constexpr NamedBit kVmaSwitches[] = {
    {"pkey_no_access", 1}, {"pkey_no_write", 2},  {"resv_owner", 4},
    {"resv_unmapped", 8},  {"uffd_wp_async", 16}, {"uffd_sigbus", 32},
};
constexpr std::string_view kLevelNames[] = {"pte", "pmd", "pud", "p4d", "pgd", "hugepte"};
constexpr std::string_view kVmaKindNames[] = {"anonymous", "shmem", "file",   "hugetlb",
                                              "secretmem", "fsdax", "device", "special"};
constexpr std::string_view kFolioKindNames[] = {"normal", "hugetlb", "zero_page", "huge_zero",
                                                "reserved"};
constexpr std::string_view kApiNames[] = {"internal",     "get",          "pin",
                                          "get_remote",   "pin_remote",   "get_unlocked",
                                          "pin_unlocked", "populate",     "madvise_populate",
                                          "dump_page",    "get_fast",     "pin_fast",
                                          "get_fast_only", "pin_fast_only"};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t swap = corner + (lower(a[i - 1]) != lower(b[k - 1]));
      corner = row[k];
      row[k] = std::min({row[k] + 1, row[k - 1] + 1, swap});
    }
  }
  return row.back();
}

}  // namespace

std::span<const NamedBit> foll_flag_names() { return kFoll; }
std::span<const NamedBit> vm_flag_names() { return kVm; }
std::span<const NamedBit> marker_bit_names() { return kMarker; }
std::span<const NamedBit> folio_flag_names() { return kFolioFlags; }
std::span<const NamedBit> vma_switch_names() { return kVmaSwitches; }
std::span<const std::string_view> level_names() { return kLevelNames; }
std::span<const std::string_view> vma_kind_names() { return kVmaKindNames; }
std::span<const std::string_view> folio_kind_names() { return kFolioKindNames; }
std::span<const std::string_view> api_names() { return kApiNames; }

std::uint64_t folio_flags(const Folio<Concrete>& f) {
  return (f.anon ? 1u : 0u) | (f.exclusive ? 2u : 0u) | (f.dirty ? 4u : 0u) |
         (f.referenced ? 8u : 0u) | (f.unpinnable ? 16u : 0u) | (f.hwpoison ? 32u : 0u) |
         (f.p2pdma ? 64u : 0u) | (f.swapcache ? 128u : 0u);
}
void set_folio_flags(Folio<Concrete>& f, std::uint64_t bits) {
  f.anon = bits & 1;
  f.exclusive = bits & 2;
  f.dirty = bits & 4;
  f.referenced = bits & 8;
  f.unpinnable = bits & 16;
  f.hwpoison = bits & 32;
  f.p2pdma = bits & 64;
  f.swapcache = bits & 128;
}
std::uint64_t vma_switches(const Vma<Concrete>& v) {
  return (v.pkey_no_access ? 1u : 0u) | (v.pkey_no_write ? 2u : 0u) | (v.resv_owner ? 4u : 0u) |
         (v.resv_unmapped ? 8u : 0u) | (v.uffd_wp_async ? 16u : 0u) | (v.uffd_sigbus ? 32u : 0u);
}
void set_vma_switches(Vma<Concrete>& v, std::uint64_t bits) {
  v.pkey_no_access = bits & 1;
  v.pkey_no_write = bits & 2;
  v.resv_owner = bits & 4;
  v.resv_unmapped = bits & 8;
  v.uffd_wp_async = bits & 16;
  v.uffd_sigbus = bits & 32;
}

std::string folio_name(int index) {
  if (index == kZeroFolio) return "zero";
  if (index == kHugeZeroFolio) return "huge_zero";
  if (index < 28) return std::string(1, static_cast<char>('A' + index - 2));
  return fmt::format("F{}", index - 2);
}

std::vector<std::string_view> bit_names(std::span<const NamedBit> table, std::uint64_t value,
                                        std::uint64_t* unnamed) {
  std::vector<std::string_view> out;
  std::uint64_t left = value;
  for (const NamedBit& n : table) {
    if ((value & n.bit) != n.bit || (value & n.unless) != 0 || (value & n.with) != n.with) continue;
    left &= ~n.bit;
    out.push_back(n.name);
  }
  if (unnamed) *unnamed = left;
  return out;
}

std::string nearest_names(std::string_view word, const std::vector<std::string_view>& names) {
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (std::string_view n : names) ranked.emplace_back(edit_distance(word, n), n);
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  });
  if (ranked.size() > 3) ranked.resize(3);
  std::string out;
  for (std::size_t i = 0; i < ranked.size(); ++i)
    out += fmt::format("{}'{}'", i == 0 ? "" : i + 1 == ranked.size() ? " or " : ", ",
                       ranked[i].second);
  return out;
}

std::vector<std::string_view> names_of(std::span<const NamedBit> table) {
  std::vector<std::string_view> out;
  for (const NamedBit& n : table) out.push_back(n.name);
  return out;
}

}  // namespace gupdiff
