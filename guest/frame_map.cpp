// SPDX-License-Identifier: GPL-2.0-only
// Which captured folio is which folio of the model.
#include "guest/frame_map.hpp"

#include <fmt/format.h>

#include "guest/memory_builder.hpp"

namespace gupdiff {
namespace {

constexpr const char* kLevelNames[] = {"pte", "pmd", "pud", "p4d", "pgd"};

}  // namespace

bool FrameMap::pair(int id, int folio) {
  const auto model = to_model_.emplace(id, folio);
  const auto captured = to_captured_.emplace(folio, id);
  return model.first->second == folio && captured.first->second == id;
}

std::vector<CapturedPage> expand(const std::vector<CapturedRun>& runs) {
  std::vector<CapturedPage> pages;
  for (const auto& run : runs) {
    for (std::uint32_t i = 0; i < run.count; ++i) pages.push_back({run.kind, run.folio, run.first + i});
  }
  return pages;
}

std::string compare_frame(const Machine<Concrete>& m, std::uint64_t pfn, const CapturedPage& page, FrameMap& map) {
  const int folio = m.find_folio(pfn);
  if (folio < 0) return fmt::format("frame {:#x} belongs to no folio", pfn);
  const auto& f = m.w.folios[folio];
  if (page.kind == CapturedRun::Kind::zero_page) {
    return f.kind == FolioKind::zero_page ? "" : "the kernel has the zero page, the model another";
  }
  if (page.kind != CapturedRun::Kind::folio) return "the kernel has no page, the model one";
  if (f.kind == FolioKind::zero_page) return "the model has the zero page, the kernel another";
  const std::uint64_t subpage = pfn - f.pfn;
  if (subpage != page.subpage) return fmt::format("subpage {} in the model, {} in the kernel", subpage, page.subpage);
  if (!map.pair(page.folio, folio)) return fmt::format("folio F{} is another one in the model", page.folio);
  return "";
}

std::string compare_mapped(const Machine<Concrete>& m, std::uint64_t start, std::uint32_t count,
                           const std::vector<CapturedRun>& runs, FrameMap& map) {
  const auto pages = expand(runs);
  if (pages.size() != count) return fmt::format("{} pages are listed, not {}", pages.size(), count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t address = start + (std::uint64_t{i} << m.arch.page_shift());
    const LeafEntry e = walk_entry(m, address);
    const bool mapped = !e.table_missing && m.arch.pte_present(e.value);
    if (!mapped) {
      if (pages[i].kind == CapturedRun::Kind::unmapped) continue;
      return fmt::format("page {}: nothing is mapped in the model", i);
    }
    const std::uint64_t inside = m.page_in(e.level, address);
    const std::string difference = compare_frame(m, m.arch.leaf_pfn(e.level, e.value) + inside, pages[i], map);
    if (!difference.empty()) return fmt::format("page {}: {}", i, difference);
  }
  return "";
}

std::string compare_entry(const RecordedMachine& machine, const Machine<Concrete>& m, std::uint64_t address,
                          const CapturedEntry& entry, std::uint64_t raw) {
  const LeafEntry e = walk_entry(m, address);
  if (e.level != entry.level) {
    return fmt::format("level {} in the model, {} in the kernel", kLevelNames[static_cast<int>(e.level)],
                       kLevelNames[static_cast<int>(entry.level)]);
  }
  const std::uint64_t word = machine.recorded_word(e.value);
  const std::uint64_t mask = machine.frame_bits(raw) & machine.frame_bits(word);
  if (entry.kind == "marker" ? word != raw : (word & ~mask) != (raw & ~mask)) {
    return fmt::format("{:#x} in the model, {:#x} in the kernel", word, raw);
  }
  return "";
}

}  // namespace gupdiff
