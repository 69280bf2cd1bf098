// SPDX-License-Identifier: GPL-2.0-only
// The state words of a capture taken apart.
#include "guest/state.hpp"

#include <utility>
#include <vector>

#include "model/kernel/flags.hpp"

namespace gupdiff {
namespace {

constexpr std::uint64_t k4K = 4096, k2M = 2ull << 20, k1G = 1ull << 30;

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

std::uint64_t StateWord::unit() const {
  return kind == UnitKind::t2 || kind == UnitKind::h2 ? k2M : kind == UnitKind::h1 ? k1G : k4K;
}

std::uint64_t StateWord::length() const {
  return kind == UnitKind::h1 ? k1G : kind == UnitKind::k4 || kind == UnitKind::special ? 4 * k4K : 2 * k2M;
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
