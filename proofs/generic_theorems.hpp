// SPDX-License-Identifier: GPL-2.0-only
// The theorems about memory that is not hugetlb: pages mapped by PTE and transparent
// huge pages, one theorem a kind of memory and shape of request.
#pragma once

#include <vector>

#include "proofs/theorem.hpp"

namespace gupdiff {

/// Adds the theorems of `arch` under geometry `variant`, in the order they are proved.
void add_generic_theorems(std::vector<Theorem>& out, Architecture arch, std::uint8_t variant);

}  // namespace gupdiff
