// SPDX-License-Identifier: GPL-2.0-only
// The registry of architectures: one line each. X(NAME) stands for the folder
// model/arch/NAME and the namespace gupdiff::NAME (docs/add-an-architecture.md).
#pragma once

#include <cstdint>

namespace gupdiff {

#define GUPDIFF_ARCHITECTURES(X) \
  X(x86_64) \
  X(arm64) \
  X(riscv64) \
  X(powerpc)

/// The architectures there are models of.
enum class Architecture : std::uint8_t {
#define GUPDIFF_NAME(name) name,
  GUPDIFF_ARCHITECTURES(GUPDIFF_NAME)
#undef GUPDIFF_NAME
};
#define GUPDIFF_COUNT(name) +1
inline constexpr int kArchitectures = GUPDIFF_ARCHITECTURES(GUPDIFF_COUNT);
#undef GUPDIFF_COUNT

}  // namespace gupdiff
