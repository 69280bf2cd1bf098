// SPDX-License-Identifier: GPL-2.0-only
// The machine a capture was taken on, found out from its header and its records.
#include "guest/recorded_machine.hpp"

#include <fmt/format.h>

#include <optional>

#include "guest/state.hpp"
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

WordFormat word_format(Architecture arch, const std::string& kernel) {
  if (arch == Architecture::x86_64 && kernel == "6.1") return WordFormat::x86_64_6_1;
  return WordFormat::newest;
}

}  // namespace

std::uint64_t RecordedMachine::recorded_word(std::uint64_t word) const {
  if (words == WordFormat::x86_64_6_1) return x86_64::to_v6_1(swap_types(config), word);
  return word;
}

std::uint64_t RecordedMachine::frame_bits(std::uint64_t word) const {
  const Arch<Concrete> arch(config);
  if (word == 0) return 0;
  if (arch.pte_present(word)) return ~arch.without_frame(~std::uint64_t{0});
  return swap_offset_field(config.arch, arch.geometry());
}

RecordedMachine recorded_machine(const Capture& c) {
  const Architecture arch = recorded_architecture(c);
  RecordedMachine machine;
  machine.words = word_format(arch, c.kernel);
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
