// SPDX-License-Identifier: GPL-2.0-only
// An empty libFuzzer target: the rate nothing inside libFuzzer can exceed.
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) { return 0; }
