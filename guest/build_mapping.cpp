// SPDX-License-Identifier: GPL-2.0-only
// The mapping of a captured state and its first touch.
#include "guest/state_builder.hpp"

namespace gupdiff {

std::string build_mapping(MemoryBuilder& b, const StateWord& s) {
  const Geometry& g = b.m.arch.geometry();
  const HugetlbSize* size = s.hugetlb_size(g);
  if (s.huge() && !size) return "the machine has no hugetlb pages of this size";
  const std::uint64_t length = s.length(g), unit = s.unit(g);
  // The file ends after the first unit; mapping hugetlbfs extends it again, empty.
  const std::uint64_t filled = s.mod == "beyond" ? unit : length;
  const std::uint64_t file_length = s.huge() ? length : filled;

  std::uint64_t flags = s.prot | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_SOFTDIRTY;
  if (!s.is_private()) flags |= VM_SHARED | VM_MAYSHARE;
  // A read-only descriptor leaves a "shared" mapping private in all but name;
  // F_SEAL_FUTURE_WRITE keeps it shared but never writable.
  if (s.map == MapKind::file_read_only) flags &= ~std::uint64_t{VM_SHARED | VM_MAYWRITE};
  if (s.mod == "sealfw") flags &= ~std::uint64_t{VM_MAYWRITE};
  if (s.huge()) flags |= VM_HUGETLB;
  if (s.kind == UnitKind::t2) flags |= VM_HUGEPAGE;
  if (s.kind == UnitKind::k4 && s.map == MapKind::anon_private) flags |= VM_NOHUGEPAGE;

  const VmaKind kind = s.huge() ? VmaKind::hugetlb
                       : s.map == MapKind::anon_private ? VmaKind::anonymous
                                                        : VmaKind::shmem;
  auto& v = b.map(kCaptureBase, length, flags, kind);
  v.file = kMappedFile;
  v.file_pages = file_length >> g.page_shift;
  if (s.huge()) {
    v.huge_order = size->order;
    v.resv_owner = s.is_private() && s.mod != "nopool";
  }
  // Execute-only memory gets a protection key of its own that denies all data accesses.
  if (s.prot == VM_EXEC && g.has_pkeys) {
    v.pkey = 1;
    v.pkey_no_access = true;
  }
  if (s.cached) {
    const std::uint8_t order = s.huge() ? v.huge_order : s.kind == UnitKind::t2 ? b.m.pmd_order() : 0;
    b.fill_cache(kMappedFile, filled >> g.page_shift, order, s.huge() ? FolioKind::hugetlb : FolioKind::normal);
  }
  if (s.mod == "nopool") b.m.w.env.huge_pool = 0;

  bool touched = true;
  if (s.touch == 'r' || s.touch == 'w') touched = b.touch(kCaptureBase, s.touch == 'w');
  if (s.touch == 'W') {
    for (std::uint64_t a = 0; a < length; a += unit) touched = touched && b.touch(kCaptureBase + a, true);
  }
  return touched ? "" : "the model refused the program's own first touch";
}

}  // namespace gupdiff
