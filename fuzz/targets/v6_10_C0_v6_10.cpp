// SPDX-License-Identifier: GPL-2.0-only
// Fuzz target: the walk of v6.10 held to that of v6.10-C0.
#include "fuzz/targets/pair_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return gupdiff::run_pair_target("v6.10-C0:v6.10", data, size);
}
