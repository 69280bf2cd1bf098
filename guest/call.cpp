// SPDX-License-Identifier: GPL-2.0-only
// The call words of a capture taken apart.
#include "guest/call.hpp"

#include <charconv>
#include <utility>

namespace gupdiff {
namespace {

constexpr std::pair<std::string_view, Api> kApiWords[] = {
    {"gup", Api::get},          {"pup", Api::pin},           {"rem", Api::get_remote},
    {"prem", Api::pin_remote},  {"unl", Api::get_unlocked},  {"punl", Api::pin_unlocked},
    {"int", Api::internal},     {"dump_page", Api::dump_page},  {"fast", Api::get_fast},
    {"pfast", Api::pin_fast},   {"fonly", Api::get_fast_only},  {"pfonly", Api::pin_fast_only}};

constexpr std::pair<std::string_view, std::uint32_t> kFlagWords[] = {
    {"W", FOLL_WRITE},
    {"F", FOLL_FORCE},
    {"L", FOLL_LONGTERM},
    {"WF", FOLL_WRITE | FOLL_FORCE},
    {"WL", FOLL_WRITE | FOLL_LONGTERM},
    {"FL", FOLL_FORCE | FOLL_LONGTERM},
    {"DUMP", FOLL_DUMP},
    {"NOWAIT", FOLL_NOWAIT},
    {"NOFAULT", FOLL_NOFAULT},
    {"HWP", FOLL_HWPOISON},
    {"ANON", FOLL_ANON},
    {"SPLIT", FOLL_SPLIT_PMD},
    {"NUMA", FOLL_HONOR_NUMA_FAULT},
    {"P2P", FOLL_PCI_P2PDMA},
    {"INTR", FOLL_INTERRUPTIBLE},
    {"GET", FOLL_GET},
    {"PIN", FOLL_PIN},
    {"TOUCH", FOLL_TOUCH},
    {"REMOTE", FOLL_REMOTE},
    {"MADVPOP", FOLL_TOUCH | FOLL_MADV_POPULATE},
    {"rawTOUCH", FOLL_TOUCH},
    {"rawPIN", FOLL_PIN},
    {"rawGET", FOLL_GET},
    {"rawREMOTE", FOLL_REMOTE},
    {"rawTRIED", FOLL_TRIED},
    {"rawFASTONLY", FOLL_FAST_ONLY},
    {"rawUNLOCKABLE", FOLL_UNLOCKABLE}};

bool parse_number(std::string_view text, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

struct SystemCall {
  std::string_view word;
  Surface surface;
  Api api;
  std::uint32_t foll;
  bool locked_ptr;
};
/// System calls that reach GUP, and the call they make for one page.
constexpr SystemCall kSystemCalls[] = {
    {"madv.POPR", Surface::madvise_populate, Api::madvise_populate, 0, false},
    {"madv.POPW", Surface::madvise_populate, Api::madvise_populate, FOLL_WRITE, false},
    {"mlock", Surface::mlock, Api::populate, 0, false},
    {"procmem.r", Surface::proc_mem, Api::get_remote, FOLL_FORCE, false},
    {"procmem.w", Surface::proc_mem, Api::get_remote, FOLL_FORCE | FOLL_WRITE, false},
    {"pvr", Surface::process_vm, Api::pin_remote, 0, true},
    {"pvw", Surface::process_vm, Api::pin_remote, FOLL_WRITE, true}};

void parse_part(CallWord& c, std::string_view part) {
  std::int64_t n = 0;
  if (part.front() == 'n' && parse_number(part.substr(1), n) && n >= 0 && n <= 1 << 20) {
    c.nr_pages = static_cast<std::uint32_t>(n);
    return;
  }
  if (part == "null") {
    c.pages_null = true;
    return;
  }
  if (part == "lk") {
    c.locked_ptr = true;
    return;
  }
  for (const auto& [name, bits] : kFlagWords) {
    if (part != name) continue;
    c.foll |= bits;
    if (part == "MADVPOP") c.pages_null = true;
    return;
  }
  c.modelled = false;
  c.reason = "the call word has a part that is not known";
}

}  // namespace

std::int64_t surface_result(Surface surface, std::int64_t gup) {
  switch (surface) {
    case Surface::gup:
      return gup;
    case Surface::madvise_populate:
      return gup > 0 ? 0 : gup;
    case Surface::mlock:  // __mlock_posix_error_return
      return gup >= 0 ? 0 : gup == -E_FAULT ? -E_NOMEM : gup == -E_NOMEM ? -E_AGAIN : gup;
    case Surface::proc_mem:
      return gup > 0 ? gup : -5;  // -EIO: nothing was copied
    case Surface::process_vm:
      return gup > 0 ? gup : -E_FAULT;
  }
  return gup;
}

CallWord parse_call(std::string_view word) {
  CallWord c;
  const std::size_t at = word.find('@');
  if (at != std::string_view::npos && !parse_number(word.substr(at + 1), c.page_offset)) {
    c.reason = "the call word has a part that is not known";
    return c;
  }
  std::string_view rest = word.substr(0, at);
  const std::size_t dot = rest.find('.');
  c.api_word = std::string(rest.substr(0, dot));
  for (const SystemCall& call : kSystemCalls) {
    if (rest != call.word) continue;
    c.surface = call.surface;
    c.api = call.api;
    c.foll = call.foll;
    c.locked_ptr = call.locked_ptr;
    c.modelled = true;
    return c;
  }
  for (const auto& [name, api] : kApiWords) {
    if (c.api_word != name) continue;
    c.api = api;
    c.modelled = true;
    c.in_scope = !is_fast(api);
  }
  if (!c.modelled) {
    c.reason = "the call word is not known";
    return c;
  }
  while (rest.find('.') != std::string_view::npos) {
    rest.remove_prefix(rest.find('.') + 1);
    const std::string_view part = rest.substr(0, rest.find('.'));
    if (!part.empty()) parse_part(c, part);
  }
  return c;
}

}  // namespace gupdiff
