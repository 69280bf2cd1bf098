// SPDX-License-Identifier: GPL-2.0-only
// The world a walk runs in, as plain data over a domain: VMAs, page-table slots,
// folios, page cache, the fault environment and the request. A scenario is a
// World<Concrete>; a theorem is a World<Symbolic>.
#pragma once

#include <cstdint>

#include "model/arch/architecture.hpp"
#include "model/arch/geometry.hpp"
#include "model/kernel/flags.hpp"
#include "model/machine/list.hpp"

namespace gupdiff {

/// What backs a VMA; decides vm_ops and therefore the fault path.
enum class VmaKind : std::uint8_t {
  anonymous,  ///< vm_ops == NULL
  shmem,      ///< memfd / shared anonymous memory
  file,       ///< a page-cache file system that wants dirty tracking (ext4)
  hugetlb,    ///< hugetlbfs; implies VM_HUGETLB
  secretmem,  ///< memfd_secret
  fsdax,      ///< file system DAX
  device,     ///< driver mapping without a fault handler (VM_IO, VM_PFNMAP, VM_MIXEDMAP)
  special,    ///< vdso and friends: vm_ops with a fault handler, no page cache
};
inline constexpr int kVmaKinds = 8;

/// One virtual memory area.
template <class D>
struct Vma {
  using W = typename D::Word;
  using B = typename D::Cond;
  W start{};       ///< first byte, page aligned (huge-page aligned for hugetlb)
  W end{};         ///< one past the last byte
  W flags{};       ///< VM_ flags
  W pgoff{};       ///< file offset of `start`, in base pages
  W file_pages{};  ///< size of the file in base pages; an index at or above it is beyond i_size
  VmaKind kind = VmaKind::anonymous;
  std::uint8_t huge_order = 0;  ///< hugetlb: order of the hstate (log2 of base pages), else 0
  std::uint16_t file = 0;       ///< page-cache file id; meaningless for anonymous
  std::uint8_t pkey = 0;        ///< protection key, 0..15: bits 59..62 of every new entry
  B pkey_no_access{};           ///< the current PKRU denies reads and writes
  B pkey_no_write{};            ///< the current PKRU denies writes
  B resv_owner{};               ///< HPAGE_RESV_OWNER: private hugetlb mapping owns reservations
  B resv_unmapped{};            ///< HPAGE_RESV_UNMAPPED
  B uffd_wp_async{};            ///< UFFD_FEATURE_WP_ASYNC
  B uffd_sigbus{};              ///< UFFD_FEATURE_SIGBUS
};

/// A run of page-table slots of one level: slot `first + i` (0 <= i < count)
/// holds `value + i * stride`. Nearly always one slot; a split huge page is one
/// run of 512. Later runs of a level hide earlier ones.
template <class D>
struct Slot {
  using W = typename D::Word;
  W first{};     ///< virtual address >> shift of the level
  W value{};     ///< the bit-exact entry
  W restored{};  ///< what a migration entry becomes when its migration ends; 0: never ends.
                 ///< In a run: the first slot's, the others advancing as leaves do
  std::uint32_t count = 1;
  std::int8_t stride = 0;  ///< added per slot: 0 nothing, +k 1 << k, -k minus 1 << k (inverted frames)
};

enum class FolioKind : std::uint8_t { normal, hugetlb, zero_page, huge_zero, reserved };
inline constexpr int kFolioKinds = 5;

/// One folio. Anon-exclusive is one flag a folio: for hugetlb that is exact
/// (it lives on the head, facts 1.9); for a PTE-mapped THP it is the
/// simplification named in docs/fidelity.md.
template <class D>
struct Folio {
  using W = typename D::Word;
  using B = typename D::Cond;
  W pfn{};       ///< first page-frame number, aligned to the order
  W refcount{};  ///< signed 32-bit value, kept as a 64-bit word
  W pincount{};  ///< large folios only (facts 1.7)
  W mapcount{};  ///< how many entries map it (entire mappings for a PMD/PUD-mapped one)
  FolioKind kind = FolioKind::normal;
  std::uint8_t order = 0;
  B anon{};
  B exclusive{};    ///< PG_anon_exclusive
  B dirty{};        ///< PG_dirty
  B referenced{};   ///< PG_referenced
  B unpinnable{};   ///< CMA or ZONE_MOVABLE: not longterm pinnable (facts 1.7)
  B hwpoison{};     ///< PG_hwpoison
  B p2pdma{};       ///< PCI peer-to-peer memory
  B swapcache{};    ///< in the swap cache: one more reference is expected
};

/// `2^order` consecutive pages of a file held by a folio.
template <class D>
struct PageCacheEntry {
  using W = typename D::Word;
  using B = typename D::Cond;
  W index{};                 ///< first file offset, in base pages, aligned to the folio
  std::uint16_t file = 0;
  std::uint16_t folio = 0;   ///< index into World::folios
  B present{true};           ///< false: not in the cache after all (theorems only)
};

/// What the kernel around the walk will answer. "At the n-th" counts from 1; 0 means never.
template <class D>
struct Environment {
  using W = typename D::Word;
  using B = typename D::Cond;
  W huge_pool{};            ///< free huge pages the faults may take (every size)
  W alloc_fail_at{};        ///< the n-th page or page-table allocation fails (VM_FAULT_OOM)
  W fatal_signal_at{};      ///< the n-th signal check sees a fatal signal pending (and every later one)
  W signal_at{};            ///< likewise for a non-fatal signal
  W mmap_lock_fail_at{};    ///< the n-th acquisition of mmap_lock fails, if it is killable
  W userfault_wakes{};      ///< how often a wait for userfaultfd is woken; then it sleeps for ever
  B migrate_fails{};        ///< longterm migration cannot move the folio
  B isolate_fails{};        ///< longterm migration cannot isolate the folio
};

/// The API that was called (facts 1.14).
enum class Api : std::uint8_t {
  internal,          ///< __get_user_pages() itself, internal flags given
  get,               ///< get_user_pages
  pin,               ///< pin_user_pages
  get_remote,        ///< get_user_pages_remote
  pin_remote,        ///< pin_user_pages_remote
  get_unlocked,      ///< get_user_pages_unlocked
  pin_unlocked,      ///< pin_user_pages_unlocked
  populate,          ///< populate_vma_page_range (mlock, MAP_POPULATE)
  madvise_populate,  ///< faultin_page_range (MADV_POPULATE_READ/WRITE)
  dump_page,         ///< get_dump_page
  get_fast,          ///< get_user_pages_fast
  pin_fast,          ///< pin_user_pages_fast
  get_fast_only,     ///< get_user_pages_fast_only
  pin_fast_only,     ///< pin_user_pages_fast_only, gone in later kernels (docs/fidelity.md)
};
inline constexpr int kApis = 14;
/// The fast APIs: the lockless walk first (facts 2).
constexpr bool is_fast(Api a) { return a >= Api::get_fast && a <= Api::pin_fast_only; }
/// Of them those that stop there.
constexpr bool is_fast_only(Api a) { return a == Api::get_fast_only || a == Api::pin_fast_only; }
/// APIs that take mmap_lock themselves.
constexpr bool takes_mmap_lock(Api a) {
  return a == Api::get_unlocked || a == Api::pin_unlocked || a == Api::dump_page || is_fast(a);
}
/// APIs that add FOLL_PIN.
constexpr bool is_pin(Api a) {
  return a == Api::pin || a == Api::pin_remote || a == Api::pin_unlocked || a == Api::pin_fast || a == Api::pin_fast_only;
}

/// One call.
template <class D>
struct Request {
  using W = typename D::Word;
  W start{};                   ///< user virtual address, may be unaligned
  W flags{};                   ///< FOLL_ flags as the caller gives them
  std::uint32_t nr_pages = 1;  ///< base pages asked for
  Api api = Api::get;
  bool pages_null = false;     ///< pages == NULL
  bool locked_ptr = false;     ///< remote APIs: &locked given (with *locked == 1)
};

/// Build-time configuration of the modelled kernel and the machine.
struct Config {
  Architecture arch = Architecture::x86_64;
  std::uint8_t variant = 0;      ///< index into the architecture's geometries: page size, levels, machine
  bool thp = true;               ///< CONFIG_TRANSPARENT_HUGEPAGE
  bool pud_devmap = true;        ///< CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD with ZONE_DEVICE
  bool split_pte_ptlocks = true; ///< a lock a PTE table (CONFIG_SPLIT_PTE_PTLOCKS)
  bool split_pmd_ptlocks = true; ///< a lock a PMD table (CONFIG_SPLIT_PMD_PTLOCKS)
  bool huge_leaves = true;       ///< CONFIG_PGTABLE_HAS_HUGE_LEAVES: THP or hugetlb is configured
  bool memory_failure = true;    ///< CONFIG_MEMORY_FAILURE: numbering of swap types (facts 4.1)
  bool device_private = false;   ///< CONFIG_DEVICE_PRIVATE: numbering of swap types (facts 4.1)
  bool soft_dirty = true;        ///< CONFIG_MEM_SOFT_DIRTY
  bool shmem_thp = true;         ///< shmem allocates THPs where VM_HUGEPAGE is set (shmem_enabled=advise)

  friend bool operator==(const Config&, const Config&) = default;
};

/// Index of the zero page and the huge zero folio: every world holds both.
inline constexpr int kZeroFolio = 0;
inline constexpr int kHugeZeroFolio = 1;

/// Everything a walk can see. Plain data: copying it is the whole of "restore".
template <class D>
struct World {
  Config config;
  List<Vma<D>, 3> vmas;                ///< sorted, disjoint
  List<Slot<D>, 4> slots[kSlotLists];  ///< by Level
  List<Folio<D>, 6> folios;            ///< [0] zero page, [1] huge zero folio
  List<PageCacheEntry<D>, 3> page_cache;
  Environment<D> env;
  Request<D> request;
};

}  // namespace gupdiff
