// SPDX-License-Identifier: GPL-2.0-only
// Texts of the safety properties.
#include "oracle/safety.hpp"

namespace gupdiff {
namespace {

constexpr Property kTexts[] = {
    {"references-balance",
     "the pages returned hold exactly the references and pins that the folios gained",
     "facts 1.7, 6.11 I2"},
    {"no-lock-held", "no page-table lock and no VMA lock is held at return", "facts 6.11 I6"},
    {"pinned-anon-exclusive", "a pinned anonymous page is exclusive", "facts 1.15, 5.3; a7f226604170"},
    {"hardware-translation", "a page returned is the page the MMU translates its address to",
     "the processor's manual (model/arch/NAME/hardware.hpp); facts 6.11 I1"},
    {"write-writable", "a WRITE request without FORCE returns only writable pages", "facts 6.11 I5"},
};
static_assert(std::size(kTexts) == kProperties);

}  // namespace

std::span<const Property> properties() { return kTexts; }

}  // namespace gupdiff
