// SPDX-License-Identifier: GPL-2.0-only
// Looking page-table slots up in a world: sparse runs, newest first.
#pragma once

#include "model/arch/arch.hpp"
#include "model/machine/world.hpp"

namespace gupdiff {

/// Address of a slot as its level counts: address >> shift of the level.
template <class D>
typename D::Word slot_key(const Geometry& g, Level level, typename D::Word address) {
  return address >> g.shift(level);
}

/// The entry at `key` inside run `s`.
template <class D>
typename D::Word slot_value(const Slot<D>& s, typename D::Word key) {
  using W = typename D::Word;
  if (s.count == 1 || s.stride == 0) return s.value;
  const W i = key - s.first;
  return s.stride > 0 ? s.value + (i << static_cast<unsigned>(s.stride))
                      : s.value - (i << static_cast<unsigned>(-s.stride));
}

/// What the slot at `key` inside run `s` becomes when its migration ends; 0: it never does.
template <class D>
typename D::Word slot_restored(const Arch<D>& arch, Level level, const Slot<D>& s, typename D::Word key) {
  if (s.count == 1 || D::truth(s.restored == 0u)) return s.restored;
  const std::int8_t stride = arch.stride(s.restored, level);
  if (stride == 0) return s.restored;
  const typename D::Word i = key - s.first;
  return stride > 0 ? s.restored + (i << static_cast<unsigned>(stride)) : s.restored - (i << static_cast<unsigned>(-stride));
}

/// Index of the run of `level` that holds slot `key`, or -1.
template <class D>
int slot_index(const World<D>& w, Level level, typename D::Word key) {
  const auto& runs = w.slots[static_cast<int>(level)];
  const Slot<D>* const first = runs.data();
  for (int i = static_cast<int>(runs.size()) - 1; i >= 0; --i) {
    const Slot<D>& s = first[i];
    if (D::symbolic && s.count == 1) {  // the simpler question for the solver
      if (D::truth(key == s.first)) return i;
    } else if (D::truth(key - s.first < std::uint64_t{s.count})) {
      return i;
    }
  }
  return -1;
}

/// The entry in slot `key`; a slot nobody listed is none (0).
template <class D>
typename D::Word slot_entry(const World<D>& w, Level level, typename D::Word key) {
  const int i = slot_index<D>(w, level, key);
  if (i < 0) return typename D::Word(0);
  return slot_value<D>(w.slots[static_cast<int>(level)].data()[i], key);
}

/// The entry in the slot of `address`, in a world of geometry `g`.
template <class D>
typename D::Word entry_at(const Geometry& g, const World<D>& w, Level level, typename D::Word address) {
  return slot_entry<D>(w, level, slot_key<D>(g, level, address));
}
template <class D>
typename D::Word entry_at(const World<D>& w, Level level, typename D::Word address) {
  return entry_at<D>(geometry_of(w.config), w, level, address);
}

/// Index of the folio of `w` that holds frame `pfn`, or -1.
template <class D>
int folio_index(const World<D>& w, typename D::Word pfn) {
  for (int i = static_cast<int>(w.folios.size()) - 1; i >= 0; --i) {
    const Folio<D>& f = w.folios[static_cast<std::size_t>(i)];
    if (D::truth((pfn >> f.order) == (f.pfn >> f.order))) return i;
  }
  return -1;
}

}  // namespace gupdiff
