// SPDX-License-Identifier: GPL-2.0-only
// Which captured folio is which folio of the model, and the two comparisons that
// build on it: pages mapped at consecutive addresses, and one entry.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "guest/capture.hpp"
#include "guest/recorded_machine.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// A one-to-one relation between captured folio numbers and the model's folio
/// indices, grown by pairing whatever is met first.
class FrameMap {
 public:
  /// Pairs captured folio `id` with model folio `folio`; false if either already has another partner.
  bool pair(int id, int folio);

 private:
  std::map<int, int> to_model_, to_captured_;
};

/// What a record's run of pages says about one page.
struct CapturedPage {
  CapturedRun::Kind kind = CapturedRun::Kind::unmapped;
  int folio = -1;
  std::uint64_t subpage = 0;
};
std::vector<CapturedPage> expand(const std::vector<CapturedRun>& runs);

/// Is frame `pfn` of the model the captured page `page`? Pairs folios; "" or what differs.
std::string compare_frame(const Machine<Concrete>& m, std::uint64_t pfn, const CapturedPage& page, FrameMap& map);

/// The pages mapped at `count` consecutive addresses against a record's list; "" or what differs.
std::string compare_mapped(const Machine<Concrete>& m, std::uint64_t start, std::uint32_t count,
                           const std::vector<CapturedRun>& runs, FrameMap& map);

/// The entry at `address` against a record's: level, kind and every bit but the
/// frame's; "" or what differs.
std::string compare_entry(const RecordedMachine& machine, const Machine<Concrete>& m, std::uint64_t address,
                          const CapturedEntry& entry, std::uint64_t raw);

}  // namespace gupdiff
