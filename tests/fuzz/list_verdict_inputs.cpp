// SPDX-License-Identifier: GPL-2.0-only
// Prints verdict_inputs() as `verdicts` reads them.
#include <fmt/format.h>

#include "tests/fuzz/verdict_inputs.hpp"

int main() {
  for (const gupdiff::VerdictInput& in : gupdiff::verdict_inputs()) {
    fmt::print("{} {} {} ", in.name, in.pair, in.without);
    for (const std::uint8_t b : in.bytes) fmt::print("{:02x}", b);
    fmt::print("\n");
  }
}
