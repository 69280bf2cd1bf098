// SPDX-License-Identifier: GPL-2.0-only
// A verdict as one line of text: what every engine and every compiler must say alike.
#pragma once

#include <string>
#include <vector>

#include "oracle/identity.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/binary.hpp"

namespace gupdiff {

/// One question: bytes, a pair, and a catalogue row that is switched off.
struct VerdictInput {
  std::string name;
  std::string pair = "v6.9:v6.10";
  std::string without = "-";  ///< "-": none
  std::vector<std::uint8_t> bytes;

  WalkPair walk_pair() const { return *parse_pair(pair); }
  RowSet rows() const {
    RowSet r = all_rows();
    if (without != "-") r.reset(static_cast<std::size_t>(find_row(without)));
    return r;
  }
};

/// FNV-1a over everything that the outside could notice of a walk.
inline std::uint64_t hash_of(const Machine<Concrete>& m) {
  std::uint64_t h = 0xcbf29ce484222325ull;
  const auto add = [&](std::uint64_t v) {
    for (int i = 0; i < 64; i += 8) h = (h ^ (v >> i & 0xff)) * 0x100000001b3ull;
  };
  const auto lock = [&](const Lock<Concrete>& l) {
    add(static_cast<std::uint64_t>(l.kind));
    add(l.object);
  };
  for (const std::uint64_t v : {static_cast<std::uint64_t>(m.termination), m.ret, m.now_locked, std::uint64_t{m.warns}, std::uint64_t{m.pgmap_refs},
                                std::uint64_t{m.cost.walks}, std::uint64_t{m.cost.lockless_reads}, std::uint64_t{m.cost.locked_reads},
                                std::uint64_t{m.cost.locks}, m.w.env.huge_pool})
    add(v);
  for (const auto& p : m.pages)
    for (const std::uint64_t v : {std::uint64_t{p.index}, std::uint64_t{p.count}, p.pfn}) add(v);
  for (const auto* list : {&m.faults, &m.hugetlb_faults})
    for (const auto& f : *list)
      for (const std::uint64_t v : {f.address, f.flags, f.result}) add(v);
  for (const auto& l : m.acquired) lock(l);
  for (const auto& a : m.accesses) {
    for (const std::uint64_t v : {static_cast<std::uint64_t>(a.kind), static_cast<std::uint64_t>(a.level), std::uint64_t{a.vma_lock}, a.slot}) add(v);
    lock(a.ptl);
  }
  for (const auto& level : m.w.slots)
    for (const auto& s : level)
      for (const std::uint64_t v : {s.first, s.value, s.restored, std::uint64_t{s.count}, static_cast<std::uint64_t>(s.stride)}) add(v);
  for (const auto& f : m.w.folios)
    for (const std::uint64_t v : {f.pfn, f.refcount, f.pincount, f.mapcount, std::uint64_t{f.order},
                                  static_cast<std::uint64_t>(f.kind) | std::uint64_t{f.anon} << 8 | std::uint64_t{f.exclusive} << 9 |
                                      std::uint64_t{f.dirty} << 10 | std::uint64_t{f.referenced} << 11})
      add(v);
  for (const auto& c : m.w.page_cache)
    for (const std::uint64_t v : {c.index, std::uint64_t{c.file}, std::uint64_t{c.folio}}) add(v);
  return h;
}

/// "NAME holds HASH HASH" or "NAME fails HASH HASH IDENTITY"; "NAME not modelled".
inline std::string verdict_line(const VerdictInput& in) {
  Scenario w;
  decode(in.bytes, w);
  const WalkPair pair = in.walk_pair();
  for (const int walk : {pair.a, pair.b})
    if (!runs_on(walks()[static_cast<std::size_t>(walk)], w.config)) return in.name + " not modelled";
  Machine<Concrete> a, b;
  PairMachines machines;
  run_walk(pair.a, w, a);
  run_walk(pair.b, w, b);
  const RowSet rows = in.rows();
  const Judgement j = judge(w, pair, a, b, rows);
  const bool fast = holds(w, pair, rows, machines);
  return in.name + (fast ? " holds " : " fails ") + std::to_string(hash_of(a)) + " " + std::to_string(hash_of(b)) +
         (fast == j.holds() ? "" : " THE-JUDGE-SAYS-OTHERWISE") + (j.holds() ? "" : " " + identify(w, pair, rows).text());
}

}  // namespace gupdiff
