// SPDX-License-Identifier: GPL-2.0-only
// What a walk may do to page-table entries while no fault runs (facts 6.1, 1.10): mark what it
// touches, split a huge PMD where it was asked to, and nothing else.
#pragma once

#include "oracle/request_flags.hpp"
#include "model/machine/machine.hpp"

namespace gupdiff {

/// The entries of `after`, the machine that ran `initial`, held to those of `initial`.
template <class D>
struct EntriesCheck {
  using W = typename D::Word;
  using B = typename D::Cond;
  const World<D>& initial;
  const Machine<D>& after;
  W flags;  ///< effective_flags()

  /// Every entry reads as before, or as a walk may have left it. The call ran no fault.
  B unchanged() const {
    B holds = B(true);
    for (int l = 0; l < kSlotLists; ++l) {
      const Level level = static_cast<Level>(l);
      const std::size_t existed = initial.slots[l].size(), size = after.w.slots[l].size();
      const Slot<D>*const before = initial.slots[l].data(), *const now = after.w.slots[l].data();
      for (std::size_t i = 0; i < existed; ++i) holds = holds && may_become(level, before[i].value, now[i].value);
      for (std::size_t i = existed; i < size; ++i) {
        // Nothing but a split fills a whole table.
        if (now[i].count > 1) holds = holds && may_be_split(level);
        else holds = holds && may_become(level, slot_entry<D>(initial, level, now[i].first), now[i].value);
      }
    }
    return holds;
  }

 private:
  B has(std::uint64_t flag) const { return (flags & flag) != 0u; }
  B may_be_split(Level level) const { return has(FOLL_SPLIT_PMD) && B(level == Level::pte); }

  /// What TOUCH leaves of `old`: as the MMU would of the access. Of a set the other members say that it is dirty.
  B as_marked(W old, W now) const {
    const auto& arch = after.arch;
    const W young = arch.mkyoung(old);
    return has(FOLL_TOUCH) && arch.pte_present(old) &&
           (now == young || ((has(FOLL_WRITE) || arch.contiguous(old)) && now == arch.mkdirty(young)));
  }

  B may_become(Level level, W old, W now) const {
    const B same = now == old;
    if constexpr (D::symbolic) {
      if (same.constant() && same.value()) return same;
    } else if (same) {
      return true;
    }
    return is_allowed(level, old, now, same);
  }

  B is_allowed(Level level, W old, W now, B same) const {
    const auto& arch = after.arch;
    B allowed = same || as_marked(old, now) || may_be_split(level);
    if (level == Level::pmd) {
      allowed = allowed || (has(FOLL_SPLIT_PMD) && arch.pmd_leaf(old));
      if (after.warned(Warn::bad_entry)) allowed = allowed || (now == 0u && arch.pmd_bad(old));  // V28
    }
    // A longterm pin moves folios out of the way, and their entries with them.
    if (after.fresh_folios > 0) {
      const W was = arch.without_frame(old), is = arch.without_frame(now);
      allowed = allowed || (has(FOLL_LONGTERM) && (was == is || as_marked(was, is)));
    }
    return allowed;
  }
};

}  // namespace gupdiff
