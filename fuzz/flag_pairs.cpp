// SPDX-License-Identifier: GPL-2.0-only
// The v6.10 walk with an ear on the flags it is given.
#include "fuzz/flag_pairs.hpp"

#include "model/kernel/api.hpp"
#include "scenario/present_page.hpp"
#include "unified/follow_page.hpp"

namespace gupdiff {
namespace {

/// unified::FollowPage that notes the flags of each lookup.
struct Listening {
  FlagPairs& pairs;

  template <class M>
  Lookup<typename M::Domain> operator()(M& m, int vma, typename M::W address, typename M::W flags) const {
    for (int i = 0; i < kFollBits; ++i)
      if (flags >> i & 1) pairs[static_cast<std::size_t>(i)] |= static_cast<std::uint32_t>(flags);
    return unified::FollowPage{}(m, vma, address, flags);
  }
};

/// One anonymous page: mapped, or, under userfaultfd, not yet.
Scenario one_page(bool mapped) {
  Scenario w = present_huge_page(usual_config(Architecture::x86_64), geometry_of(Config{}).hugetlb[0], 1);
  if (mapped) return w;
  for (auto& s : w.slots) s.clear();
  w.vmas[0].kind = VmaKind::anonymous;
  w.vmas[0].huge_order = 0;
  w.vmas[0].flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_UFFD_MISSING;
  w.env.userfault_wakes = 1;
  return w;
}

FlagPairs ask_every_api() {
  FlagPairs pairs{};
  Machine<Concrete> m;
  for (const bool mapped : {true, false}) {
    Scenario w = one_page(mapped);
    for (int api = 0; api < kApis; ++api)
      for (int first = 0; first < kFollBits; ++first)
        for (int second = first; second < kFollBits; ++second)
          for (int variant = 0; variant < 4; ++variant) {
            w.request.api = static_cast<Api>(api);
            if (w.request.api == Api::internal) continue;
            w.request.flags = (std::uint64_t{1} << first | std::uint64_t{1} << second) & kAllFollFlags;
            w.request.pages_null = variant & 1;
            w.request.locked_ptr = variant & 2;
            add_flag_pairs(w, m, pairs);
          }
  }
  return pairs;
}

}  // namespace

void add_flag_pairs(const Scenario& w, Machine<Concrete>& machine, FlagPairs& pairs) {
  machine.reset(w, kV6_10);
  run_request(machine, Listening{pairs});
}

const FlagPairs& possible_flag_pairs() {
  static const FlagPairs pairs = ask_every_api();
  return pairs;
}

}  // namespace gupdiff
