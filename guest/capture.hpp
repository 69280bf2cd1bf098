// SPDX-License-Identifier: GPL-2.0-only
// What a running kernel answered: the records of a capture file
// (corpus/captures/README.md describes the format), read and checked.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/machine/world.hpp"

namespace gupdiff {

/// Consecutive pages as a record writes them: `F0:0-5`, `HZ1:0-511`, `ZERO x3`, `-x4`.
struct CapturedRun {
  enum class Kind : std::uint8_t { unmapped, zero_page, folio, error_pointer };
  Kind kind = Kind::unmapped;
  int folio = -1;           ///< number behind F or HZ
  std::uint64_t first = 0;  ///< first subpage of the folio
  std::uint32_t count = 1;  ///< pages
};

/// One entry as a record writes it: `pmd:leaf[WADs]=F0:0`.
struct CapturedEntry {
  Level level = Level::pgd;
  std::string kind;           ///< none, leaf, protnone, swap, migR, migW, hwpoison, marker ...
  int folio = -1;             ///< -1: not told
  std::uint64_t subpage = 0;  ///< of that folio
};

/// One folio handed out; `before` is absent where it was not mapped at that address before.
struct CapturedFolio {
  int id = -1;
  std::uint32_t index = 0;  ///< its first page's position in the result
  unsigned order = 0;
  std::string held;         ///< page flags while held, comma separated
  std::optional<std::int64_t> ref_before, pin_before;
  std::int64_t ref_held = 0, ref_after = 0, pin_held = 0, pin_after = 0;
};

/// One call of handle_mm_fault(): pages from the start address, FAULT_FLAG_, VM_FAULT_.
struct CapturedFault {
  std::int64_t page = 0;
  std::uint32_t flags = 0, result = 0;
};

/// One call on one memory state.
struct CaptureRecord {
  std::size_t line = 0;
  std::string state, call;
  bool generic_flavour = false;  ///< the generic image: DEVICE_PRIVATE is configured
  std::string setup_error;       ///< the state could not be built
  bool blocked = false;          ///< the call did not return and was killed
  bool died = false;             ///< the caller was killed by a signal
  std::vector<std::string> stack;
  std::int64_t ret = 0;
  std::uint32_t foll = 0;  ///< FOLL_, in the model's numbering
  std::uint32_t nr_pages = 0;
  std::optional<int> locked;
  std::string vma;
  std::vector<CapturedRun> pages_before, pages_got, pages_after;
  CapturedEntry before, after;
  std::uint64_t raw_before = 0, raw_after = 0;
  std::vector<CapturedFolio> folios;
  std::vector<CapturedFault> faults;  ///< the first ones, if there were many
  std::size_t fault_count = 0;
  bool hugetlb_faults_recorded = false;        ///< the next two mean something
  std::vector<CapturedFault> hugetlb_faults;  ///< likewise, of hugetlb_fault()
  std::size_t hugetlb_fault_count = 0;
  std::optional<std::int64_t> pool_change;  ///< hugetlb states: free huge pages after minus before

  /// The kernel gave an answer: the state was built and the API exists.
  bool answered() const { return setup_error.empty() && (blocked || died || ret != -10000); }
};

/// A whole file.
struct Capture {
  std::string file, kernel, arch, image;
  std::optional<int> levels;  ///< page-table levels; not told by every header
  std::vector<CaptureRecord> records;
};

/// Reads a .jsonl or .jsonl.gz capture. Throws InputError (file, line, what is wrong)
/// for a file that cannot be read, is cut off, or has a line that is no record.
Capture read_capture(const std::filesystem::path& path);

}  // namespace gupdiff
