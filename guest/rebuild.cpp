// SPDX-License-Identifier: GPL-2.0-only
// From a captured record to the scenario it was, checked against what the record
// says of the state before the call.
#include "guest/rebuild.hpp"

#include <fmt/format.h>

#include "guest/frame_map.hpp"
#include "guest/state_builder.hpp"

namespace gupdiff {
namespace {

std::string vma_words(const Machine<Concrete>& m, std::uint64_t start) {
  for (const auto& v : m.w.vmas) {
    if (start < v.start || start >= v.end) continue;
    const auto bit = [&](std::uint64_t flag, char c) { return (v.flags & flag) != 0 ? c : '-'; };
    std::string text{bit(VM_READ, 'r'), bit(VM_WRITE, 'w'), bit(VM_EXEC, 'x'), (v.flags & VM_SHARED) != 0 ? 's' : 'p'};
    if ((v.flags & VM_MAYWRITE) != 0) text += ",mayw";
    if ((v.flags & VM_HUGETLB) != 0) text += ",hugetlb";
    if ((v.flags & VM_LOCKED) != 0) text += ",locked";
    if ((v.flags & VM_PFNMAP) != 0) text += ",pfnmap";
    if ((v.flags & VM_IO) != 0) text += ",io";
    return text + fmt::format(" +{}", (v.end - start) >> m.arch.page_shift());
  }
  return "none";
}

/// What mlock() does to the VMA of one page before it populates.
void lock_page(MemoryBuilder& b, std::uint64_t address) {
  const std::uint64_t page = address & b.m.arch.geometry().page_mask();
  const int i = b.vma_at(page);
  if (i < 0 || b.m.w.vmas[i].kind == VmaKind::hugetlb) return;
  if ((b.m.w.vmas[i].flags & (VM_IO | VM_PFNMAP | VM_MIXEDMAP | VM_LOCKED)) != 0) return;
  b.split_vma(page);
  b.split_vma(page + b.m.arch.page_size());
  b.m.w.vmas[b.vma_at(page)].flags |= VM_LOCKED;
}

/// A system call that ends, or does something of its own, before GUP is reached: why, else "".
std::string outside_gup(const MemoryBuilder& b, const CallWord& call, std::uint64_t start) {
  const int i = b.vma_at(start);
  if (i < 0) return "the system call checks the address, or grows the stack, before GUP is reached";
  const bool device = (b.m.w.vmas[i].flags & (VM_IO | VM_PFNMAP)) != 0;
  if (call.surface == Surface::mlock && device) return "mlock() passes over device mappings before GUP is reached";
  return "";
}

/// Everything the record says of the state before the call, against the built one.
std::string check_before(const CaptureRecord& r, const RecordedMachine& machine, const Machine<Concrete>& m,
                         std::uint64_t start) {
  const std::string words = vma_words(m, start);
  if (words != r.vma) return "the rebuilt VMA is not the recorded one";
  if (words == "none") return "";
  if (!compare_entry(machine, m, start, r.before, r.raw_before).empty()) return "the rebuilt entry is not the recorded one";
  FrameMap map;
  if (!compare_mapped(m, start, r.nr_pages, r.pages_before, map).empty()) {
    return "the rebuilt pages are not the recorded ones";
  }
  return "";
}

}  // namespace

Rebuilt rebuild(const CaptureRecord& record, const CallWord& call, const Era& era, const RecordedMachine& machine) {
  Rebuilt out;
  const StateWord state = parse_state(record.state);
  if (!state.error.empty()) {
    out.reason = state.error;
    return out;
  }
  RecordedMachine here = machine;
  // Of the v6.1 images for x86-64 only the generic one has MEMORY_FAILURE.
  if (machine.words == WordFormat::x86_64_6_1) here.config.memory_failure = record.generic_flavour;
  MemoryBuilder b(here, era);
  std::uint64_t start = kCaptureBase;
  if (state.kind == UnitKind::special) {
    if (record.blocked) {
      out.reason = "a special state whose record says nothing about it";
      return out;
    }
    out.reason = build_special(b, state, record, call.page_offset, start);
  } else {
    out.reason = build_mapping(b, state);
    if (out.reason.empty()) out.reason = apply_change(b, state, start);
  }
  if (!out.ok()) return out;
  start += static_cast<std::uint64_t>(call.page_offset) << b.m.arch.page_shift();
  if (!record.blocked) {
    if (call.surface == Surface::gup && call.foll != record.foll) {
      out.reason = "the flags do not fit the call word";
    } else if (call.nr_pages != record.nr_pages) {
      out.reason = "the page count does not fit the call word";
    } else {
      out.reason = check_before(record, here, b.m, start);
    }
    if (!out.ok()) return out;
  }
  if (call.surface != Surface::gup) {
    out.reason = outside_gup(b, call, start);
    if (!out.ok()) return out;
    if (call.surface == Surface::mlock) lock_page(b, start);
  }
  out.world = b.m.w;
  out.machine = here;
  out.start = start;
  auto& q = out.world.request;
  q.start = start;
  q.flags = call.foll;
  q.nr_pages = call.nr_pages;
  q.api = call.api;
  q.pages_null = call.pages_null;
  q.locked_ptr = call.locked_ptr;
  return out;
}

}  // namespace gupdiff
