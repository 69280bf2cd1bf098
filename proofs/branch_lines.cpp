// SPDX-License-Identifier: GPL-2.0-only
// From the records of branch sites to lines of the source, by way of the program's own debug
// information: the innermost frame of a site's inlining chain that lies in a model.
#include "proofs/branch_lines.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "proofs/branch_site.hpp"

// Bounds of the section, which the linker defines.
extern "C" gupdiff::BranchSite __start_gupdiff_branches[], __stop_gupdiff_branches[];

namespace gupdiff {
namespace {

/// A site while its place is looked for.
struct Site {
  Dwarf_Addr address = 0;  ///< as in the file
  std::size_t number = 0;
};

/// The part of `path` below the source folder, if it is a model's; else nothing.
std::string_view model_file(std::string_view path) {
  for (const std::string_view room : {"/legacy/", "/unified/", "/model/"})
    if (const std::size_t at = path.rfind(room); at != std::string_view::npos) return path.substr(at + 1);
  return {};
}

/// Where the program is loaded, against the addresses in its file. The program itself comes first.
Dwarf_Addr load_bias() {
  Dwarf_Addr bias = 0;
  dl_iterate_phdr([](dl_phdr_info* info, std::size_t, void* out) {
    *static_cast<Dwarf_Addr*>(out) = info->dlpi_addr;
    return 1;
  }, &bias);
  return bias;
}

/// The program's debug information.
class DebugInfo {
 public:
  DebugInfo() : fd_(open("/proc/self/exe", O_RDONLY | O_CLOEXEC)), dwarf_(fd_ < 0 ? nullptr : dwarf_begin(fd_, DWARF_C_READ)) {}
  ~DebugInfo() {
    if (dwarf_) dwarf_end(dwarf_);
    if (fd_ >= 0) close(fd_);
  }
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;

  /// Fills `lines`, by site number; a site in no model stays empty.
  void find(const std::vector<Site>& sites, std::vector<std::string>& lines) {
    if (!dwarf_) return;
    Dwarf_CU* cu = nullptr;
    Dwarf_Die top, type;
    std::uint8_t kind = 0;
    while (dwarf_get_units(dwarf_, cu, &cu, nullptr, &kind, &top, &type) == 0) {
      Dwarf_Files* files = nullptr;
      if (dwarf_getsrcfiles(&top, &files, nullptr) == 0) visit(&top, files, sites, lines);
    }
  }

 private:
  static Dwarf_Word number(Dwarf_Die* die, unsigned name) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (dwarf_formudata(dwarf_attr(die, name, &attribute), &value) != 0) return 0;
    return value;
  }

  static std::vector<Site> inside(Dwarf_Die* die, const std::vector<Site>& sites) {
    std::vector<Site> in;
    Dwarf_Addr base = 0, from = 0, to = 0;
    for (std::ptrdiff_t at = 0; (at = dwarf_ranges(die, at, &base, &from, &to)) > 0;)
      for (auto s = std::lower_bound(sites.begin(), sites.end(), from, [](const Site& x, Dwarf_Addr a) { return x.address < a; });
           s != sites.end() && s->address < to; ++s)
        in.push_back(*s);
    std::sort(in.begin(), in.end(), [](const Site& x, const Site& y) { return x.address < y.address; });
    return in;
  }

  void visit(Dwarf_Die* parent, Dwarf_Files* files, const std::vector<Site>& sites, std::vector<std::string>& lines) {
    Dwarf_Die die;
    if (dwarf_child(parent, &die) != 0) return;
    do {
      const int tag = dwarf_tag(&die);
      if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block && tag != DW_TAG_namespace) continue;
      const std::vector<Site> in = tag == DW_TAG_namespace ? sites : inside(&die, sites);
      if (in.empty()) continue;
      if (tag == DW_TAG_inlined_subroutine) {
        // Called from here: a place in the frame around it. Deeper frames come later and win.
        const char* path = dwarf_filesrc(files, number(&die, DW_AT_call_file), nullptr, nullptr);
        if (const std::string_view file = model_file(path ? path : ""); !file.empty())
          for (const Site& s : in)
            lines[s.number] = std::string(file) + ":" + std::to_string(number(&die, DW_AT_call_line)) + ":" +
                              std::to_string(number(&die, DW_AT_call_column));
      }
      visit(&die, files, in, lines);
    } while (dwarf_siblingof(&die, &die) == 0);
  }

  int fd_;
  Dwarf* dwarf_;
};

/// The line of each site, by its number.
const std::vector<std::string>& site_lines() {
  static const std::vector<std::string> lines = [] {
    const Dwarf_Addr bias = load_bias();
    std::vector<Site> sites;
    for (const BranchSite* s = __start_gupdiff_branches; s != __stop_gupdiff_branches; ++s)
      sites.push_back({reinterpret_cast<Dwarf_Addr>(&s->code) + static_cast<Dwarf_Addr>(std::int64_t{s->code}) - bias, sites.size()});
    std::vector<std::string> found(sites.size());
    std::sort(sites.begin(), sites.end(), [](const Site& x, const Site& y) { return x.address < y.address; });
    DebugInfo().find(sites, found);
    return found;
  }();
  return lines;
}

}  // namespace

const BranchWays& model_branches() {
  static const BranchWays all = [] {
    BranchWays ways;
    for (const std::string& line : site_lines())
      if (!line.empty()) ways[line] = 0;
    return ways;
  }();
  return all;
}

void forget_branches() {
  for (BranchSite* s = __start_gupdiff_branches; s != __stop_gupdiff_branches; ++s) s->taken[0] = s->taken[1] = 0;
}

BranchWays taken_branches() {
  BranchWays ways;
  const std::vector<std::string>& lines = site_lines();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const BranchSite& s = __start_gupdiff_branches[i];
    const auto taken = static_cast<std::uint8_t>((s.taken[0] ? kTakenFalse : 0) | (s.taken[1] ? kTakenTrue : 0));
    if (taken != 0 && !lines[i].empty()) ways[lines[i]] |= taken;
  }
  return ways;
}

}  // namespace gupdiff
