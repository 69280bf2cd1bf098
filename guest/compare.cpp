// SPDX-License-Identifier: GPL-2.0-only
// One captured call against the model's run of it.
#include "guest/compare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "guest/frame_map.hpp"
#include "guest/memory_builder.hpp"

namespace gupdiff {
namespace {


constexpr const char* kTerminationNames[] = {"returned", "loops for ever",        "sleeps for ever",
                                             "oops",     "BUG", "reached a bound of the model"};

Comparison differs(const char* field, std::string detail) {
  return {Agreement::mismatch, field, std::move(detail)};
}

/// A call that never returned: waiting for userfaultfd, or going round.
Comparison compare_blocked(const CaptureRecord& r, const Machine<Concrete>& m) {
  const bool waits = std::find(r.stack.begin(), r.stack.end(), "handle_userfault") != r.stack.end();
  const Termination expected = waits ? Termination::sleeps : Termination::livelock;
  if (m.termination == expected) return {};
  return differs("termination", fmt::format("the kernel {}, the model {}{}",
                                            kTerminationNames[static_cast<int>(expected)],
                                            kTerminationNames[static_cast<int>(m.termination)],
                                            m.halted() ? "" : fmt::format(" {}", static_cast<std::int64_t>(m.ret))));
}

std::string compare_pages(const CaptureRecord& r, const Machine<Concrete>& m, FrameMap& map) {
  const auto pages = expand(r.pages_got);
  std::size_t n = 0;
  for (const auto& run : m.pages) {
    for (std::uint32_t i = 0; i < run.count; ++i, ++n) {
      if (n >= pages.size()) return "the model hands out more pages";
      if (run.index + i != n) return fmt::format("page {} goes to slot {} in the model", n, run.index + i);
      const std::string difference = compare_frame(m, run.pfn + i, pages[n], map);
      if (!difference.empty()) return fmt::format("page {}: {}", n, difference);
    }
  }
  return n == pages.size() ? "" : fmt::format("the model hands out {} pages, the kernel {}", n, pages.size());
}

const PageRun<Concrete>* run_at(const Machine<Concrete>& m, std::uint32_t index) {
  for (const auto& run : m.pages) {
    if (index >= run.index && index < run.index + run.count) return &run;
  }
  return nullptr;
}

/// References and pins while the pages were held: against the counts before the call
/// where the record has them, else (a folio not mapped there before) as they are; of
/// the zero pages, whose counts the kernel's mappings do not move, what the call added.
std::string compare_folio(const CapturedFolio& f, bool special, const World<Concrete>& before, const Machine<Concrete>& m) {
  const PageRun<Concrete>* run = run_at(m, f.index);
  const int i = run ? m.find_folio(run->pfn + (f.index - run->index)) : -1;
  if (i < 0) return fmt::format("F{} is no folio of the model", f.id);
  const auto& folio = m.w.folios[i];
  if (folio.order != f.order) return fmt::format("F{} has order {} in the model, {} in the kernel", f.id, folio.order, f.order);
  const bool known_before = static_cast<std::size_t>(i) < before.folios.size();
  const auto was = [&](std::uint64_t Folio<Concrete>::*count) {
    return known_before ? static_cast<std::int64_t>(before.folios[i].*count) : 0;
  };
  const auto now = [&](std::uint64_t Folio<Concrete>::*count) { return static_cast<std::int64_t>(folio.*count); };
  using Counted = Folio<Concrete>;
  const bool zero = folio.kind == FolioKind::zero_page || folio.kind == FolioKind::huge_zero;
  std::int64_t kernel = f.ref_held, model = now(&Counted::refcount);
  if (zero) {
    kernel = f.ref_held - f.ref_after;
    model -= was(&Counted::refcount);
  } else if (f.ref_before) {
    kernel = f.ref_held - *f.ref_before;
    model -= was(&Counted::refcount);
  }
  if (kernel != model) return fmt::format("F{}: references {} in the model, {} in the kernel", f.id, model, kernel);
  if (f.pin_held >= 0) {
    const std::int64_t pins = f.pin_held - f.pin_after;
    const std::int64_t model_pins = now(&Counted::pincount) - was(&Counted::pincount);
    if (pins != model_pins) return fmt::format("F{}: pins {} in the model, {} in the kernel", f.id, model_pins, pins);
  }
  const auto flag = [&](std::string_view name) {
    const std::string padded = "," + f.held + ",";
    return padded.find("," + std::string(name) + ",") != std::string::npos;
  };
  if (zero) return "";
  if (folio.anon != flag("anon")) return fmt::format("F{}: anonymous is {} in the model", f.id, folio.anon);
  // The kernel keeps the exclusive mark of a PMD-mapped huge page on its first page only.
  const bool first = run->pfn + (f.index - run->index) == folio.pfn;
  if (folio.anon && first && folio.exclusive != flag("excl")) {
    return fmt::format("F{}: exclusive is {} in the model", f.id, folio.exclusive);
  }
  // Hugetlb pages come from the pool with a stale dirty flag; special states begin with any.
  const bool dirty_known = folio.kind == FolioKind::normal && !special;
  if (dirty_known && folio.dirty != flag("dirty")) return fmt::format("F{}: dirty is {} in the model", f.id, folio.dirty);
  return "";
}

/// One list of faults against the model's.
std::string compare_faults(const std::vector<CapturedFault>& recorded, std::size_t count,
                           const std::vector<Fault<Concrete>>& faults, const Rebuilt& before, const Machine<Concrete>& m) {
  if (faults.size() != count) {
    return fmt::format("{} faults in the model, {} in the kernel", faults.size(), count);
  }
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    const auto& f = faults[i];
    const std::int64_t page = static_cast<std::int64_t>(f.address - (before.start & m.arch.geometry().page_mask())) >> m.arch.page_shift();
    const std::uint64_t result = before.machine.recorded_result(f.result);
    if (page != recorded[i].page || f.flags != recorded[i].flags || result != recorded[i].result) {
      return fmt::format("fault {}: page {} flags {:#x} result {:#x} in the model, page {} flags {:#x} result {:#x} in the kernel",
                         i, page, f.flags, result, recorded[i].page, recorded[i].flags, recorded[i].result);
    }
  }
  return "";
}

/// Faults of handle_mm_fault(), and those of hugetlb_fault() where the kernel calls that itself.
std::string compare_faults(const CaptureRecord& r, const Rebuilt& before, const Machine<Concrete>& m) {
  std::string difference = compare_faults(r.faults, r.fault_count, m.faults, before, m);
  if (!difference.empty() || m.era.hugetlb_through_mm_fault || !r.hugetlb_faults_recorded) return difference;
  difference = compare_faults(r.hugetlb_faults, r.hugetlb_fault_count, m.hugetlb_faults, before, m);
  return difference.empty() ? "" : "hugetlb: " + difference;
}

/// The frame in the entry afterwards, where the record names its folio; an entry the
/// kernel left alone must be untouched in the model too.
std::string compare_entry_frame(const CaptureRecord& r, const Rebuilt& before, const Machine<Concrete>& m, FrameMap& map) {
  const LeafEntry e = walk_entry(m, before.start);
  if (r.raw_before == r.raw_after && r.before.level == r.after.level) {
    Machine<Concrete> untouched;
    untouched.reset(before.world, m.era);
    if (walk_entry(untouched, before.start).value != e.value) return "the kernel left the entry alone";
    return "";
  }
  if (r.after.folio < 0 || e.table_missing) return "";
  const std::uint64_t inside = m.page_in(e.level, before.start);
  const std::uint64_t pfn = m.arch.leaf_pfn(e.level, e.value) + inside;
  const int folio = m.find_folio(pfn);
  // The zero pages are named like folios here.
  if (folio == kZeroFolio || folio == kHugeZeroFolio) return map.pair(r.after.folio, folio) ? "" : "another folio";
  return compare_frame(m, pfn, {CapturedRun::Kind::folio, r.after.folio, r.after.subpage}, map);
}

}  // namespace

