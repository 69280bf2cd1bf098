// SPDX-License-Identifier: GPL-2.0-only
// The premise of the safety properties: page tables a kernel could have written
// (facts 8.3, G1, G3, G6). Outside it a walk may be handed nonsense.
#pragma once

#include "model/arch/huge_predicates.hpp"
#include "model/machine/slots.hpp"

namespace gupdiff {

/// G1 of hugepd: a directory lies in a mapping of its own page size, an entry below one in a
/// mapping whose pages hang off directories.
template <class D>
bool hugepd_fits_its_vma(const World<D>& w, Level level, const Slot<D>& s) {
  const Arch<D> arch(w.config);
  const auto address = s.first << arch.shift(level);
  const std::uint64_t bytes = std::uint64_t{s.count} << arch.shift(level);
  const HugetlbSize* size = level == Level::hugepte ? nullptr : arch.hugepd_size(s.value);
  for (const auto& v : w.vmas) {
    if (!D::truth(address < v.end && address + bytes > v.start)) continue;
    if (v.kind != VmaKind::hugetlb) return false;
    const HugetlbSize& own = *arch.geometry().hugetlb_size(v.huge_order);
    if (!own.hugepd() || (size && size->order != own.order)) return false;
  }
  return true;
}

/// G1, for one run of `level`: a table entry is what the kernel writes for one (hardware's
/// bits apart), and so is a leaf, of which pXd_huge() and pXd_leaf() say the same; inside a hugetlb
/// VMA leaves live at the huge page's own level only.
template <class D>
bool fits_its_vma(const World<D>& w, Level level, const Slot<D>& s) {
  const Arch<D> arch(w.config);
  if (level == Level::hugepte || (level != Level::pte && D::truth(arch.is_hugepd(level, s.value))))
    return hugepd_fits_its_vma(w, level, s);
  const auto address = s.first << arch.shift(level);
  const bool may_be_leaf = level <= Level::pud;
  const bool leaf = level == Level::pte || (may_be_leaf && D::truth(arch.leaf_format(level, s.value)));
  const bool table = !leaf && D::truth(arch.table_format(level, s.value));
  if (table && !D::truth(arch.plain_table(s.value))) return false;
  // No kernel writes a PROT_NONE table entry, nor a leaf that is not present at all.
  if (leaf && level > Level::pte && !D::truth(arch.pte_present(s.value))) return false;
  if (!leaf && level > Level::pte && may_be_leaf && D::truth(arch.protnone(s.value))) return false;
  // arm64: a PROT_NONE leaf that says table is one to the hardware as soon as a NUMA fault makes it valid.
  if (leaf && level > Level::pte && D::truth(pxd_huge_apart_if_present<D>(arch, s.value, typename D::Cond(true)))) return false;
  bool in_set = false;
  for (const auto& v : w.vmas) {
    if (v.kind != VmaKind::hugetlb) continue;
    if (!D::truth(address < v.end && address + arch.span(level) > v.start)) continue;
    const HugetlbSize& size = *arch.geometry().hugetlb_size(v.huge_order);
    const Level own = size.hugepd() ? size.directory : size.level;
    in_set = level == own && size.entries_log2 > 0;
    if (level < own && !D::truth(arch.none(s.value))) return false;
    if (level > own && leaf) return false;
    if (level == own && table && level > Level::pte) return false;
  }
  // Only hugetlb makes contiguous sets here.
  return in_set || !leaf || !D::truth(arch.pte_present(s.value) && arch.contiguous(s.value));
}

/// Whether entry `e` of a PMD or PUD table maps, or did before it was swapped, a page of its own. Tables are told
/// first: powerpc's have no present bit, as swap entries have none.
template <class D>
typename D::Cond leaf_or_swap(const Arch<D>& arch, Level level, typename D::Word e) {
  return arch.leaf_format(level, e) || (arch.is_swap(e) && !arch.table_format(level, e));
}

/// G1, for one run of `level`: no huge page goes beyond its mapping. Where a mapping begins or ends THPs are split
/// (vma_adjust_trans_huge()), and device memory and hugetlb allow no such place (dev_dax_may_split(),
/// hugetlb_vm_op_split()).
template <class D>
bool ends_with_its_vma(const World<D>& w, Level level, const Slot<D>& s) {
  const Arch<D> arch(w.config);
  if (level != Level::pmd && level != Level::pud) return true;
  if (!D::truth(leaf_or_swap<D>(arch, level, s.value))) return true;
  const auto address = s.first << arch.shift(level);
  const auto end = address + (std::uint64_t{s.count} << arch.shift(level));
  const std::uint64_t inside = arch.span(level) - 1;
  for (const auto& v : w.vmas)
    if (D::truth((v.start > address && v.start < end && (v.start & inside) != 0u) ||
                 (v.end > address && v.end < end && (v.end & inside) != 0u)))
      return false;
  return true;
}

/// G3, for one run of `level`: a writable entry maps no zero page and no anonymous page that
/// is not exclusive; a leaf maps an aligned part of one folio.
template <class D>
bool fits_its_folio(const World<D>& w, Level level, const Slot<D>& s) {
  const Arch<D> arch(w.config);
  if (level > Level::pud && level != Level::hugepte) return true;
  if (!D::truth(arch.pte_present(s.value))) return true;
  if (level != Level::pte && !D::truth(arch.leaf_format(level, s.value))) return true;
  if (!D::truth(arch.whole_permissions(s.value))) return false;
  const auto pfn = arch.leaf_pfn(level, s.value);
  if (!D::truth(pfn == arch.pte_pfn(s.value))) return false;
  const int i = folio_index<D>(w, pfn);
  if (i < 0) return true;
  const Folio<D>& f = w.folios[static_cast<std::size_t>(i)];
  const auto address = s.first << arch.shift(level);
  if (f.order < arch.geometry().leaf_order(level)) {
    // Of device memory a leaf may map many folios (D16).
    if (!D::truth(arch.devmap(s.value))) return false;
    for (const auto& v : w.vmas)
      if (v.kind == VmaKind::hugetlb && D::truth(address < v.end && address + arch.span(level) > v.start)) return false;
  }
  // G6: a shared mapping maps no anonymous pages.
  for (const auto& v : w.vmas)
    if (D::truth(f.anon && (v.flags & (VM_MAYSHARE | VM_SHARED)) != 0u && address < v.end &&
                 address + arch.span(level) > v.start))
      return false;
  // Device and special entries map no anonymous pages.
  if (D::truth(arch.devmap(s.value) || arch.special(s.value))) {
    if (D::truth(f.anon)) return false;
    for (const auto& other : w.folios)
      if (D::truth(other.anon && other.pfn - pfn < (std::uint64_t{1} << arch.geometry().leaf_order(level)))) return false;
  }
  if (!D::truth(arch.write(s.value))) return true;
  if (f.kind == FolioKind::zero_page || f.kind == FolioKind::huge_zero) return false;
  return D::truth(!f.anon || f.exclusive);
}

/// G5, G6: only anonymous folios are exclusive, the page cache holds none of them, and the zero
/// pages are none.
template <class D>
bool folios_fit(const World<D>& w) {
  for (const auto& f : w.folios)
    if (D::truth(f.exclusive && !f.anon)) return false;
  for (const Folio<D>* zero : {&w.folios[kZeroFolio], &w.folios[kHugeZeroFolio]})
    if (D::truth(zero->anon)) return false;
  for (const auto& c : w.page_cache)
    if (D::truth(c.present && w.folios[c.folio].anon)) return false;
  return true;
}

/// The swap cache holds a reference to every page of a folio; a count that has run over (negative, as an int is)
/// says nothing of that. One condition, nothing forks.
template <class D>
typename D::Cond swap_cache_is_counted(const World<D>& w) {
  typename D::Cond holds(true);
  for (const auto& f : w.folios) {
    const auto run_over = (f.refcount >> 63) != 0u;
    holds = holds && (!f.swapcache || (!run_over && f.refcount >= (std::uint64_t{1} << f.order) + 1u));
  }
  return holds;
}

/// G6, for one run of `level`: a shared mapping maps no anonymous page.
template <class D>
bool fits_sharing(const World<D>& w, Level level, const Slot<D>& s) {
  const Arch<D> arch(w.config);
  if ((level > Level::pud && level != Level::hugepte) || !D::truth(arch.pte_present(s.value))) return true;
  const int i = folio_index<D>(w, arch.leaf_pfn(level, s.value));
  if (i < 0 || !D::truth(w.folios[static_cast<std::size_t>(i)].anon)) return true;
  const auto address = s.first << arch.shift(level);
  const std::uint64_t bytes = std::uint64_t{s.count} << arch.shift(level);
  for (const auto& v : w.vmas)
    if (D::truth((v.flags & VM_MAYSHARE) != 0u && address < v.end && address + bytes > v.start)) return false;
  return true;
}

/// G2, for the contiguous set that begins at slot `first`: all entries are members of one set,
/// equal but for the accessed and dirty bits, or the same non-present word.
template <class D>
bool set_is_uniform(const World<D>& w, const HugetlbSize& size, typename D::Word first) {
  const Arch<D> arch(w.config);
  const unsigned shift = arch.shift(size.level);
  const auto head = entry_at<D>(w, size.level, first << shift);
  const bool present = D::truth(arch.pte_present(head));
  if (present && !D::truth(arch.contiguous(head) && (arch.pte_pfn(head) & ((std::uint64_t{1} << size.order) - 1)) == 0u))
    return false;
  // Where every member holds the first frame, nothing else says that the folio is as large.
  if (const int i = present ? folio_index<D>(w, arch.pte_pfn(head)) : -1;
      i >= 0 && w.folios[static_cast<std::size_t>(i)].order < size.order)
    return false;
  const auto without_marks = [&](typename D::Word e) { return arch.mkold(arch.mkclean(e)); };
  for (std::uint32_t i = 1; i < size.entries(); ++i) {
    const auto e = entry_at<D>(w, size.level, (first + std::uint64_t{i}) << shift);
    if (!present && !D::truth(e == head)) return false;
    if (present && !D::truth(without_marks(e) == without_marks(arch.contiguous_member(head, size, i)))) return false;
  }
  return true;
}

/// G2, for one run of `level`: what lies in a hugetlb VMA of a contiguous size makes up whole
/// sets, and so does what migrations leave behind.
template <class D>
bool fits_its_set(const World<D>& w, Level level, const Slot<D>& s) {
  const Arch<D> arch(w.config);
  const auto address = s.first << arch.shift(level);
  for (const auto& v : w.vmas) {
    if (v.kind != VmaKind::hugetlb) continue;
    const HugetlbSize& size = *arch.geometry().hugetlb_size(v.huge_order);
    if (size.entries_log2 == 0 || size.level != level) continue;
    const std::uint64_t n = size.entries();
    if (!D::truth(address < v.end && address + (std::uint64_t{s.count} << arch.shift(level)) > v.start)) continue;
    for (std::uint64_t i = 0; i < s.count + n - 1; i += n)
      if (!set_is_uniform<D>(w, size, (s.first + i) & ~(n - 1))) return false;
    if (D::truth(s.restored == 0u)) continue;
    if (s.count % n != 0 || !D::truth((s.first & (n - 1)) == 0u && arch.contiguous(s.restored))) return false;
    if (!D::truth((arch.pte_pfn(s.restored) & ((std::uint64_t{1} << size.order) - 1)) == 0u)) return false;
    const int i = folio_index<D>(w, arch.pte_pfn(s.restored));
    if (i >= 0 && w.folios[static_cast<std::size_t>(i)].order < size.order) return false;
  }
  return true;
}

/// G3, G6, for folio `i`, not anonymous, mapped at `address` of the private mapping `v`: anonymous memory knows
/// the zero pages alone, hugetlb the page cache's page of the address.
template <class D>
bool private_mapping_has(const World<D>& w, const Vma<D>& v, typename D::Word address, int i) {
  const Folio<D>& f = w.folios[static_cast<std::size_t>(i)];
  if (v.kind == VmaKind::anonymous) return f.kind == FolioKind::zero_page || f.kind == FolioKind::huge_zero;
  if (v.kind != VmaKind::hugetlb) return true;
  const auto index = v.pgoff + ((address - v.start) >> geometry_of(w.config).page_shift);
  for (const auto& c : w.page_cache)
    if (c.file == v.file && c.folio == i && D::truth(c.present && (c.index >> f.order) == (index >> f.order))) return true;
  return false;
}

/// G3, G6, for the leaves of private mappings that map no anonymous page: read-only, and what belongs there.
template <class D>
bool private_files_fit(const World<D>& w) {
  const Arch<D> arch(w.config);
  for (int l = 0; l < kSlotLists; ++l) {
    const Level level = static_cast<Level>(l);
    if (level > Level::pud && level != Level::hugepte) continue;
    for (const auto& s : w.slots[l])
      for (const auto& e : {s.value, s.restored}) {
        if (!D::truth(arch.pte_present(e))) continue;
        if (level != Level::pte && level != Level::hugepte && !D::truth(arch.leaf_format(level, e))) continue;
        const int i = folio_index<D>(w, arch.leaf_pfn(level, e));
        if (i < 0 || D::truth(w.folios[static_cast<std::size_t>(i)].anon)) continue;
        const auto address = s.first << arch.shift(level);
        const std::uint64_t bytes = std::uint64_t{s.count} << arch.shift(level);
        for (const auto& v : w.vmas) {
          if (!D::truth((v.flags & (VM_SHARED | VM_MAYSHARE)) == 0u && address < v.end && address + bytes > v.start)) continue;
          if (D::truth(arch.write(e)) || !private_mapping_has<D>(w, v, address, i)) return false;
        }
      }
  }
  return true;
}

/// G1, G4, G8, for entry `e` of `level` at `address`, not none, in the mapping `v`: it is of a kind that a fault of the mapping
/// knows what to do about. Outside hugetlb a huge page is a THP or device memory, and is neither swapped, poisoned nor marked
/// as one.
template <class D>
bool repairable(const World<D>& w, const Vma<D>& v, Level level, typename D::Word e) {
  const Arch<D> arch(w.config);
  const SwapTypes swap = swap_types(w.config);
  const bool hugetlb = v.kind == VmaKind::hugetlb;
  const HugetlbSize* size = hugetlb ? arch.geometry().hugetlb_size(v.huge_order) : nullptr;
  if (D::truth(arch.is_swap(e))) {
    const bool migrates = D::truth(arch.is_migration(swap, e));
    // Whoever unregisters userfaultfd takes its markers away.
    if (hugetlb && D::truth(arch.is_marker(swap, e) && (arch.swp_offset(e) & kMarkerUffdWp) != 0u && (v.flags & VM_UFFD_WP) == 0u)) return false;
    if (hugetlb) return level == size->level && (migrates || D::truth(arch.is_hwpoison(swap, e) || arch.is_marker(swap, e)));
    return level == Level::pte || (level == Level::pmd && migrates);
  }
  if (!D::truth(arch.pte_present(e))) return false;
  if (D::truth(arch.uffd_wp(e)) && (D::truth((v.flags & VM_UFFD_WP) == 0u) || D::truth(arch.write(e)))) return false;
  const bool device = D::truth(arch.devmap(e)), special = D::truth(arch.special(e));
  if (hugetlb && (device || special)) return false;
  // mprotect() does not know device PUDs.
  if (device && level != Level::pte && (v.kind != VmaKind::fsdax || (level == Level::pud && (!w.config.pud_devmap || D::truth(arch.protnone(e))))))
    return false;
  const int i = folio_index<D>(w, arch.leaf_pfn(level, e));
  if (i < 0) return device || special;
  // Anonymous pages come from writes: no mapping that can never be written has one.
  if (D::truth(w.folios[static_cast<std::size_t>(i)].anon && (v.flags & (VM_SHARED | VM_MAYWRITE)) != std::uint64_t{VM_MAYWRITE})) return false;
  const bool of_hugetlb = w.folios[static_cast<std::size_t>(i)].kind == FolioKind::hugetlb;
  // What an entry maps is counted as mapped.
  if (of_hugetlb && D::truth(w.folios[static_cast<std::size_t>(i)].mapcount == 0u)) return false;
  if (hugetlb || of_hugetlb) return hugetlb && of_hugetlb && level == size->level && w.folios[static_cast<std::size_t>(i)].order == size->order;
  if (level == Level::pte || device) return true;
  return level == Level::pmd && w.config.thp && v.kind <= VmaKind::file && D::truth(arch.pmd_trans_huge(e));
}

/// Whether a table entry that is not none points to the table of its slots.
template <class D>
bool links_its_table(const World<D>& w, Level level, typename D::Word key, typename D::Word e) {
  const Arch<D> arch(w.config);
  if (!D::truth(arch.table_format(level, e) && arch.plain_table(e))) return false;
  const auto bad = level == Level::pmd ? arch.pmd_bad(e) : level == Level::pud ? arch.pud_bad(e) : level == Level::p4d ? arch.p4d_bad(e) : arch.pgd_bad(e);
  const Geometry& g = arch.geometry();
  return !D::truth(bad) && D::truth(arch.table_frame(e) == g.table_pfn(static_cast<Level>(static_cast<int>(level) - 1), key << g.bits(static_cast<Level>(static_cast<int>(level) - 1))));
}

/// Slices (powerpc): where pages of hugetlb mapping `v` hang off directories, these span no other mapping.
template <class D>
bool has_directories_alone(const World<D>& w, const Vma<D>& v) {
  const Arch<D> arch(w.config);
  if (v.kind != VmaKind::hugetlb || !arch.geometry().has_hugepd) return true;
  const HugetlbSize& size = *arch.geometry().hugetlb_size(v.huge_order);
  if (!size.hugepd()) return true;
  const std::uint64_t rest = (arch.span(size.directory) * size.directories()) - 1;
  for (const auto& u : w.vmas)
    if (u.kind != VmaKind::hugetlb || u.huge_order != v.huge_order)
      if (D::truth(u.start <= (v.end | rest) && u.end > (v.start & ~rest))) return false;
  return true;
}

/// What GUP-fast relies on, which no VMA tells where it may go: what is at `address` lies in a mapping.
template <class D>
bool lies_in_a_mapping(const World<D>& w, typename D::Word address) {
  for (const auto& v : w.vmas)
    if (D::truth(address >= v.start && address < v.end)) return true;
  return false;
}

/// What GUP relies on beyond the single entry, for the property that a call ends: a call its callers could make,
/// mappings as mmap() makes them, every table there, and in each slot what a fault can repair.
template <class D>
bool complete(const World<D>& w) {
  const Arch<D> arch(w.config);
  const auto& r = w.request;
  const bool refers = D::truth((r.flags & (FOLL_GET | FOLL_PIN)) != 0u);
  if (is_fast(r.api) && r.pages_null) return false;
  if (r.api == Api::internal ? refers == r.pages_null : r.pages_null && refers) return false;
  // A file opened for reading is what VM_MAYSHARE without VM_SHARED says.
  for (const auto& v : w.vmas)
    if (D::truth((v.flags & (VM_SHARED | VM_MAYSHARE | VM_MAYWRITE)) == std::uint64_t{VM_MAYSHARE | VM_MAYWRITE} ||
                 (v.flags & (VM_SHARED | VM_MAYSHARE)) == std::uint64_t{VM_SHARED}))
      return false;
  for (const auto& v : w.vmas)
    if (!has_directories_alone<D>(w, v)) return false;
  // Huge pages of hugetlbfs are in its files alone.
  for (const auto& v : w.vmas)
    for (const auto& c : w.page_cache)
      if (v.kind != VmaKind::anonymous && c.file == v.file &&
          (w.folios[c.folio].kind == FolioKind::hugetlb) != (v.kind == VmaKind::hugetlb))
        return false;
  for (const auto& f : w.folios)
    if (f.kind == FolioKind::hugetlb && D::truth(f.anon && f.exclusive && f.mapcount != 0u && f.mapcount != 1u)) return false;
  for (int l = 0; l < kSlotLists; ++l) {
    const Level level = static_cast<Level>(l);
    for (const auto& s : w.slots[l])
      for (const auto& e : {s.value, s.restored}) {
        if (D::truth(arch.none(e))) {
          if (level == Level::pgd && !D::truth(arch.pgd_none(e))) return false;  // accessed or dirty alone
          continue;
        }
        const bool directory = level != Level::pte && level != Level::hugepte && D::truth(arch.is_hugepd(level, e));
        if (directory) continue;
        const bool leaf = level == Level::pte || level == Level::hugepte ||
                          (level <= Level::pud && D::truth(leaf_or_swap<D>(arch, level, e)));
        if (!leaf) {
          if (!links_its_table<D>(w, level, s.first, e)) return false;
          continue;
        }
        const auto address = s.first << arch.shift(level);
        const std::uint64_t bytes = std::uint64_t{s.count} << arch.shift(level);
        if (is_fast(r.api) && level != Level::hugepte && !lies_in_a_mapping<D>(w, address)) return false;
        for (const auto& v : w.vmas)
          if (D::truth(address < v.end && address + bytes > v.start) && !repairable<D>(w, v, level, e)) return false;
      }
  }
  return true;
}

/// Whether a kernel could have written the page tables of `w`. May fork in a symbolic
/// domain; ask only when a property's claim fails.
template <class D>
bool written_by_a_kernel(const World<D>& w) {
  if (!folios_fit<D>(w)) return false;
  for (int l = 0; l < kSlotLists; ++l)
    for (const auto& s : w.slots[l]) {
      if (!fits_its_vma<D>(w, static_cast<Level>(l), s) || !ends_with_its_vma<D>(w, static_cast<Level>(l), s) || !fits_its_folio<D>(w, static_cast<Level>(l), s) ||
          !fits_sharing<D>(w, static_cast<Level>(l), s) || !fits_its_set<D>(w, static_cast<Level>(l), s))
        return false;
      // What a migration leaves behind was written by a kernel as well.
      Slot<D> after = s;
      after.value = s.restored;
      if (!fits_its_vma<D>(w, static_cast<Level>(l), after) || !ends_with_its_vma<D>(w, static_cast<Level>(l), after) || !fits_its_folio<D>(w, static_cast<Level>(l), after) || !fits_sharing<D>(w, static_cast<Level>(l), after))
        return false;
    }
  return true;
}

}  // namespace gupdiff
