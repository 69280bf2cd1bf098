// SPDX-License-Identifier: GPL-2.0-only
// FOLL_ flags of the captured kernels.
#include "guest/foll_numbers.hpp"

#include <utility>

#include "model/kernel/flags.hpp"

namespace gupdiff {
namespace {

constexpr std::uint32_t kUnknownFlag = 1u << 31;
/// include/linux/mm.h of v6.1.
constexpr std::pair<std::uint32_t, std::uint32_t> kFollV6_1[] = {
    {0x1, FOLL_WRITE},       {0x2, FOLL_TOUCH},        {0x4, FOLL_GET},          {0x8, FOLL_DUMP},
    {0x10, FOLL_FORCE},      {0x20, FOLL_NOWAIT},      {0x80, FOLL_NOFAULT},     {0x100, FOLL_HWPOISON},
    {0x800, FOLL_TRIED},     {0x2000, FOLL_REMOTE},    {0x8000, FOLL_ANON},      {0x10000, FOLL_LONGTERM},
    {0x20000, FOLL_SPLIT_PMD}, {0x40000, FOLL_PIN},    {0x80000, FOLL_FAST_ONLY}};

}  // namespace

std::uint32_t foll_of_kernel(std::string_view kernel, std::uint32_t raw) {
  if (kernel != "6.1") return raw;
  std::uint32_t flags = 0;
  for (const auto& [theirs, ours] : kFollV6_1) {
    if ((raw & theirs) != 0) flags |= ours;
    raw &= ~theirs;
  }
  return raw == 0 ? flags : flags | kUnknownFlag;
}

}  // namespace gupdiff