Comparison compare(const CaptureRecord& r, const CallWord& call, const Rebuilt& before, const Machine<Concrete>& m) {
  if (r.blocked) return compare_blocked(r, m);
  if (m.termination == Termination::out_of_bounds) {
    return {Agreement::not_modelled, "", "a bound of the model was reached"};
  }
  const std::int64_t ret = surface_result(call.surface, static_cast<std::int64_t>(m.ret));
  if (m.halted()) {
    return differs("termination", fmt::format("the kernel returned {}, the model {}", r.ret,
                                              kTerminationNames[static_cast<int>(m.termination)]));
  }
  if (ret != r.ret) return differs("ret", fmt::format("{} in the model, {} in the kernel", ret, r.ret));
  if (r.locked && static_cast<int>(m.now_locked) != *r.locked) {
    return differs("locked", fmt::format("*locked is {} in the model, {} in the kernel", m.now_locked, *r.locked));
  }
  FrameMap map;
  Machine<Concrete> initial;
  initial.reset(before.world, m.era);
  if (r.vma != "none") compare_mapped(initial, before.start, r.nr_pages, r.pages_before, map);  // pairs what was there
  std::string difference;
  if (call.surface == Surface::gup) {
    difference = compare_pages(r, m, map);
    if (!difference.empty()) return differs("pages", difference);
    difference = compare_faults(r, before, m);
    if (!difference.empty()) return differs("faults", difference);
  }
  const bool special = r.state.substr(0, 2) == "x.";
  for (const auto& f : r.folios) {
    difference = compare_folio(f, special, before.world, m);
    if (!difference.empty()) return differs("references", difference);
  }
  if (r.pool_change) {
    const auto change = static_cast<std::int64_t>(m.w.env.huge_pool - before.world.env.huge_pool);
    if (change != *r.pool_change) return differs("pool", fmt::format("free huge pages change by {} in the model, {} in the kernel", change, *r.pool_change));
  }
  if (r.vma == "none") return {};
  difference = compare_entry(before.machine, m, before.start, r.after, r.raw_after);
  if (difference.empty()) difference = compare_entry_frame(r, before, m, map);
  if (!difference.empty()) return differs("entry", difference);
  difference = compare_mapped(m, before.start, r.nr_pages, r.pages_after, map);
  if (!difference.empty()) return differs("mapped", difference);
  return {};
}

}  // namespace gupdiff
