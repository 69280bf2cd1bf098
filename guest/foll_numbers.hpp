// SPDX-License-Identifier: GPL-2.0-only
// FOLL_ flags as the captured kernels number them (facts 0.5).
#pragma once

#include <cstdint>
#include <string_view>

namespace gupdiff {

/// The FOLL_ flags `raw` of `kernel` ("6.1", "6.12") in the model's numbering. A flag that
/// the model does not have becomes bit 31, which no call word means.
std::uint32_t foll_of_kernel(std::string_view kernel, std::uint32_t raw);

}  // namespace gupdiff
