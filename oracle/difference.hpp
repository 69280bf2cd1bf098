// SPDX-License-Identifier: GPL-2.0-only
// The first difference between two outcomes in one facet, as a sentence and as a
// key that is the same for the same kind of difference.
#pragma once

#include <string>

#include "oracle/facet.hpp"

namespace gupdiff {

struct Difference {
  std::string sentence;  ///< empty: no difference
  std::string key;       ///< without numbers that vary from input to input
};

/// First difference of `a` (called `name_a`) and `b` in `facet`.
Difference first_difference(Facet facet, const World<Concrete>& initial, const Machine<Concrete>& a,
                            const Machine<Concrete>& b, std::string_view name_a, std::string_view name_b);

/// "returns", "livelock", ... for people.
std::string_view termination_name(Termination t);
/// Return value as "3" or "-EFAULT"; "livelock" and the like where there is none.
std::string outcome_text(const Machine<Concrete>& m);

}  // namespace gupdiff
