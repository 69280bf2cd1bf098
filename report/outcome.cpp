// SPDX-License-Identifier: GPL-2.0-only
// Puts outcomes and requests into words.
#include "report/outcome.hpp"

#include <fmt/format.h>

#include "scenario/names.hpp"

namespace gupdiff {
namespace {

constexpr std::string_view kTerminationNames[kTerminations] = {"returned", "livelock", "sleeps", "oops", "bug",
                                                               "out of bounds"};

constexpr std::pair<int, const char*> kErrnoNames[] = {
    {E_INTR, "EINTR"},   {E_AGAIN, "EAGAIN"}, {E_NOMEM, "ENOMEM"},       {E_FAULT, "EFAULT"},
    {E_BUSY, "EBUSY"},   {E_EXIST, "EEXIST"}, {E_INVAL, "EINVAL"},       {E_MLINK, "EMLINK"},
    {E_OVERFLOW, "EOVERFLOW"}, {E_OPNOTSUPP, "EOPNOTSUPP"}, {E_REMOTEIO, "EREMOTEIO"}, {E_HWPOISON, "EHWPOISON"},
};

/// The kernel function a request calls (facts 1.14), by Api.
constexpr std::string_view kApiFunctions[kApis] = {
    "__get_user_pages", "get_user_pages", "pin_user_pages", "get_user_pages_remote", "pin_user_pages_remote",
    "get_user_pages_unlocked", "pin_user_pages_unlocked", "populate_vma_page_range", "faultin_page_range", "get_dump_page",
    "get_user_pages_fast", "pin_user_pages_fast", "get_user_pages_fast_only", "pin_user_pages_fast_only",
};

/// Where in its folio a run of frames lies: " (page 3 of folio A)", " (pages 0-3 of folio A)".
std::string folio_pages(const Machine<Narrated>& m, std::uint64_t pfn, std::uint32_t pages) {
  const int i = m.find_folio(pfn);
  if (i < 0 || m.w.folios[i].order == 0 || m.find_folio(pfn + pages - 1) != i) return "";
  const std::uint64_t first = pfn - m.w.folios[i].pfn;
  if (pages == 1) return fmt::format(" (page {} of folio {})", first, folio_name(i));
  return fmt::format(" (pages {}-{} of folio {})", first, first + pages - 1, folio_name(i));
}

/// "frame 0x40000" or "frames 0x40000-0x40003, 0x90000"; at most four runs.
std::string frames(const Machine<Narrated>& m) {
  std::string out;
  std::uint32_t pages = 0;
  int runs = 0;
  for (std::size_t i = 0; i < m.pages.size();) {
    const PageRun<Narrated>& first = m.pages[i];
    std::uint64_t last = first.pfn + first.count - 1;
    pages += first.count;
    std::size_t j = i + 1;
    while (j < m.pages.size() && m.pages[j].pfn == last + 1) {
      last += m.pages[j].count;
      pages += m.pages[j++].count;
    }
    if (runs < 4) {
      if (runs) out += ", ";
      out += last == first.pfn ? fmt::format("{:#x}", first.pfn) : fmt::format("{:#x}-{:#x}", first.pfn, last);
    } else if (runs == 4) {
      out += ", ...";
    }
    ++runs;
    i = j;
  }
  if (out.empty()) return "";
  return fmt::format("frame{} {}{}", pages == 1 ? "" : "s", out, runs == 1 ? folio_pages(m, m.pages[0].pfn, pages) : "");
}

}  // namespace

std::string return_value_text(std::uint64_t ret) {
  const auto value = static_cast<std::int64_t>(ret);
  for (const auto& [number, name] : kErrnoNames)
    if (value == -number) return fmt::format("-{}", name);
  return std::to_string(value);
}

std::string outcome_sentence(const Machine<Narrated>& m) {
  std::string faults;
  if (!m.faults.empty()) faults = fmt::format(", after {} fault{}", m.faults.size(), m.faults.size() == 1 ? "" : "s");
  switch (m.termination) {
    case Termination::returned: {
      const std::string pages = frames(m);
      return fmt::format("returns {}{}{}", return_value_text(m.ret), pages.empty() ? "" : ": " + pages, faults);
    }
    case Termination::livelock:
      return fmt::format("never returns: the same fault again and again (livelock; the model stops after {} fault{})",
                         m.faults.size(), m.faults.size() == 1 ? "" : "s");
    case Termination::sleeps: return "never returns: sleeps for ever" + faults;
    case Termination::oops: return "oops: dereferences a table or page that is not there" + faults;
    case Termination::bug: return "BUG()" + faults;
    case Termination::out_of_bounds: break;
  }
  return "left the bounds of the model" + faults;
}

Json outcome_json(std::string_view walk, const Machine<Narrated>& m) {
  Json out = {{"walk", walk}, {"termination", kTerminationNames[static_cast<int>(m.termination)]}};
  if (!m.halted()) out["return_value"] = static_cast<std::int64_t>(m.ret);
  out["sentence"] = outcome_sentence(m);
  return out;
}

std::string request_text(const Request<Concrete>& r) {
  std::string flags;
  std::uint64_t unnamed = 0;
  for (const std::string_view name : bit_names(foll_flag_names(), r.flags, &unnamed))
    flags += fmt::format("{}FOLL_{}", flags.empty() ? "" : "|", name);
  if (unnamed) flags += fmt::format("{}{:#x}", flags.empty() ? "" : "|", unnamed);
  return fmt::format("{} of {} page{} at {:#x}, {}{}", kApiFunctions[static_cast<int>(r.api)], r.nr_pages, r.nr_pages == 1 ? "" : "s", r.start,
                     flags.empty() ? "no flags" : flags, r.pages_null ? ", pages == NULL" : "");
}

}  // namespace gupdiff
