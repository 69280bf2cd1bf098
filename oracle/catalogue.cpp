// SPDX-License-Identifier: GPL-2.0-only
// The catalogue's texts, in the order of Known. What a row does is code: see
// the uses of Known in legacy/ and oracle/run_walk.hpp.
#include "oracle/catalogue.hpp"

#include "oracle/facet.hpp"

namespace gupdiff {
namespace {

constexpr unsigned R = 1u << static_cast<unsigned>(Facet::result);
constexpr unsigned E = 1u << static_cast<unsigned>(Facet::effect);
constexpr unsigned P = 1u << static_cast<unsigned>(Facet::protocol);
constexpr unsigned C = 1u << static_cast<unsigned>(Facet::cost);
using enum Reach;

constexpr Row kRows[] = {
    {Known::D01, "D01", E | P, invisible, "FOLL_TOUCH marks a 2M hugetlb leaf",
     "TOUCH and WRITE on a 2M hugetlb leaf, CONFIG_TRANSPARENT_HUGEPAGE set",
     "the new walk sets accessed, dirty and soft-dirty in the entry under the PMD lock; the old one leaves it alone",
     "facts D01, C01; 4418c522f683", "D01.toml"},
    {Known::D07, "D07", P, invisible, "the VMA lock is held over the page-cache probe",
     "FOLL_DUMP finds no page in a hugetlb mapping that has a VMA lock",
     "the old walk looks into the page cache after it released the VMA lock, the new one before",
     "facts D07; 9cb28da54643", "D07.toml"},
    {Known::D08, "D08", P | C, invisible, "absent hugetlb entries are seen without the lock",
     "a hugetlb entry that is not present",
     "the old walk reads it under the page-table lock; the new one reads it locklessly and takes no lock",
     "facts D08, D09", "D08.toml"},
    {Known::D09, "D09", C, invisible, "one lockless read more per hugetlb lookup",
     "a hugetlb lookup whose tables exist down to the huge page's level",
     "the new walk reads the entry once without the lock before it decides", "facts D08, D09", "D08.toml"},
    {Known::D11b, "D11b", R | E | P | C, user, "a refused write is no hole to a dump at PMD level",
     "WRITE and DUMP on a read-only 2M hugetlb entry whose page is not in the page cache",
     "the old walk answers -EFAULT; the new one lets the write fault run", "facts 6.4 D11b", "D11b.toml"},
    {Known::D16, "D16", R | E | P | C, user, "a devmap PUD gives a page mask",
     "a PUD-mapped device page (not hugetlb)",
     "the new walk returns the rest of the 1G leaf at once, references taken on the first page's folio, and "
     "answers EEXIST before it marks the entry",
     "facts D16; 1b1676180246", "D16.toml"},
    {Known::D17, "D17", R | E | P | C, user, "FOLL_FORCE on a PROT_NONE 1G hugetlb mapping never ends",
     "a 1G hugetlb entry encoded PROT_NONE, read with FORCE (ptrace, /proc/PID/mem, core dump)",
     "the old walk accepts the entry and returns the page; to the new one it is absent (pud_present tests bit 0 "
     "only), the fault changes nothing, and the loop repeats until killed; with DUMP and an empty page cache "
     "it is a hole, -EFAULT",
     "facts D17, C03; 9cb28da54643; not acknowledged upstream", "D17.toml"},
    {Known::D19, "D19", R | E | P | C, malformed, "a NUMA-hint hugetlb PMD under HONOR_NUMA_FAULT",
     "a PROT_NONE 2M hugetlb entry in an accessible mapping, FOLL_HONOR_NUMA_FAULT",
     "the old walk returns the page; the new one asks for a fault that hugetlb has no NUMA branch for, for ever",
     "facts D19, C03", "D19.toml"},
    {Known::D23, "D23", R | E | P | C, malformed, "device bits on entries that are no device leaf",
     "DEVMAP set in a hugetlb entry, or in a PUD without PSE",
     "the new walk follows a hugetlb entry as a device mapping (page mask 0 at PMD level, EEXIST without GET or "
     "PIN, a pgmap reference), and takes such a PUD for a bad table",
     "facts D23", "D23.toml"},
    {Known::D24, "D24", R | E | P | C, malformed, "bad table entries above a huge page",
     "a pgd, p4d or pud entry on a hugetlb address that is present, no leaf, and fails pXd_bad",
     "the old walk follows it (or takes it for the huge page); the new one finds no page table",
     "facts D24", "D24.toml"},
    {Known::D27, "D27", R | E | P | C, malformed, "a table where the 1G entry should be",
     "a PUD table pointer in a 1G hugetlb mapping",
     "the old walk takes the pointer for the huge page's entry; the new one walks down", "facts D27", "D27.toml"},
    {Known::D28, "D28", R | E | P | C, malformed, "a table where the 2M entry should be",
     "a PMD that is no leaf in a 2M hugetlb mapping",
     "the old walk takes the pointer for the huge page's entry; the new one walks the PTE table",
     "facts D28", "D28.toml"},
    {Known::D29, "D29", R | E | P | C, malformed, "a 1G leaf above a 2M mapping",
     "a PUD leaf in a 2M hugetlb mapping",
     "the old walk dereferences the leaf's frame as a PMD table; the new one returns the right page of the 1G leaf",
     "facts D29", "D29.toml"},
    {Known::D38, "D38", E, invisible, "a refused reference warns no more",
     "the folio of a present hugetlb entry cannot be referenced",
     "the old walk adds a WARN_ON_ONCE of its own; the error is the same", "facts D38", "D38.toml"},
    {Known::D42, "D42", R | E | P | C, user, "FOLL_SPLIT_PMD acts on hugetlb",
     "FOLL_SPLIT_PMD on a hugetlb mapping (make_device_exclusive_range)",
     "the old walk ignores the flag and returns the page; v6.10 to v6.14 split the hugetlb PMD, which destroys "
     "the mapping; kernels with 8977752c8056 refuse with -EOPNOTSUPP",
     "facts D42, 1.1 row 4; 8977752c8056", "D42.toml"},
    {Known::M03, "M03", R | E | P | C, user, "longterm pin of more than one page of an unpinnable folio",
     "PIN and LONGTERM on a huge page in CMA or ZONE_MOVABLE, more than one page of it",
     "before f442fa614137 the rest of the page is refused: WARN, first reference given back, -EFAULT; after, the "
     "pages are pinned and then migrated",
     "facts V06, M03, 1.3 step 8; f442fa614137", "M03.toml"},
    {Known::M34, "M34", R | E | P | C, malformed, "p4d and pud tested for presence instead of none",
     "a p4d or pud entry that is neither none nor present, outside hugetlb",
     "the old walk follows it; the new one finds no page table", "facts M34; 089f92141ed0", "M34.toml"},
    {Known::S14, "S14", R | E | P | C, user, "populate checks access",
     "populate of a mapping without access, or FORCE with WRITE, v6.12",
     "an inaccessible mapping is refused with -EFAULT; FORCE is given only to reads",
     "facts 1.14 populate_vma_page_range", "S14.toml"},
    {Known::G01, "G01", R | E | P | C, malformed, "a PMD with PSE alone counts as present",
     "a 2M hugetlb entry with PSE set, PRESENT and PROTNONE clear",
     "the old walk (pte_present) finds nothing; the new one (pmd_present) follows the leaf",
     "facts 4.1 predicates", "G01.toml"},
    {Known::G02, "G02", R | E | P | C, malformed, "the huge zero folio in a hugetlb mapping",
     "FOLL_DUMP on a 2M hugetlb entry that maps the huge zero folio",
     "the new walk answers -EFAULT as for a THP; the old one returns the page", "facts 1.10 follow_huge_pmd 3",
     "G02.toml"},
    {Known::G03, "G03", R | E | P | C, malformed, "a plain PUD leaf outside hugetlb",
     "a PUD leaf without DEVMAP in a mapping that is not hugetlb",
     "the old walk takes it for a bad table; the new one returns the page", "facts 1.10 follow_pud_mask",
     "G03.toml"},
    {Known::G05, "G05", R | E | P | C, malformed, "a huge PMD leaf that the configuration rules out",
     "a PMD leaf with CONFIG_TRANSPARENT_HUGEPAGE off, outside hugetlb",
     "the old walk asks pmd_trans_huge(), which is false then, and clears the entry as a bad table; the new one asks "
     "pmd_leaf() and follows it, or, without CONFIG_PGTABLE_HAS_HUGE_LEAVES, finds no page under the PMD lock",
     "facts 1.10 follow_pmd_mask; ac3830c3b266", "G05.toml"},
};
static_assert(std::size(kRows) == kKnownRows);

constexpr bool in_order() {
  for (int i = 0; i < kKnownRows; ++i)
    if (static_cast<int>(kRows[i].known) != i) return false;
  return true;
}
static_assert(in_order(), "rows stand in the order of Known");

}  // namespace

std::span<const Row> catalogue() { return kRows; }

int find_row(std::string_view id) {
  for (int i = 0; i < kKnownRows; ++i)
    if (kRows[i].id == id) return i;
  return -1;
}

RowSet all_rows() { return RowSet{}.set(); }

}  // namespace gupdiff
