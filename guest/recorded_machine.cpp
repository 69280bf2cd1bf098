// SPDX-License-Identifier: GPL-2.0-only
// The machine a capture was taken on, found out from its header and its records.
#include "guest/recorded_machine.hpp"

#include <fmt/format.h>

#include <optional>

#include "guest/state.hpp"
#include "model/arch/arm64/lpa2.hpp"
#include "model/arch/arm64/v6_1.hpp"
#include "model/arch/words.hpp"
#include "model/arch/x86_64/v6_1.hpp"
#include "scenario/entry_shape.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

template <class List, class Name>
std::string listed(const List& list, Name name) {
  std::string text;
  for (const auto& item : list) text += fmt::format("{}{}", text.empty() ? "" : ", ", name(item));
  return text;
}

Architecture recorded_architecture(const Capture& c) {
  const auto names = architecture_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == c.arch) return static_cast<Architecture>(i);
  }
  throw InputError{fmt::format("{}:1: the capture is of {}, which is not modelled; give one of {}", c.file, c.arch,
                               listed(names, [](std::string_view n) { return n; }))};
}

/// log2 of the base page, which the order of a hugetlb folio of known size tells.
std::optional<unsigned> recorded_page_shift(const Capture& c) {
  for (const CaptureRecord& r : c.records) {
    const UnitKind kind = parse_state(r.state).kind;
    if (kind != UnitKind::h2 && kind != UnitKind::h1) continue;
    for (const CapturedFolio& f : r.folios) {
      if (f.order > 0) return (kind == UnitKind::h1 ? 30 : 21) - f.order;
    }
  }
  return std::nullopt;
}

/// The fewest levels with which the recording walk could have named the levels it did.
int named_levels(const Capture& c) {
  int levels = 1;
  for (const CaptureRecord& r : c.records) {
    for (const CapturedEntry* e : {&r.before, &r.after}) {
      if (!e->kind.empty() && static_cast<int>(e->level) + 1 > levels) levels = static_cast<int>(e->level) + 1;
    }
  }
  return levels;
}

/// Can a machine of geometry `g` have given the capture's answers?
bool fits(const Geometry& g, const Capture& c, std::optional<unsigned> page_shift) {
  if (page_shift && g.page_shift != *page_shift) return false;
  if (c.levels) return g.levels == *c.levels;
  return g.levels >= named_levels(c) && kCaptureBase >> g.address_bits == 0;
}

/// Are the recorded arm64 leaves without shareability, as LPA2 leaves them?
bool recorded_lpa2(const Capture& c) {
  for (const CaptureRecord& r : c.records) {
    if (r.before.kind == "leaf") return (r.raw_before & arm64::SHARED) == 0;
    if (r.after.kind == "leaf") return (r.raw_after & arm64::SHARED) == 0;
  }
  return false;
}

/// Is any page swapped out in the records of MADV_PAGEOUT? (True without such records.)
bool recorded_swap_area(const Capture& c) {
  bool tried = false;
  for (const CaptureRecord& r : c.records) {
    if (r.before.kind == "swap") return true;
    tried = tried || (!r.before.kind.empty() && parse_state(r.state).mod == "pageout");
  }
  return !tried;
}

/// What VM_FAULT_HWPOISON_LARGE says beside itself: the index of the hstate.
constexpr std::uint64_t kHstateIndex = 0xf0000;

/// Does a poisoned 2 MiB page name the first hstate?
bool recorded_two_mib_first(const Capture& c) {
  for (const CaptureRecord& r : c.records) {
    if (parse_state(r.state).kind != UnitKind::h2) continue;
    for (const auto* faults : {&r.faults, &r.hugetlb_faults}) {
      for (const CapturedFault& f : *faults) {
        if ((f.result & VM_FAULT_HWPOISON_LARGE) != 0) return (f.result & kHstateIndex) == 0;
      }
    }
  }
  return false;
}

WordFormat word_format(Architecture arch, const Capture& c) {
  const bool old = c.kernel == "6.1";
  if (arch == Architecture::x86_64 && old) return WordFormat::x86_64_6_1;
  if (arch == Architecture::arm64 && old) return WordFormat::arm64_6_1;
  if (arch == Architecture::arm64 && recorded_lpa2(c)) return WordFormat::arm64_lpa2;
  return WordFormat::newest;
}

}  // namespace

std::uint64_t RecordedMachine::recorded_word(std::uint64_t word) const {
  switch (words) {
    case WordFormat::newest:
      return word;
    case WordFormat::x86_64_6_1:
      return x86_64::to_v6_1(swap_types(config), word);
    case WordFormat::arm64_6_1:
      return arm64::to_v6_1(word);
    case WordFormat::arm64_lpa2:
      return arm64::to_lpa2(word);
  }
  return word;
}

std::uint64_t RecordedMachine::recorded_result(std::uint64_t result) const {
  if (!two_mib_first || (result & VM_FAULT_HWPOISON_LARGE) == 0) return result;
  const Geometry& g = geometry_of(config);
  for (const HugetlbSize& s : g.hugetlb) {
    const bool two_mib = g.page_size() << s.order == 2ull << 20;
    if (two_mib && (result & kHstateIndex) == std::uint64_t{s.hstate} << 16) return result & ~kHstateIndex;
  }
  return result;
}

std::uint64_t RecordedMachine::frame_bits(std::uint64_t word) const {
  const Arch<Concrete> arch(config);
  if (word == 0) return 0;
  if (words == WordFormat::arm64_6_1) {
    const bool present = arm64::v6_1::Entry<Concrete>{arch.geometry()}.pmd_present(word);
    return present ? ~arch.without_frame(~std::uint64_t{0}) : arm64::v6_1::kSwapOffsetField;
  }
  if (arch.pte_present(word)) return ~arch.without_frame(~std::uint64_t{0});
  return swap_offset_field(config.arch, arch.geometry());
}

RecordedMachine recorded_machine(const Capture& c) {
  const Architecture arch = recorded_architecture(c);
  RecordedMachine machine;
  machine.words = word_format(arch, c);
  machine.swap_area = recorded_swap_area(c);
  machine.pageout_makes_old = c.kernel == "6.1";
  machine.two_mib_first = recorded_two_mib_first(c);
  Config& config = machine.config;
  config = usual_config(arch);
  // Swap types in the records of all images are those of a kernel without DEVICE_PRIVATE.
  config.device_private = false;
  const auto shapes = geometries(arch);
  const auto page_shift = recorded_page_shift(c);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (!fits(shapes[i], c, page_shift)) continue;
    config.variant = static_cast<std::uint8_t>(i);
    return machine;
  }
  throw InputError{fmt::format("{}:1: no {} machine with {} page-table levels is modelled; there are {}", c.file, c.arch,
                               c.levels ? *c.levels : named_levels(c),
                               listed(shapes, [](const Geometry& g) { return g.name; }))};
}

}  // namespace gupdiff
