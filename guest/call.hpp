// SPDX-License-Identifier: GPL-2.0-only
// The call words of a capture (`pup.W.n3@510`): which API, which flags, how many pages, where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/machine/world.hpp"

namespace gupdiff {

/// How GUP was reached: called by the recorder itself, or by a system call around it,
/// which shows less (no faults, no pages) and has a return value of its own.
enum class Surface : std::uint8_t { gup, madvise_populate, mlock, proc_mem, process_vm };

/// A call word taken apart.
struct CallWord {
  std::string api_word;           ///< gup, pup, rem, prem, unl, punl, int, dump_page, fast, madv ...
  Surface surface = Surface::gup;
  Api api = Api::get;             ///< meaningful when `modelled`
  bool in_scope = false;          ///< one of the eight slow-path words conform is judged by
  bool modelled = false;          ///< a model of this API exists
  std::string reason;             ///< why not, when not
  std::uint32_t foll = 0;         ///< FOLL_ flags handed to the API
  std::uint32_t nr_pages = 1;
  std::int64_t page_offset = 0;   ///< pages from the state's start address
  bool pages_null = false;
  bool locked_ptr = false;
};

/// What `surface` returns when the GUP call inside it returned `gup` (a count or a
/// negative errno): one page is asked for.
std::int64_t surface_result(Surface surface, std::int64_t gup);

/// Never fails: what it does not know, it says in `reason`.
CallWord parse_call(std::string_view word);

}  // namespace gupdiff
