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
    {"private-write", "a WRITE request hands out no page of a private mapping that is not anonymous",
     "facts M17, M18; 19be0eaffa3a (CVE-2016-5195), 5535be309971 (CVE-2022-2590)"},
    {"counted-pages", "as many output slots are written as the call says, from the first on",
     "facts M28; 7196040e19ad"},
    {"lock-order", "mmap_lock, hugetlb VMA lock and one page-table lock are taken in that order, and no fault runs under the last two",
     "facts 1.13"},
    {"entries-unchanged", "without a fault no entry changes but by FOLL_TOUCH, FOLL_SPLIT_PMD or the migration for FOLL_LONGTERM",
     "facts 6.1 D01, C01, 1.10, 1.14"},
    {"page-mapped", "a page returned is mapped at its address, by tables that hang off this mm's topmost one, where the MMU has no translation",
     "facts 6.11 I1, M26; 9c67a20704e7"},
    {"pin-survives-fork", "fork copies a pinned anonymous page for the child instead of sharing it", "facts 8.3 G10, 1.7, 1.15; 70e806e4e645"},
    {"longterm-pinnable", "a longterm pin holds no page in CMA or ZONE_MOVABLE", "facts 1.7, 1.14, M32; d1e153fea2a8"},
    {"short-for-a-reason", "less than was asked for is returned, and an errno, only for a reason that shows",
     "facts 1.3, 1.4, 6.11 I3"},
    {"terminates", "the call returns, unless it waits for somebody", "facts 5.7"},
};
static_assert(std::size(kTexts) == kProperties);

}  // namespace

std::span<const Property> properties() { return kTexts; }

int excusing_row(int property, const World<Concrete>& initial, const Machine<Concrete>& after, const RowSet& enabled) {
  const RowSet known = excusing_rows(property) & enabled;
  for (std::size_t r = 0; r < known.size(); ++r)
    if (known[r] && property_holds<Concrete>(property, initial, after, RowSet{}.set(r))) return static_cast<int>(r);
  return -1;
}

}  // namespace gupdiff
