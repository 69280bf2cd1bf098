// SPDX-License-Identifier: GPL-2.0-only
// What a hardware page walk makes of one entry; each architecture says it from its own
// manual (model/arch/NAME/hardware.hpp), for the safety properties to hold a walk to.
#pragma once

#include "model/domain/domain.hpp"

namespace gupdiff {

template <class D>
struct HardwareStep {
  typename D::Cond valid{false};     ///< the walk goes on or ends here with a translation
  typename D::Cond leaf{false};      ///< it ends here
  typename D::Cond writable{false};  ///< this entry permits a write by the user
  typename D::Word frame{};          ///< leaf: first base page that the entry maps, aligned to the level
  typename D::Word from_address{};   ///< leaf: further low frame bits that the address gives, as every entry of a set says the same
  typename D::Word table{};          ///< table: the frame of the next one
};

}  // namespace gupdiff
