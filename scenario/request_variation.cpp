// SPDX-License-Identifier: GPL-2.0-only
// The calls of a round.
#include "scenario/request_variation.hpp"

#include <algorithm>

#include "scenario/limits.hpp"

namespace gupdiff {
namespace {

/// FOLL_ flags of the API: bits 0 .. 12. GET among them: a caller may pass it to a pin, too.
constexpr unsigned kPublicFlags = kFlagFlips;
/// Those that only the kernel's own callers of __get_user_pages() set.
constexpr std::uint64_t kInside[] = {FOLL_TOUCH, FOLL_TRIED, FOLL_REMOTE, FOLL_UNLOCKABLE};
/// Pages asked for: small walks often, a few entries' worth now and then.
constexpr std::uint32_t kCounts[] = {1, 1, 2, 2, 3, 4, 5, 8};
constexpr std::uint32_t kManyPages[] = {16, 17, 511, 512, 513, 1024};

/// Whether a walk of many pages of `v` is short: each lookup is good for a huge page.
bool in_large_steps(const Geometry& g, const Vma<Concrete>& v) {
  const HugetlbSize* const size = g.hugetlb_size(v.huge_order);
  return size && size->level > Level::pte;
}

}  // namespace

CallRound::CallRound(Random& random, Scenario& w, Bounds bounds)
    : r_(random), w_(w), bounds_(bounds), own_(w.request), env_(w.env), first_flag_(random.below(kPublicFlags)) {}

bool CallRound::next() {
  if (call_ == kCallsOfARound) return false;
  const unsigned i = call_++;
  if (i == 0) return true;
  w_.request = own_;
  if (i < 1 + kFlagFlips) {
    w_.request.flags ^= std::uint64_t{1} << (first_flag_ + i) % kPublicFlags;
  } else if (i < 1 + kFlagFlips + kDoubleFlips) {
    flip_flag();
    flip_flag();
  } else if (i < 1 + kFlagFlips + kDoubleFlips + kRanges) {
    move_range(i - 1 - kFlagFlips - kDoubleFlips);
  } else if (i < 1 + kFlagFlips + kDoubleFlips + kRanges + kApiChanges) {
    change_api();
  } else {
    change_environment();
  }
  return true;
}

void CallRound::flip_flag() {
  auto& q = w_.request;
  if (bounds_ == Bounds::anything && r_.chance(30)) {
    q.flags ^= (std::uint64_t{1} << r_.below(23)) & kAllFollFlags;
  } else if (q.api == Api::internal && r_.chance(30)) {
    q.flags ^= r_.pick(kInside);
  } else {
    q.flags ^= std::uint64_t{1} << r_.below(kPublicFlags);
  }
}

void CallRound::move_range(unsigned which) {
  auto& q = w_.request;
  const Geometry& g = geometry_of(w_.config);
  const std::uint64_t page = g.page_size();
  const Vma<Concrete>* at = nullptr;
  if (!w_.vmas.empty()) at = &w_.vmas[r_.below(static_cast<std::uint32_t>(w_.vmas.size()))];
  switch (which) {
    case 0: q.start += page; break;
    case 1: q.start -= page; break;
    case 2: q.nr_pages = q.nr_pages == 1 ? 2 + r_.below(4) : 1; break;
    case 3:  // another huge page, or another table
      q.start += (r_.chance(50) ? page << (at ? at->huge_order : 0) : g.span(Level::pmd));
      break;
    default:  // the start or the end of a mapping
      if (!at) break;
      q.start = r_.chance(50) ? at->start : at->end - page * (1 + r_.below(4));
      q.nr_pages = in_large_steps(g, *at) && r_.chance(20) ? r_.pick(kManyPages) : r_.pick(kCounts);
  }
  q.start = std::min(q.start, address_limit(w_.config) - 1);
}

void CallRound::change_api() {
  auto& q = w_.request;
  q.api = static_cast<Api>(r_.below(kApis));
  if (q.api == Api::internal) {
    // __get_user_pages() wants GET or PIN exactly when there is a pages array (facts 1.3).
    q.flags &= ~std::uint64_t{FOLL_GET | FOLL_PIN};
    const std::uint32_t hold = r_.below(5);
    q.flags |= hold < 2 ? std::uint64_t{FOLL_GET} : hold < 4 ? std::uint64_t{FOLL_PIN} : 0;
    q.pages_null = hold == 4;
    return;
  }
  if (bounds_ == Bounds::kernel) q.flags &= ~std::uint64_t{kInternalGupFlags};
  q.pages_null = r_.chance(8);
  q.locked_ptr = r_.chance(50);
}

void CallRound::change_environment() {
  w_.env = env_;
  mutate_environment(r_, w_);
}

}  // namespace gupdiff
