// SPDX-License-Identifier: GPL-2.0-only
#include "mutants/generate.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

#include "scenario/fnv.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

constexpr std::string_view kSeries = "v6.9:v6.10";
/// v6.9's walk is the newer one here: what is expected of it is v6.1's, not the catalogue's.
constexpr std::string_view kBefore = "v6.1:v6.9";

// A walk held against itself: code that no two kernels' comparison runs without the catalogue's
// rows, which stand in for it (V09 for v6.1's loop, D30 for powerpc's lookup).
constexpr MutatedFile kFiles[] = {
    // The walks.
    {"unified/follow_page.hpp", "unified", kSeries, "v6.10", "", "x86_64/*/one-page"},
    {"legacy/v6_9.hpp", "v6_9", kBefore, "v6.9", "", "x86_64/*/one-page"},
    {"legacy/v6_9_generic.hpp", "v6_9_generic", kBefore, "v6.9", "", "x86_64/*/one-page"},
    {"legacy/v6_9_hugetlb.hpp", "v6_9_hugetlb", kBefore, "v6.9", "x86_64", "x86_64/*/hugetlb-*/one-page"},
    {"legacy/v6_9_hugepd.hpp", "v6_9_hugepd", "v6.9:v6.9", "v6.9", "powerpc", "powerpc*/hugetlb-*/one-page"},
    {"legacy/v6_9_offset.hpp", "v6_9_offset", kBefore, "v6.9", "", "x86_64/*/hugetlb-*/one-page"},
    {"legacy/v6_1.hpp", "v6_1", "v6.1:v6.1", "v6.1", "x86_64", "x86_64/*/hugetlb-*/one-page"},
    // The services both call.
    {"model/kernel/anon_fault.hpp", "anon_fault", kSeries, "v6.10", "x86_64", "x86_64/*/pte-anon/one-page"},
    {"model/kernel/api.hpp", "api", kSeries, "v6.10", "x86_64", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/check_vma_flags.hpp", "check_vma_flags", kSeries, "v6.10", "x86_64", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/fault.hpp", "fault", kSeries, "v6.10", "x86_64", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/file_fault.hpp", "file_fault", kSeries, "v6.10", "x86_64", "x86_64/*/pte-file/one-page"},
    {"model/kernel/follow_devmap.hpp", "follow_devmap", kSeries, "v6.10", "x86_64", "x86_64/*/thp-devmap/one-page"},
    {"model/kernel/follow_huge_pmd.hpp", "follow_huge_pmd", kSeries, "v6.10", "x86_64", "x86_64/*/thp-anon/one-page"},
    {"model/kernel/follow_hugepd.hpp", "follow_hugepd", kSeries, "v6.10", "powerpc", "powerpc*/hugetlb-*/one-page"},
    {"model/kernel/follow_page_pte.hpp", "follow_page_pte", kSeries, "v6.10", "x86_64", "x86_64/*/pte-*/one-page"},
    {"model/kernel/follow_permission.hpp", "follow_permission", kSeries, "v6.10", "x86_64", "x86_64/*/pte-*/one-page"},
    {"model/kernel/follow_split.hpp", "follow_split", kSeries, "v6.10", "x86_64", "x86_64/*/thp-anon/one-page"},
    {"model/kernel/grab.hpp", "grab", kSeries, "v6.10", "x86_64", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/gup.hpp", "gup", kSeries, "v6.10", "x86_64", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/huge_pte.hpp", "huge_pte", kSeries, "v6.10", "arm64", "arm64-4K/*/hugetlb-64K/one-page"},
    {"model/kernel/hugepd.hpp", "hugepd", kSeries, "v6.10", "powerpc", "powerpc*/hugetlb-*/one-page"},
    {"model/kernel/hugetlb_fault.hpp", "hugetlb_fault", kSeries, "v6.10", "x86_64", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/longterm.hpp", "longterm", kSeries, "v6.10", "x86_64", "x86_64/*/pte-shmem/one-page"},
    {"model/kernel/lookup.hpp", "lookup", kSeries, "v6.10", "x86_64", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/mm_fault.hpp", "mm_fault", kSeries, "v6.10", "x86_64", "x86_64/*/any-pmd/one-page"},
    {"model/kernel/numa_fault.hpp", "numa_fault", kSeries, "v6.10", "x86_64", "x86_64/*/pte-anon/one-page"},
    {"model/kernel/page_prot.hpp", "page_prot", kSeries, "v6.10", "x86_64", "x86_64/*/pte-*/one-page"},
    {"model/kernel/page_tables.hpp", "page_tables", kSeries, "v6.10", "", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/shmem_fault.hpp", "shmem_fault", kSeries, "v6.10", "x86_64", "x86_64/*/pte-shmem/one-page"},
    {"model/kernel/split.hpp", "split", kSeries, "v6.10", "x86_64", "x86_64/*/thp-anon/one-page"},
    {"model/kernel/swap_fault.hpp", "swap_fault", kSeries, "v6.10", "x86_64", "x86_64/*/pte-anon/one-page"},
    {"model/kernel/userfault.hpp", "userfault", kSeries, "v6.10", "x86_64", "x86_64/*/hugetlb-2M/one-page"},
    {"model/kernel/vm_fault.hpp", "vm_fault", kSeries, "v6.10", "x86_64", "x86_64/*/pte-*/one-page"},
    {"model/kernel/wp_fault.hpp", "wp_fault", kSeries, "v6.10", "x86_64", "x86_64/*/pte-*/one-page"},
    // The entries.
    {"model/arch/arm64/entry.hpp", "arm64", kSeries, "v6.10", "arm64", "arm64-4K/*/one-page"},
    {"model/arch/powerpc/entry.hpp", "powerpc", kSeries, "v6.10", "powerpc", "powerpc*/one-page"},
    {"model/arch/riscv64/entry.hpp", "riscv64", kSeries, "v6.10", "riscv64", "riscv64/*/one-page"},
    {"model/arch/x86_64/entry.hpp", "x86_64", kSeries, "v6.10", "x86_64", "x86_64/*/one-page"},
};

// GUP-fast is not yet among them: what it looks at twice is for the other processor, and a mutant of that is equivalent here.
constexpr std::string_view kNotMutated[] = {
    "model/kernel/gup_fast.hpp", "model/kernel/gup_fast_fallback.hpp", "model/kernel/gup_fast_folio.hpp", "model/kernel/gup_fast_leaf.hpp",
    "model/kernel/era.hpp", "model/kernel/flags.hpp", "model/kernel/known.hpp", "model/kernel/swap_types.hpp",
    "unified/follow_whole_sets.hpp",
};

/// Functions whose mutants run elsewhere than their file's.
struct Elsewhere {
  std::string_view file, function, pair, walk, arch;
};
constexpr Elsewhere kElsewhere[] = {
    {"unified", "has_hugepd", kSeries, "v6.10", "powerpc"},
    {"v6_9_offset", "arm64_huge_pte_offset", kBefore, "v6.9", "arm64"},
    {"follow_page_pte", "ptep_get", kSeries, "v6.10", "arm64"},
    {"grab", "try_grab_folio_fast", "v6.9:v6.10-C0", "v6.10-C0", ""},
    // What some kernels do and v6.10 does not.
    {"huge_pte", "table_lockptr", kBefore, "v6.9", "arm64"},
    {"huge_pte", "huge_pte_lockptr", kBefore, "v6.9", "arm64"},
    {"huge_pte", "huge_ptep_get", kBefore, "v6.9", "arm64"},
    {"api", "is_valid_gup_flags", "v6.1:v6.1", "v6.1", "x86_64"},
    {"api", "faultin_vma_page_range", "v6.1:v6.1", "v6.1", "x86_64"},
    {"fault", "fault_hugetlb_directly", "v6.1:v6.1", "v6.1", "x86_64"},
    {"follow_hugepd", "hugepte_must_unshare", "v6.9:v6.10-C0", "v6.10-C0", "powerpc"},
    {"file_fault", "map_whole_folio", "v6.10:v6.12", "v6.12", "x86_64"},
    {"swap_fault", "swap_in", "v6.10:v6.12", "v6.12", "x86_64"},
};

/// Functions that are no kernel's: what the catalogue's rows say of the new walk, and what only
/// other rooms ask of an entry.
struct NoKernels {
  std::string_view file, function;
};
constexpr NoKernels kNoKernels[] = {
    {"arm64", "access_permitted"},  // of the slow walks only powerpc's asks it
    {"riscv64", "access_permitted"},
    {"x86_64", "access_permitted"},
    {"v6_9_generic", "wants_more_of_pud"},
    {"v6_9_generic", "follow_unconfigured_leaf"},
    {"v6_9_generic", "known_hugepd"},
    {"v6_9_generic", "follow_plain_pud"},
    {"v6_9_hugetlb", "follow_device_slot"},
    {"v6_9_hugetlb", "known_pte"},
    {"v6_9_hugetlb", "answers_with_head"},
    {"v6_9_hugetlb", "known_touch"},
    {"v6_9_hugetlb", "reads_otherwise"},
    {"v6_9_hugetlb", "mixed_set"},
    {"v6_9_hugetlb", "wants_next_entry"},
    {"v6_9_hugetlb", "known_before_lock"},
    {"v6_9_hugepd", "new_walk_finds_no_page"},
    {"v6_9_hugepd", "same_slot"},
    {"v6_9_hugepd", "follow_from"},
};
constexpr std::string_view kOtherRooms[] = {"contiguous_member", "huge_modify", "leaf_format",  "mkclean",      "plain_table", "retarget",
                                            "swp_entry",         "swp_exclusive", "table_format", "touched", "whole_permissions"};

/// Of a thousand sites of each operator, how many are taken. Locks and exchanges are few.
constexpr std::uint64_t kShare[kMutantOperators] = {70, 45, 90, 70, 1000, 1000, 110, 180, 60, 70, 90};

bool is_kernels(const MutatedFile& file, const Function& f) {
  const bool entry = file.path.substr(0, 11) == "model/arch/";
  if (entry && (f.scope != "Entry" || std::find(std::begin(kOtherRooms), std::end(kOtherRooms), f.name) != std::end(kOtherRooms))) return false;
  return std::none_of(std::begin(kNoKernels), std::end(kNoKernels),
                      [&](const NoKernels& n) { return n.file == file.name && n.function == f.name; });
}

/// The line of `token`, without the blanks around it.
std::string_view line_of(const CxxSource& s, std::size_t token) {
  const std::size_t at = s.tokens[token].begin;
  std::size_t b = s.text.rfind('\n', at), e = s.text.find('\n', at);
  b = b == std::string::npos ? 0 : b + 1;
  e = e == std::string::npos ? s.text.size() : e;
  const std::string_view line = std::string_view(s.text).substr(b, e - b);
  const auto first = line.find_first_not_of(' ');
  return first == std::string_view::npos ? line.substr(0, 0) : line.substr(first);
}

std::string read_source(const std::filesystem::path& file) {
  if (auto text = read_whole(file)) return std::move(*text);
  throw InputError{fmt::format("{}: cannot be read; the generated mutants are made from gupdiff's own sources.", file.string())};
}

std::uint64_t hash_of(std::string_view name) {
  std::uint64_t h = fnv1a(name);
  h ^= h >> 32;  // FNV's low bits follow the last letters alone
  h *= 0x9e3779b97f4a7c15ull;
  return h ^ (h >> 29);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::size_t n = end == std::string_view::npos ? text.size() : end + 1;
    out.push_back(text.substr(0, n));
    text.remove_prefix(n);
  }
  return out;
}

Mutant mutant_of(const MutatedFile& file, const CxxSource& s, const NamedSite& named) {
  MutatedFile where = file;
  for (const Elsewhere& e : kElsewhere) {
    if (e.file != file.name || e.function != named.site.function->name) continue;
    where.pair = e.pair;
    where.walk = e.walk;
    where.arch = e.arch;
  }
  Mutant m;
  m.name = named.name;
  m.title = named.site.title;
  m.kind = MutantKind::generated;
  m.re_enacts = "none";
  m.source = fmt::format("{}:{}", file.path, s.tokens[named.site.token].line + 1);
  m.pair = *parse_pair(where.pair);
  m.walk = find_walk(where.walk);
  if (!where.arch.empty()) m.architectures.push_back(std::string(where.arch));
  m.theorem = where.theorem;
  m.diff = unified_diff(file.path, s.text, edited(s.text, named.site.edits));
  m.touched.push_back(std::string(file.path));
  return m;
}

}  // namespace

std::vector<MutatedFile> mutated_files() { return {std::begin(kFiles), std::end(kFiles)}; }
std::vector<std::string_view> unmutated_files() { return {std::begin(kNotMutated), std::end(kNotMutated)}; }

std::vector<NamedSite> named_sites(const MutatedFile& file, const CxxSource& s) {
  std::vector<NamedSite> out;
  std::map<std::string, int> seen;
  for (const Function& f : s.functions) {
    if (!is_kernels(file, f)) continue;
    for (MutationSite& site : mutation_sites(s, f)) {
      const std::string_view op = mutant_operator_name(site.op);
      // The n-th of this operator on lines that read like this one.
      const std::string place = fmt::format("{} {} {}", f.name, op, line_of(s, site.token));
      const int ordinal = seen[place]++;
      const std::uint64_t h = hash_of(fmt::format("{} {}", place, ordinal));
      out.push_back({fmt::format("G-{}-{}-{:04x}", file.name, op, h & 0xffff), std::move(site)});
    }
  }
  return out;
}

std::vector<Mutant> generated_mutants(const std::filesystem::path& root) {
  std::vector<Mutant> out;
  std::set<std::string> names;
  for (const MutatedFile& file : kFiles) {
    const CxxSource s = scan_cxx(std::string(file.path), read_source(root / file.path));
    for (const NamedSite& n : named_sites(file, s)) {
      if (hash_of(n.name) % 1000 >= kShare[static_cast<int>(n.site.op)]) continue;
      if (names.insert(n.name).second) out.push_back(mutant_of(file, s, n));
    }
  }
  return out;
}

std::vector<Mutant> sample_of(const std::vector<Mutant>& generated, std::size_t count) {
  // Of each operator in turn the next by hash, a file not yet met before one that is.
  const auto operator_of = [](const Mutant& m) {
    for (int o = 0; o < kMutantOperators; ++o)
      if (m.name.find(fmt::format("-{}-", mutant_operator_name(static_cast<MutantOperator>(o)))) != std::string::npos) return o;
    return 0;
  };
  std::vector<const Mutant*> left;
  for (const Mutant& m : generated)
    if (m.apart().empty()) left.push_back(&m);
  std::sort(left.begin(), left.end(), [](const Mutant* a, const Mutant* b) { return hash_of(a->name) < hash_of(b->name); });
  std::vector<Mutant> out;
  std::map<std::string, int> files;
  for (int o = 0, misses = 0; out.size() < count && misses < kMutantOperators; o = (o + 1) % kMutantOperators) {
    auto best = left.end();
    for (auto i = left.begin(); i != left.end(); ++i)
      if (operator_of(**i) == o && (best == left.end() || files[(*i)->touched.front()] < files[(*best)->touched.front()])) best = i;
    misses = best == left.end() ? misses + 1 : 0;
    if (best == left.end()) continue;
    ++files[(*best)->touched.front()];
    out.push_back(**best);
    left.erase(best);
  }
  return out;
}

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  const auto a = lines_of(before), b = lines_of(after);
  std::size_t head = 0, tail = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  constexpr std::size_t kContext = 3;
  const std::size_t first = head > kContext ? head - kContext : 0;
  const std::size_t more = tail > kContext ? kContext : tail;
  const std::size_t a_end = a.size() - tail, b_end = b.size() - tail;
  std::string out = fmt::format("--- a/{}\n+++ b/{}\n@@ -{},{} +{},{} @@\n", path, path, first + 1, a_end + more - first, first + 1,
                                b_end + more - first);
  const auto put = [&](char mark, const std::vector<std::string_view>& lines, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) out += fmt::format("{}{}", mark, lines[i]);
  };
  put(' ', a, first, head);
  put('-', a, head, a_end);
  put('+', b, head, b_end);
  put(' ', a, a_end, a_end + more);
  return out;
}

}  // namespace gupdiff
