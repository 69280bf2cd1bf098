// SPDX-License-Identifier: GPL-2.0-only
// The state words of a capture taken apart.
#include "guest/state.hpp"

#include <utility>
#include <vector>

#include "model/kernel/flags.hpp"

namespace gupdiff {
namespace {

struct MapWord {
  std::string_view name;
  MapKind kind;
  bool cached;
};
constexpr MapWord kMaps[] = {{"ap", MapKind::anon_private, false},  {"as", MapKind::anon_shared, false},
                             {"fp0", MapKind::file_private, false}, {"fp1", MapKind::file_private, true},
                             {"fs0", MapKind::file_shared, false},  {"fs1", MapKind::file_shared, true},
                             {"fsro1", MapKind::file_read_only, true}};
constexpr std::pair<std::string_view, std::uint64_t> kProts[] = {
    {"rw", VM_READ | VM_WRITE}, {"r", VM_READ}, {"w", VM_WRITE}, {"x", VM_EXEC}, {"none", 0}};
constexpr std::pair<std::string_view, UnitKind> kKinds[] = {
    {"k4", UnitKind::k4}, {"t2", UnitKind::t2}, {"h2", UnitKind::h2}, {"h1", UnitKind::h1}};

std::vector<std::string_view> parts_of(std::string_view word) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t dot = word.find('.');
    parts.push_back(word.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    word.remove_prefix(dot + 1);
  }
}

template <class Table, class Value>
bool look_up(const Table& table, std::string_view name, Value& value) {
  for (const auto& [key, v] : table) {
    if (key != name) continue;
    value = v;
    return true;
  }
  return false;
}

}  // namespace

const HugetlbSize* StateWord::hugetlb_size(const Geometry& g) const {
  const std::uint64_t bytes = kind == UnitKind::h1 ? 1ull << 30 : 2ull << 20;
  for (const HugetlbSize& s : g.hugetlb) {
    if (huge() && g.page_size() << s.order == bytes) return &s;
  }
  return nullptr;
}

std::uint64_t StateWord::unit(const Geometry& g) const {
  if (kind == UnitKind::t2) return g.span(Level::pmd);
  const HugetlbSize* size = hugetlb_size(g);
  return g.page_size() << (size ? size->order : 0);
}

std::uint64_t StateWord::length(const Geometry& g) const {
  // One page of 1 GiB, two of 2 MiB, four small ones.
  if (kind == UnitKind::h1) return unit(g);
  return (kind == UnitKind::k4 || kind == UnitKind::special ? 4 : 2) * unit(g);
}

StateWord parse_state(std::string_view word) {
  StateWord s;
  const auto parts = parts_of(word);
  if (parts.size() == 2 && parts[0] == "x") {
    s.kind = UnitKind::special;
    s.mod = std::string(parts[1]);
    return s;
  }
  s.error = "the state word is not known";
  if (parts.size() < 4 || parts.size() > 5 || parts[3].size() != 1) return s;
  bool mapped = false;
  for (const MapWord& m : kMaps) {
    if (m.name != parts[1]) continue;
    s.map = m.kind;
    s.cached = m.cached;
    mapped = true;
  }
  if (!mapped || !look_up(kKinds, parts[0], s.kind) || !look_up(kProts, parts[2], s.prot)) return s;
  s.touch = parts[3][0];
  if (std::string_view("0rwW").find(s.touch) == std::string_view::npos) return s;
  if (parts.size() == 5) s.mod = std::string(parts[4]);
  s.error.clear();
  return s;
}

}  // namespace gupdiff
