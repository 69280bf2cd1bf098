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
    {Known::D02, "D02", E, invisible, "FOLL_TOUCH marks the folio of a PTE-mapped huge page",
     "TOUCH on a hugetlb page mapped by PTEs (arm64 64K, riscv64 Svnapot)",
     "the new walk sets PG_referenced at every base page it looks up, and PG_dirty for a write through an entry that "
     "is not dirty; the old one marks nothing",
     "facts D02; 9cb28da54643", "D02.toml"},
    {Known::D04, "D04", E, invisible, "one entry of the set says whether a page is dirty",
     "TOUCH and WRITE where another entry of the contiguous set is dirty and this one is not",
     "the new walk reads the one PTE and sets PG_dirty (arm64 with CONFIG_ARM64_CONTPTE folds and does not); "
     "huge_ptep_get() would have seen the page dirty",
     "facts D04", "D04.toml"},
    {Known::D05, "D05", E | P, invisible, "FOLL_TOUCH marks one member of a contiguous PMD set",
     "TOUCH on a hugetlb page mapped by contiguous PMDs (arm64 32M)",
     "the accessed and dirty bits are set in the PMD that maps the address and in no other of its set", "facts D05",
     "D05.toml"},
    {Known::D06, "D06", P, user, "another lock than the one hugetlb writers take",
     "a hugetlb lookup of a size mapped by contiguous entries, split page-table locks",
     "the old walk takes mm->page_table_lock as every hugetlb writer does; the new one takes the lock of the PTE or "
     "PMD table, which writers take only since v6.11-rc4: nothing keeps them apart until then",
     "facts D06, 1.13; 9cb28da54643, fixed by 5f75cfbd6bb0", "D06.toml"},
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
    {Known::D10, "D10", R | E | P | C, user, "a dump waits for a PTE-mapped huge page that is not there",
     "DUMP on a hugetlb page mapped by PTEs whose entry is migrating, poisoned, a marker, or read-only for a write, and "
     "whose page is not in the page cache",
     "the old walk answers -EFAULT, a hole; the new one asks for a fault, which waits for the migration, reports the "
     "poison or allocates a page",
     "facts 6.4 D10; not acknowledged upstream", "D10.toml"},
    {Known::D11b, "D11b", R | E | P | C, user, "a refused write is no hole to a dump at PMD level",
     "WRITE and DUMP on a read-only 2M hugetlb entry whose page is not in the page cache",
     "the old walk answers -EFAULT; the new one lets the write fault run", "facts 6.4 D11b", "D11b.toml"},
    {Known::D14, "D14", R | E | P | C, user, "contiguous sets are walked entry by entry",
     "a hugetlb page mapped by more than one entry (arm64 64K, 32M; riscv64 64K)",
     "the old walk reads the set's first entry and answers for the whole huge page; the new one reads the entry of the "
     "address and answers for what that maps: many times the lookups and locks, and what happens in between can show",
     "facts D14, 4.5; 9cb28da54643, acknowledged there", "D14.toml"},
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
    {Known::D18, "D18", R, user, "a Svnapot page answers with its first page",
     "any page but the first of a 64K hugetlb page on riscv64 (Svnapot)",
     "all 16 PTEs hold the same word, whose pte_pfn() is the first frame. The old walk adds the offset to the head and "
     "returns the page of the address; the new one returns page 0: other data, or DMA to another place, than the "
     "address says. The new walk breaks hardware-translation, exactly so, and GUP-fast of every kernel",
     "facts D18, M10; 9cb28da54643; not acknowledged upstream", "D18.toml"},
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
    {Known::D31, "D31", R | E | P | C, malformed, "a PMD leaf above a mapping by PTEs",
     "a PMD leaf in a hugetlb mapping of a size that PTEs map (arm64 64K)",
     "arm64's huge_pte_offset() returns the PMD, to which the old walk adds the offset in the smaller page: a wrong page; "
     "the new walk returns the right one of the leaf",
     "facts D31", "D31.toml"},
    {Known::D38, "D38", E, invisible, "a refused reference warns no more",
     "the folio of a present hugetlb entry cannot be referenced",
     "the old walk adds a WARN_ON_ONCE of its own; the error is the same", "facts D38", "D38.toml"},
    {Known::D40, "D40", R | E | P | C, malformed, "GET and PIN together on a PTE-mapped huge page",
     "FOLL_GET and FOLL_PIN both set on a hugetlb page mapped by PTEs, which no interface lets through",
     "the new walk warns and answers -EINVAL as for any PTE; the old one returns the page", "facts D40", "D40.toml"},
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
    // From v6.1 to v6.9.
    {Known::V01, "V01", P | C, user, "the hugetlb lookup takes the VMA lock",
     "any lookup in a hugetlb mapping that has a VMA lock",
     "v6.1 reads the entry with no protection against PMD unsharing (M26); later kernels hold the hugetlb VMA lock for read",
     "facts V01, M26; eefc7fa53608, 9c67a20704e7", "V01.toml"},
    {Known::V02, "V02", R | E | P | C, user, "FOLL_NOFAULT counts on hugetlb",
     "NOFAULT on a hugetlb page that must be faulted in",
     "v6.1 ignores the flag and faults (a huge page is used, or userfaultfd waited for); later kernels answer -EFAULT",
     "facts V02, 1.8 step 5, C06", "V02.toml"},
    {Known::V03, "V03", R, user, "a fatal signal before the first hugetlb page is -EINTR",
     "SIGKILL pending when a request begins in a hugetlb mapping",
     "follow_hugetlb_page leaves its error at -EFAULT; the common loop says -EINTR", "facts V03, 1.8 step 1", "V03.toml"},
    {Known::V04, "V04", R | E | P | C, user, "hugetlb faults go through handle_mm_fault",
     "a hugetlb page that must be faulted in",
     "v6.1 calls hugetlb_fault() itself: no fault accounting, no second protection-key check, FAULT_FLAG_REMOTE never set",
     "facts V04, 1.8 step 5, 5.1", "V04.toml"},
    {Known::V05, "V05", R | E | P | C, user, "to a dump every missing hugetlb page is a hole",
     "FOLL_DUMP on a hugetlb entry that is not none but cannot be followed, nothing in the page cache",
     "v6.1 lets the fault run (waits for a migration, fills a marker); v6.9 answers -EFAULT and the page is lost to the dump",
     "facts V05, D13b, 6.4", "V05.toml"},
    {Known::V06, "V06", R | E | P | C, user, "a longterm pin of an unpinnable hugetlb page is not refused outright",
     "PIN and LONGTERM on a hugetlb page in CMA or ZONE_MOVABLE, or a page without references",
     "v6.1 takes all references by the fast rules: WARN and -ENOMEM; v6.9 takes the first by the slow rules (more than one page: M03)",
     "facts V06, 1.7, 1.8 step 8", "V06.toml"},
    {Known::V07, "V07", R | E | P | C, user, "longterm read pins unshare page-cache pages too",
     "PIN and LONGTERM without WRITE on a read-only entry of a page that is not anonymous, in a COW mapping; GUP-fast, which "
     "cannot tell mappings, leaves such a page of any to the slow path",
     "v6.1 pins the page-cache (or zero) page, which a later write fault replaces; later kernels make a private copy first, and where a "
     "PMD maps it they split, map and unshare again for ever (the new walk breaks terminates, exactly so)",
     "facts V07, M20; 84209e87c696", "V07.toml"},
    {Known::V09, "V09", P, invisible, "hugetlb goes through the common loop",
     "FOLL_DUMP on an empty entry of a 2M or 1G page whose page table exists",
     "follow_hugetlb_page of v6.1 asks the page cache under the page-table lock, later kernels after. What else that loop does "
     "differently has rows of its own (V01 to V06); with those, it is the later lookup in all facets",
     "facts V09, 1.8; 4849807114b8", "V09.toml"},
    {Known::V11, "V11", R | E | P | C, user, "peer-to-peer pages are refused",
     "a PCI peer-to-peer page without FOLL_PCI_P2PDMA", "v6.1 returns it; later kernels answer -EREMOTEIO",
     "facts V11; 4003f107fa2e", "V11.toml"},
    {Known::V12, "V12", R | E | P | C, user, "the pages of a THP come from one lookup",
     "more than one page of a PMD-mapped THP with pages wanted",
     "v6.1 looks each page up; later kernels take the rest at once, by the fast rules until f442fa614137 (M03)",
     "facts V12; 57edfcfd3419", "V12.toml"},
    {Known::V13, "V13", R | E | P | C, user, "NUMA hints are honoured on request",
     "a PROT_NONE entry outside hugetlb",
     "v6.1 faults on it unless FORCE; later kernels follow it unless HONOR_NUMA_FAULT is set and the mapping accessible",
     "facts V13, 1.10; d74943a2f3cd", "V13.toml"},
    {Known::V17, "V17", R | E | P | C, user, "one check of the caller's flags",
     "internal flags (TOUCH, REMOTE, TRIED, FAST_ONLY ..), or GET and pages contradicting each other, handed in from outside",
     "v6.1 accepts them where a function does not mind; is_valid_gup_args() refuses them with a WARN",
     "facts 1.14", "V17.toml"},
    {Known::V18, "V18", R, user, "pin_user_pages*() answer 0 to refused flags",
     "flags that pin_user_pages(), _remote() or _unlocked() refuse", "v6.1 answers -EINVAL, later kernels 0", "facts 1.14",
     "V18.toml"},
    {Known::V19, "V19", R | E | P | C, user, "FOLL_LONGTERM goes with giving mmap_lock up",
     "LONGTERM to pin_user_pages_unlocked(), or to pin_user_pages_remote() with a locked pointer",
     "v6.1 refuses with a WARN and -EINVAL; later kernels pin", "facts 1.14", "V19.toml"},
    {Known::V20, "V20", R | E | P | C, user, "FOLL_INTERRUPTIBLE", "INTERRUPTIBLE set",
     "v6.1 has no such flag: only fatal signals end a retry, and faults are not told", "facts 1.4, 1.5; 93c5c61d9e58", "V20.toml"},
    {Known::V21, "V21", R | E | P | C, user, "get_dump_page() keeps mmap_lock",
     "a core dump of memory whose fault would wait",
     "v6.1 lets the fault give the lock up and waits (userfaultfd: for ever); later kernels leave a hole", "facts 1.14", "V21.toml"},
    {Known::V22, "V22", R | E | P | C, user, "get_user_pages_unlocked() can be killed while it waits for mmap_lock",
     "*_unlocked() called, the task killed before it gets mmap_lock",
     "v6.1 takes the lock all the same; later kernels answer -EAGAIN", "facts 1.5", "V22.toml"},
    {Known::V23, "V23", R | E | P | C, user, "MADV_POPULATE hands its whole range to GUP",
     "MADV_POPULATE_READ or _WRITE",
     "v6.1 asks for one VMA after the other and checks each first; later kernels ask for the range and retry inside",
     "facts 1.14 faultin_vma_page_range", "V23.toml"},
    {Known::V24, "V24", E, invisible, "faults do not say VM_FAULT_WRITE", "a write fault that breaks COW or reuses a page",
     "v6.1 sets bit 8 in the fault's result, which GUP does not look at", "facts 10 C05; cb8d863313436", "V24.toml"},
    {Known::V25, "V25", R | E | P | C, malformed, "handle_mm_fault() checks the fault flags",
     "an UNSHARE fault outside COW mappings, or a write fault on a mapping that can never be written",
     "v6.1 handles the fault; later kernels drop UNSHARE, or WARN and answer SIGSEGV", "facts 5.1; 79881fed6052, cdc5021cda19",
     "V25.toml"},
    {Known::V26, "V26", R | E | P | C, user, "markers that mean poison",
     "a PTE marker with the POISONED bit (UFFDIO_POISON)",
     "v6.1 knows no such bit and takes the marker for none (hugetlb) or for empty; later kernels answer HWPOISON",
     "facts 4.1, 5.5; af19487f00f3", "V26.toml"},
    {Known::V27, "V27", R | E | P | C, user, "asynchronous userfaultfd write protection",
     "a write to a uffd-wp entry where UFFD_FEATURE_WP_ASYNC is set",
     "v6.1 has no such feature and raises the event; later kernels clear the bit and go on", "facts 5.2 H6; d61ea1cb0095",
     "V27.toml"},
    {Known::V28, "V28", R | E | P | C, malformed, "a walk clears a bad PMD",
     "a PMD outside hugetlb that is neither leaf nor a proper table entry",
     "v6.1 finds no page table; later kernels complain and clear the entry too, so that they need a fault less, which shows where a "
     "fatal signal ends the call between the two. v6.1's GUP-fast takes it for a table; later ones complain and stop",
     "facts 1.10 follow_page_pte 2; 0d940a9b270b",
     "V28.toml"},
    {Known::V29, "V29", R | E | P | C, malformed, "FOLL_SPLIT_PMD of a huge zero page that is not anonymous",
     "SPLIT_PMD on the huge zero page in a file mapping",
     "v6.1 answers -EBUSY, the PMD being empty after the split; later kernels allocate a table and fault", "facts 1.10",
     "V29.toml"},
    {Known::V30, "V30", R | E | P | C, invisible, "a split THP keeps its dirty bits",
     "an anonymous THP split while mapped",
     "v6.1 leaves dirty out of the PTEs (the page is marked instead) and takes write from the VMA where the PMD had it; later "
     "kernels take both from the PMD",
     "facts 10 C05; 0ccf7f168e17, 161e393c0f63", "V30.toml"},
    {Known::V31, "V31", R | E | P | C, user, "a NUMA-hint fault may make the entry writable",
     "a NUMA-hint fault on an exclusive anonymous page",
     "v6.1 restores the protection alone, so that a write needs a second fault", "facts 10; 6a56ccbcf6c6", "V31.toml"},
    {Known::V32, "V32", R | E | P | C, malformed, "write faults take shared mappings out first",
     "a write or unshare fault on a read-only entry that is anonymous in a shared mapping, or in one that is shared but not writable",
     "v6.1 treats the page as a private one", "facts 5.5", "V32.toml"},
    {Known::V33, "V33", R | E | P | C, user, "no longterm write pins of mappings with dirty tracking",
     "PIN, LONGTERM and WRITE on a shared mapping of a file system that tracks dirty pages",
     "v6.1 pins; later kernels answer -EFAULT", "facts 1.1 row 6a; 8ac268436e6d", "V33.toml"},
    {Known::V34, "V34", R | E | P | C, user, "shadow stacks are written with FORCE only",
     "WRITE on a shadow-stack mapping", "v6.1 has no shadow stacks and sees a writable mapping; later kernels answer -EFAULT",
     "facts 1.1 row 6b", "V34.toml"},
    {Known::V35, "V35", R, invisible, "a page-cache hugetlb folio holds a reference a base page",
     "a fault that adds a huge page to the page cache", "2 references on v6.1, 513 for 2M later", "facts 10 C05; a08c7193e4f1",
     "V35.toml"},
    {Known::V36, "V36", E, user, "a hugetlb copy keeps uffd-wp",
     "hugetlb_wp() copies a page whose entry is uffd-write-protected",
     "on v6.1 the new entry is not protected any more", "facts 5.3 step 6", "V36.toml"},
    {Known::V37, "V37", R | E | P | C, malformed, "whose page the reservation was for",
     "a copy by the owner of the reservation, the pool empty, of a page that is neither anonymous nor in the page cache (or both)",
     "v6.1 asks whether it is the page cache's page, later kernels whether it is anonymous", "facts 5.3 step 5", "V37.toml"},
    {Known::V38, "V38", R | E, user, "a first private hugetlb fault readies the anon_vma first",
     "a private hugetlb fault with neither a huge page nor memory for the anon_vma to be had",
     "v6.1 fails at the huge page (SIGBUS), later kernels at the anon_vma (OOM)", "facts 5.2 N2", "V38.toml"},
    {Known::V39, "V39", R | E | P | C, user, "markers in anonymous memory",
     "a PTE marker in an anonymous mapping", "v6.1 WARNs and answers SIGBUS; later kernels handle it", "facts 5.5; 2bad466cc9d9",
     "V39.toml"},
    {Known::V40, "V40", R | E | P | C, user, "pages of large anonymous folios are copied",
     "a write or unshare fault on the last mapped page of a THP mapped by PTEs, with no other reference",
     "v6.1 reuses the page, later kernels copy it", "facts 5.5", "V40.toml"},
    {Known::V41, "V41", P | C, user, "the wait for a hugetlb migration begins under the VMA lock",
     "a fault on a hugetlb page under migration, in a mapping that has a VMA lock",
     "v6.1 looks at the entry with nothing that keeps its table in place (M27); later kernels hold the hugetlb VMA lock for read until they sleep",
     "facts 5.2 H0, H3, M27; fcd48540d188", "V41.toml"},
    // From v6.10 to v6.12.
    {Known::C04, "C04", R | E | P | C, user, "a shared huge page is mapped back whole",
     "a fault on shared memory whose huge page fits and whose PTE table is empty",
     "before v6.11 the fault maps one page, after it all of them, with a reference each", "facts 10 C04; 43e027e41423", "C04.toml"},
    {Known::C05, "C05", R | E | P | C, user, "swap-in maps writable",
     "a page read in from swap in a writable mapping",
     "before v6.11 only a write makes the entry writable, and a uffd-wp entry is left to the next fault; after, any fault does, "
     "and a write to a uffd-wp entry raises the event at once",
     "facts 10 C05; c18160dba5ff", "C05.toml"},
    {Known::G04, "G04", R | E | P | C, user, "MADV_NOHUGEPAGE keeps file pages from being mapped by a PMD",
     "a fault on a huge page of the page cache in a MADV_NOHUGEPAGE mapping",
     "before 2b0f922323cc it is mapped by the PMD all the same", "2b0f922323cc", "G04.toml"},
    {Known::G06, "G06", R | E | P | C, malformed, "a PMD that pmd_leaf() takes and pmd_trans_huge() does not",
     "an arm64 PMD with the table bit, valid clear and present-invalid set, outside hugetlb",
     "the old walk asks pmd_trans_huge() and clears the entry as a bad table; the new one follows it as a leaf",
     "facts 4.2 predicates", "G06.toml"},
    // hugepd (powerpc, kernels before v6.11)
    {Known::D06b, "D06b", E, invisible, "a hugepd lookup marks the folio referenced",
     "a page returned from below a hugepd directory, its folio not referenced yet",
     "the new walk sets PG_referenced, as the fast path whose code it calls; the old one does not",
     "facts D06b, 1.11 step 10", "D06b.toml"},
    {Known::D12, "D12", R | E | P | C, user, "a dump allocates the hugepd pages it should skip",
     "FOLL_DUMP on an entry below a hugepd directory that is none, not present, or refuses the write",
     "the old walk answers -EFAULT where the page cache has no page: a hole; the new one never applies that rule "
     "below a directory, so that the fault allocates a huge page for the dump",
     "facts D12, M12, 6.4, 1.11; a12083d721d7; not acknowledged upstream", "D12.toml"},
    {Known::D30, "D30", R | E | P | C, malformed, "a directory or table of another size than the mapping's",
     "below a hugetlb mapping of powerpc, a table where the directory belongs, or a directory of another page size",
     "the old walk takes whatever entry __find_linux_pte meets for the huge page's own; the new one takes each level "
     "for what it is, and a directory's page at the offset its own size gives",
     "facts D30, 1.12", "D30.toml"},
    {Known::D32, "D32", R | E | P | C, user, "a read-only pin of a hugepd page never ends",
     "before 01d89b93e176: PIN without WRITE below a directory, the entry not writable, and the page anonymous and "
     "not exclusive, or LONGTERM and the page not anonymous; but for NOFAULT, to which a page to unshare is -EFAULT anyway",
     "the old walk says -EMLINK, or returns the page of a shared mapping; the new one says \"no page\", the fault finds "
     "nothing to do, and the loop repeats until killed",
     "facts D32, M01; a12083d721d7, fixed by 01d89b93e176 before v6.10", "D32.toml"},
    {Known::D33, "D33", R | E | P | C, user, "populate and longterm pins of hugepd pages never end",
     "before f442fa614137, below a directory: neither GET nor PIN (mlock, MAP_POPULATE, madvise), or PIN and LONGTERM "
     "on a folio in CMA or ZONE_MOVABLE",
     "the old walk returns the page; the new one asks for the reference by the fast path's rules, which refuse (with a "
     "WARN without GET and PIN), says \"no page\", and the loop repeats until killed. Of a folio without references "
     "they refuse without the WARN that the slow path's rules come with",
     "facts D33, M02; fixed by f442fa614137", "D33.toml"},
    {Known::D34, "D34", R | E | P | C, user, "FOLL_FORCE on a PROT_NONE hugepd mapping never ends",
     "an entry below a hugepd directory that is present but permits no access, read with FORCE (ptrace, "
     "/proc/PID/mem, core dump)",
     "the old walk returns the page; the new one asks pte_access_permitted(), says \"no page\", the fault changes "
     "nothing, and the loop repeats until killed",
     "facts D34, 1.11 step 3; a12083d721d7; not acknowledged upstream", "D34.toml"},
    {Known::D35, "D35", P | C, invisible, "a hugepd entry is read twice under the lock",
     "a hugepd lookup that got its reference",
     "the new walk compares the entry once more, as the lockless fast path must", "facts D35, 1.11 step 7", "D06b.toml"},
    {Known::D36, "D36", R | E | P | C, malformed, "a hugepd directory outside hugetlb",
     "a directory in a mapping that is not hugetlb",
     "the old walk finds a bad table, or takes the directory for one; the new one WARNs and answers -EFAULT",
     "facts D36", "D36.toml"},
    {Known::G40, "G40", R | E | P | C, user, "8xx: only the first page of an 8M page can be followed",
     "a page of an 8M hugetlb page that does not begin at a 4M boundary, on the MPC8xx",
     "the old walk looks up the huge page's first address; the new one gives hugepte_offset() the address itself, which "
     "on the 8xx leads to a place in the table where no entry ever is (taken to hold zero): \"no page\" for ever",
     "facts 4.4, 1.11 step 2; asm/nohash/32/hugetlb-8xx.h hugepte_offset", "G40.toml"},
    {Known::G41, "G41", R | E | P | C, user, "a refused reference below a hugepd directory is no error",
     "the folio of a present hugepd entry cannot be referenced (no references left, PCI P2PDMA memory)",
     "the old walk WARNs and answers -ENOMEM or -EREMOTEIO; the new one says \"no page\", and the loop repeats until "
     "killed",
     "facts 1.11 step 6, D38", "G41.toml"},
    {Known::F01, "F01", R | E | P | C, user, "the fast APIs take two flags more",
     "PCI_P2PDMA or HONOR_NUMA_FAULT handed to a fast API",
     "v6.1 WARNs and answers -EINVAL (0 from *_fast_only()); later kernels go on", "facts 2.1 step 1; 4003f107fa2e, d74943a2f3cd",
     "F01.toml"},
    {Known::F02, "F02", R | E | P | C, user, "GUP-fast stops at special huge leaves",
     "a special PMD or PUD leaf, through a fast API, THP configured (x86-64, arm64)",
     "v6.11 and before hand its pages out; v6.12 leaves it to the slow path", "facts 1.15, 2.3 step 2; ae3c99e650da", "F02.toml"},
    {Known::F03, "F03", R, user, "get_user_pages_fast_only() says errors",
     "get_user_pages_fast_only() with flags or a range that it refuses",
     "v6.1 answers 0; later kernels -EINVAL, -EFAULT or -EOVERFLOW", "facts 2.1; 9198a9196ec9", "F03.toml"},
    {Known::F04, "F04", R | E | P | C, user, "riscv64 has GUP-fast", "a fast API on riscv64",
     "v6.1 goes to the slow path at once (*_fast_only() find nothing); later kernels walk without a lock first",
     "facts 2.2; HAVE_FAST_GUP of arch/riscv", "F04.toml"},
    {Known::F05, "F05", R | E | P | C, user, "GUP-fast pins no file memory for long writing",
     "PIN, LONGTERM and WRITE on memory that is neither anonymous nor of hugetlb or shmem, through a fast API",
     "v6.1 pins it without a lock; later kernels leave it to the slow path, which refuses mappings with dirty tracking (V33)",
     "facts 2.4; a6e79df92e4a", "F05.toml"},
    {Known::F06, "F06", R | E | P | C, user, "the slow part of a fast longterm pin gives mmap_lock up",
     "pin_user_pages_fast(FOLL_LONGTERM) that needs the slow path",
     "v6.1 takes mmap_lock unkillably, keeps it over faults, and marks nothing as touched; later kernels take it killably, fault with "
     "ALLOW_RETRY and KILLABLE, and touch", "facts 1.14", "F06.toml"},
    {Known::F07, "F07", R | E | P | C, malformed, "GUP-fast asks pXd_leaf() what a leaf is",
     "on a fast API's way a PMD or PUD that pXd_huge(), pmd_trans_huge() or pXd_devmap() call a leaf and pXd_leaf() does not, or the "
     "other way round; a P4D that is neither none nor present",
     "up to v6.9 the former decide, and what is not none is followed; then pXd_leaf() does, and a P4D must be present",
     "facts 2.3; 089f92141ed0", "F07.toml"},
    {Known::F08, "F08", R | E | P | C, user, "GUP-fast leaves small pages without a mapping alone",
     "through a fast API, a small page that is not anonymous and has no mapping (driver memory, the vdso); a secretmem page",
     "up to v6.9 the former is handed out; then it is left to the slow path, so that *_fast_only() find nothing. Of the latter the "
     "entry is looked at again before it is refused",
     "facts 2.4; f002882ca369", "F08.toml"},
    {Known::F09, "F09", R | E | P | C, malformed, "GUP-fast does not ask about folios below a hugepd directory",
     "PIN, LONGTERM and WRITE, through a fast API, of file memory below a directory that is not hugetlb's",
     "v6.9 leaves it to the slow path; later kernels pin it", "facts 2.4; 607c63195d63", "F09.toml"},
    {Known::F10, "F10", E, malformed, "GUP-fast takes the references of huge device leaves by the fast rules",
     "a huge device mapping of a folio that has no references left, through a fast API",
     "up to v6.9 the folio is marked referenced and the kernel WARNs; then it does neither", "facts 2.3; 53e45c4f6d4f", "F10.toml"},
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

std::vector<std::string> rows_off(const RowSet& enabled) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < catalogue().size(); ++i)
    if (!enabled.test(i)) ids.emplace_back(catalogue()[i].id);
  return ids;
}

}  // namespace gupdiff
